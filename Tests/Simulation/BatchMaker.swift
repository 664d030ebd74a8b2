import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

/// Makes batches as clients and coordinators send them, each with values of its own.
struct BatchMaker {
    var codecs: [CompressionCodec]
    var largestValue: Int
    /// Of ten records so many have no value.
    var tombstonesOfTen: Int
    private var mark: Int32 = 0

    struct Producer {
        var id: ProducerID
        var epoch: ProducerEpoch
        var sequence: SequenceNumber
        var isTransactional = false
    }

    init(codecs: [CompressionCodec], largestValue: Int, tombstonesOfTen: Int = 0) {
        self.codecs = codecs
        self.largestValue = largestValue
        self.tombstonesOfTen = tombstonesOfTen
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
            let isTombstone = tombstonesOfTen > 0 && Int.random(in: 0..<10, using: &random) < tombstonesOfTen
            _ = try builder.append(
                key: ByteBuffer(integer: mark % 7), value: isTombstone ? nil : value, timestamp: time)
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
        return try model(RecordBatchView(onlyBatchIn: stored), sent: sent)
    }

    /// What the model knows of a batch that is stored.
    static func model(_ view: RecordBatchView, sent: ByteBuffer) throws(RecordBatchError) -> ModelBatch {
        var decompressor = Decompressor()
        let records = try view.records(using: &decompressor, limit: 1 << 20).all()
        let marker =
            view.header.isControl
            ? try records.first.flatMap { record throws(RecordBatchError) in
                try EndTransactionMarker(record)
            } : nil
        return ModelBatch(
            baseOffset: view.header.baseOffset, nextOffset: view.header.nextOffset,
            stored: Array(view.bytes.readableBytesView), sent: sent, header: view.header,
            records: records.map {
                ModelRecord(offset: $0.offset, time: $0.timestamp, key: $0.key, value: $0.value)
            }, marker: marker)
    }
}
