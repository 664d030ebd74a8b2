package import KafkaProtocol

/// The two times that a coordinator goes by: the time of day stands in records, and may jump; timeouts go by the time
/// that has passed.
package struct CoordinatorTime: Hashable, Sendable {
    /// Now, in milliseconds since 1970.
    package var wall: Timestamp
    /// Since some moment of the past; never goes back.
    package var uptime: Duration

    package init(wall: Timestamp, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}
