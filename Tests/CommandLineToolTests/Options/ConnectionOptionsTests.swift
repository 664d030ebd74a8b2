import ArgumentParser
import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct ConnectionOptionsTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("10", .seconds(10)),
        ("1.5s", .milliseconds(1500)),
        ("2m", .seconds(120)), ("1h", .seconds(3600)), ("0", .zero),
    ])
    func `lengths of time are read`(text: String, expected: Duration) {
        #expect(TimeSpan(argument: text)?.duration == expected)
    }

    @Test(arguments: ["", "s", "-1s", "10x", "1e9", "ms"])
    func `what is no length of time is refused`(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    @Test func `a property is what stands on both sides of the first equals sign`() {
        #expect(Property(argument: "a=b=c") == Property(argument: "a=b=c"))
        #expect(Property(argument: "a=b=c")?.value == "b=c")
        #expect(Property(argument: "a=")?.value == "")
        #expect(Property(argument: "=b") == nil)
        #expect(Property(argument: "a") == nil)
    }

    @Test func `properties and brokers reach the client's settings`() throws {
        let command = try #require(
            try Martlet.parseAsRoot(["topic", "list", "-b", "a:1,b:2", "-X", "client.id=me"]) as? TopicListCommand)
        #expect(try command.connection.client().bootstrapServers.map(\.port) == [1, 2])
        #expect(command.connection.pairs.map(\.key) == ["client.id"])
    }
}
