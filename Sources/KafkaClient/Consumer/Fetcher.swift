import KafkaProtocol
import Logging
import NIOCore

/// Keeps the buffer filled: looks positions up, has one fetch under way to each leader, and follows partitions to new
/// leaders. Lives on the cluster's event loop.
final class Fetcher {
    /// What is read of a partition. Its position here runs ahead of the application's by what is buffered.
    struct Partition {
        var generation: Int
        var position: Offset?
        /// The epoch of the record before the position, where it is known: the broker tells by it whether the log was
        /// truncated and written anew (KIP-320).
        var epoch = LeaderEpoch.none
        /// What has to be looked up before reading can go on.
        var start: StartPosition?
        var knowsEnds = false
        var isUnderWay = false
    }

    private let core: ClusterCore
    private let buffer: ConsumerBuffer
    private let configuration: ConsumerConfiguration
    private let logger: Logger
    private var partitions: [TopicPartition: Partition] = [:]
    private var fetching: Set<BrokerID> = []
    private var isLookingUp = false
    private var isRefreshing = false
    private var backoff: Backoff
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var rotation = 0
    /// Called when a topic that is read no longer exists; without it that is an error.
    var onMissingTopic: (() -> Void)?

    init(core: ClusterCore, buffer: ConsumerBuffer, configuration: ConsumerConfiguration, logger: Logger) {
        self.core = core
        self.buffer = buffer
        self.configuration = configuration
        self.logger = logger
        backoff = Backoff(
            first: configuration.client.retryBackoff, longest: configuration.client.retryBackoffMax)
    }

    // MARK: Assignment

    func assign(
        _ starts: [TopicPartition: StartPosition], epochs: [TopicPartition: LeaderEpoch] = [:],
        generations: [TopicPartition: Int], keeping kept: Set<TopicPartition> = []
    ) {
        partitions = partitions.filter { kept.contains($0.key) }
        for (partition, start) in starts {
            begin(partition, at: start, generation: generations[partition] ?? 0)
            partitions[partition]?.epoch = epochs[partition] ?? .none
        }
        pump()
    }

    func seek(_ partition: TopicPartition, to start: StartPosition, generation: Int) {
        begin(partition, at: start, generation: generation)
        pump()
    }

    private func begin(_ name: TopicPartition, at start: StartPosition, generation: Int) {
        var partition = Partition(generation: generation)
        if case .offset(let offset) = start { partition.position = offset } else { partition.start = start }
        partitions[name] = partition
    }

    // MARK: The pump

    /// Starts whatever may be started. Called whenever something has changed.
    func pump() {
        guard core.closedError == nil, !partitions.isEmpty else { return }
        let pause = notBefore - NIODeadline.now()
        guard pause <= .zero else { return }
        lookUpPositions()
        let ready = partitions.filter { $0.value.position != nil && $0.value.start == nil && !$0.value.isUnderWay }
        let withRoom = buffer.withRoom(ready.mapValues(\.generation))
        var byLeader: [BrokerID: [TopicPartition]] = [:]
        for name in withRoom {
            guard let leader = core.metadata.partition(name)?.leader else {
                refresh(because: KafkaError(broker: .leaderNotAvailable, "\(name) has no leader"))
                continue
            }
            byLeader[leader, default: []].append(name)
        }
        for (leader, names) in byLeader where !fetching.contains(leader) { fetch(names, from: leader) }
        if NIODeadline.now() - core.metadataAge > TimeAmount(configuration.client.metadataMaxAge) {
            refresh(because: nil)
        }
    }

    /// Tries again a little later.
    private func pauseAndPump() {
        let pause = backoff.next()
        notBefore = .now() + TimeAmount(pause)
        core.schedule(after: pause + .milliseconds(1)) { [weak self] in self?.pump() }
    }

    // MARK: Positions

    private func lookUpPositions() {
        guard !isLookingUp else { return }
        let wanted = partitions.compactMapValues { $0.start?.specification }
        guard !wanted.isEmpty else { return }
        isLookingUp = true
        let generations = partitions.mapValues(\.generation)
        core.lookUpOffsets(wanted, isolation: configuration.isolationLevel) { [weak self] answers in
            guard let self else { return }
            isLookingUp = false
            var trouble: KafkaError?
            for (name, answer) in answers {
                guard let generation = generations[name], partitions[name]?.generation == generation else { continue }
                switch answer {
                case .success(let found): settle(name, found, generation)
                case .failure(let error) where error.isRetriable: trouble = error
                case .failure(let error): buffer.fail(error, name, generation: generation)
                }
            }
            if let trouble { refresh(because: trouble) } else { pump() }
        }
    }

