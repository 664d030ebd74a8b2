import Testing

@testable import Broker

struct BytePaceTests {
    @Test func `what is spent ahead of the rate has to be waited for`() {
        var pace = BytePace(bytesPerSecond: 1000)
        #expect(pace.spend(50, at: .zero) == .zero)
        #expect(pace.spend(450, at: .zero) == .milliseconds(500))
        #expect(pace.spend(100, at: .milliseconds(500)) == .milliseconds(100))
        // Who has waited longer has nothing saved up.
        #expect(pace.spend(100, at: .seconds(60)) == .milliseconds(100))
    }

    @Test func `a rate that is changed holds from then on, and none holds nothing up`() {
        var pace = BytePace(bytesPerSecond: nil)
        #expect(pace.spend(1 << 40, at: .zero) == .zero)
        pace.bytesPerSecond = 1_048_576
        #expect(pace.spend(1 << 20, at: .seconds(1)) == .seconds(1))
        pace.bytesPerSecond = 2_097_152
        #expect(pace.spend(1 << 20, at: .seconds(2)) == .milliseconds(500))
    }
}
