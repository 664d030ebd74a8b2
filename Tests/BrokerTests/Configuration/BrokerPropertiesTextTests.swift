import Foundation
import Testing

@testable import Broker

/// Run with MARTLET_REWRITE=1 to write the file anew.
@Suite struct BrokerPropertiesTextTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "config/broker.properties")

    @Test func `the file in config says what the tables say`() throws {
        if ProcessInfo.processInfo.environment["MARTLET_REWRITE"] != nil {
            try BrokerPropertiesText.render().write(to: Self.path, atomically: true, encoding: .utf8)
        }
        let file = try String(contentsOf: Self.path, encoding: .utf8)
        #expect(
            file == BrokerPropertiesText.render(), "run this test with MARTLET_REWRITE=1 and look at the difference")
    }

    @Test func `the file as it stands changes nothing`() throws {
        let configuration = try StaticConfiguration.parse(BrokerPropertiesText.render(), file: "f")
        #expect(configuration.values.isEmpty && configuration.warnings.isEmpty)
    }

    @Test func `the file with every key made active is the default, too`() throws {
        let active = BrokerPropertiesText.render().split(separator: "\n").compactMap { line -> String? in
            line.hasPrefix("# ") || line.hasPrefix("##") ? nil : String(line.dropFirst())
        }
        let configuration = try StaticConfiguration.parse(active.joined(separator: "\n"), file: "f")
        #expect(configuration.warnings.isEmpty)
        for (key, value) in configuration.values {
            #expect(ConfigurationCatalog.broker[key]?.defaultValue == value, "\(key)")
        }
        let read = ConfigurationCatalog.broker.definitions.filter { $0.isReadByMartlet && !$0.isInternal }.map(\.name)
        #expect(read.allSatisfy { key in active.contains { $0.hasPrefix("\(key)=") } })
    }
}
