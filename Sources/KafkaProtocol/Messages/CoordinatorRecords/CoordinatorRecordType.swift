package import NIOCore

/// What a record of a coordinator's log is: its key begins with the number of the key's layout, its value with the
/// version of the value's.
package struct CoordinatorRecordType: Sendable {
    package let key: any KafkaMessage.Type
    package let value: any KafkaMessage.Type

    /// `__consumer_offsets`.
    package static let groups: [CoordinatorRecordType] = [
        .init(key: OffsetCommitKey.self, value: OffsetCommitValue.self),
        .init(key: GroupMetadataKey.self, value: GroupMetadataValue.self),
        .init(key: ConsumerGroupMetadataKey.self, value: ConsumerGroupMetadataValue.self),
        .init(key: ConsumerGroupPartitionMetadataKey.self, value: ConsumerGroupPartitionMetadataValue.self),
        .init(key: ConsumerGroupMemberMetadataKey.self, value: ConsumerGroupMemberMetadataValue.self),
        .init(
            key: ConsumerGroupTargetAssignmentMetadataKey.self, value: ConsumerGroupTargetAssignmentMetadataValue.self),
        .init(key: ConsumerGroupTargetAssignmentMemberKey.self, value: ConsumerGroupTargetAssignmentMemberValue.self),
        .init(key: ConsumerGroupCurrentMemberAssignmentKey.self, value: ConsumerGroupCurrentMemberAssignmentValue.self),
        .init(key: ShareGroupPartitionMetadataKey.self, value: ShareGroupPartitionMetadataValue.self),
        .init(key: ShareGroupMemberMetadataKey.self, value: ShareGroupMemberMetadataValue.self),
        .init(key: ShareGroupMetadataKey.self, value: ShareGroupMetadataValue.self),
        .init(key: ShareGroupTargetAssignmentMetadataKey.self, value: ShareGroupTargetAssignmentMetadataValue.self),
        .init(key: ShareGroupTargetAssignmentMemberKey.self, value: ShareGroupTargetAssignmentMemberValue.self),
        .init(key: ShareGroupCurrentMemberAssignmentKey.self, value: ShareGroupCurrentMemberAssignmentValue.self),
        .init(key: ShareGroupStatePartitionMetadataKey.self, value: ShareGroupStatePartitionMetadataValue.self),
        .init(key: ConsumerGroupRegularExpressionKey.self, value: ConsumerGroupRegularExpressionValue.self),
    ]

    /// `__transaction_state`.
    package static let transactions: [CoordinatorRecordType] = [
        .init(key: TransactionLogKey.self, value: TransactionLogValue.self)
    ]

    /// `__share_group_state`.
    package static let shareState: [CoordinatorRecordType] = [
        .init(key: ShareSnapshotKey.self, value: ShareSnapshotValue.self),
        .init(key: ShareUpdateKey.self, value: ShareUpdateValue.self),
    ]

    /// The type, among `types`, that a record's key names, and the key and value as JSON:
    /// `{"type":"2","data":{…}}`, `{"version":"3","data":{…}}`; null for a missing value. nil where the bytes are none
    /// of these.
    package static func json(
        key: ByteBuffer?, value: ByteBuffer?, among types: [CoordinatorRecordType]
    ) -> (key: String, value: String)? {
        guard var body = key, let number = body.readInteger(as: Int16.self),
            let type = types.first(where: { $0.key.versions.contains(number) }),
            let keyText = text(of: type.key, body, number)
        else { return nil }
        let keyJSON = "{\"type\":\"\(number)\",\"data\":\(keyText)}"
        guard var value else { return (keyJSON, "null") }
        guard let version = value.readInteger(as: Int16.self), type.value.versions.contains(version),
            let valueText = text(of: type.value, value, version)
        else { return nil }
        return (keyJSON, "{\"version\":\"\(version)\",\"data\":\(valueText)}")
    }

    private static func text<Message: KafkaMessage>(
        of type: Message.Type, _ body: ByteBuffer, _ version: Int16
    ) -> String? {
        (try? Message.decode(body, version: version)).map { $0.json(version: version) }
    }
}
