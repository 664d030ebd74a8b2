import ArgumentParser
import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct ConsumeCommandTests {
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
}
