import NIOCore

/// Where the parts of one record lie inside a batch's (decompressed) records. Numbers only: walking a batch by layouts
/// allocates nothing.
package struct RecordLayout: Hashable, Sendable {
    /// The position of the record's length field.
    package let start: Int
    /// The position behind the record.
    package let end: Int
    package let timestampDelta: Int64
    package let offsetDelta: Int32
    /// The position of the key's length, from where on the bytes do not depend on the batch around them.
    package let body: Int
    package let keyStart: Int
    /// -1 for no key.
    package let keyLength: Int
    package let valueStart: Int
    /// -1 for no value.
    package let valueLength: Int
    /// The position of the first header.
    package let headersStart: Int
    package let headerCount: Int

    package var hasKey: Bool { keyLength >= 0 }
    package var hasValue: Bool { valueLength >= 0 }
    package var keyRange: Range<Int>? { hasKey ? keyStart..<keyStart + keyLength : nil }
    package var valueRange: Range<Int>? { hasValue ? valueStart..<valueStart + valueLength : nil }
    package var bodyRange: Range<Int> { body..<end }

    /// Reads the record that begins at `position` of `bytes` and checks that all of its parts, headers included, lie in
    /// it and fill it. `index` only names the record in errors.
    @inline(__always)
    package init(_ bytes: UnsafeRawBufferPointer, at position: Int, index: Int) throws(RecordBatchError) {
        var cursor = position
        guard let length = unsafe Varint.read32(bytes, at: &cursor) else { throw .badVarint(record: index) }
        guard length >= 0, Int(length) <= bytes.count - cursor else { throw .malformedRecord(record: index) }
        let end = cursor + Int(length)
        let record = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<end])
        // The attributes byte has no meaning yet; it is skipped, as Kafka does.
        cursor += 1
        guard cursor < end else { throw .malformedRecord(record: index) }
        guard let timestampDelta = unsafe Varint.read64(record, at: &cursor),
            let offsetDelta = unsafe Varint.read32(record, at: &cursor)
        else { throw .badVarint(record: index) }
        body = cursor
        keyLength = unsafe try Self.skipField(record, &cursor, index)
        keyStart = cursor - max(keyLength, 0)
        valueLength = unsafe try Self.skipField(record, &cursor, index)
        valueStart = cursor - max(valueLength, 0)
        guard let headerCount = unsafe Varint.read32(record, at: &cursor) else { throw .badVarint(record: index) }
        // A header takes at least two bytes: a count beyond that is nonsense before anything is read.
        guard headerCount >= 0, Int(headerCount) <= (end - cursor) / 2 else { throw .malformedRecord(record: index) }
        headersStart = cursor
        for _ in 0..<headerCount {
            guard unsafe try Self.skipField(record, &cursor, index) >= 0 else { throw .malformedRecord(record: index) }
            _ = unsafe try Self.skipField(record, &cursor, index)
        }
        guard cursor == end else { throw .malformedRecord(record: index) }
        self.start = position
        self.end = end
        self.timestampDelta = timestampDelta
        self.offsetDelta = offsetDelta
        self.headerCount = Int(headerCount)
    }

    /// Moves behind a length and its bytes; the length, -1 for null.
    @inline(__always)
    private static func skipField(
        _ bytes: UnsafeRawBufferPointer, _ cursor: inout Int, _ index: Int
    ) throws(RecordBatchError) -> Int {
        guard let length = unsafe Varint.read32(bytes, at: &cursor) else { throw .badVarint(record: index) }
        guard length >= -1, Int(length) <= bytes.count - cursor else { throw .malformedRecord(record: index) }
        cursor += max(Int(length), 0)
        return Int(length)
    }
}