    private func settle(_ name: TopicPartition, _ found: FoundOffset, _ generation: Int) {
        if found.offset < 0 {
            // No record of that time or later.
            partitions[name]?.start = .latest
        } else {
            partitions[name]?.start = nil
            partitions[name]?.position = found.offset
            buffer.found(found.offset, of: name, generation: generation)
        }
    }

    // MARK: Fetching

    private func fetch(_ names: [TopicPartition], from leader: BrokerID) {
        fetching.insert(leader)
        rotation += 1
        let sorted = names.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        let turned = sorted.indices.map { sorted[($0 + rotation) % sorted.count] }
        let asked = turned.reduce(into: [TopicPartition: Partition]()) { $0[$1] = partitions[$1] }
        for name in names { partitions[name]?.isUnderWay = true }
        let (request, namesByID) = request(turned)
        let timeout = configuration.fetchMaxWait + configuration.client.requestTimeout
        core.send(
            { $0 >= 12 ? request : request.withoutEpochs }, to: .broker(leader), timeout: timeout,
            atMost: namesByID == nil ? 12 : .max
        ) { [weak self] result in
            guard let self else { return }
            fetching.remove(leader)
            for name in names where partitions[name]?.generation == asked[name]?.generation {
                partitions[name]?.isUnderWay = false
            }
            switch result {
            case .failure(let error): failed(error)
            case .success(let response) where response.errorCode != .none:
                failed(KafkaError(broker: response.errorCode, "the broker refused a fetch"))
            case .success(let response): received(response, asked, namesByID ?? [:])
            }
        }
    }

    private func request(_ names: [TopicPartition]) -> (FetchRequest, [TopicID: String]?) {
        var namesByID: [TopicID: String]? = [:]
        var topics: [FetchRequest.FetchTopic] = []
        for name in names {
            let id = core.metadata.topics[name.topic]?.id ?? .zero
            if id == .zero { namesByID = nil } else { namesByID?[id] = name.topic }
            if topics.last?.topic != name.topic {
                topics.append(
                    .with {
                        $0.topic = name.topic
                        $0.topicID = id
                    })
            }
            topics[topics.count - 1].partitions.append(
                .with {
                    $0.partition = name.partition
                    $0.currentLeaderEpoch = core.metadata.partition(name)?.leaderEpoch ?? .none
                    $0.fetchOffset = partitions[name]?.position ?? 0
                    $0.lastFetchedEpoch = partitions[name]?.epoch ?? .none
                    $0.partitionMaxBytes = Int32(clamping: configuration.fetchMaxPartitionBytes)
                })
        }
        let request = FetchRequest.with {
            // The first answer comes at once: it tells where the logs end.
            let isFirst = names.contains { partitions[$0]?.knowsEnds == false }
            $0.maxWaitMs = isFirst ? 0 : configuration.fetchMaxWait.wireMilliseconds
            $0.minBytes = Int32(clamping: configuration.fetchMinBytes)
            $0.maxBytes = Int32(clamping: configuration.fetchMaxBytes)
            $0.isolationLevel = configuration.isolationLevel.rawValue
            $0.rackID = configuration.rack
            $0.topics = topics
        }
        return (request, namesByID)
    }

    private func failed(_ error: KafkaError) {
        if error.isRetriable { refresh(because: error) } else { buffer.fail(error) }
    }

    private func received(
        _ response: FetchResponse, _ asked: [TopicPartition: Partition], _ namesByID: [TopicID: String]
    ) {
        var trouble: KafkaError?
        for topic in response.responses {
            let topicName = topic.topic.isEmpty ? namesByID[topic.topicID] ?? "" : topic.topic
            for data in topic.partitions {
                let name = TopicPartition(topic: topicName, partition: data.partitionIndex)
                // What was sought elsewhere in the meantime is of no interest.
                guard let old = asked[name], partitions[name]?.generation == old.generation else { continue }
                do { try received(data, name, old) } catch {
                    if error.isRetriable {
                        trouble = error
                    } else {
                        buffer.fail(error, name, generation: old.generation)
                    }
                }
            }
        }
        if let trouble { return refresh(because: trouble) }
        backoff.reset()
        pump()
    }

