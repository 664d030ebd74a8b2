import ArgumentParser
import BrokerTesting
import KafkaClient
import Testing

@testable import CommandLineTool

@Suite(.timeLimit(.minutes(5))) struct ConsumeCommandTests {
    @Test(arguments: [
        ("earliest", OffsetChoice.earliest), ("latest", .latest), ("end", .latest), ("0", .at(0)), ("17", .at(17)),
        ("-10", .last(10)), ("@1700000000000", .since(1_700_000_000_000)),
    ])
    func `offsets are read`(text: String, expected: OffsetChoice) {
        #expect(OffsetChoice(argument: text) == expected)
    }

    @Test(arguments: ["", "x", "@", "@-1", "1.5"])
    func `what is no offset is refused`(text: String) {
        #expect(OffsetChoice(argument: text) == nil)
    }

    @Test func `a negative offset may follow its option`() throws {
        let command = try #require(try Martlet.parseAsRoot(["consume", "t", "--offset", "-5"]) as? ConsumeCommand)
        #expect(command.offset == .last(5))
    }

    @Test(arguments: [
        (["t", "--group", "g"], true), (["t", "-g", "g", "--from-beginning"], true),
        (["t.*", "--regex", "--group", "g", "--group-protocol", "consumer"], true),
        (["t", "--group", "g", "--instance-id", "i"], true), (["t", "--regex"], false), (["t", "--group", ""], false),
        (["t", "--regex", "--group", "g"], false), (["t", "--group-protocol", "consumer"], false),
        (["t", "--instance-id", "i"], false), (["t", "--group", "g", "--offset", "3"], false),
        (["t", "--group", "g", "--partition", "3"], false), (["t", "--group", "g", "--group-protocol", "x"], false),
    ])
    func `a member reads what its group gives it`(arguments: [String], isRight: Bool) {
        #expect(((try? ConsumeCommand.parse(arguments)) != nil) == isRight)
    }

    @Test(arguments: ["classic", "consumer"])
    func `a group goes on where the command before ended`(groupProtocol: String) async throws {
        try await withBroker(settings: ["group.initial.rebalance.delay.ms": "0"]) { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 1))
            let producer = try Producer(ProducerConfiguration(bootstrapServers: bootstrap))
            for value in ["a", "b", "c"] { try await producer.send(ProducerRecord(topic: "t", value: value)) }
            try await producer.close()
            let base = ["t", "-b", bootstrap, "-g", "g", "--group-protocol", groupProtocol, "--from-beginning"]
            let partition = TopicPartition(topic: "t", partition: 0)
            for (more, expected) in [(["-n", "2"], Offset(2)), (["--until-end"], 3), (["--timeout", "10ms"], 3)] {
                try await ConsumeCommand.parse(base + more + ["--format", ""]).run()
                let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get()
                #expect(try offsets?[partition]?.get().offset == expected)
                let group = try await admin.describeGroups(["g"])["g"]?.get()
                #expect(group?.members.isEmpty == true)
            }
            admin.close()
        }
    }
}
