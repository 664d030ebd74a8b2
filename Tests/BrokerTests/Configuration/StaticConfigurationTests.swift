import Foundation
import SystemPackage
import Testing

@testable import Broker

@Suite struct StaticConfigurationTests {
    @Test func `a wrong value stops the start with file, line, key and the allowed values`() {
        let error = #expect(throws: ConfigurationFileError.self) {
            try StaticConfiguration.parse("# ours\nnum.partitions=0\n", file: "broker.properties")
        }
        #expect(
            error?.description == "broker.properties:2: Invalid value 0 for configuration num.partitions: "
                + "the value must be at least 1")
    }

    @Test func `an unknown key is a warning with a suggestion`() throws {
        let configuration = try StaticConfiguration.parse("num.partitons=3", file: "f")
        #expect(configuration.values.isEmpty)
        #expect(configuration.warnings == ["f:1: unknown key num.partitons. Did you mean num.partitions?"])
    }

    @Test func `an unknown key on the command line is an error`() {
        let error = #expect(throws: ConfigurationFileError.self) {
            try StaticConfiguration.parse("", file: "f", overrides: [("num.partitons", "3")])
        }
        #expect(error?.description == "--set: unknown key num.partitons. Did you mean num.partitions?")
    }

    @Test func `a topic's key in the broker's file names the broker's own`() throws {
        let configuration = try StaticConfiguration.parse("retention.ms=1", file: "f")
        #expect(
            configuration.warnings == [
                "f:1: unknown key retention.ms. It is a topic's key; the broker's own for all topics is log.retention.ms."
            ])
    }

    @Test func `the command line wins over the file, and the last line over earlier ones`() throws {
        let configuration = try StaticConfiguration.parse(
            "num.partitions=2\nnum.partitions=3\nfetch.max.bytes=2048", file: "f",
            overrides: [("fetch.max.bytes", "4096"), ("fetch.max.bytes", "8192")])
        #expect(configuration.values == ["num.partitions": "3", "fetch.max.bytes": "8192"])
        #expect(configuration.warnings == ["f:2: num.partitions stands twice; this line wins over f:1"])
    }

    @Test func `a key that only tunes what Martlet does not have is a warning`() throws {
        let configuration = try StaticConfiguration.parse(
            "num.io.threads=16\nprocess.roles=broker,controller", file: "f")
        #expect(configuration.values.isEmpty)
        #expect(configuration.warnings.count == 2)
        #expect(configuration.warnings[0].hasPrefix("f:1: num.io.threads has no effect: "))
    }

    @Test func `a key whose neglect would be dangerous is refused unless it has its default`() throws {
        let same = try StaticConfiguration.parse("ssl.client.auth=none\nssl.keystore.location=", file: "f")
        #expect(same.values == ["ssl.client.auth": "none"] && same.warnings.isEmpty)
        let error = #expect(throws: ConfigurationFileError.self) {
            try StaticConfiguration.parse("authorizer.class.name=a.b.C", file: "f")
        }
        #expect(
            error?.description
                == "f:1: authorizer.class.name can only be empty: Martlet does not load Java classes")
    }

    @Test func `a key that exists only while running cannot stand in a file`() {
        #expect(throws: ConfigurationFileError.self) {
            try StaticConfiguration.parse("leader.replication.throttled.rate=1", file: "f")
        }
    }

    @Test func `a key with an empty value is at its default where there is none`() throws {
        #expect(try StaticConfiguration.parse("advertised.listeners=", file: "f").values.isEmpty == true)
    }

    @Test func `a file is read from disk and a missing one is named`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("broker.properties").path
        let padding = String(repeating: "# comment\n", count: 20_000)
        try (padding + "num.partitions=7\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try StaticConfiguration.load(file: FilePath(path)).values == ["num.partitions": "7"])
        let error = #expect(throws: ConfigurationFileError.self) {
            try StaticConfiguration.load(file: FilePath(path + ".gone"))
        }
        #expect(error?.description.hasPrefix("\(path).gone: cannot be read: ") == true)
    }

    @Test func `no file means defaults`() throws {
        #expect(try StaticConfiguration.load(file: nil).values.isEmpty)
    }
}
