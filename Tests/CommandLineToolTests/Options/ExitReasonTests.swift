import ArgumentParser
import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct ExitReasonTests {
    @Test(arguments: [
        (KafkaError.Code.cannotConnect, Int32(3)), (.requestTimedOut, 4), (.deliveryTimedOut, 4),
        (.invalidConfiguration, 2),
        (.broker(.topicAlreadyExists), 1), (.corruptRecords, 1),
    ])
    func `an error's exit code tells its kind`(code: KafkaError.Code, expected: Int32) {
        #expect(ExitReason(KafkaError(code, "x")).code == expected)
    }

    @Test func `who cannot connect is told what to do`() {
        #expect(ExitReason(KafkaError(.cannotConnect, "x")).message.contains("--bootstrap"))
    }

    @Test(arguments: [
        ["bogus"], ["topic", "create"], ["consume", "t", "--from-beginning", "--offset", "3"], ["topic", "alter", "t"],
    ])
    func `a wrong command line ends with 2`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Martlet.parseAsRoot(arguments) }
        if let error { #expect(ExitReason(error).code == 2) }
    }

    @Test func `help is no error`() throws {
        var command = try Martlet.parseAsRoot(["produce", "--help"])
        let error = #expect(throws: (any Error).self) { try command.run() }
        if let error { #expect(ExitReason(error).code == 0) }
    }
}
