package import NIOCore

/// Encodes a message behind what stands in `buffer`.
package struct MessageWriter: FieldCoder {
    /// A place in the written bytes where the sender itself puts `byteCount` bytes.
    package struct Splice: Hashable, Sendable {
        package var index: Int
        package var byteCount: Int
    }

    package let version: Int16
    package private(set) var buffer: ByteBuffer
    /// Where external records belong, in ascending order of index.
    package private(set) var splices: [Splice] = []

    private let isFlexible: Bool
    private let unknownTags: UnknownTags?
    private var structureCount = 0
    private var structure = 0
    /// The tagged fields of the structure being written that differ from their defaults.
    private var tags: [UnknownTags.Tag] = []

    package init(into buffer: ByteBuffer, version: Int16, isFlexible: Bool, unknownTags: UnknownTags? = nil) {
        self.buffer = buffer
        self.version = version
        self.isFlexible = isFlexible
        self.unknownTags = unknownTags
    }

    package mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default fallback: Value?, ignorable: Bool
    ) throws(ProtocolError) {
        guard versions.contains(version) else {
            if !ignorable, value != fallback ?? Value.wireDefault {
                throw .fieldNotInVersion(field: "\(name)", version: version)
            }
            return
        }
        if let tag {
            guard isFlexible, value != fallback ?? Value.wireDefault else { return }
            try writeTagged(tag, &value, nullable: nullable.contains(version))
        } else {
            try value.visit(&self, nullable: nullable.contains(version))
        }
    }

    @inline(__always)
    package mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError) {
        value.write(to: &buffer)
    }

    package mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError) {
        guard let value else { return try writeNull(short: true, nullable: nullable) }
        if isFlexible {
            buffer.writeUnsignedVarint(UInt32(clamping: value.utf8.count + 1))
        } else {
            guard let length = Int16(exactly: value.utf8.count) else { throw .valueTooLarge(field: "string") }
            buffer.writeInteger(length)
        }
        buffer.writeString(value)
    }

    package mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError) {
        guard let value else { return try writeNull(short: false, nullable: nullable) }
        try writeLength(value.readableBytes)
        buffer.writeImmutableBuffer(value)
    }

    package mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError) {
        switch value {
        case .null: try writeNull(short: false, nullable: nullable)
        case .bytes(let bytes):
            try writeLength(bytes.readableBytes)
            buffer.writeImmutableBuffer(bytes)
        case .external(let count):
            try writeLength(count)
            splices.append(Splice(index: buffer.writerIndex, byteCount: count))
        }
    }

    package mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError) {
        guard let value else { return try writeNull(short: false, nullable: nullable) }
        try writeLength(value.count)
        for var element in value { try element.visit(&self, nullable: false) }
    }

    package mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError) {
        guard isFlexible else { return try value.layout(&self) }
        let (outerTags, outer) = (tags, structure)
        tags = []
        structure = structureCount
        structureCount += 1
        try value.layout(&self)
        finishTags()
        (tags, structure) = (outerTags, outer)
    }

    package mutating func nullableStructure<Structure: WireStructure>(_ value: inout Structure?, nullable: Bool)
        throws(ProtocolError)
    {
        guard var present = value else {
            guard nullable else { throw .unexpectedNull(field: "\(Structure.self)") }
            buffer.writeInteger(-1, as: Int8.self)
            return
        }
        if nullable { buffer.writeInteger(1, as: Int8.self) }
        try structure(&present)
    }

    package mutating func legacyString(_ name: StaticString, _ value: inout String?, _ versions: Versions)
        throws(ProtocolError)
    {
        guard versions.contains(version) else { return }
        guard let value else { return _ = buffer.writeInteger(-1, as: Int16.self) }
        guard let length = Int16(exactly: value.utf8.count) else { throw .valueTooLarge(field: "\(name)") }
        buffer.writeInteger(length)
        buffer.writeString(value)
    }

    private mutating func writeLength(_ length: Int) throws(ProtocolError) {
        guard let narrow = Int32(exactly: length), narrow < Int32.max else { throw .valueTooLarge(field: "array") }
        if isFlexible { buffer.writeUnsignedVarint(UInt32(narrow) + 1) } else { buffer.writeInteger(narrow) }
    }

    private mutating func writeNull(short: Bool, nullable: Bool) throws(ProtocolError) {
        guard nullable else { throw .unexpectedNull(field: "") }
        if isFlexible {
            buffer.writeInteger(0, as: UInt8.self)
        } else if short {
            buffer.writeInteger(-1, as: Int16.self)
        } else {
            buffer.writeInteger(-1, as: Int32.self)
        }
    }
}

// MARK: - Tag sections

extension MessageWriter {
    private mutating func writeTagged<Value: WireValue>(_ tag: UInt32, _ value: inout Value, nullable: Bool)
        throws(ProtocolError)
    {
        let outer = buffer
        buffer = ByteBuffer()
        try value.visit(&self, nullable: nullable)
        tags.append(UnknownTags.Tag(number: tag, payload: buffer))
        buffer = outer
    }

    private mutating func finishTags() {
        if let unknown = unknownTags?.byStructure[structure] { tags += unknown }
        if tags.count > 1 { tags.sort { $0.number < $1.number } }
        buffer.writeUnsignedVarint(UInt32(tags.count))
        for tag in tags {
            buffer.writeUnsignedVarint(tag.number)
            buffer.writeUnsignedVarint(UInt32(tag.payload.readableBytes))
            buffer.writeImmutableBuffer(tag.payload)
        }
    }
}

extension MessageWriter {
    static func encode<Message: KafkaMessage>(
        _ message: Message, into buffer: inout ByteBuffer, version: Int16
    ) throws(ProtocolError) -> [Splice] {
        var message = message
        var writer = MessageWriter(into: buffer, version: version, isFlexible: Message.isFlexible(version))
        buffer = ByteBuffer()
        try writer.structure(&message)
        buffer = writer.buffer
        return writer.splices
    }
}

extension KafkaMessage {
    @discardableResult
    package func encode(into buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> [MessageWriter.Splice] {
        try MessageWriter.encode(self, into: &buffer, version: version)
    }

    package func encoded(version: Int16) throws(ProtocolError) -> ByteBuffer {
        var buffer = ByteBuffer()
        try encode(into: &buffer, version: version)
        return buffer
    }
}
