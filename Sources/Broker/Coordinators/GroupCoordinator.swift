import Coordination
import KafkaProtocol
import LogStorage
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The coordinator of all groups: a shard for each partition of `__consumer_offsets`, which is created when the first
/// client looks for a coordinator.
final class GroupCoordinator: Sendable {
    private struct State {
        /// By partition of the topic as it is served now.
        var shards: [ObjectIdentifier: GroupShard] = [:]
        var settings: GroupSettings
        var nextExpiryCheck: Duration
        var nextLag: Duration = .zero
        /// When shards that could not be loaded are tried again.
        var nextReload: Duration = .zero
    }

    private let topics: TopicTable
    private let metadata: MetadataWriter
    private let clock: CoordinatorClock
    private let logger: Logger
    /// Loads logs, handles timers, and waits for slow disks in place of the event loops.
    private let threads = NIOThreadPool(numberOfThreads: threadCount)
    /// Matches clients' patterns, which nothing else may wait for.
    private let matcherThread = NIOThreadPool(numberOfThreads: 1)
    private let state: Mutex<State>
    private let loadBufferByteCount: Int
    private let codec: CompressionCodec
    private let expiryCheckInterval: Duration
    private let creation: InternalTopicCreation
    let lag: GroupLagGauges

    private static let threadCount = 2
    /// How often it is told how far groups are behind.
    private static let lagInterval = Duration.seconds(10)
    /// How often timers are looked at.
    static let tickInterval = Duration.milliseconds(50)
    private static let reloadInterval = Duration.seconds(5)

    init(
        topics: TopicTable, metadata: MetadataWriter, clock: CoordinatorClock, resolver: ConfigurationResolver,
        creation: InternalTopicCreation, lag: GroupLagGauges, logger: Logger
    ) {
        self.lag = lag
        self.topics = topics
        self.metadata = metadata
        self.clock = clock
        self.logger = logger
        self.creation = creation
        loadBufferByteCount = resolver.integer("offsets.load.buffer.size")
        codec = CompressionCodec(rawValue: Int8(resolver.integer("offsets.topic.compression.codec"))) ?? .none
        expiryCheckInterval = resolver.duration("offsets.retention.check.interval.ms")
        state = Mutex(
            State(settings: GroupSettings(resolver), nextExpiryCheck: clock.now.uptime + expiryCheckInterval))
        threads.start()
        matcherThread.start()
    }

    /// Puts changed settings into force.
    func apply(_ resolver: ConfigurationResolver) {
        let settings = GroupSettings(resolver)
        let shards = state.withLock { state in
            state.settings = settings
            return Array(state.shards.values)
        }
        for shard in shards { shard.apply(settings) }
    }

    /// The topic as it is created.
    var topic: NewTopic { creation.topic }

    var settings: GroupSettings { state.withLock { $0.settings } }
    var image: ClusterMetadataImage { metadata.image }

    /// What a group itself is configured to.
    func overrides(of groupID: String) -> GroupOverrides {
        GroupOverrides(metadata.image.configuration(of: .group(groupID)))
    }

    // MARK: - Shards

    /// Loads the groups of the topic as it is served now. Called at the start, and as often as the topic may have changed.
    func attach() { _ = shards }

    /// All shards, by partition; those that are new begin to load.
    var shards: [GroupShard] {
        guard let topic = topics[TopicName.groupOffsets] else { return [] }
        return topic.partitions.compactMap { $0.map(shard) }
    }

    /// The shard of a group: the one whose partition its name hashes to, as in Kafka. COORDINATOR_NOT_AVAILABLE while
    /// there is no topic, or its log is offline.
    func shard(of groupID: String) throws(Refusal) -> GroupShard {
        guard let topic = topics[TopicName.groupOffsets], !topic.partitions.isEmpty else {
            throw Refusal(.coordinatorNotAvailable, "No group has been formed yet: look for a coordinator first.")
        }
        guard let partition = topic.partitions[Self.partition(of: groupID, among: topic.partitions.count)] else {
            throw Refusal(.coordinatorNotAvailable, "The log of the group's coordinator is offline.")
        }
        return shard(of: partition)
    }

    private func shard(of partition: Partition) -> GroupShard {
        let (shard, isNew, gone) = state.withLock { state -> (GroupShard, Bool, [GroupShard]) in
            if let shard = state.shards[ObjectIdentifier(partition)] { return (shard, false, []) }
            // A topic that was deleted and came back has other partitions.
            let gone = state.shards.values.filter { $0.partition.end != nil }
            for shard in gone { state.shards[ObjectIdentifier(shard.partition)] = nil }
            let shard = GroupShard(
                partition, settings: state.settings, clock: clock, loadBufferByteCount: loadBufferByteCount,
                codec: codec, logger: logger, image: { [metadata] in metadata.image },
                background: { [threads] work in threads.submit { _ in work() } },
                matcher: { [matcherThread] work in matcherThread.submit { _ in work() } })
            state.shards[ObjectIdentifier(partition)] = shard
            return (shard, true, gone)
        }
        for shard in gone { shard.stop() }
        if isNew, !shard.isReady { threads.submit { _ in shard.load() } }
        return shard
    }

