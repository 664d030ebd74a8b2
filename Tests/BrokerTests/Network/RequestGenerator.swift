import KafkaProtocol
import NIOCore

/// Numbers from a seed, the same on every machine (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Fills any request with values that its layout allows and its handler may not like: names that exist and names that
/// cannot, numbers at the ends of their ranges, nulls, batches that are sound, damaged or no batches at all.
struct RequestGenerator: FieldCoder {
    let version: Int16
    let topicID: TopicID
    var random: SeededGenerator
    private var field = ""

    init(version: Int16, topicID: TopicID, random: SeededGenerator) {
        self.version = version
        self.topicID = topicID
        self.random = random
    }

    private static let names = [
        "events", "events", "compacted", "nowhere", "", "not a name", "..", "__cluster_metadata", "1", "retention.ms",
        "max.message.bytes", "cleanup.policy", "compact", String(repeating: "x", count: 300),
    ]

    mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default fallback: Value?, ignorable: Bool
    ) throws(ProtocolError) {
        guard versions.contains(version) else { return value = fallback ?? Value.wireDefault }
        field = "\(name)"
        try value.visit(&self, nullable: nullable.contains(version))
    }

    mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError) {
        var bytes = ByteBuffer()
        if Value.byteCount == 16 {
            (Bool.random(using: &random) ? topicID : TopicID(.random(using: &random))).write(to: &bytes)
        } else {
            bytes.writeInteger(number())
            bytes.moveReaderIndex(forwardBy: 8 - Value.byteCount)
        }
        if let read = Value(reading: &bytes) { value = read }
    }

    /// As eight bytes, of which a field takes the last.
    private mutating func number() -> Int64 {
        switch field {
        // Waiting is for other tests.
        case "MaxWaitMs": Int64.random(in: 0...3, using: &random)
        case "Acks": [-1, -1, 1, 2].randomElement(using: &random) ?? 1
        case "ResourceType": [2, 2, 4, 8, 16, 32, 0, 99].randomElement(using: &random) ?? 2
        default:
            [0, 0, 1, 1, 2, 3, -1, -2, .max, .min, Int64(Int32.max), Int64.random(in: .min ... .max, using: &random)]
                .randomElement(using: &random) ?? 0
        }
    }

    private mutating func isNull(_ nullable: Bool) -> Bool { nullable && Int.random(in: 0..<4, using: &random) == 0 }

    mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError) {
        value = isNull(nullable) ? nil : Self.names.randomElement(using: &random)
    }

    mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError) {
        value = isNull(nullable) ? nil : ByteBuffer(repeating: 7, count: Int.random(in: 0...40, using: &random))
    }

    mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError) {
        guard !isNull(nullable), var batch = try? ProducedBatch.of(["a", "b"], timestamp: 1) else {
            return value = .null
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let position = Int.random(in: 0..<batch.readableBytes, using: &random)
            batch.setInteger(UInt8.random(in: 0...255, using: &random), at: position)
        }
        if Bool.random(using: &random) { try? batch.setRecordBatchCRC(at: 0) }
        value = .bytes(batch)
    }

    mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError) {
        if isNull(nullable) { return value = nil }
        var elements: [Element] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            var element = Element.wireDefault
            try element.visit(&self, nullable: false)
            elements.append(element)
        }
        value = elements
    }

    mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError) {
        try value.layout(&self)
    }

    mutating func nullableStructure<Structure: WireStructure>(
        _ value: inout Structure?, nullable: Bool
    ) throws(ProtocolError) {
        if isNull(nullable) { return value = nil }
        var present = Structure()
        try present.layout(&self)
        value = present
    }

    mutating func legacyString(
        _ name: StaticString, _ value: inout String?, _ versions: Versions
    ) throws(ProtocolError) {
        try string(&value, nullable: true)
    }
}
