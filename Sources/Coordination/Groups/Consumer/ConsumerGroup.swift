package import KafkaProtocol

/// A group of the consumer protocol (KIP-848): the broker assigns the partitions.
package struct ConsumerGroup: Sendable {
    package let id: String

    package init(id: String) { self.id = id }
}

extension GroupCoordinatorStateMachine {
    mutating func replayConsumerGroup(_ record: GroupRecord) throws(CoordinatorReplayError) {}
}
