import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct CooperativeStickyAssignorTests {
    private static func partitions(_ topic: String, _ numbers: some Sequence<Int>) -> [TopicPartition] {
        numbers.map { TopicPartition(topic: topic, partition: PartitionIndex(Int32($0))) }
    }

    private static func member(
        _ id: String, _ topics: Set<String> = ["t"], _ owned: [TopicPartition] = [], generation: Int32 = 1
    ) -> GroupMember {
        GroupMember(id: id, topics: topics, owned: owned, generation: generation)
    }

    private static func assign(_ members: [GroupMember], _ counts: [String: Int]) -> [String: [TopicPartition]] {
        ClassicAssignor.cooperativeSticky.assign(members, partitionCounts: counts)
    }

    @Test func `partitions are dealt evenly at first`() {
        let result = Self.assign([Self.member("a"), Self.member("b")], ["t": 5])
        #expect(result.values.map(\.count).sorted() == [2, 3])
        #expect(Set(result.values.joined()).count == 5)
    }

    @Test func `what moves is given to nobody until its owner has given it up`() {
        let before = Self.partitions("t", 0..<4)
        let first = Self.assign([Self.member("a", ["t"], before), Self.member("b")], ["t": 4])
        #expect(first["a"]?.count == 2)
        #expect(first["b"]?.isEmpty == true)
        let second = Self.assign([Self.member("a", ["t"], first["a"] ?? []), Self.member("b")], ["t": 4])
        #expect(second["a"] == first["a"])
        #expect(second["b"] == before.filter { first["a"]?.contains($0) == false })
    }

    @Test func `who stays keeps what he has when another leaves`() {
        let members = [
            Self.member("a", ["t"], Self.partitions("t", [0, 3])),
            Self.member("b", ["t"], Self.partitions("t", [1, 4])),
        ]
        let result = Self.assign(members, ["t": 6])
        #expect(Set(result["a"] ?? []).isSuperset(of: Self.partitions("t", [0, 3])))
        #expect(Set(result["b"] ?? []).isSuperset(of: Self.partitions("t", [1, 4])))
        #expect(Set(result.values.joined()).count == 6)
    }

    @Test(arguments: [(Int32(2), Int32(1), "a"), (1, 2, "b")])
    func `of two who claim a partition the later generation has it`(a: Int32, b: Int32, owner: String) {
        let members = [
            Self.member("a", ["t"], Self.partitions("t", [0]), generation: a),
            Self.member("b", ["t"], Self.partitions("t", [0]), generation: b),
        ]
        let result = Self.assign(members, ["t": 2])
        #expect(result[owner]?.contains(Self.partitions("t", [0])[0]) == true)
    }

    @Test func `a topic that its owner no longer wants is free in the next round`() {
        let owned = Self.partitions("t", [0])
        let members = [Self.member("a", ["u"], owned), Self.member("b", ["t"])]
        #expect(Self.assign(members, ["t": 1, "u": 1])["b"] == [])
        #expect(Self.assign([Self.member("a", ["u"]), Self.member("b", ["t"])], ["t": 1])["b"] == owned)
    }

    @Test func `with different subscriptions the loads come as close as they can`() {
        let members = [Self.member("a", ["t", "u"]), Self.member("b", ["t"]), Self.member("c", ["u"])]
        let result = Self.assign(members, ["t": 4, "u": 2])
        #expect(result.values.map(\.count).sorted() == [2, 2, 2])
        for (member, partitions) in result {
            let topics = members.first { $0.id == member }?.topics ?? []
            #expect(partitions.allSatisfy { topics.contains($0.topic) })
        }
    }

    @Test(arguments: 0..<50)
    func `any group comes to rest, even and complete, and keeps what it can`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 1...6, using: &random)
        let size = Int.random(in: 0...20, using: &random)
        var owned: [String: [TopicPartition]] = [:]
        for partition in Self.partitions("t", 0..<size) where Bool.random(using: &random) {
            owned["m\(Int.random(in: 0...count, using: &random))", default: []].append(partition)
        }
        let members = (0..<count).map { Self.member("m\($0)", ["t"], owned["m\($0)"] ?? []) }
        let first = Self.assign(members, ["t": size])
        let between = members.map { Self.member($0.id, ["t"], first[$0.id] ?? []) }
        let second = Self.assign(between, ["t": size])
        #expect(Set(second.values.joined()).count == size)
        #expect(second.values.reduce(0) { $0 + $1.count } == size)
        let loads = second.values.map(\.count)
        #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1)
        for member in members {
            let kept = Set(member.owned).intersection(first[member.id] ?? []).count
            #expect(kept >= min(member.owned.count, size / count), "\(member.id) lost more than it had to")
        }
        let rest = members.map { Self.member($0.id, ["t"], second[$0.id] ?? []) }
        #expect(Self.assign(rest, ["t": size]) == second)
    }
}

/// Random numbers that are the same in each run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
