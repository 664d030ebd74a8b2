import DequeModule
import KafkaProtocol
import NIOCore
import Synchronization

/// Where records wait for their batch to fill or to have lingered: one queue of batches for each partition. Any task
/// puts records in; the sender on its event loop takes batches out.
final class Accumulator: Sendable {
    /// A partition by its places in the accumulator's arrays.
    struct Place: Hashable, Sendable {
        var topic: Int
        var partition: Int
    }

    enum Appended {
        /// `wakes` if the sender must look at the queues.
        case record(Delivery, wakes: Bool)
        /// The topic, or a partition of that number, is not known yet.
        case unknownTopic
        /// `buffer.memory` is used up.
        case full
    }

    /// What there is to send.
    struct Ready {
        var places: [(place: Place, partition: TopicPartition)] = []
        /// When the next batch will have lingered long enough, or have waited too long.
        var wakeTime: NIODeadline?
    }

    private struct Queue {
        var open: OpenBatch?
        var closed: Deque<OpenBatch> = []
        var isActive = false

        var oldest: OpenBatch? { closed.first ?? open }
    }

    private struct Topic {
        let name: String
        var queues: [Queue] = []
        /// Partitions that have a leader, for records without a key.
        var available: [Int] = []
        var sticky: Int?
    }

    private struct State {
        var topics: [Topic] = []
        var topicPlaces: [String: Int] = [:]
        /// Partitions with batches, in the order in which they got them.
        var active: [Place] = []
        var bufferedBytes = 0
        var unfinished: [ObjectIdentifier: BatchDelivery] = [:]
        var spaceWaiters: [OneShot<Void>] = []
        var isWaking = false
        var flushes = 0
        var end: KafkaError?
        var unobserved: KafkaError?
    }

    private let configuration: ProducerConfiguration
    private let partitioner: any Partitioner
    private let linger: TimeAmount
    private let deliveryTimeout: TimeAmount
    private let state = Mutex(State())

    init(_ configuration: ProducerConfiguration) {
        self.configuration = configuration
        partitioner = configuration.partitioner ?? DefaultPartitioner()
        linger = TimeAmount(configuration.linger)
        deliveryTimeout = TimeAmount(configuration.deliveryTimeout)
    }

    // MARK: Putting in

    /// Puts a record into its partition's batch.
    ///
    /// - Parameter isObserved: whether the caller will look at the record's delivery.
    func append(_ record: ProducerRecord, isObserved: Bool) throws(KafkaError) -> Appended {
        let size = record.sizeBound
        guard size + RecordBatchHeader.byteCount <= min(configuration.maxRequestBytes, configuration.bufferBytes) else {
            throw KafkaError(
                .recordTooLarge,
                "a record of about \(size) bytes is larger than max.request.size (\(configuration.maxRequestBytes)) "
                    + "or buffer.memory (\(configuration.bufferBytes)) allows")
        }
        return try state.withLock { state throws(KafkaError) in
            if let end = state.end { throw end }
            guard let topic = state.topicPlaces[record.topic] else { return .unknownTopic }
            guard let partition = try choose(for: record, &state.topics[topic]) else { return .unknownTopic }
            if state.bufferedBytes + size > configuration.bufferBytes { return .full }
            let place = Place(topic: topic, partition: partition)
            let (delivery, isNews) = try append(record, size, at: place, &state)
            if isObserved { delivery.batch.observe() }
            defer { if isNews { state.isWaking = true } }
            return .record(delivery, wakes: isNews && !state.isWaking)
        }
    }

    private func choose(for record: ProducerRecord, _ topic: inout Topic) throws(KafkaError) -> Int? {
        let count = topic.queues.count
        guard count > 0 else { return nil }
        if let partition = record.partition {
            guard partition >= 0 else {
                throw KafkaError(.invalidConfiguration, "a partition's number cannot be \(partition)")
            }
            return Int(partition.rawValue) < count ? Int(partition.rawValue) : nil
        }
        if let chosen = partitioner.partition(forKey: record.key, topic: record.topic, partitionCount: count) {
            guard (0..<count).contains(chosen) else {
                throw KafkaError(.invalidConfiguration, "the partitioner chose \(chosen) of \(count) partitions")
            }
            return chosen
        }
        if let sticky = topic.sticky { return sticky }
        let chosen = topic.available.randomElement() ?? Int.random(in: 0..<count)
        topic.sticky = chosen
        return chosen
    }

