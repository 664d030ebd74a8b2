/// How the records of a batch are compressed. The raw value is Kafka's number (attributes bits 0-2 of a batch).
@frozen public enum CompressionCodec: Int8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4

    /// Kafka's name, as in `compression.type`.
    public var description: String {
        switch self {
        case .none: "none"
        case .gzip: "gzip"
        case .snappy: "snappy"
        case .lz4: "lz4"
        case .zstd: "zstd"
        }
    }

    /// The codec of Kafka's name; nil for any other word (`producer` and `uncompressed` are words of topics only).
    public init?(name: some StringProtocol) {
        guard let codec = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = codec
    }
}
