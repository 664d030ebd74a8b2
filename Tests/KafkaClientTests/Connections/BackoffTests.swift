import Testing

@testable import KafkaClient

@Suite struct BackoffTests {
    @Test func `pauses double up to the longest`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(1000))
        for wanted in [100, 200, 400, 800, 1000, 1000] {
            let pause = backoff.next() / .milliseconds(wanted)
            #expect(pause > 0.799 && pause < 1.201, "\(wanted) ms")
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
