import ArgumentParser
import BrokerTesting
import Testing

@testable import CommandLineTool
@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct ConfigCommandTests {
    @Test(arguments: [
        (["topic", "t"], true), (["topic"], true), (["broker", "1", "default"], true), (["broker-logger", "1"], true),
        (["group", "g", "--all"], true), (["client-metrics", "m", "--key", "interval.ms"], true),
        (["bogus", "x"], false),
        (["broker", "one"], false), (["broker-logger", "default"], false), (["topic", ""], false),
    ])
    func `what is described has a type and a name`(arguments: [String], isRight: Bool) {
        #expect(((try? ConfigDescribeCommand.parse(arguments)) != nil) == isRight)
    }

    @Test(arguments: [
        (["topic", "t", "--config", "a=b"], true), (["topic", "t", "--delete-config", "a"], true),
        (["topic", "t", "u", "--append-config", "a=b", "--subtract-config", "c=d"], true), (["topic", "t"], false),
        (["topic", "--config", "a=b"], false), (["topic", "t", "--config", "a"], false),
        (["broker", "x", "--config", "a=b"], false),
    ])
    func `what is changed has to be said`(arguments: [String], isRight: Bool) {
        #expect(((try? ConfigAlterCommand.parse(arguments)) != nil) == isRight)
    }

    @Test func `the command is found`() throws {
        let command = try Martlet.parseAsRoot(["config", "describe", "topic", "t"])
        #expect(command is ConfigDescribeCommand)
    }

    @Test func `each resource keeps its kind and name`() throws {
        #expect(try ConfigKind.broker.resource("default") == .broker(""))
        for kind in ConfigKind.allCases {
            let resource = try kind.resource("1")
            #expect(resource.kind == kind.kind)
            #expect(resource.name == "1")
        }
    }

    @Test func `what was not set is left out, unless it is asked for`() throws {
        let entries = [
            ConfigEntry(name: "b", value: "1", source: .dynamicTopic, isReadOnly: false, isSensitive: false),
            ConfigEntry(name: "a", value: "2", source: .defaultValue, isReadOnly: true, isSensitive: false),
        ]
        func names(_ arguments: [String]) throws -> [String] {
            let command = try ConfigDescribeCommand.parse(["topic", "t"] + arguments)
            return command.selected(entries).map(\.name)
        }
        #expect(try names([]) == ["b"])
        #expect(try names(["--all"]) == ["a", "b"])
        #expect(try names(["--key", "a"]) == ["a", "b"])
        let text = ConfigDescribeCommand.text(.topic("t"), entries, explain: false)
        #expect(text.hasPrefix("topic 't'\nKEY"))
        #expect(text.contains("DYNAMIC_TOPIC_CONFIG"))
        #expect(text.contains("read-only"))
        #expect(ConfigDescribeCommand.text(.topic("t"), [], explain: false) == "topic 't': nothing is set\n")
    }

    @Test func `settings are changed, and refused whole`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t"))
            func alter(_ arguments: [String]) async throws {
                try await ConfigAlterCommand.parse(arguments + ["-b", bootstrap]).run()
            }
            func value(_ key: String, _ resource: ConfigResource) async throws -> String? {
                try await admin.describeConfigs([resource])[resource]?.get().first { $0.name == key }?.value
            }
            try await alter([
                "topic", "t", "--config", "retention.ms=5000", "--append-config", "cleanup.policy=compact",
            ])
            #expect(try await value("retention.ms", .topic("t")) == "5000")
            #expect(try await value("cleanup.policy", .topic("t")) == "delete,compact")
            try await alter(["topic", "t", "--config", "retention.ms=6000", "--dry-run"])
            #expect(try await value("retention.ms", .topic("t")) == "5000")
            await #expect(throws: KafkaError.self) {
                try await alter(["topic", "t", "--config", "retention.ms=7000", "--config", "no.such.key=1"])
            }
            #expect(try await value("retention.ms", .topic("t")) == "5000")
            try await alter(["group", "g", "--config", "consumer.session.timeout.ms=50000"])
            #expect(try await value("consumer.session.timeout.ms", .group("g")) == "50000")
            try await alter(["client-metrics", "m", "--config", "interval.ms=60000"])
            #expect(try await admin.listConfigResources(.clientMetrics) == [.clientMetrics("m")])
            #expect(try await admin.listConfigResources(.topic).contains(.topic("t")))
            #expect(try await admin.listConfigResources(.broker).contains(.broker("1")))
            for kind in ConfigKind.allCases {
                try await ConfigDescribeCommand.parse([kind.rawValue, "-b", bootstrap, "-o", "json"]).run()
                try await ConfigListCommand.parse([kind.rawValue, "-b", bootstrap]).run()
            }
            admin.close()
        }
    }
}
