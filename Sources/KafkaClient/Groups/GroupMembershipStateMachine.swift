package import KafkaProtocol
package import NIOCore

/// One member of one group, from joining to leaving, without a socket and without a clock: events go in, and what is to
/// be done comes out. The two protocols, classic and consumer (KIP-848), are two machines behind one face.
///
/// Who carries the actions out (`GroupSession`) tells the outcome as another event. Partitions are given up in two
/// steps: ``Action/revoke(_:)`` asks the application to finish with them, and ``Event/gaveUp`` says that it has.
package struct GroupMembershipStateMachine: Sendable {
    /// What a member wants to read.
    package enum Subscription: Equatable, Sendable {
        case topics([String])
        /// The topics whose names match an RE2 expression; the broker matches (KIP-848).
        case pattern(String)

        var topics: [String] { if case .topics(let topics) = self { topics } else { [] } }
    }

    package struct Settings: Sendable {
        package var groupID: String
        package var instanceID: String?
        package var rackID: String?
        /// Classic: the assignors that this member knows, the preferred one first.
        package var assignors: [ClassicAssignor] = [.range, .cooperativeSticky]
        /// Consumer: the broker's assignor; nil leaves the choice to the broker.
        package var serverAssignor: String?
        package var sessionTimeout: Duration = .seconds(45)
        package var heartbeatInterval: Duration = .seconds(3)
        package var rebalanceTimeout: Duration = .seconds(300)
        package var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))

        package init(groupID: String) { self.groupID = groupID }
    }

    package enum Request: Sendable {
        case join(JoinGroupRequest)
        case sync(SyncGroupRequest)
        case heartbeat(HeartbeatRequest)
        case leave(LeaveGroupRequest)
        case consumerHeartbeat(ConsumerGroupHeartbeatRequest)
    }

    package enum Response: Sendable {
        case join(JoinGroupResponse)
        case sync(SyncGroupResponse)
        case heartbeat(HeartbeatResponse)
        case leave(LeaveGroupResponse)
        case consumerHeartbeat(ConsumerGroupHeartbeatResponse)
    }

    package enum Event: Sendable {
        case subscribe(Subscription)
        /// The answer to the request with this token.
        case answered(token: Int, Response)
        /// No answer will come.
        case failed(token: Int, KafkaError)
        /// ``nextDeadline`` has come.
        case deadlinePassed
        /// The application is done with what it was asked to give up.
        case gaveUp
        /// What `compute` came to, and the numbers of partitions that it was made with.
        case computed([String: [TopicPartition]], partitionCounts: [String: Int])
        /// The topics could not be looked up.
        case cannotCompute(KafkaError)
        /// The topics were looked up again.
        case looked(partitionCounts: [String: Int])
        /// Names of topics that `resolve` asked for.
        case resolved([TopicID: String])
        case leave
    }

    package enum Action: Sendable {
        /// Send it to the coordinator; nil is the usual timeout of requests.
        case send(Request, token: Int, timeout: Duration?)
        /// Look the coordinator up anew before the next request.
        case forgetCoordinator
        /// This member leads: look the topics up and assign.
        case compute(ClassicAssignor, [GroupMember])
        /// Find the names of these topics.
        case resolve([TopicID])
        /// The application is to finish with these partitions.
        case revoke([TopicPartition])
        /// These partitions belong to others already.
        case lose([TopicPartition])
        /// All partitions that are this member's from now on.
        case own([TopicPartition])
        /// It cannot go on.
        case fail(KafkaError)
        /// The member has left.
        case left
    }

    private var membership: any GroupMembership

    /// A member of a classic group.
    package init(classic settings: Settings) { membership = ClassicMembership(settings) }

    /// A member of a consumer group.
    ///
    /// - Parameter memberID: made by the client, for the whole life of the member.
    package init(consumer settings: Settings, memberID: String) {
        membership = ConsumerMembership(settings, memberID: memberID)
    }

    package mutating func handle(_ event: Event, now: NIODeadline) -> [Action] { membership.handle(event, now: now) }

    /// When ``Event/deadlinePassed`` should be told; nil while nothing is waited for.
    package var nextDeadline: NIODeadline? { membership.nextDeadline }

    /// In whose name offsets are committed; nil while this is no member.
    var identity: GroupIdentity? { membership.identity }
}

/// What both machines can do.
protocol GroupMembership: Sendable {
    mutating func handle(
        _ event: GroupMembershipStateMachine.Event, now: NIODeadline
    ) -> [GroupMembershipStateMachine.Action]
    var nextDeadline: NIODeadline? { get }
    var identity: GroupIdentity? { get }
}

extension GroupMembership {
    typealias Action = GroupMembershipStateMachine.Action
    typealias Event = GroupMembershipStateMachine.Event
    typealias Response = GroupMembershipStateMachine.Response
    typealias Settings = GroupMembershipStateMachine.Settings
    typealias Subscription = GroupMembershipStateMachine.Subscription
}

extension ErrorCode {
    /// What to do about an error of the coordinator itself: nil if it is none.
    func coordinatorActions() -> [GroupMembershipStateMachine.Action]? {
        switch self {
        case .notCoordinator, .coordinatorNotAvailable: [.forgetCoordinator]
        case .coordinatorLoadInProgress: []
        default: nil
        }
    }
}
