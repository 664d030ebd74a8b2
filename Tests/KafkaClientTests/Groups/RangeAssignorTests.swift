import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct RangeAssignorTests {
    private static func assign(_ members: [GroupMember], _ counts: [String: Int]) -> [String: String] {
        ClassicAssignor.range.assign(members, partitionCounts: counts)
            .mapValues { $0.map(\.description).joined(separator: " ") }
    }

    @Test func `each topic is cut into ranges, the first ones longer`() {
        let members = ["b", "a"].map { GroupMember(id: $0, topics: ["t", "u"]) }
        #expect(Self.assign(members, ["t": 3, "u": 2]) == ["a": "t-0 t-1 u-0", "b": "t-2 u-1"])
    }

    @Test func `only who is subscribed to a topic gets some of it`() {
        let members = [GroupMember(id: "a", topics: ["t"]), GroupMember(id: "b", topics: ["t", "u"])]
        #expect(Self.assign(members, ["t": 1, "u": 2]) == ["a": "t-0", "b": "u-0 u-1"])
    }

    @Test func `static members come first, in the order of their instances`() {
        let members = [
            GroupMember(id: "a", topics: ["t"]), GroupMember(id: "c", instanceID: "2", topics: ["t"]),
            GroupMember(id: "d", instanceID: "1", topics: ["t"]),
        ]
        #expect(Self.assign(members, ["t": 2]) == ["d": "t-0", "c": "t-1", "a": ""])
    }

    @Test func `a topic that is not there yet is nobody's`() {
        #expect(Self.assign([GroupMember(id: "a", topics: ["t"])], [:]) == ["a": ""])
        #expect(Self.assign([], ["t": 4]) == [:])
    }
}
