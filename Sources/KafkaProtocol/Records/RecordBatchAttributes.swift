/// The 16 attribute bits of a record batch. Bits 7 to 15 are unused and kept as they are.
package struct RecordBatchAttributes: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int16
    @inlinable package init(rawValue: Int16) { self.rawValue = rawValue }

    @inlinable package init(
        codec: CompressionCodec = .none, timestampType: TimestampType = .createTime, isTransactional: Bool = false,
        isControl: Bool = false, hasDeleteHorizon: Bool = false
    ) {
        rawValue = Int16(codec.rawValue)
        self.timestampType = timestampType
        self.isTransactional = isTransactional
        self.isControl = isControl
        self.hasDeleteHorizon = hasDeleteHorizon
    }

    /// The number of the codec (bits 0-2), known or not.
    @inlinable package var codecNumber: Int8 { Int8(truncatingIfNeeded: rawValue & 0x07) }

    /// The codec (bits 0-2); nil for a number that nobody has defined (5 to 7).
    @inlinable package var codec: CompressionCodec? { CompressionCodec(rawValue: codecNumber) }

    /// Who set the timestamps (bit 3).
    @inlinable package var timestampType: TimestampType {
        get { self[bit: 3] ? .logAppendTime : .createTime }
        set { self[bit: 3] = newValue == .logAppendTime }
    }

    /// Whether the batch belongs to a transaction (bit 4, KIP-98).
    @inlinable package var isTransactional: Bool {
        get { self[bit: 4] }
        set { self[bit: 4] = newValue }
    }

    /// Whether the batch holds control records, such as a transaction's marker, which consumers never see (bit 5).
    @inlinable package var isControl: Bool {
        get { self[bit: 5] }
        set { self[bit: 5] = newValue }
    }

    /// Whether the base timestamp field holds the time after which compaction may drop tombstones (bit 6, KIP-534).
    @inlinable package var hasDeleteHorizon: Bool {
        get { self[bit: 6] }
        set { self[bit: 6] = newValue }
    }

    /// The same bits with another codec.
    @inlinable package func with(codec: CompressionCodec) -> RecordBatchAttributes {
        RecordBatchAttributes(rawValue: rawValue & ~0x07 | Int16(codec.rawValue))
    }

    @inlinable subscript(bit bit: Int16) -> Bool {
        get { rawValue & (1 << bit) != 0 }
        set { rawValue = newValue ? rawValue | (1 << bit) : rawValue & ~(1 << bit) }
    }
}
