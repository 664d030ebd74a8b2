import KafkaProtocol
import NIOCore

/// A member of a consumer group (KIP-848): one request, the heartbeat, joins, keeps alive, brings assignments and leaves.
/// The broker assigns; the member moves from what it has to what it shall have, and says so.
///
/// Fields that have not changed since they were last heard are left out of a heartbeat; after any trouble everything is
/// said again.
struct ConsumerMembership: GroupMembership {
    private enum Phase { case idle, member, leaving, ended }

    private let settings: Settings
    private let memberID: String
    private var phase = Phase.idle
    /// 0 asks to join.
    private var epoch: Int32 = 0
    private var subscription = Subscription.topics([])
    private var owned: Set<TopicPartition> = []
    /// What the application is asked to give up.
    private var givingUp: Set<TopicPartition>?
    /// What the broker wants this member to have; nil until it has said.
    private var target: [TopicID: [PartitionIndex]]?
    private var names: [TopicID: String] = [:]
    private var isResolving = false
    /// Whether the application was told all that it has; it is told anew whenever it has given something up.
    private var wasAssigned = false
    private var backoff: Backoff
    private var lastToken = 0
    private var token: Int?
    private var nextHeartbeat: NIODeadline?
    /// What the broker has heard; nil says everything again.
    private var heard: Words?
    private var underWay: Words?

    /// What can be left out when it has not changed.
    private struct Words: Equatable {
        var subscription: Subscription
        var owned: [TopicID: Set<PartitionIndex>]
    }

    init(_ settings: Settings, memberID: String) {
        self.settings = settings
        self.memberID = memberID
        backoff = settings.backoff
    }

    var identity: GroupIdentity? {
        guard phase == .member, epoch > 0 else { return nil }
        return GroupIdentity(memberID: memberID, generation: epoch, instanceID: settings.instanceID)
    }

    var nextDeadline: NIODeadline? { token == nil ? nextHeartbeat : nil }

    mutating func handle(_ event: Event, now: NIODeadline) -> [Action] {
        switch event {
        case .subscribe(let subscription): return subscribe(subscription, now)
        case .answered(let token, .consumerHeartbeat(let response)): return answered(token, response, now)
        case .answered: return []
        case .failed(let token, let error): return failed(token, error, now)
        case .deadlinePassed:
            guard let due = nextHeartbeat, due <= now else { return [] }
            return heartbeat(now)
        case .gaveUp: return gaveUp(now)
        case .resolved(let names):
            isResolving = false
            self.names.merge(names) { $1 }
            // Names that did not come are asked for again with the next heartbeat.
            return reconcile(now, asksForNames: false)
        case .computed, .cannotCompute, .looked: return []
        case .leave: return leave()
        }
    }

    private mutating func subscribe(_ subscription: Subscription, _ now: NIODeadline) -> [Action] {
        self.subscription = subscription
        switch phase {
        case .leaving, .ended: return []
        case .idle: phase = .member
        case .member: break
        }
        return heartbeat(now)
    }

    // MARK: Heartbeats

    /// Sends a heartbeat now, or as soon as the one under way is answered.
    private mutating func heartbeat(_ now: NIODeadline) -> [Action] {
        guard phase == .member else { return [] }
        nextHeartbeat = now
        guard token == nil else { return [] }
        lastToken += 1
        token = lastToken
        nextHeartbeat = nil
        let words = words
        underWay = words
        return [.send(.consumerHeartbeat(request(words)), token: lastToken, timeout: nil)]
    }

    private var words: Words {
        // A topic that was made anew has another id under the same name: the one that the broker speaks of counts.
        var ids = Dictionary(names.map { ($0.value, $0.key) }) { first, _ in first }
        for id in (target ?? [:]).keys { if let name = names[id] { ids[name] = id } }
        return Words(
            subscription: subscription,
            owned: owned.reduce(into: [:]) { result, partition in
                guard let id = ids[partition.topic] else { return }
                result[id, default: []].insert(partition.partition)
            })
    }

    /// Whether there is something that the broker has not heard, and is not just being told.
    private var hasNews: Bool {
        guard epoch > 0, let told = token == nil ? heard : underWay else { return false }
        return told != words
    }

    private func request(_ words: Words) -> ConsumerGroupHeartbeatRequest {
        .with {
            $0.groupID = settings.groupID
            $0.memberID = memberID
            $0.memberEpoch = epoch
            $0.instanceID = settings.instanceID
            if heard == nil {
                $0.rackID = settings.rackID
                $0.rebalanceTimeoutMs = settings.rebalanceTimeout.wireMilliseconds
                $0.serverAssignor = settings.serverAssignor
            }
            if heard?.subscription != words.subscription {
                $0.subscribedTopicNames = words.subscription.topics.sorted()
                if case .pattern(let pattern) = words.subscription { $0.subscribedTopicRegex = pattern }
                // The empty expression takes an earlier one back.
                if case .pattern? = heard?.subscription, case .topics = words.subscription {
                    $0.subscribedTopicRegex = ""
                }
            }
            if epoch == 0 {
                $0.topicPartitions = []
            } else if heard?.owned != words.owned {
                $0.topicPartitions = words.owned.sorted { $0.key.description < $1.key.description }.map {
                    id, partitions in
                    .with { ($0.topicID, $0.partitions) = (id, partitions.sorted()) }
                }
            }
        }
    }

