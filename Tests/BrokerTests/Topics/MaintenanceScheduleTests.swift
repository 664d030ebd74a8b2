import KafkaProtocol
import Testing

@testable import Broker

struct MaintenanceScheduleTests {
    private static let start = Timestamp(1_000_000)

    private static func after(_ milliseconds: Int64) -> Timestamp { start.advanced(byMilliseconds: milliseconds) }

    private static func schedule() -> MaintenanceSchedule {
        MaintenanceSchedule(
            intervals: [.retention: 300, .logStarts: 60, .recoveryPoints: 50, .producerExpiry: 600],
            firstRetention: 30, start: start)
    }

    @Test func `each work comes at its interval, retention for the first time after the initial delay`() {
        var schedule = Self.schedule()
        #expect(schedule.take(now: Self.after(29)) == [])
        #expect(schedule.take(now: Self.after(30)) == [.retention])
        #expect(schedule.take(now: Self.after(60)) == [.logStarts, .recoveryPoints])
        #expect(schedule.take(now: Self.after(60)) == [])
        #expect(schedule.take(now: Self.after(110)) == [.recoveryPoints])
        #expect(schedule.take(now: Self.after(329)) == [.logStarts, .recoveryPoints])
        #expect(schedule.take(now: Self.after(330)) == [.retention])
        #expect(schedule.take(now: Self.after(10_000)) == Set(MaintenanceSchedule.Work.allCases))
    }

    @Test func `a clock that is set back makes nothing wait for longer than its interval`() {
        var schedule = Self.schedule()
        #expect(schedule.take(now: Self.after(1000)) == Set(MaintenanceSchedule.Work.allCases))
        let earlier = Self.start.advanced(byMilliseconds: -500_000)
        #expect(schedule.take(now: earlier) == Set(MaintenanceSchedule.Work.allCases))
        #expect(schedule.take(now: earlier.advanced(byMilliseconds: 49)) == [])
        #expect(schedule.take(now: earlier.advanced(byMilliseconds: 50)) == [.recoveryPoints])
    }

    @Test func `an interval of nothing is due each time, not without end`() {
        var schedule = MaintenanceSchedule(intervals: [.logStarts: 0], firstRetention: 0, start: Self.start)
        #expect(schedule.take(now: Self.after(1)) == [.logStarts])
        #expect(schedule.take(now: Self.after(1)) == [])
        #expect(schedule.take(now: Self.after(2)) == [.logStarts])
    }
}