    /// Java's hash of the name, without its sign, as Kafka has it.
    static func partition(of groupID: String, among count: Int) -> Int {
        var hash: Int32 = 0
        for unit in groupID.utf16 { hash = hash &* 31 &+ Int32(unit) }
        let magnitude = hash == .min ? 0 : abs(hash)
        return Int(magnitude) % count
    }

    /// Sees to it that the topic is there.
    func ready(on eventLoop: any EventLoop) -> EventLoopFuture<ErrorCode> {
        if topics[TopicName.groupOffsets] != nil { return eventLoop.makeSucceededFuture(.none) }
        return creation.create(on: eventLoop)
    }

    // MARK: - Requests

    /// Handles a request that is about one group, in the order of its connection.
    ///
    /// - Parameter answer: what the client hears, also where the coordinator refuses.
    func handle<Value: Sendable, Response>(
        _ groupID: String, _ context: RequestContext, _ purity: GroupShard.Purity,
        _ event: @escaping @Sendable (inout GroupShard.Machine, CoordinatorTime, Reply<Value>) -> GroupOutput,
        answer: @escaping @Sendable (Result<Value, Refusal>) -> Response
    ) -> Handling<Response> {
        let promise = context.eventLoop.makePromise(of: Answer<Response>.self)
        let reply = Reply<Value> { promise.succeed(Answer(answer($0))) }
        let waited = submit(groupID, on: context.eventLoop, purity, event, reply)
        let handling = Handling<Response>.eventually(promise.futureResult)
        return waited.map { .unfinished($0.map { handling }) } ?? handling
    }

    /// The same for one of several groups of a request, where order does not matter.
    func ask<Value: Sendable>(
        _ groupID: String, on eventLoop: any EventLoop, _ purity: GroupShard.Purity = .pure,
        _ event: @escaping @Sendable (inout GroupShard.Machine, CoordinatorTime, Reply<Value>) -> GroupOutput
    ) -> EventLoopFuture<Result<Value, Refusal>> {
        let promise = eventLoop.makePromise(of: Result<Value, Refusal>.self)
        _ = submit(groupID, on: eventLoop, purity, event, Reply { promise.succeed($0) })
        return promise.futureResult
    }

    private static let unavailable = "The coordinator does not serve now."

    /// - Returns: when the event is handled, where that has to wait; nil if it is.
    private func submit<Value: Sendable>(
        _ groupID: String, on eventLoop: any EventLoop, _ purity: GroupShard.Purity,
        _ event: @escaping @Sendable (inout GroupShard.Machine, CoordinatorTime, Reply<Value>) -> GroupOutput,
        _ reply: Reply<Value>
    ) -> EventLoopFuture<Void>? {
        do throws(Refusal) {
            let shard = try shard(of: groupID)
            guard !groupID.utf8.allSatisfy({ $0 < 0x80 }) else {
                return submit(to: shard, on: eventLoop, purity, event, reply)
            }
            // To Swift two spellings of one text are the same, to Kafka and to the log they are not.
            return submit(
                to: shard, on: eventLoop, purity,
                { machine, now, reply in
                    guard machine.spells(groupID) else {
                        let refusal = Refusal(
                            .invalidGroupID,
                            "There is a group of this name whose Unicode characters are composed otherwise.")
                        return GroupOutput(answers: [GroupAnswer(reply, refusal: refusal)])
                    }
                    return event(&machine, now, reply)
                }, reply)
        } catch {
            GroupAnswer(reply, refusal: error).release()
            return nil
        }
    }

    private func submit<Value: Sendable>(
        to shard: GroupShard, on eventLoop: any EventLoop, _ purity: GroupShard.Purity,
        _ event: @escaping @Sendable (inout GroupShard.Machine, CoordinatorTime, Reply<Value>) -> GroupOutput,
        _ reply: Reply<Value>
    ) -> EventLoopFuture<Void>? {
        let refuse = { @Sendable (code: ErrorCode) in
            guard code != .none else { return }
            GroupAnswer(reply, refusal: Refusal(code, Self.unavailable)).release()
        }
        if let code = shard.executeAtOnce(purity, { event(&$0, $1, reply) }) {
            refuse(code)
            return nil
        }
        let waited = shard.partition.flushQueue.disk.waiting(with: 0, on: eventLoop) {
            refuse(shard.execute(purity) { event(&$0, $1, reply) })
        }
        if waited == nil { refuse(.coordinatorNotAvailable) }
        return waited
    }

