package import KafkaProtocol
package import NIOCore
import Synchronization
import SystemPackage

extension PartitionLog {
    /// Appends the whole batches in `records`, all or none, with one `pwritev`, without copying or changing the buffer.
    ///
    /// CRC and records have been checked before (`RecordBatchValidator`), and each record's age where
    /// `message.timestamp.before.max.ms` is set; sizes, the batches' times and producers are checked here. Afterwards
    /// ``prepareFlush()`` is due where ``needsFlush`` says so. Rolling a segment and raising the epoch write small files.
    package func append(
        _ records: ByteBuffer, leaderEpoch: LeaderEpoch, origin: AppendOrigin, now: Timestamp
    ) throws(LogError) -> AppendResult {
        guard condition == .open else { throw .offline }
        guard leaderEpoch >= self.leaderEpoch else {
            throw .staleLeaderEpoch(current: self.leaderEpoch, received: leaderEpoch)
        }
        try readHeaders(of: records)
        try checkSizes(records.readableBytes)
        if origin == .client {
            try checkTimestamps(now: now)
            if let duplicate = try duplicate() { return duplicate }
        }
        if let shortage = diskGuard.refuse(records.readableBytes, for: configuration.spaceClaim) {
            throw .shortage(shortage)
        }
        if leaderEpoch > epochs.latest ?? -1 { try begin(leaderEpoch) }
        let base = logEnd
        let end = try assignOffsets(leaderEpoch, now: now)
        try stageProducers(records, origin)
        if shouldRoll(appending: records.readableBytes, lastOffset: end - 1, now: now) {
            try roll(at: base, now: now)
        }
        try write(records)
        publish(records.readableBytes, end: end, now: now)
        let time = configuration.timestampType == .logAppendTime ? now : nil
        return AppendResult(baseOffset: base, lastOffset: end - 1, logAppendTime: time)
    }

    /// The first epoch of a new log stands in its first batch, too, so its checkpoint may come with the first flush.
    private func begin(_ epoch: LeaderEpoch) throws(LogError) {
        guard epochs.latest == nil, logEnd == offsets.logStart else { return try raiseLeaderEpoch(to: epoch) }
        _ = epochs.assign(epoch, startOffset: logEnd)
        do throws(FileSystemError) {
            let path = directory.appending(LeaderEpochCheckpoint.name)
            let file = try environment.fileSystem.open(path, .createEmpty)
            try file.write(LeaderEpochCheckpoint.encode(epochs), at: 0)
            unflushed.files.append(file)
            unflushed.names = true
        } catch {
            epochs = LeaderEpochs()
            // Half a checkpoint would be damage in a log that is closed cleanly.
            do throws(FileSystemError) {
                try environment.fileSystem.removeIfPresent(directory.appending(LeaderEpochCheckpoint.name))
                unflushed.names = true
            } catch { condition = .offline }
            throw .storage(error)
        }
        let begun = epochs
        reader.state.withLock { $0.epochs = begun }
        leaderEpoch = epoch
    }

    // MARK: Checks

    private func readHeaders(of records: ByteBuffer) throws(LogError) {
        pending.removeAll(keepingCapacity: true)
        var position = 0
        do throws(RecordBatchError) {
            repeat {
                let header = try RecordBatchHeader(from: records, at: records.readerIndex + position)
                try header.checkStructure()
                guard header.sizeInBytes <= records.readableBytes - position else {
                    throw RecordBatchError.tooShort(
                        available: records.readableBytes - position, needed: header.sizeInBytes)
                }
                pending.append(PendingBatch(header: header, position: position))
                position += header.sizeInBytes
            } while position < records.readableBytes
        } catch { throw .corrupt(.init(file: nil, position: position, reason: error)) }
    }

