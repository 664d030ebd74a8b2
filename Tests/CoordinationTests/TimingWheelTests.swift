import Testing

@testable import Coordination

@Suite struct TimingWheelTests {
    private typealias Wheel = TimingWheel<Int>

    @Test func `keys come when they are due, the earliest first, and once`() {
        var wheel = Wheel(tick: .milliseconds(10), slotCount: 4)
        wheel.arm(1, at: .milliseconds(35))
        wheel.arm(2, at: .milliseconds(15))
        wheel.arm(3, at: .milliseconds(500))
        #expect(wheel.expire(by: .milliseconds(14)) == [])
        #expect(wheel.expire(by: .milliseconds(35)) == [2, 1])
        #expect(wheel.expire(by: .milliseconds(499)) == [])
        #expect(wheel.expire(by: .milliseconds(600)) == [3])
        #expect(wheel.isEmpty)
    }

    @Test func `a deadline that is moved back or forward counts as it was set last`() {
        var wheel = Wheel(tick: .milliseconds(10), slotCount: 4)
        wheel.arm(1, at: .milliseconds(20))
        wheel.arm(1, at: .milliseconds(90))
        #expect(wheel.expire(by: .milliseconds(80)) == [])
        wheel.arm(1, at: .milliseconds(300))
        wheel.arm(1, at: .milliseconds(100))
        #expect(wheel.expire(by: .milliseconds(100)) == [1])
        wheel.arm(2, at: .milliseconds(150))
        wheel.cancel(2)
        #expect(wheel.expire(by: .milliseconds(1000)) == [])
    }

    @Test(arguments: UInt64(1)...200) func `no deadline is early, lost or late`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var wheel = Wheel(tick: .milliseconds(7), slotCount: Int.random(in: 1...20, using: &random))
        var model: [Int: Duration] = [:]
        var now = Duration.zero
        for _ in 0..<300 {
            let key = Int.random(in: 0..<10, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                model[key] = now + .milliseconds(.random(in: 1...400, using: &random))
                wheel.arm(key, at: model[key] ?? now)
            case 2:
                model[key] = nil
                wheel.cancel(key)
            default:
                now += .milliseconds(.random(in: 0...90, using: &random))
                let may = wheel.mayExpire(by: now)
                let expired = wheel.expire(by: now)
                #expect(may || expired.isEmpty, "seed \(seed)")
                for key in expired {
                    #expect((model[key] ?? .seconds(9)) <= now, "seed \(seed)")
                    model[key] = nil
                }
                #expect(model.values.allSatisfy { $0 > now }, "seed \(seed)")
            }
            #expect(wheel.count == model.count, "seed \(seed)")
        }
    }
}
