package import KafkaProtocol
import Synchronization
package import SystemPackage

/// One partition's log on disk: appends, flushes, recovers. Not Sendable: its owner keeps it under a lock and calls it
/// synchronously. Readers use ``reader`` and need no such lock.
///
/// The order is always data, then state, then answer: the batches are written, producers and indexes follow, offsets are
/// published last. An append that failed has changed nothing.
package final class PartitionLog {
    package internal(set) var configuration: LogConfiguration
    /// Usable from any thread.
    package let reader: LogReader
    /// What opening found and did.
    package let recovery: RecoveryReport
    package internal(set) var directory: FilePath
    let environment: LogEnvironment
    let device: UInt64
    let diskGuard: DiskGuard

    /// The log end of the clean stop before, if its files were all sound; of a new log, where it began.
    var cleanEnd: Offset?
    var condition = Condition.open {
        didSet { if condition != .open { cleaning?.abort() } }
    }
    var tail: TailWriter
    var logEnd: Offset
    var producers: ProducerStateManager
    var epochs: LeaderEpochs
    /// The epoch to append with. After an unclean stop it is one higher than any epoch before it, durably (KIP-320).
    package internal(set) var leaderEpoch: LeaderEpoch
    var unflushed: Unflushed
    /// The headers of the batches of one append; its memory is used again.
    var pending: [PendingBatch] = []
    var random = SystemRandomNumberGenerator()
    /// Where the last cleaning ended; what lies below is clean.
    package internal(set) var cleanedUpTo: Offset
    /// The cleaning under way.
    var cleaning: LogCleaning?
    /// What a cleaning has stumbled over: the log is not cleaned again.
    package internal(set) var uncleanable: LogError?

    enum Condition: Hashable {
        case open
        /// A flush or a write failed: what is readable stays readable.
        case offline
        /// Closed or deleted.
        case closed
    }

    /// The segment that grows, as the writer sees it.
    struct TailWriter {
        var baseOffset: Offset
        var file: any LogFile
        var size: Int
        /// The highest timestamp of the first batch: what the segment's age is counted from.
        var firstTimestamp: Timestamp?
        var createdAt: Timestamp
        /// `segment.ms` less this segment's share of the jitter, in milliseconds.
        var maxAge: Int64
    }

    /// What is not durable yet.
    struct Unflushed {
        /// Up to here (exclusive) all is durable.
        var flushed: Offset
        /// The segment of this base offset, the snapshot and the indexes that were written when it was begun, are durable.
        var begunSegment: Offset
        /// Bytes appended since the last flush was prepared.
        var byteCount = 0
        /// When the first of them came.
        var since: Timestamp?
        /// Files beside the tail: sealed segments, their indexes, snapshots.
        var files: [any LogFile] = []
        /// Whether names in the directory are new.
        var names = false
    }

    struct PendingBatch {
        var header: RecordBatchHeader
        /// Where it stands in the buffer, and so behind the segment's end.
        var position: Int
        /// Whether something changes that the CRC covers.
        var needsCRC = false
    }

    private init(
        directory: FilePath, configuration: LogConfiguration, environment: LogEnvironment, device: UInt64,
        loaded: LogLoader.LoadedLog, cleanedUpTo: Offset
    ) {
        self.cleanedUpTo = cleanedUpTo
        self.directory = directory
        self.configuration = configuration
        self.environment = environment
        self.device = device
        diskGuard = environment.diskGuards.guardian(of: device, at: directory.removingLastComponent())
        recovery = loaded.report
        producers = loaded.producers
        epochs = loaded.epochs
        leaderEpoch = loaded.highestEpoch ?? 0
        logEnd = loaded.logEnd
        cleanEnd = !loaded.report.wasUnclean && loaded.report.filesRebuilt.isEmpty ? loaded.logEnd : nil
        let age = configuration.rollAge.wholeMilliseconds
        tail = TailWriter(
            baseOffset: loaded.tail.baseOffset, file: loaded.tail.file, size: loaded.tail.size,
            firstTimestamp: loaded.firstTimestamp, createdAt: environment.clock.now, maxAge: age)
        unflushed = Unflushed(flushed: loaded.logEnd, begunSegment: loaded.tail.baseOffset)
        let offsets = PartitionOffsets(
            logStart: loaded.logStart, logEnd: loaded.logEnd, firstUnstable: loaded.producers.firstUnstable)
        reader = LogReader(
            ReadState(
                offsets: offsets, sealed: loaded.sealed, tail: loaded.tail, epochs: loaded.epochs,
                committed: (loaded.tail.baseOffset, loaded.tail.size)))
        tail.maxAge = maxAge()
    }

    /// Opens the log in `directory` (a partition's folder, which is made if it is not there) and recovers it where the
    /// last stop was unclean. When it returns, everything up to the log end is durable and committed. Blocks.
    /// - Parameters:
    ///   - logStartOffset: from `log-start-offset-checkpoint`.
    ///   - cleanedUpTo: from `cleaner-offset-checkpoint`.
    ///   - leaderEpochAtLeast: what the cluster metadata knows; see ``leaderEpoch``.
    package static func open(
        directory: FilePath, configuration: LogConfiguration, environment: LogEnvironment, start: LogStart,
        logStartOffset: Offset = .zero, cleanedUpTo: Offset = .zero, leaderEpochAtLeast: LeaderEpoch = 0
    ) throws(LogError) -> sending PartitionLog {
        var loader = LogLoader(
            directory: directory, configuration: configuration, environment: environment, start: start,
            logStartOffset: logStartOffset)
        let loaded = try loader.load()
        let device: UInt64
        do { device = try environment.fileSystem.device(of: directory) } catch { throw .storage(error) }
        let log = PartitionLog(
            directory: directory, configuration: configuration, environment: environment, device: device,
            loaded: loaded, cleanedUpTo: cleanedUpTo)
        try log.enterEpoch(atLeast: leaderEpochAtLeast, isUnclean: loaded.report.wasUnclean)
        return log
    }

    private func enterEpoch(atLeast: LeaderEpoch, isUnclean: Bool) throws(LogError) {
        let epoch = isUnclean ? max(leaderEpoch, atLeast).next : max(leaderEpoch, atLeast)
        if epochs.latest == nil && !isUnclean {
            // A new log: its first epoch can be read from its first batch, so nothing waits for the disk.
            leaderEpoch = epoch
            return
        }
        do throws(LogError) {
            try raiseLeaderEpoch(to: epoch)
        } catch .storage(let error) where error.isOutOfSpace {
            // Reads need no room. The first append raises the epoch, or is refused like this.
            leaderEpoch = epoch
        }
    }
}