    /// - Returns: the record's delivery, and whether the sender has something new to see.
    private func append(
        _ record: ProducerRecord, _ size: Int, at place: Place, _ state: inout State
    ) throws(KafkaError) -> (Delivery, Bool) {
        var isNews = false
        let limit = configuration.batchBytes
        if let open = state.topics[place.topic].queues[place.partition].open, open.builder.sizeInBytes + size > limit {
            close(place, &state)
            isNews = true
        }
        if state.topics[place.topic].queues[place.partition].open == nil {
            startBatch(at: place, size, &state)
            isNews = true
        }
        guard
            let delivery = try state.topics[place.topic].queues[place.partition].open?.append(record, memory: size)
        else { preconditionFailure("a batch was opened") }
        state.bufferedBytes += size
        if let open = state.topics[place.topic].queues[place.partition].open, open.builder.sizeInBytes >= limit {
            close(place, &state)
            isNews = true
        }
        return (delivery, isNews)
    }

    private func startBatch(at place: Place, _ size: Int, _ state: inout State) {
        let name = TopicPartition(
            topic: state.topics[place.topic].name, partition: PartitionIndex(Int32(place.partition)))
        let reserved = max(min(configuration.batchBytes, 1 << 20), size) + RecordBatchHeader.byteCount
        let batch = OpenBatch(partition: name, reserving: reserved, now: .now())
        state.unfinished[ObjectIdentifier(batch.delivery)] = batch.delivery
        state.topics[place.topic].queues[place.partition].open = batch
        if !state.topics[place.topic].queues[place.partition].isActive {
            state.topics[place.topic].queues[place.partition].isActive = true
            state.active.append(place)
        }
    }

    /// Lets the open batch take no more records, and records without a key go elsewhere.
    private func close(_ place: Place, _ state: inout State) {
        guard let open = state.topics[place.topic].queues[place.partition].open else { return }
        state.topics[place.topic].queues[place.partition].open = nil
        state.topics[place.topic].queues[place.partition].closed.append(open)
        if state.topics[place.topic].sticky == place.partition { state.topics[place.topic].sticky = nil }
    }

    /// Waits until there may be space again.
    func waitForSpace() async throws {
        let shot = OneShot<Void>()
        let isFull = state.withLock { state in
            guard state.end == nil, state.bufferedBytes > 0 else { return false }
            state.spaceWaiters.append(shot)
            return true
        }
        if isFull { try await shot.value() }
    }

    // MARK: Knowing topics

    /// Takes over how many partitions a topic has, and which of them have leaders.
    func update(_ topic: ClusterMetadata.Topic) {
        state.withLock { state in
            if state.topicPlaces[topic.name] == nil {
                state.topicPlaces[topic.name] = state.topics.count
                state.topics.append(Topic(name: topic.name))
            }
            guard let place = state.topicPlaces[topic.name] else { return }
            while state.topics[place].queues.count < topic.partitions.count {
                state.topics[place].queues.append(Queue())
            }
            state.topics[place].available = topic.partitions.indices.filter { topic.partitions[$0].leader != nil }
            if let sticky = state.topics[place].sticky, !state.topics[place].available.contains(sticky) {
                state.topics[place].sticky = nil
            }
        }
    }

    // MARK: Taking out

