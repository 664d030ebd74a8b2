public import KafkaProtocol
public import Logging
public import NIOCore
import NIOPosix

/// Reads records of partitions that the application has chosen, each partition in the order of its offsets.
///
///     let consumer = Consumer(try ConsumerConfiguration(bootstrapServers: "127.0.0.1:9092"))
///     try await consumer.assign(topic: "greetings", from: .earliest)
///     for try await record in consumer { print(record.offset, record.value ?? ByteBuffer()) }
///
/// Who shares topics with other processes, and wants the broker to keep where each of them stands, takes a
/// ``GroupConsumer``.
///
/// A consumer fetches ahead, at most `prefetchBytes`. All functions may be called from any task; records are handed out
/// once, whoever takes them.
public final class Consumer: Sendable, AsyncSequence {
    public typealias Element = ConsumerRecord

    let cluster: Cluster
    let configuration: ConsumerConfiguration
    let buffer: ConsumerBuffer
    private let logger: Logger
    private let bound: NIOLoopBoundBox<Fetcher?>

    /// Nothing is sent before partitions are assigned.
    ///
    /// - Parameter group: where the connections live; nil is NIO's shared group.
    public init(
        _ configuration: ConsumerConfiguration, logger: Logger = Logger(label: "kafka.consumer"),
        on group: (any EventLoopGroup)? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        cluster = Cluster(
            configuration: configuration.client, logger: logger, group: group ?? MultiThreadedEventLoopGroup.singleton)
        buffer = ConsumerBuffer(configuration)
        bound = NIOLoopBoundBox.makeEmptyBox(eventLoop: cluster.loop)
    }

    deinit { close() }

    // MARK: What is read

    /// Reads these partitions from now on, and no others.
    ///
    /// - Throws: `unknownPartition` where one does not exist.
    public func assign(_ partitions: [TopicPartition: StartPosition]) async throws {
        let topics = Set(partitions.keys.map(\.topic)).sorted()
        let metadata = try await cluster.metadata(
            of: topics, createsTopics: true, timeout: configuration.client.maxBlock)
        for partition in partitions.keys where metadata.partition(partition) == nil {
            throw KafkaError(.unknownPartition, "\(partition) does not exist")
        }
        let generations = buffer.assign(partitions)
        cluster.loop.execute { [self] in fetcher.assign(partitions, generations: generations) }
    }

    /// Reads all partitions that a topic has now, and no others.
    public func assign(topic: String, from start: StartPosition = .latest) async throws {
        let metadata = try await cluster.metadata(
            of: [topic], createsTopics: true, timeout: configuration.client.maxBlock)
        let partitions = metadata.topics[topic]?.partitions ?? []
        let names = partitions.map { TopicPartition(topic: topic, partition: $0.index) }
        try await assign(Dictionary(uniqueKeysWithValues: names.map { ($0, start) }))
    }

    /// The partitions that are read.
    public var assignment: [TopicPartition] { buffer.assignment }

    /// Goes on elsewhere in a partition; what was fetched of it is dropped.
    ///
    /// - Throws: `unknownPartition` if it is not assigned.
    public func seek(_ partition: TopicPartition, to start: StartPosition) throws(KafkaError) {
        guard let generation = buffer.seek(partition, to: start) else {
            throw KafkaError(.unknownPartition, "\(partition) is not assigned to this consumer")
        }
        cluster.loop.execute { [self] in fetcher.seek(partition, to: start, generation: generation) }
    }

    /// Hands out no records of these partitions until they are resumed.
    public func pause(_ partitions: some Sequence<TopicPartition>) { buffer.setPaused(true, partitions) }

    public func resume(_ partitions: some Sequence<TopicPartition>) {
        buffer.setPaused(false, partitions)
        pumpFetcher()
    }

    // MARK: Where it stands

    /// The offset of the next record that will be handed out; nil until it is known.
    public func position(of partition: TopicPartition) -> Offset? { buffer.position(of: partition) }

    /// The offset behind the last record that may be read, as a broker last told it: the high watermark, or under
    /// read_committed the last stable offset. Nil until a broker has told.
    public func endOffset(of partition: TopicPartition) -> Offset? {
        buffer.ends(of: partition).map { ends in
            configuration.isolationLevel == .readCommitted ? ends.lastStable : ends.highWatermark
        }
    }

    /// Whether every record was handed out, up to the ends that brokers last told.
    public var isAtEnd: Bool { buffer.isAtEnd }

    // MARK: Records

    /// The next records, as soon as there are any.
    ///
    /// - Parameters:
    ///   - limit: how many at most; nil is `max.poll.records`.
    ///   - timeout: how long to wait; nil waits until there are some.
    ///   - stopsAtEnd: return when ``isAtEnd``.
    /// - Returns: no records after the timeout, at the end, or when the consumer was closed.
    /// - Throws: why a partition cannot be read on. Seek to go on elsewhere.
    public func nextBatch(
        limit: Int? = nil, timeout: Duration? = nil, stopsAtEnd: Bool = false
    ) async throws -> [ConsumerRecord] {
        try await nextBatch(
            limit: limit, until: timeout.map { NIODeadline.now() + TimeAmount($0) }, stopsAtEnd: stopsAtEnd)
    }

    /// - Parameter isInterrupted: whether to return without records; who makes it so wakes the buffer.
    func nextBatch(
        limit: Int?, until deadline: NIODeadline?, stopsAtEnd: Bool, isInterrupted: () -> Bool = { false }
    ) async throws -> [ConsumerRecord] {
        while true {
            try Task.checkCancellation()
            let (records, wakes) = try buffer.take(limit ?? configuration.maxBatchRecords)
            if wakes { pumpFetcher() }
            if !records.isEmpty || buffer.isClosed || stopsAtEnd && buffer.isAtEnd { return records }
            if let deadline, deadline <= .now() { return [] }
            guard let waiter = buffer.waiter() else { continue }
            // Looked at when the waiter is there: whoever interrupts from now on wakes it.
            if isInterrupted() { return [] }
            try await wait(waiter, until: deadline)
        }
    }

    private func wait(_ waiter: OneShot<Void>, until deadline: NIODeadline?) async throws {
        guard let deadline else { return try await waiter.value() }
        let timer = cluster.loop.scheduleTask(deadline: deadline) { waiter.complete(.success(())) }
        defer { timer.cancel() }
        try await waiter.value()
    }

    public func makeAsyncIterator() -> Iterator { Iterator(consumer: self) }

    /// Hands out one record after another until the consumer is closed.
    public struct Iterator: AsyncIteratorProtocol {
        let consumer: Consumer

        public mutating func next() async throws -> ConsumerRecord? {
            try await consumer.nextBatch(limit: 1).first
        }
    }

    // MARK: Ending

    /// Closes the connections. Loops over the consumer end.
    public func close() {
        buffer.close()
        let (bound, cluster) = (bound, cluster)
        cluster.loop.execute {
            bound.value = nil
            cluster.core.close()
        }
    }

    private func pumpFetcher() {
        cluster.loop.execute { [self] in fetcher.pump() }
    }

    /// The fetcher on its loop. Only there.
    var fetcher: Fetcher {
        if let fetcher = bound.value { return fetcher }
        let fetcher = Fetcher(core: cluster.core, buffer: buffer, configuration: configuration, logger: logger)
        bound.value = fetcher
        return fetcher
    }
}
