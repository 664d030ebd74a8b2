import KafkaProtocol

/// A group of the consumer protocol (KIP-848): the broker assigns the partitions.
package struct ConsumerGroup: Sendable {
    package let id: String

    package init(id: String) { self.id = id }
    package var isEmpty: Bool { true }
    package var stateName: String { "Empty" }
    package func isSubscribed(to topic: String) -> Bool { false }
    func abandoned(_ refusal: Refusal) -> [GroupAnswer] { [] }
    package var tombstones: [GroupRecord] { [] }
}

extension GroupCoordinatorStateMachine {
    mutating func replayConsumerGroup(_ record: GroupRecord) throws(CoordinatorReplayError) {}
    func validate(_ commit: OffsetCommitment, of group: ConsumerGroup) throws(Refusal) {}
    func validateFetch(by member: GroupMemberIdentity, of group: ConsumerGroup) throws(Refusal) {}
    mutating func consumerTimerExpired(_ timer: GroupTimer, at now: CoordinatorTime, _ image: ClusterMetadataImage)
        -> GroupOutput
    { GroupOutput() }
    mutating func armTimers(of group: ConsumerGroup, at now: CoordinatorTime) {}
}