// MARK: - What it is

extension PartitionLog {
    package var offsets: PartitionOffsets { reader.offsets }
    /// Whether appends are refused.
    package var isOffline: Bool { condition != .open }
    package var sizeInBytes: Int { reader.sizeInBytes }
    package var segmentCount: Int { reader.segmentCount }
    /// Up to here (exclusive) everything is on disk, indexes of sealed segments included: the value for
    /// `recovery-point-offset-checkpoint`.
    ///
    /// Recovery takes a segment that ends at it for whole, so it stays below what was flushed of the tail: there the
    /// tail may be rolled at the next append, or after a stop has taken the rest, and its indexes are not on disk then.
    package var recoveryPoint: Offset {
        unflushed.flushed > unflushed.begunSegment ? unflushed.flushed - 1 : unflushed.flushed
    }

    /// Raises the leader epoch, durably, before anything is appended with it. Blocks; a lower or equal epoch that is
    /// known does nothing.
    package func raiseLeaderEpoch(to epoch: LeaderEpoch) throws(LogError) {
        guard condition == .open else { throw .offline }
        var raised = epochs
        if raised.assign(epoch, startOffset: logEnd) {
            let path = directory.appending(LeaderEpochCheckpoint.name)
            let (old, fileSystem) = (try? environment.fileSystem.contents(of: path), environment.fileSystem)
            do throws(FileSystemError) {
                try fileSystem.replace(path, with: LeaderEpochCheckpoint.encode(raised))
            } catch {
                // With the old checkpoint still in place a full disk has changed nothing. But the rename may have
                // succeeded, and its flush failed.
                if !error.isOutOfSpace || (try? fileSystem.contents(of: path)) != old { condition = .offline }
                throw .storage(error)
            }
            epochs = raised
            reader.state.withLock { $0.epochs = raised }
        }
        leaderEpoch = max(leaderEpoch, epoch)
    }

    /// Takes on a new configuration; the high watermark never goes down by it. Returns the offsets after it.
    package func update(_ configuration: LogConfiguration) -> PartitionOffsets {
        let old = self.configuration
        self.configuration = configuration
        if (old.rollAge, old.segmentJitter) != (configuration.rollAge, configuration.segmentJitter) {
            tail.maxAge = maxAge()
        }
        guard !configuration.commitsOnFlush, condition == .open else { return offsets }
        return commit(upTo: logEnd, at: (tail.baseOffset, tail.size))
    }

    /// Forgets producers that have been silent for longer than `producer.id.expiration.ms`.
    package func removeExpiredProducers(now: Timestamp) {
        producers.removeExpired(now: now, after: configuration.producerIDExpiration.wholeMilliseconds)
    }

    /// Raises the high watermark and what follows from it.
    func commit(upTo offset: Offset, at position: (base: Offset, position: Int)) -> PartitionOffsets {
        producers.advance(highWatermark: offset)
        let firstUnstable = producers.firstUnstable
        return reader.state.withLock { state in
            if offset > state.offsets.highWatermark { state.committed = position }
            state.offsets.advance(highWatermark: offset, firstUnstable: firstUnstable)
            return state.offsets
        }
    }

    /// `segment.ms` less a random part of `segment.jitter.ms`.
    func maxAge() -> Int64 {
        let age = configuration.rollAge.wholeMilliseconds
        let jitter = min(configuration.segmentJitter.wholeMilliseconds, age)
        return jitter > 0 ? age - Int64.random(in: 0..<jitter, using: &random) : age
    }
}

extension LogReader {
    /// The bytes of all segments' logs.
    package var sizeInBytes: Int { state.withLock { $0.sealed.reduce($0.tail.size) { $0 + $1.size } } }
    package var segmentCount: Int { state.withLock { $0.sealed.count + 1 } }
}
