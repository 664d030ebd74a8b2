package import KafkaProtocol

/// A group whose members assign the partitions among themselves.
package struct ClassicGroup: Sendable {
    package let id: String

    package init(id: String) { self.id = id }
}

extension GroupCoordinatorStateMachine {
    mutating func replay(_ key: GroupMetadataKey, _ value: GroupMetadataValue?) {}
}
