import KafkaProtocol
import NIOCore

/// A batch that records are put into, and what they will come to.
struct OpenBatch: Sendable {
    var builder: RecordBatchBuilder
    let delivery: BatchDelivery
    let createdAt: NIODeadline
    /// What the batch counts for against `buffer.memory`.
    var memory = 0

    init(partition: TopicPartition, reserving: Int, now: NIODeadline) {
        builder = RecordBatchBuilder(reserving: reserving)
        delivery = BatchDelivery(partition: partition)
        createdAt = now
    }

    mutating func append(_ record: ProducerRecord, memory: Int) throws(KafkaError) -> Delivery {
        let timestamp = record.timestamp ?? .now
        let index = builder.recordCount
        do {
            // The builder has no limit of its own; the accumulator has looked at the sizes before.
            _ = try builder.append(
                key: record.key, value: record.value, headers: record.headers, timestamp: timestamp)
        } catch {
            throw KafkaError(.recordTooLarge, "the record does not fit into a batch", cause: error)
        }
        self.memory += memory
        return Delivery(batch: delivery, index: index, timestamp: timestamp)
    }
}

/// A batch on its way to a broker: made into bytes when it is first sent, and kept until it is settled.
final class SendBatch {
    let delivery: BatchDelivery
    let memory: Int
    let recordCount: Int32
    /// The size before compression.
    let plainSize: Int
    private var builder: RecordBatchBuilder
    private var bytes: ByteBuffer?
    private var identity: ProducerIdentity?
    private var sequence = SequenceNumber.none

    init(_ batch: OpenBatch) {
        delivery = batch.delivery
        memory = batch.memory
        builder = batch.builder
        recordCount = batch.builder.recordCount
        plainSize = batch.builder.sizeInBytes
    }

    /// The bytes with this producer's name on them.
    func encoded(
        identity: ProducerIdentity?, sequence: SequenceNumber, compressor: inout Compressor
    ) throws(RecordBatchError) -> ByteBuffer {
        if var bytes {
            guard identity != self.identity || sequence != self.sequence else { return bytes }
            self.bytes = nil
            try bytes.setRecordBatch(
                producerID: identity?.id ?? .none, producerEpoch: identity?.epoch ?? .none, baseSequence: sequence,
                at: bytes.readerIndex)
            return keep(bytes, identity, sequence)
        }
        builder.producerID = identity?.id ?? .none
        builder.producerEpoch = identity?.epoch ?? .none
        builder.baseSequence = sequence
        return keep(try builder.finish(with: &compressor), identity, sequence)
    }

    private func keep(_ bytes: ByteBuffer, _ identity: ProducerIdentity?, _ sequence: SequenceNumber) -> ByteBuffer {
        self.bytes = bytes
        self.identity = identity
        self.sequence = sequence
        return bytes
    }
}
