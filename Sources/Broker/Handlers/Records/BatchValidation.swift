import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization

/// Checks what a producer sends before it comes near a log.
final class BatchValidation: Sendable {
    private final class Slot: Sendable {
        let validator = Mutex(RecordBatchValidator())
    }

    /// Validators keep memory for decompression; there are as many as there are loops to use them at once.
    private let slots: [Slot]
    private let clock: any WallClock
    /// The most bytes that a compressed batch may unfold into.
    let decompressionLimit: Int

    init(concurrency: Int, decompressionLimit: Int, clock: any WallClock) {
        slots = (0..<max(concurrency, 1)).map { _ in Slot() }
        self.decompressionLimit = decompressionLimit
        self.clock = clock
    }

    var now: Timestamp { clock.now }

    /// Checks a produce request's `records` by the rules of its topic.
    func check(
        _ records: RecordsField, for topic: HostedTopic, _ context: RequestContext
    ) throws(ProduceRefusal) -> RecordBatchView {
        let batch = try onlyBatch(in: records)
        let configuration = topic.configuration
        guard batch.header.sizeInBytes <= configuration.maxMessageBytes else {
            throw ProduceRefusal(
                .messageTooLarge,
                "The batch has \(batch.header.sizeInBytes) bytes; max.message.bytes is \(configuration.maxMessageBytes)."
            )
        }
        if batch.header.attributes.codec == .zstd, context.version < 7 {
            throw ProduceRefusal(.unsupportedCompressionType, "zstd needs Produce v7 or later.")
        }
        if batch.header.isTransactional {
            throw ProduceRefusal(.invalidRequest, "This broker has no transaction coordinator.")
        }
        let facts = try validate(batch, rules(for: configuration), context)
        guard facts.maxTimestamp != batch.header.maxTimestamp else { return batch }
        return try corrected(batch, facts)
    }

    /// A header that claims another latest time than its records have would lead lookups by time astray.
    private func corrected(
        _ batch: RecordBatchView, _ facts: RecordBatchFacts
    ) throws(ProduceRefusal) -> RecordBatchView {
        var bytes = batch.bytes
        do {
            try bytes.setRecordBatch(maxTimestamp: facts.maxTimestamp, at: bytes.readerIndex)
            return try RecordBatchView(bytes)
        } catch {
            throw ProduceRefusal(RecordBatchRejection(error))
        }
    }

    private func onlyBatch(in records: RecordsField) throws(ProduceRefusal) -> RecordBatchView {
        guard let bytes = records.buffer, bytes.readableBytes > 0 else {
            throw ProduceRefusal(.invalidRecord, "Exactly one record batch per partition is accepted.")
        }
        do {
            return try RecordBatchView(onlyBatchIn: bytes)
        } catch {
            throw ProduceRefusal(RecordBatchRejection(error))
        }
    }

    private func rules(for configuration: LogConfiguration) -> RecordBatchRules {
        RecordBatchRules(
            origin: .producer, decompressionLimit: decompressionLimit, timestamps: timestamps(for: configuration),
            requiresKeys: configuration.cleanupPolicy.contains(.compact))
    }

    /// The times that records may have; nil allows all. Times that the broker sets itself are always right.
    private func timestamps(for configuration: LogConfiguration) -> ClosedRange<Timestamp>? {
        guard configuration.timestampType == .createTime else { return nil }
        let (before, after) = (configuration.messageTimestampBeforeMax, configuration.messageTimestampAfterMax)
        if before == nil, after == nil { return nil }
        let now = clock.now
        let (end, overflow) = now.rawValue.addingReportingOverflow(after?.wholeMilliseconds ?? .max)
        let first = before.map { now.advanced(byMilliseconds: 0 - $0.wholeMilliseconds) } ?? 0
        let last = overflow ? Timestamp.max : Timestamp(end)
        return min(first, last)...max(last, first)
    }

    private func validate(
        _ batch: RecordBatchView, _ rules: RecordBatchRules, _ context: RequestContext
    ) throws(ProduceRefusal) -> RecordBatchFacts {
        let slot = slots[Int(truncatingIfNeeded: context.connection.id % UInt64(slots.count))]
        let outcome = slot.validator.withLock { validator in
            Result { () throws(RecordBatchRejection) in try validator.validate(batch, rules) }
        }
        do { return try outcome.get() } catch { throw ProduceRefusal(error) }
    }
}
