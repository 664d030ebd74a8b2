import DequeModule
import KafkaProtocol
import Synchronization

/// What was fetched and not yet consumed, and where the consumer stands in each partition. The fetcher on its event
/// loop puts chunks in; the application's task takes records out, and decompresses them there.
final class ConsumerBuffer: Sendable {
    /// How far a partition's log went when a broker last said so.
    struct Ends: Hashable, Sendable {
        var logStart: Offset
        var highWatermark: Offset
        var lastStable: Offset
    }

    private struct Partition {
        /// Counts assignments and seeks: what was fetched for an earlier one is dropped.
        var generation: Int
        /// The next offset to hand out; nil until it was looked up.
        var position: Offset?
        /// The epoch of the last record that was handed out.
        var leaderEpoch = LeaderEpoch.none
        /// The position when the application last asked for more: what lies before it is done with.
        var consumed: CommittedOffset?
        var chunks: Deque<FetchedChunk> = []
        var bytes = 0
        var isPaused = false
        var ends: Ends?
        /// Why the partition cannot be read on; until the next seek.
        var failure: KafkaError?
    }

    private struct State: ~Copyable {
        var partitions: [TopicPartition: Partition] = [:]
        var order: [TopicPartition] = []
        var turn = 0
        var nextGeneration = 0
        var bytes = 0
        var isStarved = false
        var waiters: [OneShot<Void>] = []
        var failure: KafkaError?
        var isClosed = false
        var decompressor = Decompressor()
    }

    private let configuration: ConsumerConfiguration
    private let rules: FetchedChunk.Rules
    private let state = Mutex(State())

    init(_ configuration: ConsumerConfiguration) {
        self.configuration = configuration
        var rules = FetchedChunk.Rules()
        rules.checksCRC = configuration.checksCRC
        rules.isReadCommitted = configuration.isolationLevel == .readCommitted
        rules.decompressionLimit = configuration.maxDecompressedBatchBytes
        self.rules = rules
    }

    // MARK: The application's side

    /// Makes `partitions`, and of those that were assigned before the ones to keep, the whole assignment. What was
    /// buffered of others is dropped.
    ///
    /// - Parameter epochs: those of the records before each position, where they are known.
    /// - Returns: each new partition's generation.
    func assign(
        _ partitions: [TopicPartition: StartPosition], epochs: [TopicPartition: LeaderEpoch] = [:],
        keeping kept: Set<TopicPartition> = []
    ) -> [TopicPartition: Int] {
        state.withLock { state in
            state.partitions = state.partitions.filter { kept.contains($0.key) && partitions[$0.key] == nil }
            state.bytes = state.partitions.values.reduce(0) { $0 + $1.bytes }
            state.failure = nil
            state.order = Set(state.partitions.keys).union(partitions.keys).sorted()
            return partitions.reduce(into: [:]) { generations, entry in
                generations[entry.key] = Self.begin(
                    entry.key, at: entry.value, epoch: epochs[entry.key] ?? .none, isPaused: false, &state)
            }
        }
    }

    /// The application asks for more, so it is done with what it was given.
    func markConsumed() {
        state.withLock { state in
            for (name, partition) in state.partitions {
                guard let position = partition.position else { continue }
                state.partitions[name]?.consumed = CommittedOffset(position, leaderEpoch: partition.leaderEpoch)
            }
        }
    }

    /// How far the application is done, in each partition where that is known.
    var consumed: [TopicPartition: CommittedOffset] {
        state.withLock { $0.partitions.compactMapValues(\.consumed) }
    }

    /// Moves an assigned partition to another position.
    ///
    /// - Returns: its new generation; nil if the partition is not assigned.
    func seek(_ partition: TopicPartition, to position: StartPosition) -> Int? {
        state.withLock { state in
            guard let old = state.partitions[partition] else { return nil }
            state.bytes -= old.bytes
            let generation = Self.begin(partition, at: position, epoch: .none, isPaused: old.isPaused, &state)
            state.partitions[partition]?.consumed = old.consumed
            return generation
        }
    }

    private static func begin(
        _ name: TopicPartition, at position: StartPosition, epoch: LeaderEpoch, isPaused: Bool, _ state: inout State
    ) -> Int {
        state.nextGeneration += 1
        var partition = Partition(generation: state.nextGeneration)
        if case .offset(let offset) = position {
            partition.position = offset
            partition.consumed = CommittedOffset(offset, leaderEpoch: epoch)
        }
        partition.leaderEpoch = epoch
        partition.isPaused = isPaused
        state.partitions[name] = partition
        return state.nextGeneration
    }

    func setPaused(_ isPaused: Bool, _ partitions: some Sequence<TopicPartition>) {
        state.withLock { state in
            for partition in partitions { state.partitions[partition]?.isPaused = isPaused }
        }
        wakeAll()
    }

    func position(of partition: TopicPartition) -> Offset? { state.withLock { $0.partitions[partition]?.position } }

    func ends(of partition: TopicPartition) -> Ends? { state.withLock { $0.partitions[partition]?.ends } }

    var assignment: [TopicPartition] { state.withLock { $0.order } }

    /// Whether everything was consumed up to the ends that brokers have told.
    var isAtEnd: Bool {
        state.withLock { state in
            state.partitions.values.allSatisfy { partition in
                if partition.isPaused { return true }
                guard let position = partition.position, let ends = partition.ends else { return false }
                return position >= (rules.isReadCommitted ? ends.lastStable : ends.highWatermark)
            }
        }
    }

