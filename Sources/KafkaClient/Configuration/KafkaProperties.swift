import KafkaProtocol

extension ClientConfiguration {
    static let keys: [PropertyKey<ClientConfiguration>] = [
        PropertyKey(name: "bootstrap.servers") { (target: inout ClientConfiguration, text) throws(KafkaError) in
            target.bootstrapServers = try BrokerAddress.list(text)
        },
        Properties.string("client.id", \.clientID),
        Properties.milliseconds("socket.connection.setup.timeout.ms", \.connectTimeout),
        Properties.milliseconds("request.timeout.ms", \.requestTimeout),
        Properties.milliseconds("default.api.timeout.ms", \.apiTimeout),
        Properties.milliseconds("max.block.ms", \.maxBlock),
        Properties.milliseconds("retry.backoff.ms", \.retryBackoff),
        Properties.milliseconds("retry.backoff.max.ms", \.retryBackoffMax),
        Properties.milliseconds("reconnect.backoff.ms", \.reconnectBackoff),
        Properties.milliseconds("reconnect.backoff.max.ms", \.reconnectBackoffMax),
        Properties.milliseconds("metadata.max.age.ms", \.metadataMaxAge),
        Properties.integer("receive.message.max.bytes", 1_000...Int(Int32.max), \.maxResponseBytes),
        Properties.boolean("allow.auto.create.topics", \.allowsAutoCreateTopics),
    ]

    /// Sets Kafka's own keys. Keys that only producers or consumers know are accepted and have no effect.
    ///
    /// - Throws: `invalidConfiguration` for unknown keys, with the nearest known one, and for values out of range.
    public mutating func set(_ properties: [(key: String, value: String)]) throws(KafkaError) {
        let others = Set(ProducerConfiguration.keys.map(\.name) + GroupConsumerConfiguration.keys.map(\.name))
        try Properties.apply(properties, to: &self, keys: Self.keys, also: others)
    }
}

extension ProducerConfiguration {
    static let keys: [PropertyKey<ProducerConfiguration>] =
        ClientConfiguration.keys.map { $0.lifted(\.client) } + [
            Properties.choice("acks", ["0": .none, "1": .leader, "-1": .all, "all": .all], \.acknowledgement),
            Properties.milliseconds("linger.ms", \.linger),
            Properties.integer("batch.size", 0...Int(Int32.max), \.batchBytes),
            Properties.integer("buffer.memory", 1...Int.max, \.bufferBytes),
            Properties.integer("max.request.size", 1...Int(Int32.max), \.maxRequestBytes),
            Properties.choice("compression.type", codecs, \.compression),
            level("compression.gzip.level", 1...9),
            level("compression.lz4.level", 1...17),
            level("compression.zstd.level", -131_072...22),
            Properties.milliseconds("delivery.timeout.ms", \.deliveryTimeout),
            Properties.integer("max.in.flight.requests.per.connection", 1...1_000_000, \.maxInFlight),
            Properties.boolean("enable.idempotence", \.isIdempotent),
        ]

    private static let codecs = Dictionary(uniqueKeysWithValues: CompressionCodec.allCases.map { ($0.description, $0) })

    private static func level(_ name: String, _ range: ClosedRange<Int>) -> PropertyKey<ProducerConfiguration> {
        PropertyKey(name: name) { (target: inout ProducerConfiguration, text: String) throws(KafkaError) in
            target.compressionLevel = try Properties.parse(text, of: name, range)
        }
    }

    /// Sets Kafka's own keys, as in `batch.size`. As in Kafka, `acks` other than `all` turns idempotence off unless it
    /// was asked for.
    ///
    /// - Throws: `invalidConfiguration` for unknown keys, with the nearest known one, and for values out of range.
    public mutating func set(_ properties: [(key: String, value: String)]) throws(KafkaError) {
        try Properties.apply(
            properties, to: &self, keys: Self.keys, also: Set(GroupConsumerConfiguration.keys.map(\.name)))
        let asked = properties.contains { $0.key == "enable.idempotence" }
        if !asked, acknowledgement != .all || maxInFlight > 5 { isIdempotent = false }
    }
}

