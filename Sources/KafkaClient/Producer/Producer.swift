import KafkaProtocol
public import Logging
public import NIOCore
import NIOPosix

/// Sends records to topics: gathers them into batches by partition, keeps their order, and retries what may have been
/// lost.
///
///     let producer = try Producer(ProducerConfiguration(bootstrapServers: "127.0.0.1:9092"))
///     let metadata = try await producer.send(ProducerRecord(topic: "greetings", value: "hello"))
///     try await producer.close()
///
/// By default a producer is idempotent (KIP-98): what it sends is written once and in order, through retries too. All
/// functions may be called from any task.
public final class Producer: Sendable {
    private let cluster: Cluster
    private let accumulator: Accumulator
    private let configuration: ProducerConfiguration
    private let bound: NIOLoopBoundBox<ProducerSender?>

    /// Nothing is sent before the first record.
    ///
    /// - Parameter group: where the connections live; nil is NIO's shared group.
    /// - Throws: `invalidConfiguration` if the settings contradict each other.
    public init(
        _ configuration: ProducerConfiguration, logger: Logger = Logger(label: "kafka.producer"),
        on group: (any EventLoopGroup)? = nil
    ) throws(KafkaError) {
        try configuration.validate()
        self.configuration = configuration
        cluster = Cluster(
            configuration: configuration.client, logger: logger, group: group ?? MultiThreadedEventLoopGroup.singleton)
        accumulator = Accumulator(configuration)
        bound = NIOLoopBoundBox.makeEmptyBox(eventLoop: cluster.loop)
    }

    deinit {
        let (bound, cluster) = (bound, cluster)
        cluster.loop.execute {
            bound.value?.close()
            bound.value = nil
            cluster.core.close()
        }
    }

    // MARK: Sending

    /// Sends a record and waits until it is acknowledged as `acks` demands.
    ///
    /// - Throws: why it was not, after all retries. A cancelled task stops waiting; the record may still be sent.
    @discardableResult
    public func send(_ record: ProducerRecord) async throws -> RecordMetadata {
        try await enqueue(record, isObserved: true).metadata()
    }

    /// Sends records and waits until all are acknowledged. Records of one partition keep their order.
    ///
    /// - Returns: where they lie, in the order of `records`.
    /// - Throws: the first failure; other records may have been written.
    @discardableResult
    public func send(contentsOf records: some Sequence<ProducerRecord>) async throws -> [RecordMetadata] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(records.underestimatedCount)
        for record in records {
            if let delivery = try tryEnqueue(record, isObserved: true) {
                deliveries.append(delivery)
            } else {
                deliveries.append(try await enqueue(record, isObserved: true))
            }
        }
        var written: [RecordMetadata] = []
        written.reserveCapacity(deliveries.count)
        for delivery in deliveries { written.append(try await delivery.metadata()) }
        return written
    }

    /// Hands a record over and returns at once, except where the topic must be looked up or `buffer.memory` is used up.
    ///
    /// - Returns: a handle for who wants to know what becomes of the record. Failures that nobody asks about are thrown
    /// by
    ///   ``flush()`` and ``close()``.
    @discardableResult
    public func enqueue(_ record: ProducerRecord) async throws -> Delivery {
        try await enqueue(record, isObserved: false)
    }

    /// Hands a record over without ever waiting.
    ///
    /// - Returns: nil, and nothing was done, where ``enqueue(_:)`` would have to wait.
    public func tryEnqueue(_ record: ProducerRecord) throws(KafkaError) -> Delivery? {
        try tryEnqueue(record, isObserved: false)
    }

    private func tryEnqueue(_ record: ProducerRecord, isObserved: Bool) throws(KafkaError) -> Delivery? {
        guard case .record(let delivery, let wakes) = try accumulator.append(record, isObserved: isObserved) else {
            return nil
        }
        if wakes { wake() }
        return delivery
    }

    private func enqueue(_ record: ProducerRecord, isObserved: Bool) async throws -> Delivery {
        var hasLookedUp = false
        while true {
            switch try accumulator.append(record, isObserved: isObserved) {
            case .record(let delivery, let wakes):
                if wakes { wake() }
                return delivery
            case .unknownTopic:
                if hasLookedUp { throw Self.unknown(record) }
                try await lookUp(record.topic)
                hasLookedUp = true
            case .full:
                wake()
                try await accumulator.waitForSpace()
            }
        }
    }

    private static func unknown(_ record: ProducerRecord) -> KafkaError {
        let partition = record.partition.map { "partition \($0) of topic '\(record.topic)'" }
        return KafkaError(.unknownPartition, "\(partition ?? "topic '\(record.topic)'") does not exist")
    }

    private func lookUp(_ topic: String) async throws {
        let metadata = try await cluster.metadata(
            of: [topic], createsTopics: true, timeout: configuration.client.maxBlock)
        if let known = metadata.topics[topic] { accumulator.update(known) }
    }

    private func wake() {
        cluster.loop.execute { [self] in sender.pump() }
    }

    /// The sender on its loop. Only there.
    private var sender: ProducerSender {
        if let sender = bound.value { return sender }
        let sender = ProducerSender(core: cluster.core, accumulator: accumulator, configuration: configuration)
        bound.value = sender
        return sender
    }

    // MARK: Ending

    /// Sends everything that was handed over and waits until it is settled.
    ///
    /// - Throws: the first failure since the last call that nobody has asked about, so that a program which ignores
    /// handles
    ///   still learns of a loss.
    public func flush() async throws {
        let deliveries = accumulator.beginFlush()
        defer { accumulator.endFlush() }
        wake()
        for delivery in deliveries {
            do {
                _ = try await delivery.outcome.value()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                continue  // Whoever asked about it is told there; else it is the unobserved failure.
            }
        }
        if let failure = accumulator.takeUnobservedFailure() { throw failure }
    }

    /// Sends what is left as ``flush()`` does, then closes the connections. Later records are refused with `closed`.
    public func close() async throws {
        let outcome: Result<Void, any Error>
        do {
            try await flush()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await cluster.loop.submit { [self] in sender.close() }.get()
        try outcome.get()
    }
}
