package import NIOCore

/// Decodes a message. Every length is checked against the bytes that are left before anything is reserved, so that a
/// peer's bytes cost at most a multiple of their own size.
package struct MessageReader: FieldCoder {
    package let version: Int16
    package private(set) var buffer: ByteBuffer
    /// Tags that no field asked for; kept only on request.
    package private(set) var unknownTags: UnknownTags?

    private let isFlexible: Bool
    private var elementsLeft: Int
    private var structureCount = 0
    private var structure = 0
    /// The tag section of the structure being read, once a tagged field or the structure's end has asked for it.
    private var tags: [UnknownTags.Tag]?

    package init(
        _ buffer: ByteBuffer, version: Int16, isFlexible: Bool, keepsUnknownTags: Bool = false,
        maxElements: Int = ProtocolLimits.maxElements
    ) {
        self.buffer = buffer
        self.version = version
        self.isFlexible = isFlexible
        elementsLeft = maxElements
        unknownTags = keepsUnknownTags ? UnknownTags() : nil
    }

    package mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default: Value?, ignorable: Bool
    ) throws(ProtocolError) {
        guard versions.contains(version) else { return }
        if let tag {
            try readTagged(tag, &value, nullable: nullable.contains(version))
        } else {
            try value.visit(&self, nullable: nullable.contains(version))
        }
    }

    @inline(__always)
    package mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError) {
        guard let read = Value(reading: &buffer) else { throw .truncated }
        value = read
    }

    package mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError) {
        guard let length = try readLength(short: true, nullable: nullable) else { return value = nil }
        guard let read = buffer.readString(length: length) else { throw .truncated }
        value = read
    }

    package mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError) {
        guard let length = try readLength(short: false, nullable: nullable) else { return value = nil }
        guard let read = buffer.readSlice(length: length) else { throw .truncated }
        value = read
    }

    package mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError) {
        var read: ByteBuffer?
        try bytes(&read, nullable: nullable)
        value = read.map(RecordsField.bytes) ?? .null
    }

    package mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError) {
        guard let count = try readLength(short: false, nullable: nullable) else { return value = nil }
        guard count <= elementsLeft else { throw .tooManyElements }
        elementsLeft -= count
        var elements: [Element] = []
        elements.reserveCapacity(min(count, 1024))
        for _ in 0..<count {
            var element = Element.wireDefault
            try element.visit(&self, nullable: false)
            elements.append(element)
        }
        value = elements
    }

    package mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError) {
        let (outerTags, outer) = (tags, structure)
        tags = nil
        structure = structureCount
        structureCount += 1
        try value.layout(&self)
        try finishTags()
        (tags, structure) = (outerTags, outer)
    }

    package mutating func nullableStructure<Structure: WireStructure>(_ value: inout Structure?, nullable: Bool)
        throws(ProtocolError)
    {
        if nullable {
            guard let presence = buffer.readInteger(as: Int8.self) else { throw .truncated }
            if presence < 0 { return value = nil }
        }
        var read = Structure()
        try structure(&read)
        value = read
    }

    package mutating func legacyString(_ name: StaticString, _ value: inout String?, _ versions: Versions)
        throws(ProtocolError)
    {
        guard versions.contains(version) else { return }
        guard let length = buffer.readInteger(as: Int16.self) else { throw .truncated }
        if length < 0 { return value = nil }
        guard let read = buffer.readString(length: Int(length)) else { throw .truncated }
        value = read
    }

    /// Reads a length or count; nil is null. What follows takes at least a byte an element, so it must be there.
    private mutating func readLength(short: Bool, nullable: Bool) throws(ProtocolError) -> Int? {
        let length: Int
        if isFlexible {
            length = Int(try buffer.readUnsignedVarint()) - 1
        } else if short {
            guard let read = buffer.readInteger(as: Int16.self) else { throw .truncated }
            length = Int(read)
        } else {
            guard let read = buffer.readInteger(as: Int32.self) else { throw .truncated }
            length = Int(read)
        }
        if length == -1 {
            guard nullable else { throw .unexpectedNull(field: "") }
            return nil
        }
        // A string is never longer than its length could say in the older versions, also where there is room for more.
        guard length >= 0, length <= buffer.readableBytes, !short || length <= Int(Int16.max) else {
            throw .lengthOutOfBounds(Int64(length))
        }
        return length
    }
}

// MARK: - Tag sections

extension MessageReader {
    private mutating func readTagged<Value: WireValue>(_ tag: UInt32, _ value: inout Value, nullable: Bool)
        throws(ProtocolError)
    {
        guard isFlexible else { return }
        if tags == nil { tags = try readTagSection() }
        guard let index = tags?.firstIndex(where: { $0.number == tag }), let payload = tags?.remove(at: index).payload
        else { return }
        let outer = buffer
        buffer = payload
        try value.visit(&self, nullable: nullable)
        guard buffer.readableBytes == 0 else { throw .malformedTags }
        buffer = outer
    }

    private mutating func readTagSection() throws(ProtocolError) -> [UnknownTags.Tag] {
        let count = try buffer.readUnsignedVarint()
        // A tag takes at least two bytes: its number and its size.
        guard Int(count) <= buffer.readableBytes / 2 else { throw .lengthOutOfBounds(Int64(count)) }
        guard Int(count) <= elementsLeft else { throw .tooManyElements }
        elementsLeft -= Int(count)
        var tags: [UnknownTags.Tag] = []
        for _ in 0..<count {
            let number = try buffer.readUnsignedVarint()
            if let last = tags.last, last.number >= number { throw .malformedTags }
            let size = try buffer.readUnsignedVarint()
            guard let payload = buffer.readSlice(length: Int(size)) else { throw .truncated }
            tags.append(UnknownTags.Tag(number: number, payload: payload))
        }
        return tags
    }

    private mutating func finishTags() throws(ProtocolError) {
        guard isFlexible else { return }
        let left: [UnknownTags.Tag]
        if let tags { left = tags } else { left = try readTagSection() }
        if !left.isEmpty { unknownTags?.byStructure[structure] = left }
    }
}

extension MessageReader {
    fileprivate static func read<Message: KafkaMessage>(
        from buffer: ByteBuffer, version: Int16
    ) throws(ProtocolError) -> (message: Message, rest: ByteBuffer) {
        var message = Message()
        var reader = MessageReader(
            buffer, version: version, isFlexible: Message.isFlexible(version), maxElements: Message.maxElements)
        try reader.structure(&message)
        return (message, reader.buffer)
    }

    static func decodePrefix<Message: KafkaMessage>(
        of buffer: inout ByteBuffer, version: Int16
    ) throws(ProtocolError) -> Message {
        let message: Message
        (message, buffer) = try read(from: buffer, version: version)
        return message
    }
}

extension KafkaMessage {
    package static func decode(_ buffer: ByteBuffer, version: Int16) throws(ProtocolError) -> Self {
        let (message, rest): (Self, ByteBuffer) = try MessageReader.read(from: buffer, version: version)
        guard rest.readableBytes == 0 else { throw .trailingBytes(rest.readableBytes) }
        return message
    }

    package static func decodePrefix(of buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> Self {
        try MessageReader.decodePrefix(of: &buffer, version: version)
    }
}