    private func received(
        _ data: FetchResponse.PartitionData, _ name: TopicPartition, _ asked: Partition
    ) throws(KafkaError) {
        guard let position = asked.position else { return }
        if data.errorCode == .offsetOutOfRange { return try reset(name, position) }
        guard data.errorCode == .none else { throw KafkaError(broker: data.errorCode, "cannot read \(name)") }
        if data.divergingEpoch.endOffset >= 0 { return try goBack(name, position, to: data.divergingEpoch) }
        let ends = ConsumerBuffer.Ends(
            logStart: data.logStartOffset, highWatermark: data.highWatermark,
            lastStable: data.lastStableOffset < 0 ? data.highWatermark : data.lastStableOffset)
        partitions[name]?.knowsEnds = true
        var chunk: FetchedChunk?
        if let bytes = data.records.buffer, bytes.readableBytes > 0 {
            let aborted = (data.abortedTransactions ?? []).map {
                FetchedChunk.AbortedTransaction(producerID: $0.producerID, firstOffset: $0.firstOffset)
            }
            do { chunk = try FetchedChunk(bytes, from: position, aborted: aborted) } catch {
                throw KafkaError(.corruptRecords, "\(name): what came for offset \(position) is no batch", cause: error)
            }
            if let next = chunk?.nextOffset { partitions[name]?.position = next }
            if let epoch = chunk?.lastEpoch, epoch >= 0 { partitions[name]?.epoch = epoch }
            if chunk?.nextOffset == position { chunk = nil }
        }
        buffer.add(chunk, ends: ends, to: name, generation: asked.generation)
    }

    /// The log has lost records that were read already, and goes on with others.
    private func goBack(
        _ name: TopicPartition, _ position: Offset, to end: FetchResponse.EpochEndOffset
    ) throws(KafkaError) {
        let offset = min(position, end.endOffset, buffer.position(of: name) ?? position)
        guard configuration.offsetReset != .none else {
            throw KafkaError(
                .offsetOutOfRange,
                "\(name): the log was truncated to offset \(end.endOffset) after it was read to \(position), "
                    + "and auto.offset.reset is none")
        }
        logger.warning(
            "the log was truncated behind what was read", metadata: ["partition": "\(name)", "goes on at": "\(offset)"])
        guard let generation = buffer.seek(name, to: .offset(offset)) else { return }
        begin(name, at: .offset(offset), generation: generation)
    }

    private func reset(_ name: TopicPartition, _ position: Offset) throws(KafkaError) {
        switch configuration.offsetReset {
        case .earliest: partitions[name]?.start = .earliest
        case .latest: partitions[name]?.start = .latest
        case .none:
            throw KafkaError(
                .offsetOutOfRange, "\(name): offset \(position) lies outside the log and auto.offset.reset is none")
        }
        logger.info(
            "position out of range, starting over",
            metadata: ["partition": "\(name)", "position": "\(position)", "reset": "\(configuration.offsetReset)"])
    }

    // MARK: Leaders

    /// Learns about the topics anew, then goes on; at once if nothing is wrong, else after a pause.
    private func refresh(because error: KafkaError?) {
        if let error { logger.debug("fetch failed", metadata: ["error": "\(error)"]) }
        guard !isRefreshing else { return }
        isRefreshing = true
        let topics = Set(partitions.keys.map(\.topic)).sorted()
        core.fetchMetadata(of: topics, timeout: configuration.client.requestTimeout) { [weak self] result in
            guard let self else { return }
            isRefreshing = false
            if case .failure(let failure) = result, failure.code != .closed {
                guard failure.brokerCode == .unknownTopicOrPartition, let onMissingTopic else {
                    return buffer.fail(failure)
                }
                onMissingTopic()
                return pauseAndPump()
            }
            if error == nil { pump() } else { pauseAndPump() }
        }
    }
}

extension FetchRequest {
    /// For versions that cannot say the last fetched epoch.
    fileprivate var withoutEpochs: FetchRequest {
        var request = self
        for topic in request.topics.indices {
            for partition in request.topics[topic].partitions.indices {
                request.topics[topic].partitions[partition].lastFetchedEpoch = .none
            }
        }
        return request
    }
}
