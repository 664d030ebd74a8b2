import ArgumentParser
import KafkaClient
import NIOCore

struct GroupResetOffsetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-offsets",
        abstract: "Set where a group goes on.",
        discussion: """
            Shows what would change; --execute changes it. A group with members is refused: stop them first. An offset \
            outside the log becomes the nearest one inside.

            Times are 2026-01-31T12:00:00.000+01:00 or shorter forms of it (UTC where no zone stands), or @MS in \
            milliseconds since 1970. Durations are 90s, 15m, 2h, or P1DT2H30M.

            A file has lines of topic,partition,offset, as --export writes them; '-' is standard input.

            Examples:
              martlet group reset-offsets billing --topic orders --to-earliest
              martlet group reset-offsets billing --topic orders:0,1 --shift-by -100 --execute
              martlet group reset-offsets billing --all-topics --by-duration 2h --execute
              martlet group reset-offsets billing --all-topics --to-current --export > offsets.csv
              martlet group reset-offsets billing --from-file offsets.csv --execute
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The group.") var group: String
    @OptionGroup var goal: GoalOptions
    @Option(help: ArgumentHelp("A topic, or some of its partitions.", valueName: "topic[:0,1]")) var topic:
        [TopicSelection] = []
    @Flag(help: "Every topic in which the group has an offset.") var allTopics = false
    @Flag(help: "Do it.") var execute = false
    @Flag(help: "Only show it; this is the default.") var dryRun = false
    @Flag(help: "Write the new offsets as lines of topic,partition,offset.") var export = false
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func validate() throws {
        if execute, dryRun { throw ValidationError("--execute and --dry-run exclude each other") }
        if export, output == .json { throw ValidationError("--export and --output json exclude each other") }
        if allTopics, !topic.isEmpty { throw ValidationError("--all-topics and --topic exclude each other") }
        if goal.fromFile == nil, !allTopics, topic.isEmpty {
            throw ValidationError("say which topics: --topic T, --topic T:0,1 or --all-topics")
        }
    }

    func run() async throws {
        let goal = try goal.goal(group: group)
        let admin = try connection.admin()
        defer { admin.close() }
        try await checkIsEmpty(admin)
        let committed = try await admin.listGroupOffsets([group])[group]?.get() ?? [:]
        let partitions = try await partitions(goal, committed: committed, admin)
        let steps = try await steps(partitions, goal, committed: committed, admin)
        if execute { try await commit(steps, admin) }
        show(steps)
    }

    /// A member would go on where it is, and overwrite what is set here.
    private func checkIsEmpty(_ admin: Admin) async throws {
        do {
            guard let described = try await admin.describeGroups([group])[group]?.get() else { return }
            guard described.members.isEmpty else {
                let count = described.members.count
                throw CommandFailure(
                    message: "group '\(group)' has \(count) member\(count == 1 ? "" : "s"); stop them, then try again "
                        + "('martlet group describe \(group) --members' shows them)")
            }
        } catch let error as KafkaError where error.brokerCode == .groupIDNotFound {
            // Offsets may be set before a group's first member comes.
        }
    }

    private func partitions(
        _ goal: OffsetGoal, committed: GroupOffsets, _ admin: Admin
    ) async throws -> [TopicPartition] {
        if allTopics {
            guard !committed.isEmpty else { throw CommandFailure(message: "group '\(group)' has no offsets") }
            return committed.keys.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        }
        if topic.isEmpty, case .listed(let offsets) = goal {
            return offsets.keys.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        }
        let names = Set(topic.map(\.topic)).sorted()
        let outcomes = try await admin.describeTopics(names)
        var known: [TopicPartition] = []
        for name in names {
            known += try outcomes[name]?.get().partitions.map { TopicPartition(topic: name, partition: $0.index) } ?? []
        }
        var wanted = topic.flatMap { $0.partitions(among: known) }
        for partition in wanted where !known.contains(partition) {
            throw CommandFailure(
                message: "topic '\(partition.topic)' has no partition \(partition.partition); "
                    + "'martlet topic describe \(partition.topic)' shows those that it has")
        }
        if case .listed(let offsets) = goal { wanted.removeAll { offsets[$0] == nil } }
        return wanted
    }

    private func steps(
        _ partitions: [TopicPartition], _ goal: OffsetGoal, committed: GroupOffsets, _ admin: Admin
    ) async throws -> [OffsetStep] {
        func look(_ specification: OffsetSpecification) async throws -> [TopicPartition: Offset] {
            let wanted = Dictionary(partitions.map { ($0, specification) }) { first, _ in first }
            return try await admin.listOffsets(wanted).mapValues { try $0.get().offset }
        }
        let firsts = try await look(.earliest)
        let ends = try await look(.latest)
        var atTime: [TopicPartition: Offset] = [:]
        if let time = goal.timestamp { atTime = try await look(.timestamp(time)).filter { $0.value >= 0 } }
        return try partitions.map { partition in
            let now = OffsetSituation(
                first: firsts[partition] ?? 0, end: ends[partition] ?? 0,
                committed: try committed[partition]?.get().offset, atTime: atTime[partition])
            return try OffsetStep(partition, toward: goal, from: now)
        }
    }

    private func commit(_ steps: [OffsetStep], _ admin: Admin) async throws {
        let offsets = Dictionary(steps.map { ($0.partition, CommittedOffset($0.new)) }) { first, _ in first }
        let outcomes = try await admin.alterGroupOffsets(group, offsets)
        let failures = steps.compactMap { step -> KafkaError? in
            switch outcomes[step.partition] {
            case .success: nil
            case .failure(let error): error
            case nil: KafkaError(.protocolViolation, "the broker's answer leaves out \(step.partition)")
            }
        }
        try Failures.throwAll(failures)
    }

    private func show(_ steps: [OffsetStep]) {
        for step in steps {
            guard let wanted = step.clampedFrom else { continue }
            Notice.write("\(step.partition): offset \(wanted) lies outside the log, \(step.new) is the nearest inside")
        }
        if export {
            OutputBuffer.write(OffsetFile.text(steps))
        } else {
            OutputBuffer.write(output == .json ? json(steps) + "\n" : text(steps))
        }
        if !execute, output == .text { Notice.write("nothing was changed; --execute does it") }
    }

    func text(_ steps: [OffsetStep]) -> String {
        var table = TextTable("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "NEW-OFFSET")
        for step in steps {
            table.add(
                group, step.partition.topic, "\(step.partition.partition)", step.old.map { "\($0)" } ?? "-",
                "\(step.new)")
        }
        return table.text
    }

    private func json(_ steps: [OffsetStep]) -> String {
        JSONValue.object([
            ("group", .string(group)), ("executed", .bool(execute)),
            (
                "offsets",
                .array(
                    steps.map { step in
                        .object([
                            ("topic", .string(step.partition.topic)),
                            ("partition", .number(step.partition.partition.rawValue)),
                            ("currentOffset", step.old.map { .number($0.rawValue) } ?? .null),
                            ("newOffset", .number(step.new.rawValue)),
                        ])
                    })
            ),
        ]).text
    }
}

/// Where the group is to go on: exactly one of these.
struct GoalOptions: ParsableArguments {
    @Flag(help: "The first record that is there.") var toEarliest = false
    @Flag(help: "Behind the last record.") var toLatest = false
    @Flag(help: "Where it is now; behind the last record where it has no offset.") var toCurrent = false
    @Option(help: ArgumentHelp("This offset.", valueName: "offset")) var toOffset: Int64?
    @Option(help: ArgumentHelp("The first record of this time or later.", valueName: "time")) var toDatetime: String?
    @Option(help: ArgumentHelp("The first record that is at most so old.", valueName: "duration")) var byDuration:
        String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("So many records on from where it is; less than 0 is back.", valueName: "count"))
    var shiftBy: Int64?
    @Option(help: ArgumentHelp("What a file says.", valueName: "file")) var fromFile: String?

    private var chosen: Int {
        let flags = [toEarliest, toLatest, toCurrent].filter { $0 }.count
        let options: [Any?] = [toOffset, toDatetime, byDuration, shiftBy, fromFile]
        return flags + options.filter { $0 != nil }.count
    }

    func validate() throws {
        guard chosen == 1 else {
            throw ValidationError(
                "say where the group is to go on, by one of --to-earliest, --to-latest, --to-current, --to-offset, "
                    + "--to-datetime, --by-duration, --shift-by and --from-file")
        }
        if let toOffset, toOffset < 0 { throw ValidationError("an offset is 0 or more") }
        if let toDatetime, PointInTime(toDatetime) == nil {
            throw ValidationError("'\(toDatetime)' is no time; write 2026-01-31T12:00:00 (UTC), with a zone, or @MS")
        }
        if let byDuration, TimeSpan(iso8601OrShort: byDuration) == nil {
            throw ValidationError("'\(byDuration)' is no duration; write 90s, 15m, 2h or P1DT2H30M")
        }
    }

    func goal(group: String) throws -> OffsetGoal {
        if toEarliest { return .earliest }
        if toLatest { return .latest }
        if let toOffset { return .offset(Offset(toOffset)) }
        if let shiftBy { return .shift(shiftBy) }
        if let toDatetime, let time = PointInTime(toDatetime) { return .time(time.timestamp) }
        if let byDuration, let span = TimeSpan(iso8601OrShort: byDuration) {
            let age = span.duration.components.seconds * 1000
            return .time(Timestamp(max(0, Timestamp.now.rawValue - age)))
        }
        if let fromFile { return .listed(try OffsetFile.parse(try TextFile.read(fromFile), group: group)) }
        return .current
    }
}
