import KafkaProtocol
import Logging
import NIOCore

/// Sends what the accumulator holds: the shell around the ``PartitionSequencer``s. Lives on the cluster's event loop.
final class ProducerSender {
    /// A partition that has been sent to.
    final class Lane {
        let place: Accumulator.Place
        let partition: TopicPartition
        var sequencer: PartitionSequencer<SendBatch>

        init(place: Accumulator.Place, partition: TopicPartition, sequencer: PartitionSequencer<SendBatch>) {
            self.place = place
            self.partition = partition
            self.sequencer = sequencer
        }
    }

    /// A batch in a request, and the lane to which its outcome belongs.
    struct Passenger {
        let lane: Lane
        let number: Int
        let batch: SendBatch
        let bytes: ByteBuffer
    }

    let core: ClusterCore
    let accumulator: Accumulator
    let configuration: ProducerConfiguration
    private var compressor: Compressor
    private var lanes: [Accumulator.Place: Lane] = [:]
    /// Lanes with batches that are not settled.
    private var busy: [Accumulator.Place: Lane] = [:]
    private var inFlight: [BrokerID: Int] = [:]
    private var connecting: Set<BrokerID> = []
    private var refreshing: Set<String> = []
    private var identity: ProducerIdentity?
    private var isAskingIdentity = false
    private var identityBackoff: Backoff
    private var timer: Scheduled<Void>?
    private var rotation = 0
    private var isClosed = false

    init(core: ClusterCore, accumulator: Accumulator, configuration: ProducerConfiguration) {
        self.core = core
        self.accumulator = accumulator
        self.configuration = configuration
        compressor = Compressor(
            codec: configuration.compression, level: configuration.compressionLevel.map { Int32(clamping: $0) })
        identityBackoff = Self.backoff(configuration.client)
    }

    private static func backoff(_ client: ClientConfiguration) -> Backoff {
        Backoff(first: client.retryBackoff, longest: client.retryBackoffMax)
    }

    // MARK: The pump

    /// Sends whatever may be sent and sets the timer for the rest. Called whenever something has changed.
    func pump() {
        guard !isClosed else { return }
        let now = NIODeadline.now()
        expire(now)
        let ready = accumulator.ready(now: now)
        for (place, partition) in ready.places where busy[place] == nil { busy[place] = lane(place, partition) }
        for (broker, lanes) in lanesByLeader() { send(to: broker, lanes, now) }
        busy = busy.filter { !$0.value.sequencer.isEmpty }
        setTimer(ready.wakeTime, now)
    }

    private func lane(_ place: Accumulator.Place, _ partition: TopicPartition) -> Lane {
        if let lane = lanes[place] { return lane }
        let lane = Lane(
            place: place, partition: partition,
            sequencer: PartitionSequencer(
                isIdempotent: configuration.isIdempotent, backoff: Self.backoff(configuration.client)))
        lanes[place] = lane
        return lane
    }

    /// Busy lanes by the broker that leads them; for the others the metadata is refreshed.
    private func lanesByLeader() -> [BrokerID: [Lane]] {
        var byLeader: [BrokerID: [Lane]] = [:]
        var leaderless: Set<String> = []
        for lane in busy.values {
            if let leader = core.metadata.partition(lane.partition)?.leader {
                byLeader[leader, default: []].append(lane)
            } else {
                leaderless.insert(lane.partition.topic)
            }
        }
        if !byLeader.isEmpty, NIODeadline.now() - core.metadataAge > TimeAmount(configuration.client.metadataMaxAge) {
            leaderless.formUnion(busy.values.map(\.partition.topic))
        }
        refresh(leaderless)
        return byLeader
    }

    private func send(to broker: BrokerID, _ lanes: [Lane], _ now: NIODeadline) {
        if configuration.isIdempotent {
            if lanes.contains(where: { $0.sequencer.needsOther(than: identity) }) { identity = nil }
            guard identity != nil else { return askIdentity() }
        }
        guard let connection = core.openConnection(to: broker) else { return connect(broker) }
        while inFlight[broker, default: 0] < configuration.maxInFlight, connection.isWritable {
            let passengers = board(lanes, now)
            guard !passengers.isEmpty else { return }
            send(passengers, to: broker, over: connection)
        }
        if !connection.isWritable { connection.onWritable = { [weak self] in self?.pump() } }
    }

