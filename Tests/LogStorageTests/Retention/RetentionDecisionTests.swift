import KafkaProtocol
import LogStorage
import Testing

/// What goes of a log of four segments of 100 bytes and ten records, the last of which grows; times are 100 apart.
struct RetentionDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var limits: RetentionLimits
        var logStart: Offset = 0
        var highWatermark: Offset = 40
        var tailSize = 100
        var times: [Int64?] = [100, 200, 300, 400]
        var reasons: [RetentionDecision.Reason]
        var includesTail = false

        var testDescription: String { name }
    }

    private static func limits(age: Int64? = nil, bytes: Int? = nil) -> RetentionLimits {
        var limits = RetentionLimits(LogConfiguration())
        (limits.age, limits.byteCount) = (age, bytes)
        return limits
    }

    static let now = Timestamp(1000)
    static let cases: [Case] = [
        Case(name: "no limits keep all", limits: limits(), reasons: []),
        Case(name: "at its age a segment stays", limits: limits(age: 900), reasons: []),
        Case(name: "beyond its age it goes", limits: limits(age: 899), reasons: [.time]),
        Case(
            name: "the first that stays keeps those behind it", limits: limits(age: 850),
            times: [100, 990, 100, 100], reasons: [.time]),
        Case(
            name: "a segment whose time nobody knows stays", limits: limits(age: 10), times: [nil, 1, 1, 1],
            reasons: []),
        Case(name: "a segment of the future stays", limits: limits(age: 10), times: [2000, 1, 1, 1], reasons: []),
        Case(
            name: "the tail goes when all of it is too old", limits: limits(age: 500),
            reasons: [.time, .time, .time, .time], includesTail: true),
        Case(name: "an empty tail stays", limits: limits(age: 500), tailSize: 0, reasons: [.time, .time, .time]),
        Case(name: "at its size the log stays", limits: limits(bytes: 400), reasons: []),
        Case(name: "a segment stays if less than the limit would be left", limits: limits(bytes: 301), reasons: []),
        Case(name: "it goes if the limit is left", limits: limits(bytes: 300), reasons: [.size]),
        Case(name: "several go", limits: limits(bytes: 199), reasons: [.size, .size]),
        Case(
            name: "a limit of nothing keeps nothing", limits: limits(bytes: 0),
            reasons: [.size, .size, .size, .size], includesTail: true),
        Case(
            name: "what is below the log start goes without any limit", limits: limits(), logStart: 25,
            reasons: [.logStart, .logStart]),
        Case(
            name: "a segment that ends at the log start goes", limits: limits(), logStart: 20,
            reasons: [.logStart, .logStart]),
        Case(
            name: "a log of which nothing can be read goes", limits: limits(), logStart: 40,
            reasons: [.logStart, .logStart, .logStart, .logStart], includesTail: true),
        Case(
            name: "reasons follow each other", limits: limits(age: 750, bytes: 300), logStart: 10,
            reasons: [.logStart, .time]),
        Case(
            name: "nothing at or above the high watermark goes", limits: limits(age: 1), highWatermark: 29,
            reasons: [.time, .time]),
        Case(
            name: "what the high watermark has passed goes", limits: limits(age: 1), highWatermark: 30,
            reasons: [.time, .time, .time]),
    ]

    @Test(arguments: cases) func `a rule`(_ rule: Case) throws {
        let segments: [RetentionDecision.Segment] = (0..<4).map { (index: Int64) in
            .init(
                baseOffset: Offset(index * 10), nextOffset: Offset(index * 10 + 10),
                size: index == 3 ? rule.tailSize : 100)
        }
        let decision = try RetentionDecision(
            of: segments, rule.limits, logStart: rule.logStart, highWatermark: rule.highWatermark, now: Self.now
        ) { index in rule.times[index].map { Timestamp($0) } }
        #expect(decision.removals.map(\.reason) == rule.reasons)
        #expect(decision.removals.map(\.segment) == Array(segments.prefix(rule.reasons.count)))
        #expect(decision.includesTail == rule.includesTail)
        #expect(decision.logStart == (rule.reasons.isEmpty ? nil : Offset(Int64(rule.reasons.count * 10))))
    }

    @Test(
        arguments: [
            (.delete, true), ([.delete, .compact], true), (.compact, false), ([], false),
        ] as [(LogConfiguration.CleanupPolicy, Bool)])
    func `only a policy with delete has limits`(policy: LogConfiguration.CleanupPolicy, hasLimits: Bool) {
        var configuration = LogConfiguration()
        configuration.cleanupPolicy = policy
        configuration.retentionBytes = 5
        let limits = RetentionLimits(configuration)
        #expect((limits.age != nil) == hasLimits && (limits.byteCount != nil) == hasLimits)
    }
}
