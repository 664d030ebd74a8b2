import BrokerTesting
import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(5))) struct AdminGroupsTests {
    private static let first = TopicPartition(topic: "t", partition: 0)
    private static let second = TopicPartition(topic: "t", partition: 1)

    /// An admin at a broker whose topic `t` has two partitions.
    private static func withAdmin(_ body: (Admin) async throws -> Void) async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 2))
            try await body(admin)
            admin.close()
        }
    }

    @Test func `offsets are set, listed for several groups at once, and deleted`() async throws {
        try await Self.withAdmin { admin in
            let offset = CommittedOffset(3, leaderEpoch: 0, metadata: "here")
            let set = try await admin.alterGroupOffsets("a", [Self.first: offset, Self.second: CommittedOffset(4)])
            #expect(set.values.allSatisfy { (try? $0.get()) != nil })
            try await admin.alterGroupOffsets("b", [Self.second: CommittedOffset(9)])[Self.second]?.get()
            let listed = try await admin.listGroupOffsets(["a", "b", "nobody"])
            #expect(try listed["a"]?.get()[Self.first]?.get() == offset)
            #expect(try listed["b"]?.get().keys.sorted(by: { $0.partition < $1.partition }) == [Self.second])
            #expect(try listed["nobody"]?.get().isEmpty == true)
            let some = try await admin.listGroupOffsets(["a", "b"], of: [Self.first])
            #expect(try some["a"]?.get().count == 1)
            #expect(try some["b"]?.get().isEmpty == true)
            try await admin.deleteGroupOffsets("a", [Self.first])[Self.first]?.get()
            #expect(try await admin.listGroupOffsets(["a"])["a"]?.get().keys.map(\.partition) == [1])
        }
    }

    @Test func `a group with nothing but offsets is listed, described and deleted`() async throws {
        try await Self.withAdmin { admin in
            try await admin.alterGroupOffsets("a", [Self.first: CommittedOffset(3)])[Self.first]?.get()
            let groups = try await admin.listGroups()
            #expect(groups.map(\.id) == ["a"])
            #expect(groups.first?.state == .empty)
            #expect(groups.first?.type == .classic)
            #expect(try await admin.listGroups(states: [.stable]).isEmpty)
            #expect(try await admin.listGroups(states: [.empty], types: [.classic]).map(\.id) == ["a"])
            #expect(try await admin.listGroups(types: [.consumer]).isEmpty)
            let described = try await admin.describeGroups(["a", "nobody"])
            #expect(try described["a"]?.get().members.isEmpty == true)
            #expect(try described["a"]?.get().state == .empty)
            let missing = #expect(throws: KafkaError.self) { _ = try described["nobody"]?.get() }
            #expect(missing?.brokerCode == .groupIDNotFound)
            let deleted = try await admin.deleteGroups(["a", "nobody"])
            try deleted["a"]?.get()
            let error = #expect(throws: KafkaError.self) { try deleted["nobody"]?.get() }
            #expect(error?.brokerCode == .groupIDNotFound)
            #expect(try await admin.listGroups().isEmpty)
        }
    }

    @Test func `what cannot be done to a group is told`() async throws {
        try await Self.withAdmin { admin in
            let missing = await #expect(throws: KafkaError.self) {
                _ = try await admin.deleteGroupOffsets("nobody", [Self.first])
            }
            #expect(missing?.brokerCode == .groupIDNotFound)
            try await admin.alterGroupOffsets("a", [Self.first: CommittedOffset(3)])[Self.first]?.get()
            let outcome = try await admin.removeMembers(of: "a", instances: ["i"])["i"]
            let error = #expect(throws: KafkaError.self) { try outcome?.get() }
            #expect(error?.brokerCode == .unknownMemberID)
            #expect(try await admin.removeMembers(of: "a").isEmpty)
            let unknown = TopicPartition(topic: "none", partition: 0)
            let refused = try await admin.alterGroupOffsets("a", [unknown: CommittedOffset(1)])[unknown]
            #expect(throws: KafkaError.self) { try refused?.get() }
        }
    }
}
