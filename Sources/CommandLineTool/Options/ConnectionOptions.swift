import ArgumentParser
import KafkaClient

/// How results are written.
enum OutputStyle: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// The options of every command that talks to a cluster.
struct ConnectionOptions: ParsableArguments {
    @Option(name: [.customShort("b"), .long], help: "Brokers to ask for the cluster; several separated by commas.")
    var bootstrap = "127.0.0.1:9092"

    @Option(
        name: .customShort("X"),
        help: ArgumentHelp("One of Kafka's client settings, such as request.timeout.ms=5000.", valueName: "key=value"))
    var properties: [Property] = []

    /// The client's settings. A tool tries each broker once and says so, rather than wait in the dark.
    func client() throws -> ClientConfiguration {
        var client = try ClientConfiguration(bootstrapServers: bootstrap)
        client.clientID = "martlet-cli"
        client.bootstrapTimeout = .zero
        client.maxBlock = .seconds(5)
        client.apiTimeout = .seconds(30)
        return client
    }

    func admin() throws -> Admin {
        var client = try client()
        try client.set(pairs)
        return Admin(client)
    }

    var pairs: [(key: String, value: String)] { properties.map { ($0.key, $0.value) } }
}

/// `key=value`.
struct Property: ExpressibleByArgument, Hashable {
    var key: String
    var value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        key = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// A length of time: `500ms`, `10s`, `2m`, or a number of seconds.
struct TimeSpan: ExpressibleByArgument, Hashable {
    var duration: Duration

    init(duration: Duration) { self.duration = duration }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        guard let number = Double(digits), number >= 0, number < 1e9 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": duration = .seconds(number / 1000)
        case "", "s": duration = .seconds(number)
        case "m": duration = .seconds(number * 60)
        case "h": duration = .seconds(number * 3600)
        default: return nil
        }
    }
}
