package import KafkaProtocol
import LogStorage
import Synchronization

/// A clock that moves only when a test moves it: the time of day and, beside it, the time that has passed.
public final class ManualClock: Sendable {
    private let state: Mutex<(wall: Int64, elapsed: Duration)>

    /// - Parameter milliseconds: the time of day to begin with, in milliseconds since 1970.
    public init(milliseconds: Int64 = 1_700_000_000_000) { state = Mutex((milliseconds, .zero)) }

    /// The time that has passed since the clock was made: never goes back.
    public var elapsed: Duration { state.withLock { $0.elapsed } }

    /// The time of day, in milliseconds since 1970.
    public var milliseconds: Int64 { state.withLock { $0.wall } }

    /// Both times move on.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "time does not go back")
        state.withLock { state in
            state.wall += duration.wholeMilliseconds
            state.elapsed += duration
        }
    }

    /// Sets the time of day alone, forward or back, as an operator or NTP may.
    public func set(milliseconds: Int64) { state.withLock { $0.wall = milliseconds } }
}

extension ManualClock: WallClock {
    package var now: Timestamp { Timestamp(milliseconds) }
}
