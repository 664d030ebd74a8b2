import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// A log on a simulated disk, and the batches that tests write to it.
struct TestLog {
    static let directory: FilePath = "/data/orders-0"

    var disk: SimulatedFileSystem
    let clock = ManualClock()
    var configuration = LogConfiguration()
    /// Few of them, so that they come and go.
    var maxOpenFiles = 2

    init(seed: UInt64 = 1) throws {
        disk = SimulatedFileSystem(seed: seed)
        try disk.createDirectory("/data")
        try disk.synchronizeDirectory("/")
    }

    var environment: LogEnvironment {
        LogEnvironment(fileSystem: disk, clock: clock, maxOpenFiles: maxOpenFiles, maxMaps: maxOpenFiles)
    }

    func open(
        _ start: LogStart = .clean, logStart: Offset = 0, epoch: LeaderEpoch = 0
    ) throws(LogError) -> PartitionLog {
        try PartitionLog.open(
            directory: Self.directory, configuration: configuration, environment: environment, start: start,
            logStartOffset: logStart, leaderEpochAtLeast: epoch)
    }

    func path(_ file: SegmentFile, _ offset: Offset = 0) -> String { file.path(offset, in: Self.directory).string }

    func bytes(_ file: SegmentFile, _ offset: Offset = 0) -> [UInt8]? { disk.contents(ofFileAt: path(file, offset)) }

    static let timestamp = Timestamp(1_700_000_000_000)

    /// A batch of `count` records whose values have `size` bytes; the first value begins with `mark`.
    static func batch(
        count: Int = 1, size: Int = 10, mark: UInt8 = 0, timestamp: Timestamp = Self.timestamp,
        producer: Producer? = nil, isTransactional: Bool = false
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        if let producer {
            builder.producerID = producer.id
            builder.producerEpoch = producer.epoch
            builder.baseSequence = producer.sequence
            builder.isTransactional = isTransactional
        }
        for index in 0..<count {
            let value = ByteBuffer(
                bytes: [mark &+ UInt8(truncatingIfNeeded: index)] + [UInt8](repeating: 7, count: size))
            _ = try builder.append(
                key: nil, value: value, timestamp: timestamp.advanced(byMilliseconds: Int64(index)))
        }
        return try builder.finish()
    }

    struct Producer {
        var id: ProducerID
        var epoch: ProducerEpoch = 0
        var sequence: SequenceNumber = 0
    }

    static func marker(_ producer: Producer, isCommit: Bool, coordinatorEpoch: Int32 = 0) throws -> ByteBuffer {
        try EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: coordinatorEpoch).batch(
            producerID: producer.id, producerEpoch: producer.epoch, timestamp: timestamp)
    }
}

extension PartitionLog {
    @discardableResult
    func append(
        _ records: ByteBuffer, origin: AppendOrigin = .client, now: Timestamp = TestLog.timestamp
    ) throws(LogError) -> AppendResult {
        try append(records, leaderEpoch: leaderEpoch, origin: origin, now: now)
    }

    /// All bytes from `offset` up to `bound`, by reads of `maxBytes`.
    func bytes(from offset: Offset, upTo bound: Offset? = nil, maxBytes: Int = 1 << 20) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for batch in try batches(from: offset, upTo: bound, maxBytes: maxBytes) {
            bytes += batch.bytes.readableBytesView
        }
        return bytes
    }

    /// All batches from `offset` up to `bound`.
    func batches(from offset: Offset, upTo bound: Offset? = nil, maxBytes: Int = 1 << 20) throws -> [RecordBatchView] {
        var next = offset
        var found: [RecordBatchView] = []
        while true {
            let read = try reader.read(
                from: next, maxBytes: maxBytes, minOneBatch: true, upTo: bound ?? offsets.logEnd)
            guard let slice = read.slices.first else { return found }
            let batches = try RecordBatchSequence(slice.readBytes(), tail: .rejected).all()
            found += batches
            guard let last = batches.last else { return found }
            next = last.header.nextOffset
        }
    }
}

/// The batch as the log stores it.
func stored(_ batch: ByteBuffer, at offset: Offset, epoch: LeaderEpoch = 0) throws -> [UInt8] {
    var batch = batch
    try batch.setRecordBatch(baseOffset: offset, leaderEpoch: epoch, at: batch.readerIndex)
    return Array(batch.readableBytesView)
}
