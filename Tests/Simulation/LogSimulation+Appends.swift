import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

extension LogSimulation {
    // MARK: Appends that are right

    mutating func idempotentProducer() -> BatchMaker.Producer {
        producer(id: ProducerID(Int64.random(in: 1...2, using: &random)))
    }

    mutating func transactionalProducer() -> BatchMaker.Producer {
        var producer = producer(id: ProducerID(Int64.random(in: 11...13, using: &random)))
        producer.isTransactional = true
        return producer
    }

    /// As a producer goes on; sometimes in a new epoch, when no transaction of its is open.
    private mutating func producer(id: ProducerID) -> BatchMaker.Producer {
        let known = model.history.producers[id] ?? .init()
        let epoch = max(known.epoch, 0)
        if known.epoch >= 0, known.transactionStart == nil, Int.random(in: 0..<12, using: &random) == 0 {
            return .init(id: id, epoch: epoch.next, sequence: 0)
        }
        return .init(id: id, epoch: epoch, sequence: known.nextSequence)
    }

    mutating func append(_ producer: BatchMaker.Producer?, count: Int = 1) throws(SimulationFailure) {
        var batches: [ByteBuffer] = []
        for _ in 0..<count { batches.append(try makeBatch(producer)) }
        try append(batches, origin: .client)
    }

    private mutating func makeBatch(_ producer: BatchMaker.Producer?) throws(SimulationFailure) -> ByteBuffer {
        do { return try maker.batch(producer, now: clock.now, &random) } catch {
            throw failure(.availability, "no batch: \(error)")
        }
    }

    mutating func endTransaction() throws(SimulationFailure) {
        let open = model.history.producers.filter { $0.value.transactionStart != nil }.sorted { $0.key < $1.key }
        guard let (id, producer) = open.randomElement(using: &random) else { return }
        let marker = EndTransactionMarker(isCommit: Bool.random(using: &random), coordinatorEpoch: 0)
        // With KIP-890 the marker carries the next epoch.
        let epoch = Int.random(in: 0..<4, using: &random) == 0 ? producer.epoch.next : producer.epoch
        guard let batch = try? marker.batch(producerID: id, producerEpoch: epoch, timestamp: clock.now) else { return }
        try append([batch], origin: .coordinator)
    }

    /// Appends the batches by one call; they are all there afterwards, or none.
    private mutating func append(_ batches: [ByteBuffer], origin: AppendOrigin) throws(SimulationFailure) {
        let log = try openLog()
        let (mayFail, wasOffline, now) = (mayFail, log.isOffline, clock.now)
        let appended = try modelled(batches, epoch: log.leaderEpoch, now: now)
        switch Self.append(batches, to: log, origin: origin, now: now) {
        case .success(let result):
            let expected = AppendResult(
                baseOffset: model.end, lastOffset: (appended.last?.nextOffset ?? 0) - 1,
                logAppendTime: configuration.timestampType == .logAppendTime ? now : nil)
            try expect(result == expected, .offsets, "append: \(result), not \(expected)")
            model.append(appended)
        case .failure(.storage) where mayFail: model.tentative = appended
        case .failure(.offline) where wasOffline: break
        case .failure(let error): throw failure(.availability, "append: \(error)")
        }
    }

    private static func append(
        _ batches: [ByteBuffer], to log: PartitionLog, origin: AppendOrigin = .client, now: Timestamp
    ) -> Result<AppendResult, LogError> {
        var records = ByteBuffer()
        for batch in batches { records.writeImmutableBuffer(batch) }
        do throws(LogError) {
            return .success(try log.append(records, leaderEpoch: log.leaderEpoch, origin: origin, now: now))
        } catch { return .failure(error) }
    }

    private func modelled(
        _ batches: [ByteBuffer], epoch: LeaderEpoch, now: Timestamp
    ) throws(SimulationFailure) -> [ModelBatch] {
        var appended: [ModelBatch] = []
        let time = configuration.timestampType == .logAppendTime ? now : nil
        do {
            for batch in batches {
                let offset = appended.last?.nextOffset ?? model.end
                appended.append(try BatchMaker.model(batch, at: offset, epoch: epoch, appendTime: time))
            }
        } catch { throw failure(.availability, "no batch: \(error)") }
        return appended
    }

