/// Keeps work that reads and writes files at a rate of bytes: a pure account of when the next bytes may come.
struct BytePace: Sendable {
    /// Bytes per second; nil does not hold anything up.
    var bytesPerSecond: Double?
    /// When what was spent so far is paid off.
    private var paidAt: Duration = .zero

    /// What may be spent ahead, so that a thread sleeps rarely and long enough to be worth it.
    static let slack: Duration = .milliseconds(50)

    init(bytesPerSecond: Double?) { self.bytesPerSecond = bytesPerSecond }

    /// Takes in that `count` bytes were spent at `now`; returns how long to wait before the next.
    mutating func spend(_ count: Int, at now: Duration) -> Duration {
        guard let bytesPerSecond, bytesPerSecond > 0 else { return .zero }
        paidAt = max(paidAt, now) + .seconds(Double(count) / bytesPerSecond)
        let ahead = paidAt - now
        return ahead > Self.slack ? ahead : .zero
    }
}