    /// What all shards say to a question that changes nothing. A shard that does not serve now says nothing; its code is
    /// among the second.
    func askAll<Value: Sendable>(
        on eventLoop: any EventLoop, _ question: @escaping @Sendable (GroupShard.Machine) -> Value
    ) -> EventLoopFuture<(answers: [Value], codes: [ErrorCode])> {
        let questions = shards.map { shard in
            let promise = eventLoop.makePromise(of: Result<Value, Refusal>.self)
            let reply = Reply<Value> { promise.succeed($0) }
            _ = submit(
                to: shard, on: eventLoop, .pure, { machine, _, reply in GroupOutput(reply, question(machine)) }, reply)
            return promise.futureResult
        }
        return EventLoopFuture.whenAllSucceed(questions, on: eventLoop).map { results in
            var (answers, codes): ([Value], [ErrorCode]) = ([], [])
            for result in results {
                switch result {
                case .success(let answer): answers.append(answer)
                case .failure(let refusal): codes.append(refusal.code)
                }
            }
            return (answers, codes)
        }
    }

    // MARK: - Time, and the end

    /// Handles what is due in all shards; does not wait for the disk itself.
    func tick() {
        let now = clock.now.uptime
        let (expires, reloads, tellsLag) = state.withLock { state in
            let due = (now >= state.nextExpiryCheck, now >= state.nextReload, now >= state.nextLag)
            if due.0 { state.nextExpiryCheck = now + expiryCheckInterval }
            if due.1 { state.nextReload = now + Self.reloadInterval }
            if due.2 { state.nextLag = now + Self.lagInterval }
            return due
        }
        let shards = shards
        guard !shards.isEmpty else { return }
        if tellsLag { threads.submit { [self] _ in tellLag() } }
        let busy = expires || reloads ? shards : shards.filter(\.hasDueTimers)
        guard !busy.isEmpty else { return }
        threads.submit { [self] _ in
            for shard in busy {
                if reloads, shard.hasFailed, shard.partition.end == nil { shard.load() }
                shard.tick()
                if expires { self.removeOffsets(of: shard) }
            }
        }
    }

    /// Sets the gauges that say how far groups are behind.
    func tellLag() {
        var lags: [GroupLagGauges.Position: Int64] = [:]
        var leftOut = 0
        for shard in shards {
            shard.forEachCommitted { group, name, index, committed in
                guard let topic = topics[name], committed.topicID == .zero || committed.topicID == topic.id,
                    let partition = try? topic.partition(index)
                else { return }
                guard lags.count < GroupLagGauges.limit else { return leftOut += 1 }
                let position = GroupLagGauges.Position(group: group, topic: name, partition: index)
                lags[position] = max(0, committed.offset.distance(to: partition.reader.offsets.highWatermark))
            }
        }
        lag.set(lags, leftOut: leftOut)
    }

    /// Forgets offsets that nobody needs any more.
    private func removeOffsets(of shard: GroupShard) {
        let image = metadata.image
        shard.removeOffsets { machine, _ in machine.removeOrphans(image: image) }
        shard.removeOffsets { machine, now in machine.expireOffsets(at: now) }
    }

    /// Topics have been deleted: what groups have committed for them goes, too.
    func topicsDeleted(_ names: Set<String>) {
        for shard in shards { shard.removeOffsets { machine, _ in machine.topicsDeleted(names) } }
    }

    /// Serves no more, and tells everybody who waits.
    func release() {
        for shard in state.withLock({ Array($0.shards.values) }) { shard.stop() }
    }

    func stop() async {
        release()
        try? await threads.shutdownGracefully()
        try? await matcherThread.shutdownGracefully()
    }
}

extension GroupSettings {
    /// What the broker's configuration says.
    init(_ resolver: ConfigurationResolver) {
        self.init()
        initialRebalanceDelay = resolver.duration("group.initial.rebalance.delay.ms")
        let least = resolver.duration("group.min.session.timeout.ms")
        sessionTimeouts = least...max(least, resolver.duration("group.max.session.timeout.ms"))
        maxSize = resolver.integer("group.max.size")
        consumerSessionTimeout = resolver.duration("group.consumer.session.timeout.ms")
        consumerHeartbeatInterval = resolver.duration("group.consumer.heartbeat.interval.ms")
        consumerMaxSize = resolver.integer("group.consumer.max.size")
        consumerAssignors = resolver.list("group.consumer.assignors")
        migrationPolicy =
            GroupMigrationPolicy(rawValue: resolver.brokerValue("group.consumer.migration.policy") ?? "")
            ?? .bidirectional
        patternRefreshInterval = resolver.duration("group.consumer.regex.refresh.interval.ms")
        servesConsumerGroups = resolver.list("group.coordinator.rebalance.protocols").contains("consumer")
        maxOffsetMetadataBytes = resolver.integer("offset.metadata.max.bytes")
        offsetsRetention = .seconds(60) * resolver.integer("offsets.retention.minutes")
    }
}

extension ConfigurationResolver {
    func integer(_ key: String) -> Int { brokerValue(key).flatMap { Int($0) } ?? 0 }
    func duration(_ key: String) -> Duration { .milliseconds(integer(key)) }
    func list(_ key: String) -> [String] { (brokerValue(key) ?? "").listElements() }
}
