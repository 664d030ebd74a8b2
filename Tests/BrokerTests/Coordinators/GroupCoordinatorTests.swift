import Testing

@testable import Broker

@Suite struct GroupCoordinatorTests {
    @Test(arguments: [
        ("g", 3), ("my-group", 12), ("", 0), ("console-consumer-12345", 6), ("ä-gruppe", 14),
        // Java's hash of this one is the smallest number, which has no opposite.
        ("polygenelubricants", 0),
    ])
    func `a group belongs to the partition that Kafka gives it`(group: String, partition: Int) {
        #expect(GroupCoordinator.partition(of: group, among: 50) == partition)
    }
}
