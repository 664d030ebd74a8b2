import BrokerTesting
import KafkaClient
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct AdminTests {
    @Test func `a topic is created, described, changed and deleted`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let created = try await admin.createTopic(
                NewTopic(name: "t", partitionCount: 2, configuration: ["retention.ms": "5000"]))
            #expect(created.partitionCount == 2)
            let described = try await admin.describeTopics(["t"])["t"]?.get()
            #expect(described?.id == created.id)
            #expect(described?.partitions.map(\.index) == [0, 1])
            try await admin.createPartitions(["t": 3])["t"]?.get()
            #expect(try await admin.listTopics().map(\.partitions.count) == [3])
            try await admin.incrementalAlterConfigs([
                .topic("t"): [.set("flush.messages", "7"), .delete("retention.ms")]
            ])[
                .topic("t")]?.get()
            let configs = try await admin.describeConfigs([.topic("t")])[.topic("t")]?.get()
            let changed = configs?.filter { $0.source == .dynamicTopic }.map { "\($0.name)=\($0.value ?? "")" }
            #expect(changed == ["flush.messages=7"])
            try await admin.deleteTopics(["t"])["t"]?.get()
            #expect(try await admin.listTopics().isEmpty)
            admin.close()
        }
    }

    @Test func `each thing is answered for on its own`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let outcomes = try await admin.createTopics([NewTopic(name: "good"), NewTopic(name: "bad name")])
            #expect(throws: Never.self) { _ = try outcomes["good"]?.get() }
            let error = #expect(throws: KafkaError.self) { _ = try outcomes["bad name"]?.get() }
            #expect(error?.brokerCode == .invalidTopicException)
            let missing = TopicPartition(topic: "none", partition: 0)
            let offsets = try await admin.listOffsets([missing: .latest, .init(topic: "good", partition: 0): .latest])
            #expect(try offsets[.init(topic: "good", partition: 0)]?.get().offset == 0)
            #expect(throws: KafkaError.self) { _ = try offsets[missing]?.get() }
            admin.close()
        }
    }

    @Test func `records are deleted, partition by partition`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 2))
            try await admin.createTopic(NewTopic(name: "c", configuration: ["cleanup.policy": "compact"]))
            let producer = try Producer(ProducerConfiguration(bootstrapServers: bootstrap))
            for value in ["a", "b", "c"] {
                _ = try await producer.send(ProducerRecord(topic: "t", partition: 0, value: ByteBuffer(string: value)))
            }
            try await producer.close()
            let (first, second) = (TopicPartition(topic: "t", partition: 0), TopicPartition(topic: "t", partition: 1))
            let compacted = TopicPartition(topic: "c", partition: 0)
            let missing = TopicPartition(topic: "t", partition: 7)
            let outcomes = try await admin.deleteRecords([
                first: .before(2), second: .before(1), compacted: .all, missing: .all,
            ])
            #expect(try outcomes[first]?.get() == 2)
            let tooFar = #expect(throws: KafkaError.self) { _ = try outcomes[second]?.get() }
            #expect(tooFar?.brokerCode == .offsetOutOfRange)
            let refused = #expect(throws: KafkaError.self) { _ = try outcomes[compacted]?.get() }
            #expect(refused?.brokerCode == .policyViolation)
            #expect(throws: KafkaError.self) { _ = try outcomes[missing]?.get() }
            #expect(try await admin.deleteRecords([first: .all])[first]?.get() == 3)
            #expect(try await admin.listOffsets([first: .earliest])[first]?.get().offset == 3)
            admin.close()
        }
    }

    @Test func `the cluster tells its brokers, versions and directories`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            let cluster = try await admin.describeCluster()
            #expect(cluster.brokers.map { "\($0.address)" } == [bootstrap])
            #expect(!cluster.id.isEmpty)
            let versions = try await admin.describeVersions()
            #expect(versions.apis.first { $0.key == .produce }?.used == 13)
            let directories = try await admin.describeLogDirs()
            #expect(directories.keys.sorted() == cluster.brokers.map(\.id))
            #expect(directories.values.joined().allSatisfy { $0.error == nil })
            admin.close()
        }
    }
}
