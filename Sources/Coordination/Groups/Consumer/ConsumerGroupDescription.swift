package import KafkaProtocol

/// What operators see of consumer groups.
extension GroupCoordinatorStateMachine {
    /// ConsumerGroupDescribe: GROUP_ID_NOT_FOUND where there is none of that name and kind.
    package func describeConsumerGroup(
        _ groupID: String, image: ClusterMetadataImage
    ) -> ConsumerGroupDescribeResponse.DescribedGroup {
        do throws(Refusal) {
            let group = try consumerGroup(groupID)
            return .with {
                $0.groupID = groupID
                $0.groupState = group.stateName
                $0.groupEpoch = group.epoch
                $0.assignmentEpoch = group.assignmentEpoch
                $0.assignorName = group.preferredAssignor(group.assignors) ?? settings.assignor(nil).name
                $0.members = group.memberIDs.compactMap { group.describedMember($0, image) }
            }
        } catch {
            return .with {
                $0.groupID = groupID
                $0.errorCode = error.code
                $0.errorMessage = error.message
            }
        }
    }
}

extension ConsumerGroup {
    fileprivate func describedMember(
        _ memberID: String, _ image: ClusterMetadataImage
    ) -> ConsumerGroupDescribeResponse.Member? {
        members[memberID].map { member in
            .with {
                $0.memberID = memberID
                $0.instanceID = member.instanceID
                $0.rackID = member.rackID
                $0.memberEpoch = member.epoch
                $0.clientID = member.client.clientID
                $0.clientHost = member.client.clientHost
                $0.subscribedTopicNames = member.subscription.topicNames
                $0.subscribedTopicRegex = member.subscription.pattern
                $0.assignment = member.assigned.described(image)
                $0.targetAssignment = (targets[memberID] ?? PartitionAssignment()).described(image)
                $0.memberType = member.usesClassicProtocol ? 0 : 1
            }
        }
    }
}

extension PartitionAssignment {
    /// Topics that do not exist any more are left out.
    fileprivate func described(_ image: ClusterMetadataImage) -> ConsumerGroupDescribeResponse.Assignment {
        .with {
            $0.topicPartitions = topics.compactMap { topic in
                image.topic(id: topic.id).map { topicImage in
                    .with {
                        $0.topicID = topic.id
                        $0.topicName = topicImage.name
                        $0.partitions = topic.partitions
                    }
                }
            }
        }
    }
}