    /// Takes up to `limit` records that are ready.
    ///
    /// - Returns: the records, and whether the fetcher waits for the space that was gained.
    func take(_ limit: Int) throws(KafkaError) -> (records: [ConsumerRecord], wakes: Bool) {
        try state.withLock { state throws(KafkaError) in
            if state.isClosed { return ([], false) }
            if let failure = state.failure { throw failure }
            var records: [ConsumerRecord] = []
            var partitionsTried = 0
            while records.count < limit, partitionsTried < state.order.count {
                let before = records.count
                do throws(KafkaError) {
                    try take(limit, &records, from: state.order[state.turn % state.order.count], &state)
                } catch {
                    if records.isEmpty { throw error }
                    break  // The failure stays with its partition and is thrown when the records are consumed.
                }
                if records.count == limit { break }
                state.turn = (state.turn + 1) % state.order.count
                partitionsTried = records.count > before ? 1 : partitionsTried + 1
            }
            let wakes = state.isStarved && state.bytes < configuration.prefetchBytes
            if wakes { state.isStarved = false }
            return (records, wakes)
        }
    }

    private func take(
        _ limit: Int, _ records: inout [ConsumerRecord], from name: TopicPartition, _ state: inout State
    ) throws(KafkaError) {
        guard let partition = state.partitions[name], !partition.isPaused else { return }
        if let failure = partition.failure { throw failure }
        while records.count < limit, state.partitions[name]?.chunks.isEmpty == false {
            do {
                if let next = try state.partitions[name]?.chunks[0].next(rules, &state.decompressor) {
                    records.append(
                        ConsumerRecord(partition: name, record: next.record, leaderEpoch: next.leaderEpoch))
                    state.partitions[name]?.position = next.record.offset + 1
                    state.partitions[name]?.leaderEpoch = next.leaderEpoch
                    continue
                }
            } catch {
                let failure = KafkaError(
                    .corruptRecords, "\(name): records behind offset \(partition.position ?? .none) are damaged",
                    cause: error)
                state.partitions[name]?.failure = failure
                throw failure
            }
            finishChunk(of: name, &state)
        }
    }

    private func finishChunk(of name: TopicPartition, _ state: inout State) {
        guard let chunk = state.partitions[name]?.chunks.popFirst() else { return }
        state.partitions[name]?.bytes -= chunk.byteCount
        state.bytes -= chunk.byteCount
        // Behind records that nobody may see, too.
        state.partitions[name]?.position = chunk.nextOffset
    }

    /// Something to wait on until records, an end or an error may be there; nil if some are.
    func waiter() -> OneShot<Void>? {
        state.withLock { state in
            if state.isClosed || state.failure != nil { return nil }
            let isReady = state.partitions.values.contains {
                !$0.isPaused && (!$0.chunks.isEmpty || $0.failure != nil)
            }
            if isReady { return nil }
            let shot = OneShot<Void>()
            state.waiters.append(shot)
            return shot
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Hands out no more; how far the application is stays known until ``close()``.
    ///
    /// - Returns: false if that was so already.
    func stop() -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        wakeAll()
        return isFirst
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.partitions = [:]
            state.order = []
            state.bytes = 0
        }
        wakeAll()
    }

    func wakeAll() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.complete(.success(())) }
    }

    // MARK: The fetcher's side

    /// Which of these partitions have room; remembers that others have none.
    func withRoom(_ partitions: [TopicPartition: Int]) -> Set<TopicPartition> {
        state.withLock { state in
            guard !state.isClosed else { return [] }
            let share = max(
                2 * configuration.fetchMaxPartitionBytes, configuration.prefetchBytes / max(1, partitions.count))
            return Set(
                partitions.compactMap { name, generation in
                    guard let partition = state.partitions[name], partition.generation == generation,
                        !partition.isPaused, partition.failure == nil
                    else { return nil }
                    guard state.bytes < configuration.prefetchBytes, partition.bytes < share else {
                        state.isStarved = true
                        return nil
                    }
                    return name
                })
        }
    }

    /// The position of a partition was looked up.
    func found(_ position: Offset, of name: TopicPartition, generation: Int) {
        update(name, generation) { partition in
            guard partition.chunks.isEmpty else { return }
            partition.position = position
            if partition.consumed == nil { partition.consumed = CommittedOffset(position) }
        }
    }

    /// An answer came; `chunk` is nil where it held no records.
    func add(_ chunk: FetchedChunk?, ends: Ends, to name: TopicPartition, generation: Int) {
        state.withLock { state in
            guard state.partitions[name]?.generation == generation else { return }
            state.partitions[name]?.ends = ends
            guard let chunk else { return }
            state.partitions[name]?.chunks.append(chunk)
            state.partitions[name]?.bytes += chunk.byteCount
            state.bytes += chunk.byteCount
        }
        wakeAll()
    }

    /// A partition cannot be read on.
    func fail(_ error: KafkaError, _ name: TopicPartition, generation: Int) {
        update(name, generation) { $0.failure = error }
    }

    /// Nothing can be read on.
    func fail(_ error: KafkaError) {
        // What fails because the consumer is closed is its end, and no failure.
        state.withLock { state in
            if !state.isClosed { state.failure = error }
        }
        wakeAll()
    }

    private func update(_ name: TopicPartition, _ generation: Int, _ change: (inout Partition) -> Void) {
        state.withLock { state in
            guard !state.isClosed, var partition = state.partitions[name], partition.generation == generation else {
                return
            }
            change(&partition)
            state.partitions[name] = partition
        }
        wakeAll()
    }
}
