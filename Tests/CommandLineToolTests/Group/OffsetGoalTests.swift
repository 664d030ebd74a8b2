import KafkaClient
import Testing

@testable import CommandLineTool

@Suite struct OffsetGoalTests {
    private static let partition = TopicPartition(topic: "t", partition: 0)
    private static let other = TopicPartition(topic: "t", partition: 1)

    /// A log from 10 to 50 in which the group stands at 20; the wanted time is at 30.
    private static let now = OffsetSituation(first: 10, end: 50, committed: 20, atTime: 30)

    @Test(arguments: [
        (OffsetGoal.earliest, Offset(10)), (.latest, 50), (.current, 20), (.offset(33), 33), (.offset(7), 10),
        (.offset(99), 50), (.shift(5), 25), (.shift(-5), 15), (.shift(-11), 10), (.shift(.max), 50),
        (.shift(.min), 10), (.time(1000), 30), (.listed([partition: 44]), 44), (.listed([other: 44]), 20),
    ])
    func `each goal leads to an offset inside the log`(goal: OffsetGoal, expected: Offset) throws {
        let step = try OffsetStep(Self.partition, toward: goal, from: Self.now)
        #expect(step.new == expected)
        #expect(step.old == 20)
    }

    @Test func `what was asked for is told where it lies outside the log`() throws {
        #expect(try OffsetStep(Self.partition, toward: .offset(7), from: Self.now).clampedFrom == 7)
        #expect(try OffsetStep(Self.partition, toward: .offset(50), from: Self.now).clampedFrom == nil)
    }

    @Test func `without an offset there is nothing to shift, and the current one is the end`() throws {
        let fresh = OffsetSituation(first: 10, end: 50)
        #expect(throws: CommandFailure.self) { try OffsetStep(Self.partition, toward: .shift(1), from: fresh) }
        #expect(try OffsetStep(Self.partition, toward: .current, from: fresh).new == 50)
        #expect(try OffsetStep(Self.partition, toward: .time(1), from: fresh).new == 50)
    }

    // MARK: Files

    @Test func `a file is read as it was written`() throws {
        let step = try OffsetStep(Self.partition, toward: .latest, from: Self.now)
        #expect(try OffsetFile.parse(OffsetFile.text([step]), group: "g") == [Self.partition: 50])
    }

    @Test func `lines of other groups, quotes and empty lines are passed over`() throws {
        let text = "\"g\",t,0,5\r\nh,t,0,6\n\n# a remark\nt,1,7\n"
        #expect(try OffsetFile.parse(text, group: "g") == [Self.partition: 5, Self.other: 7])
    }

    @Test(arguments: ["", "t,0", "t,x,1", "t,0,-1", "t,0,1\nt,0,2", ",0,1", "a,b,t,0,1", "h,t,0,1"])
    func `what is no file of offsets is refused`(text: String) {
        #expect(throws: CommandFailure.self) { try OffsetFile.parse(text, group: "g") }
    }

    // MARK: Times

    @Test(arguments: [
        ("@1700000000000", Int64(1_700_000_000_000)), ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1000),
        ("2000-03-01T00:00", 951_868_800_000), ("2023-11-14T22:13:20.5", 1_700_000_000_500),
        ("2023-11-14T23:13:20.123+01:00", 1_700_000_000_123), ("2023-11-14T17:13:20-0500", 1_700_000_000_000),
        ("2024-02-29", 1_709_164_800_000), ("2100-03-01", 4_107_542_400_000),
    ])
    func `times are read`(text: String, expected: Int64) {
        #expect(PointInTime(text)?.timestamp.rawValue == expected)
    }

    @Test(arguments: [
        "", "@", "@-1", "yesterday", "2023-02-29", "2023-13-01", "2023-11-14T24:00", "2023-11-14T22", "2023-11-14X",
        "2023-11-14T22:13:20.", "2023-11-14T22:13:20+x", "2100-02-29",
    ])
    func `what is no time is refused`(text: String) {
        #expect(PointInTime(text) == nil)
    }

    @Test(arguments: [
        ("P1D", Int64(86_400)), ("PT2H30M", 9000), ("P1DT1S", 86_401), ("P2W", 1_209_600), ("90s", 90), ("2h", 7200),
    ])
    func `durations are read`(text: String, expected: Int64) {
        #expect(TimeSpan(iso8601OrShort: text)?.duration == .seconds(expected))
    }

    @Test(arguments: ["P", "PT", "P1H", "PT1D", "P1", "1d", "PT-1S", "P1Y"])
    func `what is no duration is refused`(text: String) {
        #expect(TimeSpan(iso8601OrShort: text) == nil)
    }
}