    /// Chooses what the next request carries: one batch of each partition, beginning with another partition each time.
    private func board(_ lanes: [Lane], _ now: NIODeadline) -> [Passenger] {
        var passengers: [Passenger] = []
        var size = 0
        rotation += 1
        for step in lanes.indices {
            let lane = lanes[(step + rotation) % lanes.count]
            guard lane.sequencer.maySend(now: now) else { continue }
            if !lane.sequencer.hasWaiting,
                size == 0 || size + configuration.batchBytes <= configuration.maxRequestBytes,
                let batch = accumulator.take(lane.place, now: now)
            {
                lane.sequencer.add(
                    SendBatch(batch), recordCount: batch.builder.recordCount,
                    deadline: batch.createdAt + TimeAmount(configuration.deliveryTimeout))
            }
            guard size < configuration.maxRequestBytes, let sending = lane.sequencer.next(now: now, fresh: identity)
            else { continue }
            do {
                let bytes = try sending.batch.encoded(
                    identity: sending.identity, sequence: sending.sequence, compressor: &compressor)
                size += bytes.readableBytes
                passengers.append(
                    Passenger(lane: lane, number: sending.number, batch: sending.batch, bytes: bytes))
            } catch {
                let error = KafkaError(.recordTooLarge, "records cannot be made into a batch", cause: error)
                finish(lane, sending.number, .unanswered(error), now)
            }
        }
        return passengers
    }

    // MARK: Requests

    private func send(_ passengers: [Passenger], to broker: BrokerID, over connection: BrokerConnection) {
        let (request, namesByID) = ProduceAssembly.request(passengers, metadata: core.metadata, configuration)
        let version: Int16
        do {
            version = try connection.versions.version(
                of: ProduceRequest.self, atMost: namesByID == nil ? 12 : .max)
        } catch {
            for passenger in passengers { finish(passenger.lane, passenger.number, .unanswered(error), .now()) }
            return
        }
        guard configuration.acknowledgement != .none else {
            connection.send(request, version: version, completion: nil)
            for passenger in passengers {
                finish(passenger.lane, passenger.number, .acknowledged(baseOffset: .none, logAppendTime: .none), .now())
            }
            return
        }
        inFlight[broker, default: 0] += 1
        connection.send(request, version: version) { [weak self] result in
            guard let self else { return }
            inFlight[broker, default: 1] -= 1
            settle(passengers, result, namesByID ?? [:])
            pump()
        }
    }

    private func settle(
        _ passengers: [Passenger], _ result: Result<ProduceResponse, KafkaError>, _ namesByID: [TopicID: String]
    ) {
        let now = NIODeadline.now()
        switch result {
        case .failure(let error):
            for passenger in passengers { finish(passenger.lane, passenger.number, .unanswered(error), now) }
        case .success(let response):
            let answers = ProduceAssembly.answers(response, namesByID)
            for passenger in passengers {
                let outcome =
                    answers[passenger.lane.partition]
                    ?? .unanswered(KafkaError(.protocolViolation, "the broker's answer leaves out a partition"))
                finish(passenger.lane, passenger.number, outcome, now)
            }
        }
    }

    private func finish(
        _ lane: Lane, _ number: Int, _ outcome: PartitionSequencer<SendBatch>.Outcome, _ now: NIODeadline
    ) {
        guard let (verdict, batch) = lane.sequencer.finish(number, outcome, now: now) else { return }
        switch verdict {
        case .delivered(let baseOffset, let logAppendTime):
            settle(batch, .success(.init(baseOffset: baseOffset, logAppendTime: logAppendTime)))
        case .kept(let asksMetadata):
            if asksMetadata { refresh([lane.partition.topic]) }
        case .failed(let error):
            let named = KafkaError(error.code, "\(lane.partition): \(error.message)", cause: error.cause)
            settle(batch, .failure(named))
        }
    }

    private func settle(_ batch: SendBatch, _ result: Result<BatchDelivery.Written, KafkaError>) {
        accumulator.settle(batch.delivery, memory: batch.memory, result)
    }

