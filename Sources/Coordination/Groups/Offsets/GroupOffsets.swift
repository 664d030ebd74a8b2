package import KafkaProtocol

/// The offsets that groups have committed.
package struct GroupOffsets: Sendable {
    package init() {}
}

extension GroupCoordinatorStateMachine {
    mutating func replay(_ key: OffsetCommitKey, _ value: OffsetCommitValue?) {}
}
