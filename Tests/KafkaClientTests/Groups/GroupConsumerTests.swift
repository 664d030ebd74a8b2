import BrokerTesting
import KafkaClient
import NIOCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct GroupConsumerTests {
    /// A broker that does not wait for more members before the first rebalance, with a topic `t` of four partitions.
    private static func withTopic(_ body: (String) async throws -> Void) async throws {
        let settings = [
            "group.initial.rebalance.delay.ms": "0", "group.consumer.heartbeat.interval.ms": "100",
            "group.consumer.min.heartbeat.interval.ms": "100",
        ]
        try await withBroker(settings: settings) { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 4))
            admin.close()
            try await body(bootstrap)
        }
    }

    private static func produce(_ numbers: Range<Int>, _ bootstrap: String) async throws {
        let producer = try Producer(ProducerConfiguration(bootstrapServers: bootstrap))
        for number in numbers {
            let partition = PartitionIndex(Int32(number % 4))
            _ = try await producer.send(
                ProducerRecord(topic: "t", partition: partition, value: ByteBuffer(string: "\(number)")))
        }
        try await producer.close()
    }

    private static func consumer(
        _ bootstrap: String, _ change: (inout GroupConsumerConfiguration) -> Void = { _ in },
        onChange: @escaping GroupConsumer.ChangeHandler = { _ in }
    ) throws -> GroupConsumer {
        var configuration = try GroupConsumerConfiguration(bootstrapServers: bootstrap, groupID: "g")
        configuration.consumer.offsetReset = .earliest
        configuration.heartbeatInterval = .milliseconds(100)
        change(&configuration)
        return try GroupConsumer(configuration, onChange: onChange)
    }

    /// Reads until `count` records have come.
    private static func numbers(_ count: Int, of consumer: GroupConsumer) async throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count {
            numbers += try await consumer.nextBatch().compactMap { record in
                record.value.flatMap { Int(String(buffer: $0)) }
            }
        }
        return numbers
    }

    @Test(arguments: GroupConsumerConfiguration.GroupProtocol.allCases)
    func `a group goes on where it stopped`(groupProtocol: GroupConsumerConfiguration.GroupProtocol) async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<8, bootstrap)
            let first = try Self.consumer(bootstrap) { $0.groupProtocol = groupProtocol }
            try first.subscribe(["t"])
            #expect(try await Self.numbers(8, of: first).sorted() == Array(0..<8))
            #expect(first.assignment.count == 4)
            try await first.close()
            try await Self.produce(8..<12, bootstrap)
            let second = try Self.consumer(bootstrap) { $0.groupProtocol = groupProtocol }
            try second.subscribe(["t"])
            #expect(try await Self.numbers(4, of: second).sorted() == Array(8..<12))
            try await second.close()
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let group = try await admin.describeGroups(["g"])["g"]?.get()
            #expect(group?.state == .empty)
            #expect(group?.type.rawValue == groupProtocol.rawValue)
            let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get() ?? [:]
            #expect(try offsets.values.map { try $0.get().offset } == [3, 3, 3, 3])
            admin.close()
        }
    }

    /// A way of rebalancing, and what the first of two members is told while the second comes and goes.
    struct Rebalance: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expected: [String]
        var configure: @Sendable (inout GroupConsumerConfiguration) -> Void
    }

    static let rebalances = [
        Rebalance(testDescription: "range", expected: ["+4", "-4", "+2", "-2", "+4", "-4"]) { $0.assignors = [.range] },
        Rebalance(testDescription: "cooperative-sticky", expected: ["+4", "-2", "+2", "-4"]) {
            $0.assignors = [.cooperativeSticky]
        },
        Rebalance(testDescription: "consumer", expected: ["+4", "-2", "+2", "-4"]) { $0.groupProtocol = .consumer },
    ]

    @Test(arguments: rebalances)
    func `members share the partitions, and who stays takes over from who leaves`(rebalance: Rebalance) async throws {
        try await Self.withTopic { bootstrap in
            let events = Mutex<[String]>([])
            let first = try Self.consumer(bootstrap, rebalance.configure) { change in
                events.withLock { events in
                    switch change {
                    case .assigned(let partitions): events.append("+\(partitions.count)")
                    case .revoked(let partitions): events.append("-\(partitions.count)")
                    case .lost(let partitions): events.append("!\(partitions.count)")
                    }
                }
            }
            let second = try Self.consumer(bootstrap, rebalance.configure)
            try first.subscribe(["t"])
            while first.assignment.count < 4 { _ = try await first.nextBatch(timeout: .milliseconds(50)) }
            try second.subscribe(["t"])
            while second.assignment.count < 2 || first.assignment.count != 2 {
                _ = try await first.nextBatch(timeout: .milliseconds(20))
                _ = try await second.nextBatch(timeout: .milliseconds(20))
            }
            #expect(Set(first.assignment).isDisjoint(with: second.assignment))
            try await Self.produce(0..<8, bootstrap)
            #expect(try await Self.numbers(4, of: first).count == 4)
            #expect(try await Self.numbers(4, of: second).count == 4)
            try await second.close()
            while first.assignment.count < 4 { _ = try await first.nextBatch(timeout: .milliseconds(20)) }
            try await Self.produce(8..<12, bootstrap)
            #expect(try await Self.numbers(4, of: first).sorted() == Array(8..<12))
            try await first.close()
            #expect(events.withLock { $0 } == rebalance.expected)
        }
    }

    /// What several members have read.
    private final class Readings: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock { $0 } }

        /// Reads until the consumer is closed.
        func gather(from consumer: GroupConsumer) async throws {
            while true {
                let batch = try await consumer.nextBatch(limit: 7)
                if batch.isEmpty { return }
                numbers.withLock { $0 += batch.compactMap { $0.value.flatMap { Int(String(buffer: $0)) } } }
            }
        }
    }

    @Test(arguments: rebalances)
    func `while members come and go in order every record is read once`(rebalance: Rebalance) async throws {
        try await Self.withTopic { bootstrap in
            let readings = Readings()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                var members: [GroupConsumer] = []
                for round in 0..<6 {
                    if round % 2 == 0 || members.count < 2 {
                        let member = try Self.consumer(bootstrap) {
                            rebalance.configure(&$0)
                            $0.autoCommitInterval = .milliseconds(30)
                        }
                        try member.subscribe(["t"])
                        tasks.addTask { try await readings.gather(from: member) }
                        members.append(member)
                    } else {
                        try await members.removeFirst().close()
                    }
                    try await Self.produce(round * 100..<round * 100 + 100, bootstrap)
                }
                // Asking the broker is the wait.
                let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
                let deadline = ContinuousClock.now + .seconds(60)
                while Set(readings.all).count < 600, ContinuousClock.now < deadline { _ = try await admin.listGroups() }
                admin.close()
                for member in members { try await member.close() }
                try await tasks.waitForAll()
            }
            #expect(readings.all.sorted() == Array(0..<600))
        }
    }

    @Test func `topics are chosen by a pattern, and a wrong pattern is told`() async throws {
        try await Self.withTopic { bootstrap in
            let consumer = try Self.consumer(bootstrap) { $0.groupProtocol = .consumer }
            try consumer.subscribe(matching: "t.*")
            while consumer.assignment.count < 4 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let member = try await admin.describeGroups(["g"])["g"]?.get().members.first
            #expect(member?.subscribedRegex == "t.*")
            #expect(member?.assignment.count == 4)
            admin.close()
            try consumer.subscribe(["t"])
            try await Self.produce(0..<4, bootstrap)
            #expect(try await Self.numbers(4, of: consumer).count == 4)
            try await consumer.close()
            let wrong = try Self.consumer(bootstrap) { $0.groupProtocol = .consumer }
            try wrong.subscribe(matching: "(")
            let error = await #expect(throws: KafkaError.self) { try await wrong.nextBatch() }
            #expect(error?.brokerCode == .invalidRegularExpression)
            try await wrong.close()
        }
    }

    @Test func `a member that is removed loses its partitions and gets them back`() async throws {
        try await Self.withTopic { bootstrap in
            let losses = Mutex(0)
            let consumer = try Self.consumer(bootstrap, { $0.instanceID = "i" }) {
                change in
                if case .lost(let partitions) = change { losses.withLock { $0 += partitions.count } }
            }
            try consumer.subscribe(["t"])
            while consumer.assignment.count < 4 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.removeMembers(of: "g", instances: ["i"])["i"]?.get()
            admin.close()
            while losses.withLock({ $0 }) < 4 || consumer.assignment.count < 4 {
                _ = try await consumer.nextBatch(timeout: .milliseconds(20))
            }
            try await Self.produce(0..<4, bootstrap)
            #expect(try await Self.numbers(4, of: consumer).count == 4)
            try await consumer.close()
        }
    }

    @Test func `only what the application is done with is committed`() async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<8, bootstrap)
            let consumer = try Self.consumer(bootstrap) { $0.autoCommits = false }
            try consumer.subscribe(["t"])
            var seen = 0
            while seen < 3 { seen += try await consumer.nextBatch(limit: 1).count }
            let partitions = (0..<4).map { TopicPartition(topic: "t", partition: PartitionIndex(Int32($0))) }
            #expect(try await consumer.committed(partitions).isEmpty)
            try await consumer.commit()
            #expect(try await consumer.committed(partitions).values.reduce(0) { $0 + $1.offset.rawValue } == 3)
            try await consumer.commit([partitions[3]: CommittedOffset(2, metadata: "x")])
            #expect(try await consumer.committed(partitions)[partitions[3]]?.metadata == "x")
            seen = 0
            while seen < 2 { seen += try await consumer.nextBatch(limit: 1).count }
            try await consumer.close()
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get() ?? [:]
            #expect(try offsets[partitions[3]]?.get().offset == 2)
            admin.close()
        }
    }

    @Test func `offsets are committed now and then without being asked for`() async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<4, bootstrap)
            let consumer = try Self.consumer(bootstrap) { $0.autoCommitInterval = .milliseconds(50) }
            try consumer.subscribe(["t"])
            #expect(try await Self.numbers(4, of: consumer).count == 4)
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            var sum: Int64 = 0
            while sum < 4 {
                _ = try await consumer.nextBatch(timeout: .milliseconds(20))
                let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get() ?? [:]
                sum = try offsets.values.reduce(0) { try $0 + $1.get().offset.rawValue }
            }
            admin.close()
            try await consumer.close()
        }
    }

    @Test(arguments: GroupConsumerConfiguration.GroupProtocol.allCases)
    func `a static member comes back to its partitions`(
        groupProtocol: GroupConsumerConfiguration.GroupProtocol
    ) async throws {
        try await Self.withTopic { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            for _ in 0..<2 {
                let consumer = try Self.consumer(bootstrap) { ($0.groupProtocol, $0.instanceID) = (groupProtocol, "i") }
                try consumer.subscribe(["t"])
                while consumer.assignment.count < 4 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
                try await consumer.close()
                let members = try await admin.describeGroups(["g"])["g"]?.get().members
                #expect(members?.map(\.instanceID) == ["i"])
            }
            // Brokers let members of the consumer protocol leave on their own only.
            guard groupProtocol == .classic else { return admin.close() }
            try await admin.removeMembers(of: "g")["i"]?.get()
            #expect(try await admin.describeGroups(["g"])["g"]?.get().members.isEmpty == true)
            admin.close()
        }
    }

    @Test func `reading stops at the end, and a loop ends when the consumer is closed`() async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<4, bootstrap)
            let consumer = try Self.consumer(bootstrap)
            try consumer.subscribe(["t"])
            var count = 0
            while true {
                let batch = try await consumer.nextBatch(stopsAtEnd: true)
                if batch.isEmpty { break }
                count += batch.count
            }
            #expect(count == 4)
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var count = 0
                    for try await _ in consumer { count += 1 }
                    return count
                }
                try await consumer.close()
                #expect(try await group.next() == 0)
            }
        }
    }

    @Test func `a member goes on behind what a truncated log has left`() async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<1, bootstrap)
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let partition = TopicPartition(topic: "t", partition: 0)
            // Two records of epoch 0 were read that are no longer there.
            let committed = CommittedOffset(3, leaderEpoch: 0)
            try await admin.alterGroupOffsets("g", [partition: committed])[partition]?.get()
            admin.close()
            let consumer = try Self.consumer(bootstrap)
            try consumer.subscribe(["t"])
            while consumer.position(of: partition) != 1 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
            try await Self.produce(4..<5, bootstrap)
            #expect(try await Self.numbers(1, of: consumer) == [4])
            try await consumer.close()
        }
    }

    @Test(arguments: GroupConsumerConfiguration.GroupProtocol.allCases)
    func `a member outlives its broker's restart`(
        groupProtocol: GroupConsumerConfiguration.GroupProtocol
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let settings = ["group.initial.rebalance.delay.ms": "0", "num.partitions": "4"]
        let broker = try await InProcessBroker.start(directory: directory.path, settings: settings)
        try await Self.produce(0..<4, broker.bootstrap)
        let consumer = try Self.consumer(broker.bootstrap) {
            $0.groupProtocol = groupProtocol
            $0.autoCommitInterval = .milliseconds(20)
        }
        try consumer.subscribe(["t"])
        #expect(try await Self.numbers(4, of: consumer).count == 4)
        await broker.stop()
        let port = try #require(Int(broker.bootstrap.split(separator: ":")[1]))
        let again = try await InProcessBroker.start(directory: directory.path, port: port, settings: settings)
        try await Self.produce(4..<8, again.bootstrap)
        // Records may come twice, but none may be missing.
        var seen: Set<Int> = []
        while !seen.isSuperset(of: 4..<8) { seen.formUnion(try await Self.numbers(1, of: consumer)) }
        try await consumer.close()
        await again.stop()
    }

    @Test(arguments: GroupConsumerConfiguration.GroupProtocol.allCases)
    func `a topic that goes leaves the others to be read`(
        groupProtocol: GroupConsumerConfiguration.GroupProtocol
    ) async throws {
        try await Self.withTopic { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "u", partitionCount: 1))
            let consumer = try Self.consumer(bootstrap) {
                $0.groupProtocol = groupProtocol
                $0.consumer.client.allowsAutoCreateTopics = false
            }
            try consumer.subscribe(["t", "u"])
            while consumer.assignment.count < 5 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
            try await admin.deleteTopics(["u"])["u"]?.get()
            admin.close()
            while consumer.assignment.count != 4 { _ = try await consumer.nextBatch(timeout: .milliseconds(20)) }
            try await Self.produce(0..<4, bootstrap)
            #expect(try await Self.numbers(4, of: consumer).count == 4)
            try await consumer.close()
        }
    }

    @Test func `a cancelled task leaves in order, too`() async throws {
        try await Self.withTopic { bootstrap in
            try await Self.produce(0..<4, bootstrap)
            let consumer = try Self.consumer(bootstrap)
            try consumer.subscribe(["t"])
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    var count = 0
                    do { for try await _ in consumer { count += 1 } } catch {}
                    #expect(count == 4)
                    try? await consumer.close()
                }
                while (0..<4).contains(where: { number in
                    consumer.position(of: TopicPartition(topic: "t", partition: PartitionIndex(Int32(number)))) != 1
                }) { await Task.yield() }
                tasks.cancelAll()
            }
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            #expect(try await admin.describeGroups(["g"])["g"]?.get().members.isEmpty == true)
            let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get() ?? [:]
            #expect(try offsets.values.map { try $0.get().offset } == [1, 1, 1, 1])
            admin.close()
        }
    }

    @Test func `what cannot work is told before anything is sent`() throws {
        var configuration = try GroupConsumerConfiguration(groupID: "")
        #expect(throws: KafkaError.self) { try GroupConsumer(configuration) }
        configuration.groupID = "g"
        let consumer = try GroupConsumer(configuration)
        #expect(throws: KafkaError.self) { try consumer.subscribe(matching: "t.*") }
    }
}
