import ArgumentParser
@testable import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct GroupDescribeCommandTests {
    private static func partition(_ number: Int32) -> TopicPartition {
        TopicPartition(topic: "orders", partition: PartitionIndex(number))
    }

    private static func group(_ members: [GroupDescription.Member]) -> GroupDescription {
        GroupDescription(
            id: "billing", type: .classic, protocolType: "consumer", state: members.isEmpty ? .empty : .stable,
            coordinator: 1, assignor: "range", members: members)
    }

    private static let member = GroupDescription.Member(
        id: "c-1", clientID: "c", host: "/127.0.0.1", subscribedTopics: ["orders"],
        assignment: [partition(1), partition(2)])

    @Test func `each partition that is read or has an offset gets a row`() {
        let rows = GroupReport.rows(
            Self.group([Self.member]), committed: [Self.partition(0): 3, Self.partition(1): 9],
            ends: [Self.partition(0): 10, Self.partition(1): 7, Self.partition(2): 5])
        #expect(rows.map(\.partition.partition) == [0, 1, 2])
        #expect(rows.map(\.lag) == [7, 0, nil])
        #expect(rows.map(\.memberID) == [nil, "c-1", "c-1"])
    }

    @Test func `a table has Kafka's columns and says when nobody reads`() {
        var report = GroupReport(group: Self.group([]))
        report.rows = GroupReport.rows(report.group, committed: [Self.partition(0): 3], ends: [Self.partition(0): 10])
        let lines = GroupReport.text([report], .offsets).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == "group 'billing' has no members")
        let columns = "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID"
        #expect(lines[1].split(separator: " ").joined(separator: " ") == columns)
        #expect(lines[2].split(separator: " ").joined(separator: " ") == "billing orders 0 3 10 7 - - -")
    }

    @Test func `members and state have tables of their own`() {
        let report = GroupReport(group: Self.group([Self.member]))
        let members = GroupReport.text([report], .members)
        #expect(members.contains("orders:1,2"))
        let state = GroupReport.text([report], .state).split(separator: "\n").last ?? ""
        #expect(state.split(separator: " ").joined(separator: " ") == "billing classic Stable 1 1 range - -")
    }

    @Test func `as JSON nothing is lost`() {
        var report = GroupReport(group: Self.group([Self.member]))
        report.rows = GroupReport.rows(report.group, committed: [Self.partition(1): 3], ends: [:])
        let text = report.json.text
        #expect(text.contains(#""offsets":[{"topic":"orders","partition":1,"currentOffset":3,"logEndOffset":null"#))
        #expect(text.contains(#""consumerId":"c-1""#))
    }

    @Test(arguments: [
        (["g"], true), (["--members"], true), (["g", "--state", "--members"], false),
        (["g", "--watch", "--interval", "5s"], true), (["g", "--watch", "-o", "json"], false),
        (["g", "--watch", "--interval", "0"], false),
    ])
    func `the views exclude each other`(arguments: [String], isRight: Bool) {
        #expect(((try? GroupDescribeCommand.parse(arguments)) != nil) == isRight)
    }
}
