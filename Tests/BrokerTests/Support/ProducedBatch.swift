import KafkaProtocol
import LogStorage
import NIOCore

/// Batches as producers send them, and worse ones.
enum ProducedBatch {
    struct Producer {
        var id: ProducerID
        var epoch: ProducerEpoch = 0
        var sequence: SequenceNumber
    }

    /// Values in a batch of their own; keys are `k`.
    static func of(
        _ values: [String], key: String? = "k", timestamp: Timestamp = .now, producer: Producer? = nil
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        if let producer {
            builder.producerID = producer.id
            builder.producerEpoch = producer.epoch
            builder.baseSequence = producer.sequence
        }
        for value in values {
            _ = try builder.append(
                key: key.map { ByteBuffer(string: $0) }, value: ByteBuffer(string: value), timestamp: timestamp)
        }
        return try builder.finish()
    }

    /// The batch with a field overwritten and, unless told otherwise, its checksum made right again.
    static func changed<Number: FixedWidthInteger>(
        _ batch: ByteBuffer, at position: Int, to number: Number, repaired: Bool = true
    ) throws -> ByteBuffer {
        var batch = batch
        batch.setInteger(number, at: batch.readerIndex + position)
        if repaired { try batch.setRecordBatchCRC(at: batch.readerIndex) }
        return batch
    }

    /// The batch with other attributes than its records have.
    static func claiming(_ batch: ByteBuffer, _ attributes: RecordBatchAttributes) throws -> ByteBuffer {
        try changed(batch, at: RecordBatchHeader.Position.attributes, to: attributes.rawValue)
    }

    /// Few bytes that unfold into many.
    static func bomb(byteCount: Int) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        let zeros = ByteBuffer(repeating: 0, count: byteCount)
        _ = try builder.append(key: nil, value: zeros, timestamp: .now)
        var compressor = Compressor(codec: .zstd)
        return try builder.finish(with: &compressor)
    }
}

extension Timestamp {
    /// The time of the machine, which a broker compares a record's time with.
    static var now: Timestamp { SystemWallClock().now }
}

extension RawConnection {
    typealias PartitionAnswer = ProduceResponse.PartitionProduceResponse

    static func produceRequest(
        _ batches: [RecordsField], to topic: String, topicID: TopicID = .zero, acks: Int16 = -1,
        firstPartition: PartitionIndex = 0
    ) -> ProduceRequest {
        .with { request in
            request.acks = acks
            request.timeoutMs = 300_000
            request.topicData = [
                .with { data in
                    data.name = topic
                    data.topicID = topicID
                    data.partitionData = batches.enumerated().map { index, records in
                        .with {
                            $0.index = PartitionIndex(firstPartition.rawValue + Int32(index))
                            $0.records = records
                        }
                    }
                }
            ]
        }
    }

    /// Sends a batch to each partition from the first on.
    func produce(
        _ batches: [RecordsField], to topic: String, topicID: TopicID = .zero, acks: Int16 = -1,
        firstPartition: PartitionIndex = 0, version: Int16 = 9
    ) async throws -> [PartitionAnswer] {
        let request = Self.produceRequest(
            batches, to: topic, topicID: topicID, acks: acks, firstPartition: firstPartition)
        return try await ask(request, version: version).responses.flatMap(\.partitionResponses)
    }

    /// Sends one batch to partition 0.
    func produce(_ batch: ByteBuffer, to topic: String) async throws -> PartitionAnswer {
        let answers = try await produce([.bytes(batch)], to: topic)
        guard let answer = answers.first else { throw Closed() }
        return answer
    }
}
