import BrokerTesting
import KafkaClient
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProducerTests {
    private static func producer(
        _ bootstrap: String, _ change: (inout ProducerConfiguration) -> Void = { _ in }
    ) throws -> Producer {
        var configuration = try ProducerConfiguration(bootstrapServers: bootstrap)
        configuration.client.maxBlock = .seconds(5)
        change(&configuration)
        return try Producer(configuration)
    }

    private static func createTopic(_ bootstrap: String, partitions: Int = 1) async throws {
        let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
        try await admin.createTopic(NewTopic(name: "t", partitionCount: partitions))
        admin.close()
    }

    /// Everything in the topic, in the order of its offsets.
    private static func values(_ bootstrap: String) async throws -> [String] {
        let consumer = Consumer(try ConsumerConfiguration(bootstrapServers: bootstrap))
        try await consumer.assign(topic: "t", from: .earliest)
        var values: [String] = []
        while true {
            let batch = try await consumer.nextBatch(stopsAtEnd: true)
            if batch.isEmpty { break }
            values += batch.map { $0.value.map { String(buffer: $0) } ?? "null" }
        }
        consumer.close()
        return values
    }

    @Test(arguments: CompressionCodec.allCases)
    func `records sent together keep their order and know their offsets`(codec: CompressionCodec) async throws {
        try await withBroker { bootstrap in
            try await Self.createTopic(bootstrap)
            let producer = try Self.producer(bootstrap) {
                $0.compression = codec
                $0.batchBytes = 500
            }
            let wanted = (0..<1000).map { "value \($0)" }
            let written = try await producer.send(contentsOf: wanted.map { ProducerRecord(topic: "t", value: $0) })
            #expect(written.map(\.offset.rawValue) == Array(0..<1000))
            try await producer.close()
            #expect(try await Self.values(bootstrap) == wanted)
        }
    }

    @Test func `a small buffer makes senders wait and loses nothing`() async throws {
        try await withBroker { bootstrap in
            try await Self.createTopic(bootstrap)
            let producer = try Self.producer(bootstrap) {
                $0.bufferBytes = 2000
                $0.batchBytes = 300
            }
            for number in 0..<500 { try await producer.enqueue(ProducerRecord(topic: "t", value: "\(number)")) }
            try await producer.close()
            #expect(try await Self.values(bootstrap) == (0..<500).map { "\($0)" })
        }
    }

    @Test func `a broker that stops and returns costs no record, doubles none and keeps their order`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let first = try await InProcessBroker.start(directory: directory.path)
        try await Self.createTopic(first.bootstrap)
        let port = Int(first.bootstrap.split(separator: ":").last ?? "") ?? 0
        let producer = try Self.producer(first.bootstrap) { $0.batchBytes = 200 }
        for number in 0..<200 { try await producer.enqueue(ProducerRecord(topic: "t", value: "\(number)")) }
        await first.stop()
        for number in 200..<400 { try await producer.enqueue(ProducerRecord(topic: "t", value: "\(number)")) }
        let second = try await InProcessBroker.start(directory: directory.path, port: port)
        try await producer.close()
        #expect(try await Self.values(second.bootstrap) == (0..<400).map { "\($0)" })
        await second.stop()
    }

    @Test func `a failure that nobody asked about is thrown by the next flush, once`() async throws {
        try await withBroker(settings: ["message.max.bytes": "1000"]) { bootstrap in
            try await Self.createTopic(bootstrap)
            let producer = try Self.producer(bootstrap)
            try await producer.enqueue(ProducerRecord(topic: "t", value: String(repeating: "x", count: 5000)))
            let error = await #expect(throws: KafkaError.self) { try await producer.flush() }
            #expect(error?.brokerCode == .messageTooLarge)
            try await producer.flush()
            // The partition starts over behind the refused batch.
            #expect(try await producer.send(ProducerRecord(topic: "t", value: "small")).offset == 0)
            try await producer.close()
        }
    }

    @Test func `a record larger than a request is refused at once`() async throws {
        try await withBroker { bootstrap in
            let producer = try Self.producer(bootstrap) { $0.maxRequestBytes = 1000 }
            let record = ProducerRecord(topic: "t", value: String(repeating: "x", count: 2000))
            let error = await #expect(throws: KafkaError.self) { try await producer.send(record) }
            #expect(error?.code == .recordTooLarge)
            try await producer.close()
            let closed = await #expect(throws: KafkaError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: "x"))
            }
            #expect(closed?.code == .closed)
        }
    }
}