    private func checkSizes(_ size: Int) throws(LogError) {
        for batch in pending where batch.header.sizeInBytes > configuration.maxMessageBytes {
            throw .recordTooLarge(size: batch.header.sizeInBytes, limit: configuration.maxMessageBytes)
        }
        guard size <= configuration.segmentBytes else {
            throw .recordBatchTooLarge(size: size, limit: configuration.segmentBytes)
        }
    }

    private func checkTimestamps(now: Timestamp) throws(LogError) {
        guard configuration.timestampType == .createTime else { return }
        for batch in pending {
            if let limit = configuration.messageTimestampAfterMax?.wholeMilliseconds,
                batch.header.maxTimestamp.rawValue > now.rawValue,
                now.milliseconds(to: batch.header.maxTimestamp) > limit
            {
                throw .invalidTimestamp(batch.header.maxTimestamp, now: now)
            }
            if let limit = configuration.messageTimestampBeforeMax?.wholeMilliseconds,
                batch.header.baseTimestamp >= 0, batch.header.baseTimestamp.milliseconds(to: now) > limit
            {
                throw .invalidTimestamp(batch.header.baseTimestamp, now: now)
            }
        }
    }

    /// The original's offsets where all that comes was appended before.
    private func duplicate() throws(LogError) -> AppendResult? {
        var result: AppendResult?
        for (index, batch) in pending.enumerated() {
            guard let original = producers.duplicate(of: batch.header) else {
                guard result == nil else { throw repeatedInPart(batch.header) }
                return nil
            }
            guard index == 0 || result != nil else { throw repeatedInPart(batch.header) }
            let time = configuration.timestampType == .logAppendTime ? original.timestamp : nil
            result = AppendResult(
                baseOffset: result?.baseOffset ?? original.baseOffset, lastOffset: original.lastOffset,
                logAppendTime: time, isDuplicate: true)
        }
        return result
    }

    private func repeatedInPart(_ header: RecordBatchHeader) -> LogError {
        .outOfOrderSequence(header.producerID, expected: .none, received: header.baseSequence)
    }

    private func stageProducers(_ records: ByteBuffer, _ origin: AppendOrigin) throws(LogError) {
        producers.beginStaging()
        for batch in pending where batch.header.hasProducerID {
            if batch.header.isControl {
                guard let marker = try marker(batch, in: records) else { continue }
                try producers.stage(marker, batch.header, baseOffset: batch.header.baseOffset)
            } else {
                try producers.stage(batch.header, baseOffset: batch.header.baseOffset, origin: origin)
            }
        }
    }

    private func marker(_ batch: PendingBatch, in records: ByteBuffer) throws(LogError) -> EndTransactionMarker? {
        let start = records.readerIndex + batch.position + RecordBatchHeader.byteCount
        let slice = records.getSlice(at: start, length: batch.header.recordsByteCount) ?? ByteBuffer()
        do { return try EndTransactionMarker(header: batch.header, records: slice) } catch {
            throw .corrupt(.init(file: nil, position: batch.position, reason: error))
        }
    }

    /// Gives each batch its offsets, epoch and append time; returns the log end behind them.
    private func assignOffsets(_ epoch: LeaderEpoch, now: Timestamp) throws(LogError) -> Offset {
        var next = logEnd
        for index in pending.indices {
            let count = Int64(pending[index].header.lastOffsetDelta) + 1
            guard next.rawValue < Int64.max - count else { throw .offsetsExhausted }
            pending[index].header.baseOffset = next
            pending[index].header.partitionLeaderEpoch = epoch
            pending[index].needsCRC = pending[index].header.timestampType != configuration.timestampType
            pending[index].header.attributes.timestampType = configuration.timestampType
            if configuration.timestampType == .logAppendTime {
                pending[index].needsCRC = true
                pending[index].header.maxTimestamp = now
            }
            next = next + count
        }
        return next
    }

    // MARK: Writing

