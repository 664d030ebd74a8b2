import Testing

@testable import KafkaClient

@Suite struct BackoffTests {
    /// Always the same number.
    private struct Fixed: RandomNumberGenerator {
        let value: UInt64
        mutating func next() -> UInt64 { value }
    }

    @Test func `pauses double up to the longest`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(1000))
        var lowest = Fixed(value: 0)
        let pauses = (0..<6).map { _ in backoff.next(using: &lowest) }
        let expected = [80, 160, 320, 640, 800, 800].map { Duration.milliseconds($0) }
        for (pause, wanted) in zip(pauses, expected) {
            #expect(abs(pause / .milliseconds(1) - wanted / .milliseconds(1)) < 0.001)
        }
    }

    @Test func `a pause is longer or shorter by at most a fifth`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            var backoff = Backoff(first: .seconds(1), longest: .seconds(8))
            let pause = backoff.next(using: &generator)
            #expect(pause >= .milliseconds(800) && pause <= .milliseconds(1200))
        }
    }

    @Test func `after a success it begins anew`() {
        var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
        for _ in 0..<5 { _ = backoff.next() }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(1200))
    }

    @Test func `many failures do not overflow`() {
        var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
        for _ in 0..<200 { _ = backoff.next() }
        #expect(backoff.next() <= .seconds(72))
    }
}
