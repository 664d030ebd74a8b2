/// A record that its batch is refused for, as a produce response reports it (KIP-467).
package struct RecordFault: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case missingKey
        case timestampOutOfRange(Timestamp)
        case malformed(RecordBatchError)
    }

    /// The record's place in its batch, from 0.
    package let index: Int32
    package let reason: Reason

    package init(index: Int32, reason: Reason) {
        self.index = index
        self.reason = reason
    }

    package var message: String {
        switch reason {
        case .missingKey: "A compacted topic needs a key in every record."
        case .timestampOutOfRange(let timestamp):
            "The timestamp \(timestamp) is outside the range that the topic allows."
        case .malformed(let error): error.description
        }
    }

    /// How many faults are looked for in one batch: enough to find the mistake, not enough to be a burden.
    static let reportLimit = 100

    /// Walks the records of a batch once more, which are known to be well formed, for those that break `rules`.
    static func find(
        in bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ rules: RecordBatchRules
    ) throws(RecordBatchError) -> [RecordFault] {
        var faults: [RecordFault] = []
        var position = 0
        for index in 0..<header.recordCount where faults.count < reportLimit {
            let record = unsafe try RecordLayout(bytes, at: position, index: Int(index))
            position = record.end
            let timestamp = header.timestamp(of: record)
            if rules.requiresKeys && !record.hasKey {
                faults.append(RecordFault(index: index, reason: .missingKey))
            } else if let allowed = rules.timestamps, timestamp != .none, !allowed.contains(timestamp) {
                faults.append(RecordFault(index: index, reason: .timestampOutOfRange(timestamp)))
            }
        }
        return faults
    }
}

/// Why a batch is not appended: what the response to its producer says.
package struct RecordBatchRejection: Error, Hashable, Sendable {
    package let errorCode: ErrorCode
    /// What is wrong, for a person.
    package let message: String
    /// The records to blame; empty where it is the batch as a whole.
    package let faults: [RecordFault]

    package init(_ error: RecordBatchError) {
        errorCode = error.errorCode
        message = error.description
        faults = error.recordIndex.map { [RecordFault(index: Int32(clamping: $0), reason: .malformed(error))] } ?? []
    }

    /// Rejects for records that break the rules of their topic.
    init(_ faults: [RecordFault]) {
        let hasTimestampFault = faults.contains {
            if case .timestampOutOfRange = $0.reason { true } else { false }
        }
        errorCode = hasTimestampFault ? .invalidTimestamp : .invalidRecord
        message = "\(faults.count) records break the rules of the topic; the first: \(faults.first?.message ?? "")"
        self.faults = faults
    }
}

extension RecordBatchError: CustomStringConvertible {
    /// What is wrong, for a person.
    package var description: String {
        switch self {
        case .tooShort(let available, let needed): "The batch needs \(needed) bytes, but \(available) are there."
        case .wrongMagic(let magic): "The record format is version \(magic); only version 2 is accepted."
        case .lengthOutOfBounds(let length): "The batch length \(length) is not possible."
        case .crcMismatch(let stored, let computed): "The batch's checksum is \(stored), that of its bytes \(computed)."
        case .badRecordCount(let count): "The record count \(count) does not agree with the batch."
        case .badOffsetRange: "The offsets of the batch are not possible."
        case .badOffsetDelta(let record): "The offset delta of record \(record) is out of order."
        case .badVarint(let record): "A number in record \(record) is cut off or too long."
        case .malformedRecord(let record): "The lengths in record \(record) do not agree."
        case .trailingBytes(let count): "\(count) bytes follow the last record of the batch."
        case .badTimestampType: "A producer's batch cannot have an append time or a delete horizon."
        case .badProducerState: "Producer id, epoch and sequence of the batch do not agree."
        case .badControlBatch: "The batch is a control batch, or not the control batch that it says."
        case .unknownCodec(let number): "There is no compression codec \(number)."
        case .decompressionLimitExceeded(let limit): "The records take more than \(limit) bytes without compression."
        case .decompressionFailed(let codec): "The records are not valid \(codec)."
        case .compressionFailed(let codec): "The records could not be compressed with \(codec)."
        case .notOneBatch: "Exactly one record batch per partition is accepted."
        case .batchTooLarge(let bytes): "A batch of \(bytes) bytes is too large for the record format."
        }
    }
}
