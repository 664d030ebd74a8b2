package import NIOCore

/// The records of one batch, decompressed if need be, read one by one. Keys and values are slices of the same memory.
///
///     var records = try batch.records(using: &decompressor, limit: limit).makeIterator()
///     while let record = try records.next() { … }
///
/// It is no `Sequence`, because each step can fail, with a typed error.
package struct RecordSequence: Sendable {
    package let header: RecordBatchHeader
    /// The records without compression, and nothing else.
    package let bytes: ByteBuffer

    /// Records of a batch with `header`, whose plain bytes are `bytes`. Throws where the header promises more records
    /// than the bytes can hold.
    package init(header: RecordBatchHeader, bytes: ByteBuffer) throws(RecordBatchError) {
        guard header.recordCount >= 0, Int(header.recordCount) <= bytes.readableBytes / Self.leastByteCount else {
            throw .badRecordCount(header.recordCount)
        }
        self.header = header
        self.bytes = bytes
    }

    /// The bytes of the smallest record: its length, attributes, two deltas, two lengths and the count of headers.
    static var leastByteCount: Int { 7 }

    package func makeIterator() -> Iterator { Iterator(header: header, bytes: bytes) }

    package struct Iterator: Sendable {
        let header: RecordBatchHeader
        let bytes: ByteBuffer
        private var position = 0
        private var index: Int32 = 0

        init(header: RecordBatchHeader, bytes: ByteBuffer) {
            self.header = header
            self.bytes = bytes
        }

        /// The layout of the next record, relative to the first readable byte; nil behind the last.
        package mutating func nextLayout() throws(RecordBatchError) -> RecordLayout? {
            guard index < header.recordCount else {
                guard position == bytes.readableBytes else { throw .trailingBytes(bytes.readableBytes - position) }
                return nil
            }
            guard position < bytes.readableBytes else { throw .badRecordCount(header.recordCount) }
            let layout = unsafe try bytes.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
                unsafe try RecordLayout(bytes, at: position, index: Int(index))
            }
            position = layout.end
            index += 1
            return layout
        }

        /// The next record; nil behind the last.
        package mutating func next() throws(RecordBatchError) -> Record? {
            guard let layout = try nextLayout() else { return nil }
            return Record(
                offset: header.baseOffset.advanced(by: Int64(layout.offsetDelta)),
                timestamp: header.timestamp(of: layout), timestampType: header.timestampType,
                key: slice(layout.keyStart, layout.keyLength), value: slice(layout.valueStart, layout.valueLength),
                headers: layout.headerCount == 0 ? [] : headers(of: layout))
        }

        private func slice(_ start: Int, _ length: Int) -> ByteBuffer? {
            length < 0 ? nil : bytes.getSlice(at: bytes.readerIndex + start, length: length)
        }

        /// The headers of a record whose layout has been checked.
        private func headers(of layout: RecordLayout) -> [RecordHeader] {
            var headers: [RecordHeader] = []
            headers.reserveCapacity(layout.headerCount)
            var position = layout.headersStart
            for _ in 0..<layout.headerCount {
                let keyLength = length(at: &position)
                let key = bytes.getString(at: bytes.readerIndex + position, length: keyLength) ?? ""
                position += keyLength
                let valueLength = length(at: &position)
                headers.append(RecordHeader(key: key, value: slice(position, valueLength)))
                position += max(valueLength, 0)
            }
            return headers
        }

        private func length(at position: inout Int) -> Int {
            unsafe bytes.withUnsafeReadableBytes { unsafe Int(Varint.read32($0, at: &position) ?? -1) }
        }
    }

    /// All records at once.
    package func all() throws(RecordBatchError) -> [Record] {
        var records: [Record] = []
        records.reserveCapacity(Int(header.recordCount))
        var iterator = makeIterator()
        while let record = try iterator.next() { records.append(record) }
        return records
    }
}

extension RecordBatchHeader {
    /// The time of a record of this batch. With a delete horizon the deltas are relative to that.
    @inlinable package func timestamp(of record: RecordLayout) -> Timestamp {
        timestampType == .logAppendTime ? maxTimestamp : writtenTimestamp(of: record)
    }

    /// The time that the producer wrote, which the append time may have replaced for readers.
    @inlinable package func writtenTimestamp(of record: RecordLayout) -> Timestamp {
        baseTimestamp.advanced(byMilliseconds: record.timestampDelta)
    }

    /// The sequence number of the record at `offset`; `none` where the producer is not idempotent.
    package func sequence(at offset: Offset) -> SequenceNumber {
        baseSequence < 0
            ? .none : baseSequence.advanced(by: Int32(truncatingIfNeeded: baseOffset.distance(to: offset)))
    }
}

extension RecordBatchView {
    /// The records of this batch. What is compressed is decompressed into fresh memory, at most `limit` bytes.
    package func records(
        using decompressor: inout Decompressor, limit: Int
    ) throws(RecordBatchError) -> RecordSequence {
        guard let codec = header.attributes.codec else { throw .unknownCodec(header.attributes.codecNumber) }
        guard codec != .none, header.recordsByteCount > 0 else {
            return try RecordSequence(header: header, bytes: recordsSlice)
        }
        let plain = try decompressor.decompress(recordsSlice, codec: codec, limit: limit)
        return try RecordSequence(header: header, bytes: plain)
    }
}
