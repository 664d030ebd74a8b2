/// Pauses that double from a first to a longest one, each longer or shorter by up to a fifth, so that clients which
/// failed together do not come back together (KIP-580).
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var failures = 0

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = max(first, longest)
    }

    /// The pause after one more failure.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let doubled = first * (1 << min(failures, 20))
        failures += 1
        return min(doubled, longest) * Double.random(in: 0.8...1.2, using: &generator)
    }

    package mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// It worked.
    package mutating func reset() { failures = 0 }
}
