/// What the broker is configured to let groups do. Names of keys stand beside what they set.
package struct GroupSettings: Hashable, Sendable {
    // Classic groups.
    /// `group.initial.rebalance.delay.ms`
    package var initialRebalanceDelay: Duration = .seconds(3)
    /// `group.min.session.timeout.ms`, `group.max.session.timeout.ms`
    package var sessionTimeouts: ClosedRange<Duration> = .seconds(6) ... .seconds(1800)
    /// `group.max.size`
    package var maxSize = Int(Int32.max)

    // Consumer groups (KIP-848).
    /// `group.consumer.session.timeout.ms`
    package var consumerSessionTimeout: Duration = .seconds(45)
    /// `group.consumer.heartbeat.interval.ms`
    package var consumerHeartbeatInterval: Duration = .seconds(5)
    /// `group.consumer.max.size`
    package var consumerMaxSize = Int(Int32.max)
    /// `group.consumer.assignors`: the first is the default.
    package var consumerAssignors: [String] = ["uniform", "range"]
    /// `group.consumer.migration.policy`
    package var migrationPolicy = GroupMigrationPolicy.bidirectional
    /// `group.consumer.regex.refresh.interval.ms`
    package var patternRefreshInterval: Duration = .seconds(600)
    /// `group.coordinator.rebalance.protocols`
    package var servesConsumerGroups = true

    // Offsets.
    /// `offset.metadata.max.bytes`
    package var maxOffsetMetadataBytes = 4096
    /// `offsets.retention.minutes`
    package var offsetsRetention: Duration = .seconds(10080 * 60)

    package init() {}
}

/// Which conversions between classic and consumer groups happen while members are there.
package enum GroupMigrationPolicy: String, Sendable {
    case disabled
    /// From consumer to classic, when the last member of the new protocol leaves.
    case downgrade
    /// From classic to consumer, when the first member of the new protocol comes.
    case upgrade
    case bidirectional

    package var allowsUpgrade: Bool { self == .upgrade || self == .bidirectional }
    package var allowsDowngrade: Bool { self == .downgrade || self == .bidirectional }
}

/// What a group itself is configured to (`consumer.session.timeout.ms` …); nil leaves it to the broker's setting.
package struct GroupOverrides: Hashable, Sendable {
    package var consumerSessionTimeout: Duration?
    package var consumerHeartbeatInterval: Duration?

    /// - Parameter values: the group's own values, by key.
    package init(_ values: [String: String] = [:]) {
        func duration(_ key: String) -> Duration? { values[key].flatMap { Int64($0) }.map { .milliseconds($0) } }
        consumerSessionTimeout = duration("consumer.session.timeout.ms")
        consumerHeartbeatInterval = duration("consumer.heartbeat.interval.ms")
    }
}
