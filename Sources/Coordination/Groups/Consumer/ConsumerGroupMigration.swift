import KafkaProtocol

/// Groups go over from the classic protocol while members are there.
extension GroupCoordinatorStateMachine {
    /// The consumer group that takes the place of a classic one, and the records of the change.
    mutating func convertToConsumerGroup(
        _ classic: ClassicGroup, image: ClusterMetadataImage, at now: CoordinatorTime
    ) throws(Refusal) -> (ConsumerGroup, [GroupRecord]) {
        throw Refusal(
            .groupIDNotFound,
            "Cannot upgrade classic group \(classic.id) to consumer group because online upgrade is disabled.")
    }
}