    // MARK: Retries

    /// One of the last five batches of a producer comes again.
    mutating func retry() throws(SimulationFailure) {
        let known = model.history.producers.filter { !$0.value.batches.isEmpty }.sorted { $0.key < $1.key }
        guard let producer = known.randomElement(using: &random)?.value,
            let batch = producer.batches.randomElement(using: &random)
        else { return }
        try retry(batch)
    }

    /// Every producer sends its last five batches again.
    mutating func retryAll() throws(SimulationFailure) {
        for (_, producer) in model.history.producers.sorted(by: { $0.key < $1.key }) {
            for batch in producer.batches { try retry(batch) }
        }
    }

    private mutating func retry(_ batch: ModelBatch) throws(SimulationFailure) {
        let log = try openLog()
        guard !log.isOffline else { return }
        switch Self.append([batch.sent], to: log, now: clock.now) {
        case .success(let result):
            let isOriginal = result.isDuplicate && result.baseOffset == batch.baseOffset
            try expect(
                isOriginal && result.requiredHighWatermark == batch.nextOffset, .duplicates,
                "\(result), not \(batch.baseOffset)")
        case .failure(let error): throw failure(.duplicates, "a retry of offset \(batch.baseOffset): \(error)")
        }
    }

    // MARK: Appends that are wrong

    mutating func appendRefused() throws(SimulationFailure) {
        let log = try openLog()
        guard !log.isOffline else { return }
        let before = log.offsets
        let (batch, epoch, expected) = try wrongBatch(log)
        guard let batch else { return }
        let outcome: Result<AppendResult, LogError>
        do throws(LogError) {
            outcome = .success(try log.append(batch, leaderEpoch: epoch, origin: .client, now: clock.now))
        } catch { outcome = .failure(error) }
        let found: String
        switch outcome {
        case .success: found = "appended"
        case .failure(let error): found = String("\(error)".prefix { $0 != "(" })
        }
        try expect(found == expected, .refusals, "\(found), not \(expected)")
        try expect(log.offsets == before, .refusals, "\(log.offsets) after a refusal, not \(before)")
    }

    private mutating func wrongBatch(
        _ log: PartitionLog
    ) throws(SimulationFailure) -> (ByteBuffer?, LeaderEpoch, expected: String) {
        let epoch = log.leaderEpoch
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return (try makeBatch(nil), LeaderEpoch(epoch.rawValue - 1), "staleLeaderEpoch")
        case 1:
            let later = clock.now.advanced(byMilliseconds: 4_000_000)
            let batch = try? maker.batch(nil, now: later, &random)
            return (configuration.timestampType == .createTime ? batch : nil, epoch, "invalidTimestamp")
        case 2:
            var batch = try makeBatch(nil)
            batch.moveWriterIndex(to: batch.writerIndex - 1)
            return (batch, epoch, "corrupt")
        default: break
        }
        let known = model.history.producers.filter { !$0.value.batches.isEmpty }.sorted { $0.key < $1.key }
        guard let (id, producer) = known.randomElement(using: &random) else { return (nil, epoch, "") }
        var wrong = BatchMaker.Producer(id: id, epoch: producer.epoch, sequence: producer.nextSequence)
        wrong.isTransactional = id >= 11
        if wrong.isTransactional, producer.transactionStart != nil, Bool.random(using: &random) {
            wrong.isTransactional = false
            return (try makeBatch(wrong), epoch, "invalidTransactionState")
        }
        if producer.epoch > 0, Bool.random(using: &random) {
            wrong.epoch = ProducerEpoch(producer.epoch.rawValue - 1)
            return (try makeBatch(wrong), epoch, "invalidProducerEpoch")
        }
        wrong.sequence = wrong.sequence.advanced(by: 1)
        return (try makeBatch(wrong), epoch, "outOfOrderSequence")
    }
}