extension ConsumerConfiguration {
    static let keys: [PropertyKey<ConsumerConfiguration>] =
        ClientConfiguration.keys.map { $0.lifted(\.client) } + [
            Properties.choice(
                "isolation.level",
                ["read_uncommitted": .readUncommitted, "read_committed": .readCommitted], \.isolationLevel),
            Properties.choice(
                "auto.offset.reset", ["earliest": .earliest, "latest": .latest, "none": OffsetReset.none],
                \.offsetReset),
            Properties.integer("fetch.min.bytes", 0...Int(Int32.max), \.fetchMinBytes),
            Properties.milliseconds("fetch.max.wait.ms", \.fetchMaxWait),
            Properties.integer("fetch.max.bytes", 0...Int(Int32.max), \.fetchMaxBytes),
            Properties.integer("max.partition.fetch.bytes", 0...Int(Int32.max), \.fetchMaxPartitionBytes),
            Properties.integer("max.poll.records", 1...Int(Int32.max), \.maxBatchRecords),
            Properties.boolean("check.crcs", \.checksCRC),
            Properties.string("client.rack", \.rack),
        ]

    /// Sets Kafka's own keys, as in `isolation.level`.
    ///
    /// - Throws: `invalidConfiguration` for unknown keys, with the nearest known one, and for values out of range.
    public mutating func set(_ properties: [(key: String, value: String)]) throws(KafkaError) {
        try Properties.apply(
            properties, to: &self, keys: Self.keys,
            also: Set(ProducerConfiguration.keys.map(\.name) + GroupConsumerConfiguration.groupKeys.map(\.name)))
    }
}

extension GroupConsumerConfiguration {
    static let keys: [PropertyKey<GroupConsumerConfiguration>] =
        ConsumerConfiguration.keys.map { $0.lifted(\.consumer) } + groupKeys

    /// Those that only members of groups know.
    static let groupKeys: [PropertyKey<GroupConsumerConfiguration>] = [
        Properties.string("group.id", \.groupID),
        Properties.choice("group.protocol", ["classic": .classic, "consumer": .consumer], \.groupProtocol),
        PropertyKey(name: "group.instance.id") { target, text in target.instanceID = text },
        PropertyKey(name: "group.remote.assignor") { target, text in target.remoteAssignor = text },
        PropertyKey(name: "partition.assignment.strategy") {
            (target: inout GroupConsumerConfiguration, text: String) throws(KafkaError) in
            target.assignors = try assignors(text)
        },
        Properties.boolean("enable.auto.commit", \.autoCommits),
        Properties.milliseconds("auto.commit.interval.ms", \.autoCommitInterval),
        Properties.milliseconds("session.timeout.ms", \.sessionTimeout),
        Properties.milliseconds("heartbeat.interval.ms", \.heartbeatInterval),
        Properties.milliseconds("max.poll.interval.ms", \.rebalanceTimeout),
    ]

    /// By their names, or by those of Kafka's classes.
    private static func assignors(_ text: String) throws(KafkaError) -> [ClassicAssignor] {
        var assignors: [ClassicAssignor] = []
        for part in text.split(separator: ",") {
            let name = part.filter { $0 != " " }
            let known = ClassicAssignor.allCases.first { assignor in
                name == assignor.rawValue || name.hasSuffix(".\(assignor.className)")
            }
            guard let known else {
                let allowed = ClassicAssignor.allCases.map(\.rawValue).joined(separator: ", ")
                throw KafkaError(
                    .invalidConfiguration, "partition.assignment.strategy knows \(allowed), not '\(name)'")
            }
            if !assignors.contains(known) { assignors.append(known) }
        }
        return assignors
    }

    /// Sets Kafka's own keys, as in `group.instance.id`.
    ///
    /// - Throws: `invalidConfiguration` for unknown keys, with the nearest known one, and for values out of range.
    public mutating func set(_ properties: [(key: String, value: String)]) throws(KafkaError) {
        try Properties.apply(
            properties, to: &self, keys: Self.keys, also: Set(ProducerConfiguration.keys.map(\.name)))
    }
}

extension ClassicAssignor {
    fileprivate var className: String {
        switch self {
        case .range: "RangeAssignor"
        case .cooperativeSticky: "CooperativeStickyAssignor"
        }
    }
}
