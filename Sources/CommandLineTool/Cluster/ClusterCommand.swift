import ArgumentParser
import KafkaClient

struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Show a cluster's id, brokers, features and API versions.",
        discussion: """
            Examples:
              martlet cluster
              martlet cluster --bootstrap kafka-1:9092 --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let cluster = try await admin.describeCluster()
        let versions = try await admin.describeVersions()
        OutputBuffer.write(output == .json ? Self.json(cluster, versions) + "\n" : Self.text(cluster, versions))
    }

    static func text(_ cluster: ClusterDescription, _ versions: BrokerVersions) -> String {
        var brokers = TextTable("BROKER", "ADDRESS", "RACK", "ROLE")
        for broker in cluster.brokers {
            brokers.add(
                "\(broker.id)", "\(broker.address)", broker.rack ?? "-",
                broker.id == cluster.controller ? "controller" : "")
        }
        var text = "cluster id  \(cluster.id)\ncontroller  \(cluster.controller.map { "\($0)" } ?? "none")\n\n"
        text += brokers.text
        if !versions.features.isEmpty {
            var features = TextTable("FEATURE", "LEVEL", "SUPPORTED")
            for feature in versions.features {
                features.add(feature.name, feature.finalized.map { "\($0)" } ?? "-", range(feature.supported))
            }
            text += "\n" + features.text
        }
        var apis = TextTable("KEY", "API", "VERSIONS", "USED HERE")
        for api in versions.apis {
            apis.add("\(api.key.rawValue)", "\(api.key)", range(api.versions), api.used.map { "\($0)" } ?? "-")
        }
        return text + "\n" + apis.text
    }

    private static func range(_ range: ClosedRange<Int16>?) -> String {
        range.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "-"
    }

    static func json(_ cluster: ClusterDescription, _ versions: BrokerVersions) -> String {
        JSONValue.object([
            ("clusterId", .string(cluster.id)),
            ("controller", cluster.controller.map { .number($0.rawValue) } ?? .null),
            (
                "brokers",
                .array(
                    cluster.brokers.map {
                        .object([
                            ("id", .number($0.id.rawValue)), ("host", .string($0.address.host)),
                            ("port", .number($0.address.port)), ("rack", .optional($0.rack)),
                        ])
                    })
            ),
            (
                "features",
                .array(
                    versions.features.map { feature in
                        .object([
                            ("name", .string(feature.name)),
                            ("level", feature.finalized.map { .number($0) } ?? .null),
                            ("min", feature.supported.map { .number($0.lowerBound) } ?? .null),
                            ("max", feature.supported.map { .number($0.upperBound) } ?? .null),
                        ])
                    })
            ),
            (
                "apis",
                .array(
                    versions.apis.map { api in
                        .object([
                            ("key", .number(api.key.rawValue)), ("name", .string(api.key.description)),
                            ("min", .number(api.versions.lowerBound)), ("max", .number(api.versions.upperBound)),
                            ("used", api.used.map { .number($0) } ?? .null),
                        ])
                    })
            ),
        ]).text
    }
}
