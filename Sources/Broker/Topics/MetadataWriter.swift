import Coordination
import KafkaProtocol
import LogStorage
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The one writer of the cluster's metadata.
///
/// Changes are carried out one after another on a thread of their own, which may wait for the disk: decided against the
/// state, written to `__cluster_metadata` and flushed, replayed, put into force (logs created, topics dropped), and only
/// then answered.
final class MetadataWriter: Sendable {
    typealias Machine = ClusterMetadataStateMachine
    typealias Decision<Response: Sendable> = Machine.Decision<Response>

    private struct State {
        var machine: Machine
        var log: PartitionLog
    }

    private let state: Mutex<State>
    /// The metadata in force, and the first offset that they know nothing of.
    private let published: Mutex<(image: ClusterMetadataImage, end: Offset)>
    /// What the metadata's own log has.
    let reader: LogReader
    let leaderEpoch: LeaderEpoch
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let clock: any WallClock
    /// Puts the difference between two images into force.
    private let apply: @Sendable (_ old: ClusterMetadataImage, _ new: ClusterMetadataImage, Set<String>) -> Void
    private let broken = Mutex<(any Error)?>(nil)
    /// The topics that had been deleted when the broker started.
    let deletedTopics: Set<TopicID>

    /// Replays the log from its beginning.
    init(
        log: sending PartitionLog, rules: any ConfigurationRules, clock: any WallClock,
        apply: @escaping @Sendable (ClusterMetadataImage, ClusterMetadataImage, Set<String>) -> Void
    ) throws {
        var machine = Machine(rules: rules)
        var deleted: Set<TopicID> = []
        try Self.replay(log, into: &machine, &deleted)
        deletedTopics = deleted
        reader = log.reader
        leaderEpoch = log.leaderEpoch
        published = Mutex((machine.image, log.offsets.logEnd))
        state = Mutex(State(machine: machine, log: log))
        self.clock = clock
        self.apply = apply
        thread.start()
    }

    /// The metadata in force.
    var image: ClusterMetadataImage { published.withLock { $0.image } }

    /// The same, and the first offset that they know nothing of: a cheap way to see whether something has changed.
    var versionedImage: (image: ClusterMetadataImage, end: Offset) { published.withLock { $0 } }

    /// The levels that the features have, and the metadata's last offset as their epoch.
    var features: FinalizedFeatures {
        let (image, end) = published.withLock { $0 }
        return FinalizedFeatures(levels: image.features, epoch: end.rawValue - 1)
    }

    /// Why nothing can be changed any more: the log could not be written. The broker ends then.
    var failure: (any Error)? { broken.withLock { $0 } }

    /// Decides and carries out one change. The future completes on `eventLoop` when it is durable and in force.
    func submit<Response: Sendable>(
        on eventLoop: any EventLoop, _ decide: @escaping @Sendable (Machine) -> Decision<Response>
    ) -> EventLoopFuture<Response> {
        thread.runIfActive(eventLoop: eventLoop) { [self] in try carryOut(decide) }
    }

    /// The same, for what nobody waits for.
    func submit(_ decide: @escaping @Sendable (Machine) -> Decision<Void>) {
        thread.submit { [self] state in
            guard case .active = state else { return }
            do { try carryOut(decide) } catch { broken.withLock { $0 = $0 ?? error } }
        }
    }

    /// The same, on the calling thread; for the start, when nobody else asks.
    func carryOut<Response: Sendable>(_ decide: (Machine) -> Decision<Response>) throws -> Response {
        let (response, old, new, touched, end) = try state.withLock { state in
            let old = state.machine.image
            let decision = decide(state.machine)
            let now = clock.now
            let batch = try Self.batch(of: decision.records, now: now)
            do {
                try Self.commit(decision.records, as: batch, to: &state, now: now)
            } catch {
                if !Self.isRefusal(error, state.log) { broken.withLock { $0 = error } }
                throw error
            }
            let new = state.machine.image
            let touched = Self.topics(touchedBy: decision.records, old, new)
            return (decision.response, old, new, touched, state.log.offsets.logEnd)
        }
        apply(old, new, touched)
        published.withLock { $0 = (new, end) }
        return response
    }

    /// Whether nothing was written, as the disk is full: the next change may go through.
    private static func isRefusal(_ error: any Error, _ log: PartitionLog) -> Bool {
        guard case .storage(let error)? = error as? LogError else { return false }
        return error.isOutOfSpace && !log.isOffline
    }

