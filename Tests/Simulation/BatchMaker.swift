import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

/// Makes batches as clients and coordinators send them, each with values of its own.
struct BatchMaker {
    var codecs: [CompressionCodec]
    var largestValue: Int
    private var mark: Int32 = 0

    struct Producer {
        var id: ProducerID
        var epoch: ProducerEpoch
        var sequence: SequenceNumber
        var isTransactional = false
    }

    init(codecs: [CompressionCodec], largestValue: Int) {
        self.codecs = codecs
        self.largestValue = largestValue
    }

    mutating func batch(
        _ producer: Producer?, now: Timestamp, _ random: inout SeededRandomNumberGenerator
    ) throws(RecordBatchError) -> ByteBuffer {
        var builder = RecordBatchBuilder()
        if let producer {
            builder.producerID = producer.id
            builder.producerEpoch = producer.epoch
            builder.baseSequence = producer.sequence
            builder.isTransactional = producer.isTransactional
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            mark += 1
            var value = ByteBuffer(integer: mark)
            value.writeRepeatingByte(
                UInt8.random(in: 0...255, using: &random), count: Int.random(in: 0...largestValue, using: &random))
            let time = now.advanced(byMilliseconds: Int64.random(in: -5000...2000, using: &random))
            _ = try builder.append(key: ByteBuffer(integer: mark % 7), value: value, timestamp: time)
        }
        guard let codec = codecs.randomElement(using: &random), codec != .none else { return try builder.finish() }
        var compressor = Compressor(codec: codec)
        return try builder.finish(with: &compressor, evenIfLarger: true)
    }

    /// What the model knows of a batch that is stored at `offset`.
    static func model(
        _ sent: ByteBuffer, at offset: Offset, epoch: LeaderEpoch, appendTime: Timestamp?
    ) throws(RecordBatchError) -> ModelBatch {
        var stored = sent
        try stored.setRecordBatch(baseOffset: offset, leaderEpoch: epoch, at: stored.readerIndex)
        if let appendTime { try stored.setRecordBatch(logAppendTime: appendTime, at: stored.readerIndex) }
        let view = try RecordBatchView(onlyBatchIn: stored)
        var decompressor = Decompressor()
        let records = try view.records(using: &decompressor, limit: 1 << 20).all()
        let marker =
            view.header.isControl
            ? try records.first.flatMap { record throws(RecordBatchError) in
                try EndTransactionMarker(record)
            } : nil
        return ModelBatch(
            baseOffset: offset, nextOffset: view.header.nextOffset, stored: Array(stored.readableBytesView), sent: sent,
            header: view.header, times: records.map(\.timestamp), marker: marker)
    }
}