    // MARK: What sending needs

    private func connect(_ broker: BrokerID) {
        guard connecting.insert(broker).inserted else { return }
        core.connection(for: .broker(broker)) { [weak self] result in
            guard let self else { return }
            connecting.remove(broker)
            if case .failure = result { refresh(Set(busy.values.map(\.partition.topic))) }
            // A failure is not tried again from within itself: the link's own backoff decides when.
            core.schedule(after: .zero) { [weak self] in self?.pump() }
        }
    }

    private func refresh(_ topics: Set<String>) {
        let wanted = topics.subtracting(refreshing)
        guard !wanted.isEmpty else { return }
        refreshing.formUnion(wanted)
        core.fetchMetadata(of: wanted.sorted(), timeout: .zero) { [weak self] result in
            guard let self else { return }
            for name in wanted {
                if let topic = core.metadata.topics[name] { accumulator.update(topic) }
            }
            let isSettled = wanted.allSatisfy { name in
                core.metadata.topics[name]?.partitions.allSatisfy { $0.leader != nil } ?? false
            }
            let pause = isSettled ? Duration.zero : configuration.client.retryBackoff
            core.schedule(after: pause) { [weak self] in
                self?.refreshing.subtract(wanted)
                self?.pump()
            }
        }
    }

    private func askIdentity() {
        guard !isAskingIdentity else { return }
        isAskingIdentity = true
        let request = InitProducerIdRequest.with {
            $0.transactionalID = nil
            $0.transactionTimeoutMs = .max
        }
        core.send(request, to: .any) { [weak self] result in
            guard let self else { return }
            isAskingIdentity = false
            let answer = result.flatMap { response -> Result<ProducerIdentity, KafkaError> in
                response.errorCode == .none
                    ? .success(ProducerIdentity(id: response.producerID, epoch: response.producerEpoch))
                    : .failure(KafkaError(broker: response.errorCode, "the broker gave no producer id"))
            }
            identify(answer)
        }
    }

    private func identify(_ answer: Result<ProducerIdentity, KafkaError>) {
        switch answer {
        case .success(let identity):
            self.identity = identity
            identityBackoff.reset()
            pump()
        case .failure(let error) where error.isRetriable:
            isAskingIdentity = true
            core.schedule(after: identityBackoff.next()) { [weak self] in
                self?.isAskingIdentity = false
                self?.pump()
            }
        case .failure(let error):
            fail(error)
        }
    }

    // MARK: Time and end

    private func expire(_ now: NIODeadline) {
        for batch in accumulator.takeExpired(now: now) {
            let error = KafkaError(
                .deliveryTimedOut, "\(batch.delivery.partition): records were never sent within delivery.timeout.ms")
            accumulator.settle(batch.delivery, memory: batch.memory, .failure(error))
        }
        for lane in busy.values {
            for (batch, error) in lane.sequencer.expire(now: now) { settle(batch, .failure(error)) }
        }
    }

    private func setTimer(_ wakeTime: NIODeadline?, _ now: NIODeadline) {
        timer?.cancel()
        timer = nil
        var deadline = wakeTime
        for lane in busy.values {
            for time in [lane.sequencer.wakeTime, lane.sequencer.nextExpiry].compactMap({ $0 }) where time > now {
                deadline = min(deadline ?? .distantFuture, time)
            }
        }
        guard let deadline else { return }
        timer = core.loop.assumeIsolated().scheduleTask(deadline: max(deadline, now + .milliseconds(1))) {
            [weak self] in
            self?.timer = nil
            self?.pump()
        }
    }

    /// Nothing more can be sent: everything that is not settled fails with `error`.
    func fail(_ error: KafkaError) {
        for batch in accumulator.end(error) {
            accumulator.settle(batch.delivery, memory: batch.memory, .failure(error))
        }
        for lane in lanes.values {
            for batch in lane.sequencer.removeAll() { settle(batch, .failure(error)) }
        }
        busy = [:]
    }

    func close() {
        fail(ClusterCore.closed)
        isClosed = true
        timer?.cancel()
        timer = nil
        core.close()
    }
}
