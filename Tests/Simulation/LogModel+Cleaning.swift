import KafkaProtocol
import LogStorage
import NIOCore

/// What a cleaning may take away, what it must, and what it has to leave.
extension LogModel {
    /// The offset of the last decided record of each key below `end`.
    private func lastOffsets(below end: Offset) -> [ByteBuffer: Offset] {
        var last: [ByteBuffer: Offset] = [:]
        for batch in batches where batch.nextOffset <= end && !batch.header.isControl && !isAborted(batch) {
            for record in batch.records { if let key = record.key { last[key] = record.offset } }
        }
        return last
    }

    /// Takes over what the files hold after a cleaning; tells what no cleaning may do.
    /// - Parameters:
    ///   - stored: the batches of all files, by base offset.
    ///   - beginning: the base offset of the first file. What was below it has gone with its segment.
    mutating func takeOver(_ stored: [Offset: ModelBatch], from beginning: Offset, now: Timestamp) -> String? {
        let last = lastOffsets(below: cleanedEnd)
        var stored = stored
        for index in batches.indices where batches[index].baseOffset >= beginning {
            let old = batches[index]
            let new = stored.removeValue(forKey: old.baseOffset)
            if let wrong = wrong(old, new, last, now: now) { return "\(old.baseOffset): \(wrong)" }
            batches[index].stored = new?.stored ?? []
            batches[index].records = new?.records ?? []
            if let new { batches[index].header = new.header }
        }
        guard let stranger = stored.keys.min() else { return nil }
        return "\(stranger): nobody wrote that batch"
    }

    private func wrong(
        _ old: ModelBatch, _ new: ModelBatch?, _ last: [ByteBuffer: Offset], now: Timestamp
    ) -> String? {
        if old.isGone { return new == nil ? nil : "a batch came back" }
        if new?.stored == old.stored { return nil }
        guard old.nextOffset <= cleanedEnd else { return "a batch changed that was not cleaned" }
        if let new, !Self.isSameBatch(old.header, new.header) { return "\(new.header), before \(old.header)" }
        let kept = Set(new?.records ?? [])
        guard kept.isSubset(of: old.records) else { return "a record changed" }
        let horizonHasPassed = old.header.deleteHorizon.map { $0 <= now } ?? false
        for record in old.records where !kept.contains(record) {
            let isSuperseded = record.key.flatMap { last[$0] }.map { record.offset < $0 } ?? false
            if old.header.isControl {
                if !horizonHasPassed { return "a marker went too early" }
            } else if !isAborted(old), !isSuperseded, record.value != nil || !horizonHasPassed {
                return "the last record of a key went: \(record)"
            }
        }
        return nil
    }

    private static func isSameBatch(_ old: RecordBatchHeader, _ new: RecordBatchHeader) -> Bool {
        old.nextOffset == new.nextOffset && old.partitionLeaderEpoch == new.partitionLeaderEpoch
            && old.producerID == new.producerID && old.producerEpoch == new.producerEpoch
            && old.baseSequence == new.baseSequence && old.isTransactional == new.isTransactional
            && old.isControl == new.isControl && old.timestampType == new.timestampType
    }

    /// What a cleaning that came to its end has left below `end` and should not have.
    func leftOver(below end: Offset) -> String? {
        let last = lastOffsets(below: end)
        for batch in batches where batch.nextOffset <= end && !batch.header.isControl {
            for record in batch.records where record.offset >= highestLogStart {
                if isAborted(batch) { return "\(record.offset) was aborted" }
                if let key = record.key, let newest = last[key], record.offset < newest {
                    return "\(record.offset) has the key of \(newest)"
                }
            }
        }
        return nil
    }
}