    /// What may be sent now. Until the next call, one new batch wakes the sender.
    func ready(now: NIODeadline) -> Ready {
        state.withLock { state in
            state.isWaking = false
            var ready = Ready()
            for place in state.active {
                let queue = state.topics[place.topic].queues[place.partition]
                guard let oldest = queue.oldest else { continue }
                if mayLeave(queue, state, now) {
                    ready.places.append((place, oldest.delivery.partition))
                } else {
                    ready.wakeTime = min(ready.wakeTime ?? .distantFuture, oldest.createdAt + linger)
                }
                ready.wakeTime = min(ready.wakeTime ?? .distantFuture, oldest.createdAt + deliveryTimeout)
            }
            return ready
        }
    }

    private func mayLeave(_ queue: Queue, _ state: State, _ now: NIODeadline) -> Bool {
        if !queue.closed.isEmpty || state.flushes > 0 || !state.spaceWaiters.isEmpty || state.end != nil { return true }
        return queue.open.map { $0.createdAt + linger <= now } ?? false
    }

    /// The oldest batch of a partition, if it may leave.
    func take(_ place: Place, now: NIODeadline) -> OpenBatch? {
        state.withLock { state in
            let queue = state.topics[place.topic].queues[place.partition]
            guard mayLeave(queue, state, now) else { return nil }
            if queue.closed.isEmpty { close(place, &state) }
            let batch = state.topics[place.topic].queues[place.partition].closed.popFirst()
            retire(place, &state)
            return batch
        }
    }

    private func retire(_ place: Place, _ state: inout State) {
        guard state.topics[place.topic].queues[place.partition].oldest == nil else { return }
        state.topics[place.topic].queues[place.partition].isActive = false
        state.active.removeAll { $0 == place }
    }

    /// Takes out what has waited longer than `delivery.timeout.ms`.
    func takeExpired(now: NIODeadline) -> [OpenBatch] { takeAll { $0.createdAt + self.deliveryTimeout <= now } }

    /// Ends it: nothing more goes in, and everything that is left comes out.
    func end(_ error: KafkaError) -> [OpenBatch] {
        let waiters = state.withLock { state in
            state.end = state.end ?? error
            defer { state.spaceWaiters = [] }
            return state.spaceWaiters
        }
        for waiter in waiters { waiter.complete(.failure(error)) }
        return takeAll { _ in true }
    }

    private func takeAll(where isWanted: (OpenBatch) -> Bool) -> [OpenBatch] {
        state.withLock { state in
            var taken: [OpenBatch] = []
            for place in state.active {
                while let oldest = state.topics[place.topic].queues[place.partition].oldest, isWanted(oldest) {
                    if state.topics[place.topic].queues[place.partition].closed.isEmpty { close(place, &state) }
                    state.topics[place.topic].queues[place.partition].closed.removeFirst()
                    taken.append(oldest)
                }
                retire(place, &state)
            }
            return taken
        }
    }

    // MARK: Settling

    /// A batch has come to its end: gives its memory back and tells who waits.
    func settle(_ delivery: BatchDelivery, memory: Int, _ result: Result<BatchDelivery.Written, KafkaError>) {
        // The failure is noted before anybody who waits for the batch, such as a flush, goes on and looks for it.
        let waiters = state.withLock { state in
            state.bufferedBytes -= memory
            state.unfinished[ObjectIdentifier(delivery)] = nil
            if case .failure(let error) = result, delivery.isUnobserved {
                state.unobserved = state.unobserved ?? error
            }
            defer { state.spaceWaiters = [] }
            return state.spaceWaiters
        }
        delivery.outcome.complete(result)
        for waiter in waiters { waiter.complete(.success(())) }
    }

    /// From now until ``endFlush()`` no batch lingers.
    ///
    /// - Returns: what is not settled yet.
    func beginFlush() -> [BatchDelivery] {
        state.withLock { state in
            state.flushes += 1
            return Array(state.unfinished.values)
        }
    }

    func endFlush() { state.withLock { $0.flushes -= 1 } }

    /// The first failure since the last call that nobody else has seen.
    func takeUnobservedFailure() -> KafkaError? {
        state.withLock { state in
            defer { state.unobserved = nil }
            return state.unobserved
        }
    }
}
