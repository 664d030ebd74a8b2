import KafkaProtocol
package import LogStorage

extension ConfigurationResolver {
    /// What a topic's logs are to know, from the topic's own values and the broker's.
    package func logConfiguration(_ overrides: [String: String]) -> LogConfiguration {
        let values = TopicValues(resolver: self, overrides: overrides)
        var configuration = LogConfiguration()
        configuration.takeSegments(values)
        configuration.takeAppends(values)
        configuration.takeRetention(values)
        return configuration
    }

    /// What the logs of `__consumer_offsets`, `__transaction_state` and `__cluster_metadata` are to know: whatever the
    /// defaults for topics say, their appends are flushed before they are acknowledged.
    package func internalLogConfiguration(_ overrides: [String: String]) -> LogConfiguration {
        var configuration = logConfiguration(overrides)
        configuration.spaceClaim = .internalLogs
        configuration.flushMessages = 1
        configuration.flushInterval = nil
        // A group with all its members is one record, whatever is set for the batches of clients.
        configuration.maxMessageBytes = max(configuration.maxMessageBytes, 16 << 20)
        configuration.timestampType = .createTime
        configuration.messageTimestampBeforeMax = nil
        configuration.messageTimestampAfterMax = nil
        return configuration
    }

    /// `min.insync.replicas` of a topic.
    package func minimumInSyncReplicas(_ overrides: [String: String]) -> Int {
        TopicValues(resolver: self, overrides: overrides).integer("min.insync.replicas") ?? 1
    }
}

/// Reads checked values of a topic in their own types.
private struct TopicValues {
    let resolver: ConfigurationResolver
    let overrides: [String: String]

    func text(_ key: String) -> String { resolver.topicValue(key, overrides) ?? "" }
    func integer(_ key: String) -> Int? { Int(text(key)) }

    /// nil where the value stands for "no limit": negative, or the largest number.
    func limit(_ key: String) -> Int? { integer(key).flatMap { $0 < 0 || $0 == .max ? nil : $0 } }

    /// nil where the codec has no levels, or its own default is meant.
    func compressionLevel(of codec: CompressionCodec?) -> Int32? {
        guard let codec, [.gzip, .lz4, .zstd].contains(codec) else { return nil }
        let level = integer("compression.\(codec).level").flatMap { Int32(exactly: $0) }
        return codec == .gzip && level == -1 ? nil : level
    }

    func duration(_ key: String) -> Duration { .milliseconds(integer(key) ?? 0) }
    func durationLimit(_ key: String) -> Duration? { limit(key).map { .milliseconds($0) } }
}

extension LogConfiguration {
    fileprivate mutating func takeSegments(_ values: TopicValues) {
        segmentBytes = values.integer("segment.bytes") ?? segmentBytes
        segmentAge = values.duration("segment.ms")
        segmentJitter = values.duration("segment.jitter.ms")
        indexIntervalBytes = values.integer("index.interval.bytes") ?? indexIntervalBytes
        maxIndexBytes = values.integer("segment.index.bytes") ?? maxIndexBytes
        preallocate = values.text("preallocate") == "true"
        fileDeleteDelay = values.duration("file.delete.delay.ms")
    }

    fileprivate mutating func takeAppends(_ values: TopicValues) {
        maxMessageBytes = values.integer("max.message.bytes") ?? maxMessageBytes
        timestampType = values.text("message.timestamp.type") == "LogAppendTime" ? .logAppendTime : .createTime
        messageTimestampBeforeMax = values.durationLimit("message.timestamp.before.max.ms")
        messageTimestampAfterMax = values.durationLimit("message.timestamp.after.max.ms")
        compressionType = CompressionCodec(configured: values.text("compression.type"))
        compressionLevel = values.compressionLevel(of: compressionType)
        producerIDExpiration = .milliseconds(
            values.resolver.brokerValue("producer.id.expiration.ms").flatMap { Int($0) } ?? 0)
        flushMessages = Int64(values.integer("flush.messages") ?? 1)
        flushInterval = values.durationLimit("flush.ms")
    }

    fileprivate mutating func takeRetention(_ values: TopicValues) {
        let words = values.text("cleanup.policy").listElements()
        cleanupPolicy = []
        if words.contains("delete") { cleanupPolicy.insert(.delete) }
        if words.contains("compact") { cleanupPolicy.insert(.compact) }
        retentionTime = values.durationLimit("retention.ms")
        retentionBytes = values.limit("retention.bytes")
        deleteRetention = values.duration("delete.retention.ms")
        minCompactionLag = values.duration("min.compaction.lag.ms")
        maxCompactionLag = values.durationLimit("max.compaction.lag.ms")
        minCleanableDirtyRatio = Double(values.text("min.cleanable.dirty.ratio")) ?? minCleanableDirtyRatio
    }
}

extension CompressionCodec {
    /// The codec that `compression.type` names; nil for `producer`.
    fileprivate init?(configured name: String) {
        switch name {
        case "uncompressed": self = .none
        case "gzip": self = .gzip
        case "snappy": self = .snappy
        case "lz4": self = .lz4
        case "zstd": self = .zstd
        default: return nil
        }
    }
}
