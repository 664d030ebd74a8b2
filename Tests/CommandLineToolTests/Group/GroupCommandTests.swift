import ArgumentParser
@testable import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct GroupCommandTests {
    @Test(arguments: [("orders", [PartitionIndex]?.none), ("orders:0", [0]), ("orders:0,2", [0, 2])])
    func `topics and their partitions are read`(text: String, expected: [PartitionIndex]?) {
        let selection = TopicSelection(argument: text)
        #expect(selection?.topic == "orders")
        #expect(selection?.partitions == expected)
    }

    @Test(arguments: ["", ":0", "t:", "t:x", "t:-1", "t:0,", "t:0:1"])
    func `what is no topic with partitions is refused`(text: String) {
        #expect(TopicSelection(argument: text) == nil)
    }

    @Test(arguments: [["list"], ["describe", "g"], ["delete", "g"], ["delete-offsets", "g", "--topic", "t"]])
    func `the commands are found`(arguments: [String]) {
        #expect(throws: Never.self) { try Martlet.parseAsRoot(["group"] + arguments) }
    }

    @Test func `a topic without numbers means the partitions that are known`() {
        let known = [(0, "a"), (1, "b"), (0, "b")].map { number, topic in
            TopicPartition(topic: topic, partition: PartitionIndex(Int32(number)))
        }
        let selection = TopicSelection(argument: "b")
        #expect(selection?.partitions(among: known).map(\.partition) == [0, 1])
    }

    @Test func `a list shows what a broker does not tell as a question mark`() {
        let groups = [
            GroupListing(id: "a", protocolType: "consumer", state: .stable, type: .consumer),
            GroupListing(id: "b", protocolType: ""),
        ]
        let rows = GroupListCommand.text(groups).split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(rows == ["GROUP TYPE PROTOCOL STATE", "a consumer consumer Stable", "b ? - ?"])
        #expect(GroupListCommand.json(groups).contains(#""state":null"#))
    }
}
