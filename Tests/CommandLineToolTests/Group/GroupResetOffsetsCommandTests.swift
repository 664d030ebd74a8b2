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
}
