/// A 128-bit identifier as the protocol carries it; written as 22 characters of base64url, as Kafka's tools do.
@frozen public struct KafkaUUID: Hashable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// All bits zero: "none" on the wire.
    @inlinable public static var zero: KafkaUUID { KafkaUUID(high: 0, low: 0) }

    /// A random identifier (version 4) that does not begin with `-`, so that it can stand on a command line.
    public static func random(using generator: inout some RandomNumberGenerator) -> KafkaUUID {
        while true {
            let high = (generator.next() & 0xffff_ffff_ffff_0fff) | 0x4000
            let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
            let id = KafkaUUID(high: high, low: low)
            if !id.description.hasPrefix("-") { return id }
        }
    }

    public static func random() -> KafkaUUID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// The 16 bytes in wire order.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// 16 bytes in wire order, or nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let high = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes.dropFirst(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(high: high, low: low)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(22)
        let padded = bytes + [0, 0]
        for start in stride(from: 0, to: 18, by: 3) {
            let group = UInt32(padded[start]) << 16 | UInt32(padded[start + 1]) << 8 | UInt32(padded[start + 2])
            for shift in [18, 12, 6, 0] { text.append(Self.alphabet[Int(group >> UInt32(shift)) & 63]) }
        }
        return String(decoding: text.prefix(22), as: UTF8.self)
    }

    /// Reads the 22 characters of `description`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 22 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        self.init(bytes: bytes)
    }
}

/// The identity of a topic (KIP-516): a topic that is deleted and created again under the same name has another one.
@frozen public struct TopicID: Hashable, Sendable, CustomStringConvertible {
    public let uuid: KafkaUUID
    @inlinable public init(_ uuid: KafkaUUID) { self.uuid = uuid }

    /// No topic id: a client or a request version that knows only names.
    @inlinable public static var zero: TopicID { TopicID(.zero) }
    public static func random() -> TopicID { TopicID(.random()) }
    public var description: String { uuid.description }
}
