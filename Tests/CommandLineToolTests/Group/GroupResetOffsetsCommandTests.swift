import ArgumentParser
import BrokerTesting
import KafkaClient
import NIOCore
import Testing

@testable import CommandLineTool

@Suite(.timeLimit(.minutes(5))) struct GroupResetOffsetsCommandTests {
    @Test(arguments: [
        (["g", "--topic", "t", "--to-earliest"], true), (["g", "--all-topics", "--shift-by", "-5"], true),
        (["g", "--from-file", "f"], true), (["g", "--topic", "t:0,1", "--to-datetime", "2026-01-31T12:00"], true),
        (["g", "--topic", "t"], false), (["g", "--to-earliest"], false),
        (["g", "--topic", "t", "--to-earliest", "--to-latest"], false),
        (["g", "--topic", "t", "--all-topics", "--to-latest"], false),
        (["g", "--topic", "t", "--to-offset=-1"], false), (["g", "--topic", "t:x", "--to-latest"], false),
        (["g", "--topic", "t", "--to-datetime", "noon"], false), (["g", "--topic", "t", "--by-duration", "x"], false),
        (["g", "--topic", "t", "--to-latest", "--execute", "--dry-run"], false),
    ])
    func `it has to be said what is set, and where to`(arguments: [String], isRight: Bool) {
        #expect(((try? GroupResetOffsetsCommand.parse(arguments)) != nil) == isRight)
    }

    @Test func `offsets are set only when that is asked for`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 2))
            let producer = try Producer(ProducerConfiguration(bootstrapServers: bootstrap))
            for value in ["a", "b", "c"] {
                _ = try await producer.send(
                    ProducerRecord(topic: "t", partition: 1, value: ByteBuffer(string: value)))
            }
            try await producer.close()
            let reset = ["g", "-b", bootstrap]
            try await GroupResetOffsetsCommand.parse(reset + ["--topic", "t", "--to-latest"]).run()
            #expect(try await admin.listGroupOffsets(["g"])["g"]?.get().isEmpty == true)
            try await GroupResetOffsetsCommand.parse(reset + ["--topic", "t", "--to-latest", "--execute"]).run()
            try await GroupResetOffsetsCommand.parse(reset + ["--topic", "t:1", "--shift-by", "-2", "--execute"]).run()
            let offsets = try await admin.listGroupOffsets(["g"])["g"]?.get() ?? [:]
            #expect(try offsets[TopicPartition(topic: "t", partition: 0)]?.get().offset == 0)
            #expect(try offsets[TopicPartition(topic: "t", partition: 1)]?.get().offset == 1)
            let missing = try GroupResetOffsetsCommand.parse(reset + ["--topic", "t:7", "--to-latest"])
            let error = await #expect(throws: CommandFailure.self) { try await missing.run() }
            #expect(error?.message.contains("no partition 7") == true)
            try await GroupDeleteOffsetsCommand.parse(["g", "-b", bootstrap, "--topic", "t:1"]).run()
            #expect(try await admin.listGroupOffsets(["g"])["g"]?.get().count == 1)
            try await GroupDeleteCommand.parse(["g", "-b", bootstrap]).run()
            try await GroupDeleteCommand.parse(["g", "-b", bootstrap, "--if-exists"]).run()
            #expect(try await admin.listGroups().isEmpty)
            admin.close()
        }
    }

    @Test func `a group with members is left alone, and its members are shown`() async throws {
        try await withBroker(settings: ["group.initial.rebalance.delay.ms": "0"]) { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 2))
            let member = try GroupConsumer(GroupConsumerConfiguration(bootstrapServers: bootstrap, groupID: "g"))
            try member.subscribe(["t"])
            while !member.isAssigned { _ = try await member.nextBatch(limit: 0, timeout: .seconds(1)) }
            let reset = try GroupResetOffsetsCommand.parse(
                ["g", "-b", bootstrap, "--topic", "t", "--to-earliest", "--execute"])
            let error = await #expect(throws: CommandFailure.self) { try await reset.run() }
            #expect(error?.message.contains("group 'g' has 1 member; stop them") == true)
            let deletion = try GroupDeleteCommand.parse(["g", "-b", bootstrap])
            let refusal = await #expect(throws: KafkaError.self) { try await deletion.run() }
            #expect(refusal?.brokerCode == .nonEmptyGroup)
            let offset = TopicPartition(topic: "t", partition: 0)
            let outcome = try await admin.alterGroupOffsets("g", [offset: CommittedOffset(1)])[offset]
            #expect(throws: KafkaError.self) { try outcome?.get() }
            for view in ["--offsets", "--members", "--state"] {
                let (reports, failures) = try await GroupReport.gather(
                    ["g"], view: try GroupDescribeCommand.parse([view]).view, admin)
                #expect(failures.isEmpty)
                #expect(reports.first?.group.members.count == 1)
                #expect(reports.first?.rows.count == (view == "--offsets" ? 2 : 0))
            }
            try await member.close()
            try await reset.run()
            admin.close()
        }
    }
}