    /// One vectored write: for each batch its header as it shall be, from scratch memory, and the rest from the buffer.
    private func write(_ records: ByteBuffer) throws(LogError) {
        var failure: FileSystemError?
        unsafe records.withUnsafeReadableBytes { source in
            let count = pending.count
            unsafe withUnsafeTemporaryAllocation(byteCount: count * RecordBatchHeader.byteCount, alignment: 8) {
                heads in
                unsafe withUnsafeTemporaryAllocation(of: FilePiece.self, capacity: 2 * count) { pieces in
                    for (index, batch) in pending.enumerated() {
                        let bytes = unsafe UnsafeRawBufferPointer(
                            rebasing: source[batch.position..<batch.position + batch.header.sizeInBytes])
                        let start = index * RecordBatchHeader.byteCount
                        let head = unsafe UnsafeMutableRawBufferPointer(
                            rebasing: heads[start..<start + RecordBatchHeader.byteCount])
                        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
                        unsafe patch(head, from: bytes, batch)
                        unsafe pieces.initializeElement(at: 2 * index, to: FilePiece(UnsafeRawBufferPointer(head)))
                        unsafe pieces.initializeElement(at: 2 * index + 1, to: FilePiece(rest))
                    }
                    do throws(FileSystemError) {
                        unsafe try tail.file.write(UnsafeBufferPointer(pieces), at: tail.size)
                    } catch { failure = error }
                }
            }
        }
        if let failure { throw writeFailed(failure) }
    }

    private func patch(
        _ head: UnsafeMutableRawBufferPointer, from bytes: UnsafeRawBufferPointer, _ batch: PendingBatch
    ) {
        typealias Position = RecordBatchHeader.Position
        let header = batch.header
        unsafe head.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<RecordBatchHeader.byteCount]))
        unsafe head.store(header.baseOffset.rawValue, at: Position.baseOffset)
        unsafe head.store(header.partitionLeaderEpoch.rawValue, at: Position.partitionLeaderEpoch)
        guard batch.needsCRC else { return }
        unsafe head.store(header.attributes.rawValue, at: Position.attributes)
        unsafe head.store(header.maxTimestamp.rawValue, at: Position.maxTimestamp)
        let covered = unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(head)[Position.attributes...])
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
        let crc = unsafe CRC32C.checksum(of: rest, continuing: CRC32C.checksum(of: covered))
        unsafe head.store(crc, at: Position.crc)
    }

    /// A write that failed half way: what it left is cut off. Where the disk is not just full, the log goes offline.
    private func writeFailed(_ error: FileSystemError) -> LogError {
        do throws(FileSystemError) {
            try tail.file.truncate(to: tail.size)
            if !error.isOutOfSpace { condition = .offline }
        } catch { condition = .offline }
        return .storage(error)
    }

    /// The batches are in the file: state follows, and readers see the new end.
    private func publish(_ size: Int, end: Offset, now: Timestamp) {
        let aborted = producers.commitStaged()
        let start = tail.size
        if start == 0 { tail.createdAt = now }
        tail.size += size
        logEnd = end
        if tail.firstTimestamp == nil { tail.firstTimestamp = pending.first?.header.maxTimestamp }
        unflushed.byteCount += size
        if unflushed.since == nil { unflushed.since = now }
        let highWatermark = configuration.commitsOnFlush ? nil : end
        if let highWatermark { producers.advance(highWatermark: highWatermark) }
        let firstUnstable = producers.firstUnstable
        let interval = configuration.indexIntervalBytes
        let position = (base: tail.baseOffset, position: tail.size)
        reader.state.withLock { state in
            for batch in pending {
                state.tail.indexes.add(batch.header, at: start + batch.position, interval: interval)
            }
            state.tail.size = position.position
            if !aborted.isEmpty { state.tail.aborted += aborted }
            if highWatermark != nil { state.committed = position }
            state.offsets.advance(highWatermark: highWatermark, logEnd: end, firstUnstable: firstUnstable)
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a number in big-endian order.
    fileprivate func store(_ number: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        unsafe storeBytes(of: number.bigEndian, toByteOffset: offset, as: type(of: number))
    }
}
