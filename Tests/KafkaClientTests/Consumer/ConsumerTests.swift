import BrokerTesting
import KafkaClient
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConsumerTests {
    private static let partition = TopicPartition(topic: "t", partition: 0)

    /// A broker whose topic holds "0" to "9" with timestamps 1000 to 1900, each in a batch of its own.
    private static func withTen(_ body: (String) async throws -> Void) async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(
                NewTopic(
                    name: "t", partitionCount: 1, configuration: ["message.timestamp.before.max.ms": "\(Int64.max)"]))
            let producer = try Producer(try ProducerConfiguration(bootstrapServers: bootstrap))
            for number in 0..<10 {
                let time = Timestamp(Int64(1000 + 100 * number))
                try await producer.send(ProducerRecord(topic: "t", value: "\(number)", timestamp: time))
            }
            try await producer.close()
            admin.close()
            try await body(bootstrap)
        }
    }

    private static func consumer(
        _ bootstrap: String, _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) throws -> Consumer {
        var configuration = try ConsumerConfiguration(bootstrapServers: bootstrap)
        change(&configuration)
        return Consumer(configuration)
    }

    private static func rest(of consumer: Consumer) async throws -> String {
        var text = ""
        while true {
            let batch = try await consumer.nextBatch(limit: 3, stopsAtEnd: true)
            if batch.isEmpty { return text }
            text += batch.map { $0.value.map { String(buffer: $0) } ?? "" }.joined()
        }
    }

    @Test func `reading begins where it is told to`() async throws {
        try await Self.withTen { bootstrap in
            let starts: [(StartPosition, String)] = [
                (.earliest, "0123456789"), (.latest, ""), (.offset(7), "789"), (.timestamp(1450), "56789"),
                (.timestamp(1900), "9"), (.timestamp(5000), ""),
            ]
            let consumer = try Self.consumer(bootstrap)
            for (start, expected) in starts {
                try await consumer.assign([Self.partition: start])
                #expect(try await Self.rest(of: consumer) == expected, "\(start)")
                #expect(consumer.position(of: Self.partition) == 10)
                #expect(consumer.endOffset(of: Self.partition) == 10)
                #expect(consumer.isAtEnd)
            }
            consumer.close()
        }
    }

    @Test func `a loop over a consumer gets each record once, and a seek goes back`() async throws {
        try await Self.withTen { bootstrap in
            let consumer = try Self.consumer(bootstrap)
            try await consumer.assign(topic: "t", from: .offset(5))
            var seen: [Int64] = []
            for try await record in consumer {
                seen.append(record.offset.rawValue)
                if seen.count == 3 { try consumer.seek(Self.partition, to: .offset(1)) }
                if seen.count == 6 { break }
            }
            #expect(seen == [5, 6, 7, 1, 2, 3])
            #expect(consumer.position(of: Self.partition) == 4)
            consumer.close()
        }
    }

    @Test(arguments: [(ConsumerConfiguration.OffsetReset.earliest, "0123456789"), (.latest, "")])
    func `a position outside the log is reset as configured`(
        reset: ConsumerConfiguration.OffsetReset, expected: String
    ) async throws {
        try await Self.withTen { bootstrap in
            let consumer = try Self.consumer(bootstrap) { $0.offsetReset = reset }
            try await consumer.assign([Self.partition: .offset(99)])
            #expect(try await Self.rest(of: consumer) == expected)
            consumer.close()
        }
    }

    @Test func `without a reset a position outside the log is an error`() async throws {
        try await Self.withTen { bootstrap in
            let consumer = try Self.consumer(bootstrap) { $0.offsetReset = .none }
            try await consumer.assign([Self.partition: .offset(99)])
            let error = await #expect(throws: KafkaError.self) { try await consumer.nextBatch() }
            #expect(error?.code == .offsetOutOfRange)
            consumer.close()
        }
    }

    @Test func `a cancelled wait ends, and so does one whose consumer is closed`() async throws {
        try await Self.withTen { bootstrap in
            let consumer = try Self.consumer(bootstrap)
            try await consumer.assign(topic: "t", from: .latest)
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await consumer.nextBatch()) == nil }
                group.cancelAll()
                #expect(await group.next() == true)
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await consumer.nextBatch().count }
                consumer.close()
                let count = try await group.next()
                #expect(count == 0)
            }
        }
    }

    @Test func `a partition that is not there is refused`() async throws {
        try await Self.withTen { bootstrap in
            let consumer = try Self.consumer(bootstrap)
            let missing = TopicPartition(topic: "t", partition: 5)
            let error = await #expect(throws: KafkaError.self) { try await consumer.assign([missing: .earliest]) }
            #expect(error?.code == .unknownPartition)
            consumer.close()
        }
    }
}