    /// Carries out what was submitted, then closes the log. False where it could not be closed cleanly.
    func stop() async -> Bool {
        try? await thread.shutdownGracefully()
        return state.withLock { state in
            do throws(LogError) { try state.log.close() } catch { return false }
            return true
        }
    }

    // MARK: - The log

    /// The most bytes that one change may take: it stands in one batch, to be all there or not at all. What is larger
    /// is refused, and nothing has changed.
    static let largestChange = 16 << 20

    /// How the metadata's own log is kept.
    static func logConfiguration(_ resolver: ConfigurationResolver) -> LogConfiguration {
        var configuration = resolver.internalLogConfiguration([:])
        // A change is one batch, whatever is set for the batches of clients.
        configuration.maxMessageBytes = max(configuration.maxMessageBytes, largestChange)
        configuration.segmentBytes = max(configuration.segmentBytes, largestChange)
        configuration.spaceClaim = .essential
        return configuration
    }

    private static func batch(of records: [ClusterMetadataRecord], now: Timestamp) throws -> ByteBuffer? {
        guard !records.isEmpty else { return nil }
        var batch = RecordBatchBuilder(sizeLimit: largestChange)
        for record in records {
            guard try batch.append(key: nil, value: record.encoded(), timestamp: now),
                batch.sizeInBytes <= largestChange
            else { throw MetadataChangeTooLarge() }
        }
        return try batch.finish()
    }

    private static func commit(
        _ records: [ClusterMetadataRecord], as batch: ByteBuffer?, to state: inout State, now: Timestamp
    ) throws {
        guard let batch else { return }
        _ = try state.log.append(
            batch, leaderEpoch: state.log.leaderEpoch, origin: .coordinator, now: now)
        if let flush = state.log.prepareFlush() {
            do { try flush.run() } catch {
                state.log.failFlush(flush)
                throw error
            }
            _ = state.log.completeFlush(flush)
        }
        for record in records { try state.machine.replay(record) }
    }

    private static func replay(
        _ log: PartitionLog, into machine: inout Machine, _ deleted: inout Set<TopicID>
    ) throws {
        var replay = LogReplay(log.reader, pieceByteCount: 1 << 20)
        while let batch = try replay.next() {
            guard !batch.header.isControl else { continue }
            try replay.forEachRecord(of: batch) { record in
                guard let value = record.value else { return }
                let change = try ClusterMetadataRecord(value)
                try machine.replay(change)
                if case .removeTopic(let removal) = change { deleted.insert(removal.topicID) }
            }
        }
    }

    /// The names of topics that a change has to do with.
    private static func topics(
        touchedBy records: [ClusterMetadataRecord], _ old: ClusterMetadataImage, _ new: ClusterMetadataImage
    ) -> Set<String> {
        var names: Set<String> = []
        for record in records {
            switch record {
            case .topic(let topic): names.insert(topic.name)
            case .partition(let partition):
                names.formUnion([old, new].compactMap { $0.topic(id: partition.topicID)?.name })
            case .partitionChange(let change):
                names.formUnion([old, new].compactMap { $0.topic(id: change.topicID)?.name })
            case .removeTopic(let removed):
                names.formUnion([old, new].compactMap { $0.topic(id: removed.topicID)?.name })
            case .configuration(let config):
                switch ConfigurationResource(recordType: config.resourceType, name: config.resourceName) {
                case .topic(let name): names.insert(name)
                // A broker's values may be those of every topic.
                case .broker: names.formUnion(new.sortedTopics.map(\.name))
                default: break
                }
            default: break
            }
        }
        return names
    }
}

/// The levels of features that the cluster has agreed on.
struct FinalizedFeatures: Hashable, Sendable {
    var levels: [String: Int16]
    /// Rises with each change of the metadata; -1 before the first.
    var epoch: Int64
}

/// A request that would change more of the metadata than one batch may hold.
struct MetadataChangeTooLarge: Error, CustomStringConvertible {
    let description = "the change is larger than \(MetadataWriter.largestChange) bytes of metadata"
}

extension TopicID {
    /// Kafka's own id of the metadata log.
    static let clusterMetadata = TopicID(KafkaUUID(high: 0, low: 1))
}
