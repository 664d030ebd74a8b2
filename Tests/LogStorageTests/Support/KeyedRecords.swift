import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

/// A record of a compacted log, as tests write and read it.
struct KeyedRecord: Hashable, CustomStringConvertible {
    var key: String
    /// nil is a tombstone.
    var value: String?
    var offset: Offset = .none

    init(_ key: String, _ value: String?, at offset: Offset = .none) {
        self.key = key
        self.value = value
        self.offset = offset
    }

    var description: String { "\(offset):\(key)=\(value ?? "nil")" }
}

extension TestLog {
    /// A log that is compacted, in which nearly every batch has a segment of its own.
    static func compacted(seed: UInt64 = 1, segmentBytes: Int = 130) throws -> TestLog {
        var test = try TestLog(seed: seed)
        test.configuration.cleanupPolicy = .compact
        test.configuration.segmentBytes = segmentBytes
        test.configuration.indexIntervalBytes = 50
        test.configuration.minCleanableDirtyRatio = 0
        return test
    }

    static func keyed(
        _ records: [KeyedRecord], timestamp: Timestamp = Self.timestamp, codec: CompressionCodec = .none,
        producer: Producer? = nil, isTransactional: Bool = false
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        if let producer {
            builder.producerID = producer.id
            builder.producerEpoch = producer.epoch
            builder.baseSequence = producer.sequence
            builder.isTransactional = isTransactional
        }
        for (index, record) in records.enumerated() {
            _ = try builder.append(
                key: ByteBuffer(string: record.key), value: record.value.map { ByteBuffer(string: $0) },
                timestamp: timestamp.advanced(byMilliseconds: Int64(index)))
        }
        var compressor = Compressor(codec: codec)
        return try builder.finish(with: &compressor, evenIfLarger: true)
    }
}

extension PartitionLog {
    /// Appends and flushes records in a batch of their own.
    @discardableResult
    func put(_ records: KeyedRecord..., timestamp: Timestamp = TestLog.timestamp) throws -> AppendResult {
        let result = try append(TestLog.keyed(records, timestamp: timestamp), now: timestamp)
        try flush()
        return result
    }

    /// Cleans what can be cleaned, in the limits and at the time given; nil where nothing is due.
    @discardableResult
    func clean(
        now: Timestamp = TestLog.timestamp, recoveryPoint: Offset? = nil, _ limits: CleaningLimits = CleaningLimits()
    ) throws(LogError) -> CleaningReport? {
        let range = try reader.cleanableRange(
            cleanedUpTo: cleanedUpTo, recoveryPoint: recoveryPoint ?? self.recoveryPoint, configuration, now: now)
        guard range.isDue(configuration), let cleaning = beginCleaning(range) else { return nil }
        let outcome = Result { () throws(LogError) in try cleaning.run(limits, now: now) }
        endCleaning(cleaning, outcome)
        return try outcome.get()
    }

    /// The same, where all segments that are cleaned fit into one.
    @discardableResult
    func cleanIntoOne(now: Timestamp = TestLog.timestamp) throws(LogError) -> CleaningReport? {
        let before = configuration
        var larger = before
        larger.segmentBytes = 1 << 20
        _ = update(larger)
        defer { _ = update(before) }
        return try clean(now: now)
    }

    /// All records that a consumer sees, control records left out; in `read_committed` also those of aborted transactions.
    func records(committedOnly: Bool = false) throws -> [KeyedRecord] {
        var decompressor = Decompressor()
        var found: [KeyedRecord] = []
        let aborted = try reader.abortedTransactions(in: offsets.logStart..<offsets.logEnd)
        for batch in try batches(from: offsets.logStart) where !batch.header.isControl {
            try batch.checkCRC()
            let isAborted = aborted.contains {
                $0.producerID == batch.header.producerID && batch.header.isTransactional
                    && $0.firstOffset <= batch.header.baseOffset && batch.header.baseOffset < $0.lastOffset
            }
            if committedOnly && isAborted { continue }
            for record in try batch.records(using: &decompressor, limit: 1 << 20).all() {
                found.append(
                    KeyedRecord(
                        String(buffer: record.key ?? ByteBuffer(string: "-")), record.value.map { String(buffer: $0) },
                        at: record.offset))
            }
        }
        return found
    }
}

/// What a table that is fed with the records holds in the end.
func table(of records: [KeyedRecord]) -> [String: String] {
    var table: [String: String] = [:]
    for record in records { table[record.key] = record.value }
    return table
}
