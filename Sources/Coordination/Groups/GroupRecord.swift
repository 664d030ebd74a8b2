package import KafkaProtocol
package import NIOCore

/// A record of `__consumer_offsets`, in Kafka's own format: what its key says, and its value; nil is a tombstone.
package enum GroupRecord: Equatable, Sendable {
    /// A committed offset.
    case offset(OffsetCommitKey, OffsetCommitValue?)
    /// A classic group.
    case classicGroup(GroupMetadataKey, GroupMetadataValue?)
    /// The epoch of a consumer group (KIP-848).
    case consumerGroup(ConsumerGroupMetadataKey, ConsumerGroupMetadataValue?)
    /// The topics that a consumer group is subscribed to, as they were at its last epoch.
    case subscribedTopics(ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue?)
    /// A member of a consumer group and what it is subscribed to.
    case consumerMember(ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue?)
    /// The epoch of a consumer group's target assignment.
    case targetAssignment(ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue?)
    /// What a member shall have.
    case memberTarget(ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue?)
    /// What a member has.
    case memberAssignment(ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue?)
    /// The topics that match a regular expression.
    case regularExpression(ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue?)
    /// Of groups of a kind that is not served here; left in the log, without effect.
    case foreign(recordType: Int16)

    /// The group that the record is about; nil for what is not known.
    package var groupID: String? {
        switch self {
        case .offset(let key, _): key.group
        case .classicGroup(let key, _): key.group
        case .consumerGroup(let key, _): key.groupID
        case .subscribedTopics(let key, _): key.groupID
        case .consumerMember(let key, _): key.groupID
        case .targetAssignment(let key, _): key.groupID
        case .memberTarget(let key, _): key.groupID
        case .memberAssignment(let key, _): key.groupID
        case .regularExpression(let key, _): key.groupID
        case .foreign: nil
        }
    }
}

// MARK: - Bytes

extension GroupRecord {
    /// The key and the value of the log's record.
    package func encoded() throws(ProtocolError) -> (key: ByteBuffer, value: ByteBuffer?) {
        switch self {
        case .offset(let key, let value):
            // Only the first versions have a time to expire at, which clients before 2.1 asked for.
            try Self.encoded(key, 1, value, value.map { $0.expireTimestamp >= 0 ? 1 : 4 } ?? 4)
        case .classicGroup(let key, let value): try Self.encoded(key, 2, value, 3)
        case .consumerGroup(let key, let value): try Self.encoded(key, 3, value, 0)
        case .subscribedTopics(let key, let value): try Self.encoded(key, 4, value, 0)
        case .consumerMember(let key, let value): try Self.encoded(key, 5, value, 0)
        case .targetAssignment(let key, let value): try Self.encoded(key, 6, value, 0)
        case .memberTarget(let key, let value): try Self.encoded(key, 7, value, 0)
        case .memberAssignment(let key, let value): try Self.encoded(key, 8, value, 0)
        case .regularExpression(let key, let value): try Self.encoded(key, 16, value, 0)
        case .foreign(let recordType): preconditionFailure("records of type \(recordType) are never written")
        }
    }

    private static func encoded<Key: KafkaMessage, Value: KafkaMessage>(
        _ key: Key, _ recordType: Int16, _ value: Value?, _ version: Int16
    ) throws(ProtocolError) -> (key: ByteBuffer, value: ByteBuffer?) {
        var keyBytes = ByteBuffer()
        keyBytes.writeInteger(recordType)
        try key.encode(into: &keyBytes, version: recordType)
        guard let value else { return (keyBytes, nil) }
        var valueBytes = ByteBuffer()
        valueBytes.writeInteger(version)
        try value.encode(into: &valueBytes, version: version)
        return (keyBytes, valueBytes)
    }

    /// Reads a record of the log.
    package init(key: ByteBuffer?, value: ByteBuffer?) throws(CoordinatorReplayError) {
        var body = key ?? ByteBuffer()
        guard let recordType = body.readInteger(as: Int16.self) else {
            throw CoordinatorReplayError("a record of the groups' log has no key")
        }
        do {
            self = try Self.decoded(recordType, body, value)
        } catch let error as CoordinatorReplayError {
            throw error
        } catch {
            throw CoordinatorReplayError("a record of type \(recordType) of the groups' log cannot be read: \(error)")
        }
    }

    private static func decoded(
        _ recordType: Int16, _ key: ByteBuffer, _ value: ByteBuffer?
    ) throws -> GroupRecord {
        switch recordType {
        case 0, 1: .offset(try .decode(key, version: recordType), try read(value))
        case 2: .classicGroup(try .decode(key, version: 2), try read(value))
        case 3: .consumerGroup(try .decode(key, version: 3), try read(value))
        case 4: .subscribedTopics(try .decode(key, version: 4), try read(value))
        case 5: .consumerMember(try .decode(key, version: 5), try read(value))
        case 6: .targetAssignment(try .decode(key, version: 6), try read(value))
        case 7: .memberTarget(try .decode(key, version: 7), try read(value))
        case 8: .memberAssignment(try .decode(key, version: 8), try read(value))
        case 16: .regularExpression(try .decode(key, version: 16), try read(value))
        default: .foreign(recordType: recordType)
        }
    }

    private static func read<Value: KafkaMessage>(_ value: ByteBuffer?) throws -> Value? {
        guard var body = value else { return nil }
        guard let version = body.readInteger(as: Int16.self), Value.versions.contains(version) else {
            throw CoordinatorReplayError(
                "\(Value.messageName) has a version that is not known; a newer version of the software wrote it")
        }
        // What a newer minor release has put behind the fields that are known is left alone.
        return try Value.decodePrefix(of: &body, version: version)
    }
}
