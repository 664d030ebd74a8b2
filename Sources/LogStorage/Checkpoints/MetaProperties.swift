import KafkaProtocol

/// `meta.properties`: whose data directory it is. Kafka's keys, and the version of our own format on disk.
struct MetaProperties: Hashable, Sendable {
    static let name = "meta.properties"
    private static let version = 1
    /// Raised when a file gets a form that an older Martlet cannot read.
    static let formatVersion = 1

    var clusterID: String
    var nodeID: BrokerID
    var directoryID: KafkaUUID

    func encode() -> [UInt8] {
        Array(
            """
            version=\(Self.version)
            cluster.id=\(clusterID)
            node.id=\(nodeID)
            directory.id=\(directoryID)
            martlet.format.version=\(Self.formatVersion)

            """.utf8)
    }

    enum Problem: Error, Hashable, CustomStringConvertible {
        case newerFormat(String)
        case missing(String)
        case wrong(key: String, value: String)

        var description: String {
            switch self {
            case .newerFormat(let found): "\(found) is newer than this Martlet knows"
            case .missing(let key): "\(key) is missing"
            case .wrong(let key, let value): "\(key) cannot be \(value)"
            }
        }
    }

    /// A directory that Kafka wrote has no format version of ours: it can be read as it is. One without a directory id,
    /// from before Kafka 3.7, gets one.
    static func decode(_ bytes: [UInt8]) throws(Problem) -> MetaProperties {
        var values: [Substring: Substring] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = line[line.index(after: equals)...]
        }
        for (key, known) in [("version", version), ("martlet.format.version", formatVersion)] {
            guard let value = values[Substring(key)] else { continue }
            guard let number = Int(value), number >= 0 else { throw .wrong(key: key, value: String(value)) }
            guard number <= known else { throw .newerFormat("\(key)=\(value)") }
        }
        guard let cluster = values["cluster.id"], !cluster.isEmpty else { throw .missing("cluster.id") }
        guard let node = values["node.id"] ?? values["broker.id"] else { throw .missing("node.id") }
        guard let number = Int32(node) else { throw .wrong(key: "node.id", value: String(node)) }
        var directory: KafkaUUID?
        if let text = values["directory.id"] {
            directory = KafkaUUID(text)
            if directory == nil { throw .wrong(key: "directory.id", value: String(text)) }
        }
        return MetaProperties(
            clusterID: String(cluster), nodeID: BrokerID(number), directoryID: directory ?? .random())
    }
}
