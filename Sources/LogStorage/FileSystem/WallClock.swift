import CSystemCalls
package import KafkaProtocol

/// The time of day, injected so that tests own it.
package protocol WallClock: Sendable {
    /// Now, in milliseconds since 1970.
    var now: Timestamp { get }
}

/// The machine's clock.
package struct SystemWallClock: WallClock {
    package init() {}
    package var now: Timestamp { Timestamp(martlet_wall_milliseconds()) }
}