    private mutating func answered(
        _ token: Int, _ response: ConsumerGroupHeartbeatResponse, _ now: NIODeadline
    ) -> [Action] {
        guard token == self.token else { return [] }
        self.token = nil
        if phase == .leaving { return finishLeaving() }
        guard response.errorCode == .none else { return refused(response, now) }
        backoff.reset()
        heard = underWay
        epoch = response.memberEpoch
        let wasAskedForMore = nextHeartbeat != nil
        nextHeartbeat = now + .milliseconds(Int64(max(1, response.heartbeatIntervalMs)))
        if let assignment = response.assignment {
            target = Dictionary(assignment.topicPartitions.map { ($0.topicID, $0.partitions) }) { $0 + $1 }
        }
        let actions = reconcile(now, asksForNames: true)
        return wasAskedForMore ? actions + heartbeat(now) : actions
    }

    private mutating func refused(_ response: ConsumerGroupHeartbeatResponse, _ now: NIODeadline) -> [Action] {
        heard = nil
        if let actions = response.errorCode.coordinatorActions() {
            nextHeartbeat = now + TimeAmount(backoff.next())
            return actions
        }
        switch response.errorCode {
        case .unknownMemberID, .fencedMemberEpoch:
            let actions = lose()
            nextHeartbeat = now + TimeAmount(backoff.next())
            return actions
        default:
            let what = "group '\(settings.groupID)' refuses this member"
            return end(with: KafkaError(broker: response.errorCode, what, detail: response.errorMessage))
        }
    }

    private mutating func failed(_ token: Int, _ error: KafkaError, _ now: NIODeadline) -> [Action] {
        guard token == self.token else { return [] }
        self.token = nil
        if phase == .leaving { return finishLeaving() }
        guard error.isRetriable else { return end(with: error) }
        heard = nil
        nextHeartbeat = now + TimeAmount(backoff.next())
        return [.forgetCoordinator]
    }

    // MARK: Partitions

    /// Moves toward the target, as far as the topics' names are known.
    private mutating func reconcile(_ now: NIODeadline, asksForNames: Bool) -> [Action] {
        guard phase == .member, givingUp == nil, let target else { return [] }
        var actions: [Action] = []
        let unknown = target.keys.filter { names[$0] == nil }
        if !unknown.isEmpty, asksForNames, !isResolving {
            isResolving = true
            actions.append(.resolve(unknown.sorted { $0.description < $1.description }))
        }
        // Before the first assignment is known in full there is nothing to tell the application.
        if !unknown.isEmpty, !wasAssigned, asksForNames { return actions }
        var wanted: Set<TopicPartition> = []
        for (id, partitions) in target {
            guard let topic = names[id] else { continue }
            for partition in partitions { wanted.insert(TopicPartition(topic: topic, partition: partition)) }
        }
        let surplus = owned.subtracting(wanted)
        if !surplus.isEmpty {
            givingUp = surplus
            return actions + [.revoke(surplus.sorted())]
        }
        if wanted != owned || !wasAssigned {
            (owned, wasAssigned) = (wanted, true)
            actions.append(.own(owned.sorted()))
        }
        return hasNews ? actions + heartbeat(now) : actions
    }

    private mutating func gaveUp(_ now: NIODeadline) -> [Action] {
        guard let surplus = givingUp else { return [] }
        givingUp = nil
        owned.subtract(surplus)
        wasAssigned = false
        // Told at once, with whatever has come in its place: others wait for these partitions.
        let actions = reconcile(now, asksForNames: true)
        return hasNews ? actions + heartbeat(now) : actions
    }

    private mutating func lose() -> [Action] {
        let lost = owned.sorted()
        (owned, givingUp, target, epoch, heard, wasAssigned) = ([], nil, nil, 0, nil, false)
        return lost.isEmpty ? [] : [.lose(lost)]
    }

    private mutating func end(with error: KafkaError) -> [Action] {
        let actions = lose()
        (phase, token, nextHeartbeat) = (.ended, nil, nil)
        return actions + [.fail(error)]
    }

    // MARK: Leaving

    /// A static member only says that it is away for a while.
    private mutating func leave() -> [Action] {
        switch phase {
        case .leaving, .ended: return []
        case .idle: return finishLeaving()
        case .member: break
        }
        phase = .leaving
        lastToken += 1
        (token, nextHeartbeat) = (lastToken, nil)
        let request = ConsumerGroupHeartbeatRequest.with {
            $0.groupID = settings.groupID
            $0.memberID = memberID
            $0.memberEpoch = settings.instanceID == nil ? -1 : -2
            $0.instanceID = settings.instanceID
        }
        return [.send(.consumerHeartbeat(request), token: lastToken, timeout: nil)]
    }

    private mutating func finishLeaving() -> [Action] {
        _ = lose()
        (phase, token, nextHeartbeat) = (.ended, nil, nil)
        return [.left]
    }
}
