package import KafkaProtocol
package import NIOCore
package import SystemPackage

/// SKELETON
package final class PartitionLog {
    package private(set) var configuration: LogConfiguration
    package let reader: LogReader
    package let recovery: RecoveryReport = .init()
    package var offsets: PartitionOffsets { reader.offsets }
    init(configuration: LogConfiguration, reader: LogReader) {
        self.configuration = configuration
        self.reader = reader
    }

    /// Opens the log in `directory` (a partition's folder, which is made if it is not there) and recovers it where the
    /// last stop was unclean. Blocks; keep it off the loops.
    /// - Parameters:
    ///   - logStartOffset: from `log-start-offset-checkpoint`.
    ///   - leaderEpochAtLeast: what the cluster metadata knows; see ``leaderEpoch``.
    package static func open(
        directory: FilePath, configuration: LogConfiguration, environment: LogEnvironment, start: LogStart,
        logStartOffset: Offset = .zero, leaderEpochAtLeast: LeaderEpoch = 0
    ) throws(LogError) -> sending PartitionLog {
        throw .offline
    }

    /// The epoch to append with. After an unclean stop it is one higher than any epoch before it, durably (KIP-320).
    package var leaderEpoch: LeaderEpoch { 0 }
    package var isOffline: Bool { true }
    package var sizeInBytes: Int { 0 }
    package var segmentCount: Int { 0 }
    /// Up to here (exclusive) everything is on disk, indexes of sealed segments included: the value for
    /// `recovery-point-offset-checkpoint`.
    package var recoveryPoint: Offset { .zero }

    /// Appends the whole batches in `records`, all or none, with one `pwritev`, without copying or changing the buffer.
    /// CRC and structure have been checked (`RecordBatchValidator`). After a return, ``prepareFlush()`` is due where
    /// ``needsFlush`` says so.
    package func append(
        _ records: ByteBuffer, leaderEpoch: LeaderEpoch, origin: AppendOrigin, now: Timestamp
    ) throws(LogError) -> AppendResult {
        throw .offline
    }

    /// Whether a flush is due by `flush.messages`: with 1, whenever anything is not on disk.
    package var needsFlush: Bool { false }
    /// Everything that is not on disk yet, as a value for a flush thread; nil if there is nothing. Exactly one of
    /// ``completeFlush(_:)`` and ``failFlush(_:)`` follows.
    package func prepareFlush() -> LogFlush? { nil }
    /// The flush succeeded: the high watermark rises where it follows the disk.
    package func completeFlush(_ flush: LogFlush) -> PartitionOffsets { offsets }
    /// The flush failed: the log is offline for good; reads up to the high watermark go on.
    package func failFlush(_ flush: LogFlush) {}
    /// Takes on a new configuration; the high watermark never goes down by it. Returns the offsets after it.
    package func update(_ configuration: LogConfiguration) -> PartitionOffsets { offsets }
    /// Forgets producers that have been silent for longer than `producer.id.expiration.ms`.
    package func removeExpiredProducers(now: Timestamp) {}
    /// Moves the log start (DeleteRecords); segments below it are removed by retention.
    package func advanceLogStart(to offset: Offset) throws(LogError) -> PartitionOffsets { offsets }
    /// Raises the leader epoch, durably, before anything is appended with it.
    package func raiseLeaderEpoch(to epoch: LeaderEpoch) throws(LogError) {}
    /// Flushes everything, writes the producer snapshot and the trimmed indexes, and takes no appends any more.
    package func close() throws(LogError) {}
    /// First half of a deletion: the log takes and gives nothing any more, and its folder is renamed to
    /// `<name>.<uuid>-delete`. Returns the folder, for ``removeDeleted(_:fileSystem:)``.
    package func markDeleted(uuid: KafkaUUID) throws(LogError) -> FilePath { throw .offline }
    /// Second half: removes a folder of that name with all that is in it. Blocks.
    package static func removeDeleted(_ folder: FilePath, fileSystem: any FileSystem) throws(LogError) {}
}

