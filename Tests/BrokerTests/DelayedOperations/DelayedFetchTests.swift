import NIOCore
import Testing

@testable import Broker

struct DelayedFetchTests {
    @Test(arguments: [1, 7, 100, 500, 30_000] as [Int64])
    func `a wait ends at most a quarter early and never late`(milliseconds: Int64) {
        let maxWait = TimeAmount.milliseconds(milliseconds)
        for start in stride(from: UInt64(1_000_000_000), to: 2_000_000_000, by: 7_654_321) {
            let now = NIODeadline.uptimeNanoseconds(start)
            let wait = DelayedFetch.deadline(now, maxWait) - now
            #expect(wait <= maxWait)
            #expect(wait >= maxWait - .nanoseconds(maxWait.nanoseconds / 4))
        }
    }

    @Test func `waits that begin shortly after each other end together`() {
        let first = DelayedFetch.deadline(.uptimeNanoseconds(1_000_000_000), .milliseconds(500))
        let second = DelayedFetch.deadline(.uptimeNanoseconds(1_004_000_000), .milliseconds(500))
        #expect(first == second)
    }
}
