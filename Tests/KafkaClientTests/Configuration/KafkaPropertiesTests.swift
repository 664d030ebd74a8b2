import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct KafkaPropertiesTests {
    @Test func `a producer understands Kafka's own keys`() throws {
        var producer = try ProducerConfiguration()
        try producer.set([
            ("bootstrap.servers", "a:1,b:2"), ("client.id", "me"), ("acks", "all"), ("linger.ms", "50"),
            ("batch.size", "1000"), ("compression.type", "zstd"), ("compression.zstd.level", "7"),
            ("max.request.size", "2000"), ("request.timeout.ms", "1500"), ("delivery.timeout.ms", "9000"),
            ("enable.idempotence", "false"), ("max.in.flight.requests.per.connection", "2"), ("buffer.memory", "77"),
        ])
        #expect(producer.client.bootstrapServers.map(\.host) == ["a", "b"])
        #expect(producer.client.clientID == "me")
        #expect(producer.client.requestTimeout == .milliseconds(1500))
        #expect(producer.acknowledgement == .all)
        #expect(producer.linger == .milliseconds(50))
        #expect(producer.batchBytes == 1000)
        #expect(producer.compression == .zstd)
        #expect(producer.compressionLevel == 7)
        #expect(producer.maxRequestBytes == 2000)
        #expect(producer.deliveryTimeout == .seconds(9))
        #expect(!producer.isIdempotent)
        #expect(producer.maxInFlight == 2)
        #expect(producer.bufferBytes == 77)
    }

    @Test func `a consumer understands Kafka's own keys`() throws {
        var consumer = try ConsumerConfiguration()
        try consumer.set([
            ("fetch.min.bytes", "10"), ("fetch.max.wait.ms", "20"), ("fetch.max.bytes", "30"),
            ("max.partition.fetch.bytes", "40"), ("isolation.level", "read_committed"), ("auto.offset.reset", "none"),
            ("max.poll.records", "50"), ("check.crcs", "false"), ("client.rack", "r"),
        ])
        #expect(consumer.fetchMinBytes == 10)
        #expect(consumer.fetchMaxWait == .milliseconds(20))
        #expect(consumer.fetchMaxBytes == 30)
        #expect(consumer.fetchMaxPartitionBytes == 40)
        #expect(consumer.isolationLevel == .readCommitted)
        #expect(consumer.offsetReset == ConsumerConfiguration.OffsetReset.none)
        #expect(consumer.maxBatchRecords == 50)
        #expect(!consumer.checksCRC)
        #expect(consumer.rack == "r")
    }

    @Test func `a member of a group understands Kafka's own keys`() throws {
        var group = try GroupConsumerConfiguration(groupID: "g")
        try group.set([
            ("group.id", "h"), ("group.protocol", "consumer"), ("group.instance.id", "i"),
            ("group.remote.assignor", "uniform"), ("enable.auto.commit", "false"), ("auto.commit.interval.ms", "10"),
            ("session.timeout.ms", "20"), ("heartbeat.interval.ms", "7"), ("max.poll.interval.ms", "30"),
            ("auto.offset.reset", "earliest"), ("client.id", "me"), ("linger.ms", "1"),
            (
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor, range"
            ),
        ])
        #expect(group.groupID == "h")
        #expect(group.groupProtocol == .consumer)
        #expect(group.instanceID == "i")
        #expect(group.remoteAssignor == "uniform")
        #expect(!group.autoCommits)
        #expect(group.autoCommitInterval == .milliseconds(10))
        #expect(group.sessionTimeout == .milliseconds(20))
        #expect(group.heartbeatInterval == .milliseconds(7))
        #expect(group.rebalanceTimeout == .milliseconds(30))
        #expect(group.assignors == [.cooperativeSticky, .range])
        #expect(group.consumer.offsetReset == .earliest)
        #expect(group.consumer.client.clientID == "me")
        #expect(throws: KafkaError.self) { try group.set([("partition.assignment.strategy", "sticky")]) }
        #expect(throws: KafkaError.self) { try group.set([("group.protocol", "share")]) }
    }

    @Test(arguments: [
        ("heartbeat.interval.ms", "45000"), ("group.id", ""), ("group.instance.id", ""),
        ("group.remote.assignor", "uniform"), ("partition.assignment.strategy", ""),
    ])
    func `a member's settings must fit together`(key: String, value: String) throws {
        var group = try GroupConsumerConfiguration(groupID: "g")
        try group.set([(key, value)])
        #expect(throws: KafkaError.self) { try group.validate() }
    }

    @Test(arguments: [
        ("acsk", "acks"), ("linger.msec", "linger.ms"), ("boostrap.servers", "bootstrap.servers"),
        ("enable.idempotent", "enable.idempotence"), ("fetch.max.wait", "fetch.max.wait.ms"),
    ])
    func `an unknown key is told the nearest known one`(wrong: String, right: String) throws {
        var producer = try ProducerConfiguration()
        let error = #expect(throws: KafkaError.self) { try producer.set([(wrong, "1")]) }
        #expect(error?.message.contains("did you mean '\(right)'") == true)
    }

    @Test func `a key that resembles none gets no suggestion`() throws {
        var client = try ClientConfiguration()
        let error = #expect(throws: KafkaError.self) { try client.set([("zzzzzzzzzzzz", "1")]) }
        #expect(error?.message == "unknown configuration key 'zzzzzzzzzzzz'")
    }

    @Test(arguments: [
        ("acks", "2", "-1, 0, 1, all"), ("linger.ms", "soon", "whole number"), ("batch.size", "-1", "from 0"),
        ("compression.type", "brotli", "gzip, lz4, none, snappy, zstd"), ("enable.idempotence", "yes", "false, true"),
        ("compression.gzip.level", "10", "from 1 to 9"),
    ])
    func `a wrong value is told the allowed ones`(key: String, value: String, expected: String) throws {
        var producer = try ProducerConfiguration()
        let error = #expect(throws: KafkaError.self) { try producer.set([(key, value)]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(expected) == true)
    }

    @Test func `keys of the other side are accepted and change nothing`() throws {
        var consumer = try ConsumerConfiguration()
        try consumer.set([("linger.ms", "1"), ("client.id", "me")])
        #expect(consumer.client.clientID == "me")
    }

    @Test func `weaker acks turn idempotence off unless it was asked for`() throws {
        var producer = try ProducerConfiguration()
        try producer.set([("acks", "1")])
        #expect(!producer.isIdempotent)
        try producer.validate()
        var strict = try ProducerConfiguration()
        try strict.set([("acks", "1"), ("enable.idempotence", "true")])
        #expect(throws: KafkaError.self) { try strict.validate() }
    }

    @Test(arguments: [("max.in.flight.requests.per.connection", "6"), ("delivery.timeout.ms", "100")])
    func `settings that contradict each other are refused`(key: String, value: String) throws {
        var producer = try ProducerConfiguration()
        try producer.set([("enable.idempotence", "true"), (key, value)])
        #expect(throws: KafkaError.self) { try producer.validate() }
    }
}