/// The reading side of a log: usable from any thread, never waits for an append.
package final class LogReader: Sendable {
    init() {}
    package var offsets: PartitionOffsets { PartitionOffsets(logStart: .zero, logEnd: .zero) }
    /// The range of the batches from the one that contains `offset` on.
    /// - Parameters:
    ///   - maxBytes: at most so many bytes; whole batches only.
    ///   - minOneBatch: the first batch comes even if it is larger.
    ///   - upTo: exclusive bound: the high watermark or the last stable offset.
    package func read(
        from offset: Offset, maxBytes: Int, minOneBatch: Bool, upTo: Offset
    ) throws(LogError) -> LogRead {
        throw .offline
    }
    /// The first record at or behind `timestamp` and below `upTo`; decompresses where it must. Blocks.
    package func offset(forTimestamp timestamp: Timestamp, upTo: Offset) throws(LogError) -> TimestampedOffset? { nil }
    /// The record with the highest timestamp below `upTo` (the first of several). Blocks.
    package func maxTimestamp(upTo: Offset) throws(LogError) -> TimestampedOffset? { nil }
    /// KIP-320: the largest epoch not above `epoch` and the offset where it ends; nil if nothing is known of it.
    package func endOffset(forLeaderEpoch epoch: LeaderEpoch) -> (epoch: LeaderEpoch, endOffset: Offset)? { nil }
    /// The epoch in which `offset` was (or would be) written.
    package func leaderEpoch(at offset: Offset) -> LeaderEpoch { .none }
    /// The aborted transactions that overlap the range, by first offset: for a `read_committed` fetch.
    package func abortedTransactions(in range: Range<Offset>) throws(LogError) -> [AbortedTransaction] { [] }
}

/// What a read found.
package struct LogRead: Sendable {
    /// The offsets at the time of the read.
    package var offsets: PartitionOffsets
    /// The base offset of the first batch; nil if there is none below the bound.
    package var firstBatchBaseOffset: Offset?
    /// Whole batches, in order. One slice, as a read stays within one segment.
    package var slices: [LogSlice]
    package var byteCount: Int { slices.reduce(0) { $0 + $1.count } }
}

/// A range of a segment. Holds the file open.
package struct LogSlice: Sendable {
    package let file: any LogFile
    package let position: Int
    package let count: Int
    /// Whether the range was written not long ago by this process, so that it is surely in memory.
    package let isRecent: Bool
    /// Whether the whole range can be read without the disk. A system call, unless it is recent.
    package var isHot: Bool { isRecent }
    /// The bytes themselves, for TLS and for small reads. Blocks if the range is not hot.
    package func readBytes() throws(LogError) -> ByteBuffer { throw .offline }
}

/// A record found by its timestamp.
package struct TimestampedOffset: Hashable, Sendable {
    package var offset: Offset
    package var timestamp: Timestamp
    package var leaderEpoch: LeaderEpoch
}

/// A transaction that was aborted: its records must not be shown to `read_committed`.
package struct AbortedTransaction: Hashable, Sendable {
    package var producerID: ProducerID
    package var firstOffset: Offset
    /// The offset of the abort marker.
    package var lastOffset: Offset
    /// The last stable offset when the marker was written.
    package var lastStableOffset: Offset
}

/// What has to be flushed so that a log is durable up to ``target``. Runs without the log's lock, on a flush thread.
package struct LogFlush: Sendable {
    /// The log end when the flush was prepared.
    package let target: Offset
    /// The file system: logs with the same number may be flushed by one `synchronizeAll`.
    package let device: UInt64
    package let fileSystem: any FileSystem
    package let directory: FilePath
    /// Flushes each file (and the directory where names are new). Blocks.
    package func run() throws(FileSystemError) {}
    /// What is left when the whole file system was flushed by `synchronizeAll(at: directory)`.
    package func runAfterSynchronizeAll() throws(FileSystemError) {}
}
