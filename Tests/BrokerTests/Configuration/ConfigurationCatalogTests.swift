import Foundation
import Testing

@testable import Broker

@Suite struct ConfigurationCatalogTests {
    static let catalogs: [ConfigurationCatalog] = [.topic, .broker, .group, .clientMetrics]

    @Test(arguments: catalogs)
    func `every default is a value that its key accepts`(catalog: ConfigurationCatalog) throws {
        #expect(!catalog.definitions.isEmpty)
        for definition in catalog.definitions {
            guard let value = definition.defaultValue else { continue }
            #expect(try definition.canonical(value) == value, "\(definition.name)")
        }
    }

    @Test(arguments: catalogs)
    func `every key stands once and says what it means`(catalog: ConfigurationCatalog) {
        let names = catalog.definitions.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names == names.sorted())
        for definition in catalog.definitions {
            #expect(definition.documentation.hasSuffix("."), "\(definition.name)")
            #expect(!definition.documentation.contains("\n"), "\(definition.name)")
        }
    }

    @Test(arguments: catalogs)
    func `every synonym is a key of the broker`(catalog: ConfigurationCatalog) {
        for definition in catalog.definitions {
            for synonym in definition.synonyms {
                #expect(ConfigurationCatalog.broker[synonym] != nil, "\(definition.name) from \(synonym)")
            }
        }
    }

    @Test func `a topic key accepts what the broker keys that it comes from accept`() {
        for definition in ConfigurationCatalog.topic.definitions {
            for synonym in definition.synonyms where !synonym.hasSuffix("hours") && !synonym.hasSuffix("minutes") {
                let broker = ConfigurationCatalog.broker[synonym]
                #expect(broker?.type == definition.type, "\(definition.name)")
                if let value = broker?.defaultValue {
                    #expect((try? definition.canonical(value)) != nil, "\(definition.name) from \(synonym)")
                }
            }
        }
    }

    @Test func `our own defaults stand in the tables and differ from Kafka's`() {
        for own in OwnDefault.all {
            let definition = ConfigurationCatalog.broker[own.key] ?? ConfigurationCatalog.topic[own.key]
            #expect(definition?.defaultValue == own.ours, "\(own.key)")
            #expect(own.ours != own.kafkas && !own.reason.isEmpty)
        }
    }

    @Test func `our own defaults fill a table`() {
        let lines = OwnDefault.markdownTable().split(separator: "\n")
        #expect(lines.count == OwnDefault.all.count + 2)
        #expect(lines[2] == "| `log.flush.interval.messages` | 1 | 9223372036854775807 | acknowledged means on disk |")
    }

    @Test(arguments: [
        "zookeeper.connect", "log.message.format.version", "message.format.version", "reserved.broker.max.id",
    ])
    func `keys that Kafka has removed do not exist`(key: String) {
        #expect(ConfigurationCatalog.broker[key] == nil && ConfigurationCatalog.topic[key] == nil)
    }

    @Test(arguments: [
        ("num.partitons", "num.partitions"), ("log.retention.hour", "log.retention.hours"),
        ("listener", "listeners"),
    ])
    func `a misspelt key is answered with the nearest one`(misspelt: String, meant: String) {
        #expect(ConfigurationCatalog.broker.nearest(to: misspelt) == meant)
    }

    @Test func `a key that resembles nothing gets no suggestion`() {
        #expect(ConfigurationCatalog.broker.nearest(to: "my.plugin.endpoint") == nil)
    }

    @Test func `a key without use says why`() throws {
        let key = try #require(ConfigurationCatalog.broker["ssl.keystore.location"])
        #expect(!key.isSettable && !key.isReadByMartlet)
        #expect(key.documentation == "File of the key store. Not used: TLS is not available yet.")
        for kept in ConfigurationCatalog.topic.definitions where kept.use == .kept {
            #expect(kept.isSettable && kept.documentation.hasSuffix("Kept; no effect yet."))
        }
    }
}
