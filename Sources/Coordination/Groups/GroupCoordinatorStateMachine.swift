import KafkaProtocol

/// A group of consumers, of one of the kinds that there are.
package enum Group: Sendable {
    case classic(ClassicGroup)
    case consumer(ConsumerGroup)
}

/// The groups of one partition of `__consumer_offsets`, and the offsets that they have committed.
///
/// Beside what stands in the log there is soft state, which ends with the process: who waits for a rebalance, and how
/// long members may be silent. Events come in as calls, with the time; what they come to goes out as a ``GroupOutput``.
/// Deciding functions stand in the extensions, a folder for each kind of group and one for offsets.
package struct GroupCoordinatorStateMachine: CoordinatorStateMachine {
    package typealias Record = GroupRecord

    package internal(set) var groups: [String: Group] = [:]
    /// The offsets of all groups.
    package internal(set) var offsets = GroupOffsets()
    /// What groups wait for.
    package internal(set) var timers = TimingWheel<GroupTimer>()
    /// What the broker is configured to let groups do.
    package var settings: GroupSettings
    /// For the ids of members.
    var generator: any RandomNumberGenerator & Sendable
    /// The log is being replayed: its records are all that there is.
    var isLoading = true

    package init(
        settings: GroupSettings = GroupSettings(),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.settings = settings
        self.generator = generator
    }

    package mutating func replay(_ record: GroupRecord) throws(CoordinatorReplayError) {
        switch record {
        case .offset(let key, let value): replay(key, value)
        case .classicGroup(let key, let value): replay(key, value)
        case .foreign: break
        case .consumerGroup, .subscribedTopics, .consumerMember, .targetAssignment, .memberTarget, .memberAssignment,
            .regularExpression:
            try replayConsumerGroup(record)
        }
    }
}
