import KafkaProtocol

/// The records of a group.
extension ConsumerGroup {
    static func epochRecord(_ groupID: String, _ epoch: Int32?) -> GroupRecord {
        .consumerGroup(.with { $0.groupID = groupID }, epoch.map { epoch in .with { $0.epoch = epoch } })
    }

    static func subscribedTopicsRecord(_ groupID: String, _ topics: [SubscribedTopic]?) -> GroupRecord {
        .subscribedTopics(
            .with { $0.groupID = groupID },
            topics.map { topics in
                .with {
                    $0.topics = topics.map { topic in
                        .with {
                            $0.topicID = topic.id
                            $0.topicName = topic.name
                            $0.numPartitions = topic.partitionCount
                        }
                    }
                }
            })
    }

    static func memberRecord(_ groupID: String, _ member: ConsumerGroupMember) -> GroupRecord {
        .consumerMember(memberKey(groupID, member.id), member.metadataValue)
    }

    static func targetEpochRecord(_ groupID: String, _ epoch: Int32?) -> GroupRecord {
        .targetAssignment(
            .with { $0.groupID = groupID }, epoch.map { epoch in .with { $0.assignmentEpoch = epoch } })
    }

    static func targetRecord(_ groupID: String, _ memberID: String, _ target: PartitionAssignment?) -> GroupRecord {
        .memberTarget(
            .with {
                $0.groupID = groupID
                $0.memberID = memberID
            },
            target.map { target in
                .with {
                    $0.topicPartitions = target.topics.map { topic in
                        .with {
                            $0.topicID = topic.id
                            $0.partitions = topic.partitions
                        }
                    }
                }
            })
    }

    static func assignmentRecord(_ groupID: String, _ member: ConsumerGroupMember) -> GroupRecord {
        .memberAssignment(assignmentKey(groupID, member.id), member.assignmentValue)
    }

    static func patternRecord(_ groupID: String, _ pattern: String, _ resolved: ResolvedPattern?) -> GroupRecord {
        .regularExpression(
            .with {
                $0.groupID = groupID
                $0.regularExpression = pattern
            },
            resolved.map { resolved in
                .with {
                    $0.topics = resolved.topics.sorted()
                    $0.version = resolved.version
                    $0.timestamp = resolved.time.rawValue
                }
            })
    }

    private static func memberKey(_ groupID: String, _ memberID: String) -> ConsumerGroupMemberMetadataKey {
        .with {
            $0.groupID = groupID
            $0.memberID = memberID
        }
    }

    private static func assignmentKey(
        _ groupID: String, _ memberID: String
    ) -> ConsumerGroupCurrentMemberAssignmentKey {
        .with {
            $0.groupID = groupID
            $0.memberID = memberID
        }
    }

    // MARK: - Ends

    static func assignmentTombstone(_ groupID: String, _ memberID: String) -> GroupRecord {
        .memberAssignment(assignmentKey(groupID, memberID), nil)
    }

    static func memberTombstone(_ groupID: String, _ memberID: String) -> GroupRecord {
        .consumerMember(memberKey(groupID, memberID), nil)
    }

    /// What removes a member. What it has is given up before it goes, so that the order matters.
    static func tombstones(ofMember memberID: String, of groupID: String) -> [GroupRecord] {
        [
            assignmentTombstone(groupID, memberID), targetRecord(groupID, memberID, nil),
            memberTombstone(groupID, memberID),
        ]
    }

    /// What removes the whole group.
    package var tombstones: [GroupRecord] { tombstones(ofMembers: memberIDs) }

    /// What removes the group while these are its members.
    func tombstones(ofMembers memberIDs: [String]) -> [GroupRecord] {
        memberIDs.map { Self.assignmentTombstone(id, $0) } + memberIDs.map { Self.targetRecord(id, $0, nil) }
            + [Self.targetEpochRecord(id, nil)] + memberIDs.map { Self.memberTombstone(id, $0) }
            + resolvedPatterns.keys.sorted().map { Self.patternRecord(id, $0, nil) }
            + [Self.subscribedTopicsRecord(id, nil), Self.epochRecord(id, nil)]
    }
}
