package import NIOCore

/// What a control record says (the second number of its key).
package enum ControlRecordType: Int16, CaseIterable, Hashable, Sendable {
    case abort = 0
    case commit = 1
    case leaderChange = 2
    case snapshotHeader = 3
    case snapshotFooter = 4
    case kraftVersion = 5
    case kraftVoters = 6

    /// The type that the key of a control record names; nil for a key that is none and for types of the future, both of
    /// which readers skip.
    package init?(key: ByteBuffer?) {
        guard let key, let version = key.getInteger(at: key.readerIndex, as: Int16.self), version >= 0,
            let number = key.getInteger(at: key.readerIndex + 2, as: Int16.self)
        else { return nil }
        self.init(rawValue: number)
    }

    /// The key of a control record of this type.
    package var key: ByteBuffer {
        var key = ByteBuffer()
        key.writeInteger(Int16(0))
        key.writeInteger(rawValue)
        return key
    }
}

/// The record that ends a producer's transaction in one partition (KIP-98).
package struct EndTransactionMarker: Hashable, Sendable {
    package var isCommit: Bool
    /// The epoch of the transaction coordinator that decided; a lower one is a zombie's.
    package var coordinatorEpoch: Int32

    package init(isCommit: Bool, coordinatorEpoch: Int32) {
        self.isCommit = isCommit
        self.coordinatorEpoch = coordinatorEpoch
    }

    /// The marker in a control record; nil where it is a control record of another kind.
    package init?(_ record: Record) throws(RecordBatchError) {
        switch ControlRecordType(key: record.key) {
        case .commit: isCommit = true
        case .abort: isCommit = false
        default: return nil
        }
        guard let value = record.value, let version = value.getInteger(at: value.readerIndex, as: Int16.self),
            version >= 0, let epoch = value.getInteger(at: value.readerIndex + 2, as: Int32.self)
        else { throw .badControlBatch }
        coordinatorEpoch = epoch
    }

    /// The value of the control record.
    package var value: ByteBuffer {
        var value = ByteBuffer()
        value.writeInteger(Int16(0))
        value.writeInteger(coordinatorEpoch)
        return value
    }

    /// A control batch with this marker and nothing else. Offset and leader epoch are set when it is appended.
    package func batch(
        producerID: ProducerID, producerEpoch: ProducerEpoch, timestamp: Timestamp
    ) throws(RecordBatchError) -> ByteBuffer {
        var builder = RecordBatchBuilder(reserving: 128)
        builder.producerID = producerID
        builder.producerEpoch = producerEpoch
        builder.isTransactional = true
        builder.isControl = true
        let type: ControlRecordType = isCommit ? .commit : .abort
        _ = try builder.append(key: type.key, value: value, timestamp: timestamp)
        return try builder.finish()
    }
}
