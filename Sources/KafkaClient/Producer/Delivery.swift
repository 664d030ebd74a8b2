public import KafkaProtocol
import Synchronization

/// Where a record came to lie.
public struct RecordMetadata: Hashable, Sendable {
    public var partition: TopicPartition
    /// `Offset.none` with acks=0, and where the broker knew the record already but no longer its offset.
    public var offset: Offset
    /// The record's timestamp, or the broker's clock where the topic has `message.timestamp.type=LogAppendTime`.
    public var timestamp: Timestamp
}

/// A record on its way. Keeping it costs two words; ignoring it costs nothing.
public struct Delivery: Sendable {
    let batch: BatchDelivery
    let index: Int32
    let timestamp: Timestamp

    /// Waits until the record is acknowledged as the producer's `acks` demands.
    ///
    /// - Throws: why it was not. A cancelled task stops waiting; the record stays on its way.
    public func metadata() async throws -> RecordMetadata {
        batch.observe()
        let written = try await batch.outcome.value()
        return RecordMetadata(
            partition: batch.partition,
            offset: written.baseOffset < 0 ? .none : written.baseOffset + Int64(index),
            timestamp: written.logAppendTime < 0 ? timestamp : written.logAppendTime)
    }
}

/// What the records of one batch come to, together.
final class BatchDelivery: Sendable {
    struct Written: Sendable {
        var baseOffset: Offset
        var logAppendTime: Timestamp
    }

    let partition: TopicPartition
    let outcome = OneShot<Written>()
    private let isObserved = Atomic(false)

    init(partition: TopicPartition) { self.partition = partition }

    /// Somebody will learn of a failure.
    func observe() { isObserved.store(true, ordering: .relaxed) }

    /// Whether a failure would go unnoticed.
    var isUnobserved: Bool { !isObserved.load(ordering: .relaxed) }
}
