import KafkaProtocol

extension ConsumerGroupHeartbeatRequest {
    /// What can be said of a request without knowing the group.
    func validate(version: Int16, assignors: [String]) throws(Refusal) {
        // Before v1 the broker makes up the id of a member that joins.
        if version >= 1 || memberEpoch != 0 { try Self.requireText(memberID, "MemberId") }
        try Self.requireText(groupID, "GroupId")
        try Self.requireText(instanceID, "InstanceId")
        try Self.requireText(rackID, "RackId")
        if memberEpoch == 0 {
            try validateJoin()
        } else if memberEpoch == ConsumerGroup.staticLeavingEpoch {
            guard instanceID != nil else { throw Refusal(.invalidRequest, "InstanceId can't be null.") }
        } else if memberEpoch < ConsumerGroup.staticLeavingEpoch {
            throw Refusal(
                .invalidRequest, "MemberEpoch is \(memberEpoch), but must be greater than or equal to -2.")
        }
        if let serverAssignor, !assignors.contains(serverAssignor) {
            throw Refusal(
                .unsupportedAssignor,
                "ServerAssignor \(serverAssignor) is not supported. Supported assignors: "
                    + "\(assignors.joined(separator: ", ")).")
        }
    }

    private func validateJoin() throws(Refusal) {
        if rebalanceTimeoutMs == -1 {
            throw Refusal(.invalidRequest, "RebalanceTimeoutMs must be provided in first request.")
        }
        guard let topicPartitions, topicPartitions.isEmpty else {
            throw Refusal(.invalidRequest, "TopicPartitions must be empty when (re-)joining.")
        }
        // An empty list or pattern is fine: a member without topics.
        if subscribedTopicNames == nil, subscribedTopicRegex == nil {
            throw Refusal(
                .invalidRequest,
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
        }
    }

    /// Null is fine, but blank is not.
    private static func requireText(_ value: String?, _ name: String) throws(Refusal) {
        if let value, value.allSatisfy(\.isWhitespace) { throw Refusal(.invalidRequest, "\(name) can't be empty.") }
    }

    /// Whether it says everything, as one that joins or recovers does.
    var isFull: Bool {
        rebalanceTimeoutMs != -1 && (subscribedTopicNames != nil || subscribedTopicRegex != nil)
            && topicPartitions != nil
    }

    /// Whether the member says what it has, and that is nothing but these.
    func ownsSubset(of partitions: PartitionAssignment) -> Bool {
        guard let topicPartitions else { return false }
        return topicPartitions.allSatisfy { topic in
            topic.partitions.allSatisfy { partitions.contains(topic.topicID, $0) }
        }
    }
}
