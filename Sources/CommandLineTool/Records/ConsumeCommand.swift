import ArgumentParser
import KafkaClient
import NIOCore
import UnixSignals

struct ConsumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consume",
        abstract: "Write the records of a topic to standard output.",
        discussion: """
            Reads what comes from now on, or from where --from-beginning or --offset says, until it is interrupted or \
            one of --max-messages, --until-end and --timeout ends it. Exit code 4: --timeout passed before \
            --max-messages had come.

            Offsets: a number; 'earliest'; 'latest'; -N for the last N records of each partition; @MS for the first \
            record of that time, in milliseconds since 1970.

            Formats: %t topic, %p partition, %o offset, %T timestamp, %k key, %v value, %h headers, %K and %S lengths \
            of key and value, %% a percent sign; \\n, \\t, \\r, \\0, \\\\ and \\xNN are bytes. The default is '%v\\n'. \
            With --output json each record is a line; a key or value that is not UTF-8 stands as keyBase64 or \
            valueBase64.

            With --group it is a member of that group: it goes on where the group stands, shares the partitions with \
            the other members, commits what it has written, and leaves when it ends or is interrupted. Where the group \
            has no offset it begins with what comes from now on, or at --from-beginning.

            Examples:
              martlet consume events
              martlet consume events --from-beginning --until-end > events.log
              martlet consume events --offset -10 --format '%p/%o %T %k=%v\\n'
              martlet consume events --partition 2 --offset 1000 --max-messages 5 --output json
              martlet consume events --group audit --from-beginning
              martlet consume 'events-.*' --regex --group audit --group-protocol consumer
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topic.") var topic: String
    @Flag(help: "Begin with the first record that is there; the same as --offset earliest.") var fromBeginning = false
    @Option(
        name: .shortAndLong, parsing: .unconditional, help: "Where to begin: a number, earliest, latest, -N or @MS.")
    var offset: OffsetChoice?
    @Option(name: .shortAndLong, help: "Read this partition only.") var partition: Int32?
    @Option(name: [.customShort("n"), .long], help: "End after so many records.") var maxMessages: Int?
    @Flag(name: [.customShort("e"), .long], help: "End when every partition is read to its end.") var untilEnd = false
    @Option(name: .shortAndLong, help: "End when no record has come for so long: 500ms, 10s, 2m.") var timeout:
        TimeSpan?
    @Option(name: .shortAndLong, help: "How a record is written.") var format: String?
    @Option(help: "What is written for a null key or value.") var nullMarker = ""
    @Option(help: "text or json.") var output = OutputStyle.text
    @OptionGroup(title: "As a member of a group") var membership: MembershipOptions

    func validate() throws {
        if membership.group != nil, offset != nil || partition != nil {
            throw ValidationError(
                "--group goes on where the group stands, in partitions that the group gives it; leave --offset and "
                    + "--partition out, or set the offsets with 'martlet group reset-offsets'")
        }
        if fromBeginning, offset != nil { throw ValidationError("--from-beginning and --offset exclude each other") }
        if output == .json, format != nil { throw ValidationError("--format and --output json exclude each other") }
        if let maxMessages, maxMessages < 0 { throw ValidationError("--max-messages is 0 or more") }
    }

    func run() async throws {
        var format = try RecordFormat(self.format ?? "%v\\n")
        format.nullMarker = nullMarker
        var client = try connection.client()
        client.allowsAutoCreateTopics = false
        var settings = ConsumerConfiguration(client: client)
        settings.offsetReset = .earliest
        settings.maxBatchRecords = 2000
        let consumed: Int
        if let group = membership.group {
            consumed = try await consume(settings, in: group, format)
        } else {
            try settings.set(connection.pairs)
            let consumer = Consumer(settings)
            try await consumer.assign(try await starts(settings))
            consumed = try await copy(format) { limit, timeout in
                try await consumer.nextBatch(limit: limit, timeout: timeout, stopsAtEnd: untilEnd)
            }
            consumer.close()
        }
        if let maxMessages, consumed < maxMessages, timeout != nil, !untilEnd {
            throw CommandFailure(
                code: ExitReason.timedOut, message: "\(consumed) of \(maxMessages) records came before the time was up")
        }
    }

    /// As a member of a group, which is left in order also when a signal ends it.
    private func consume(_ settings: ConsumerConfiguration, in group: String, _ format: RecordFormat) async throws
        -> Int
    {
        var settings = GroupConsumerConfiguration(consumer: settings, groupID: group)
        settings.consumer.offsetReset = fromBeginning ? .earliest : .latest
        settings.groupProtocol = membership.groupProtocol.value
        settings.instanceID = membership.instanceID
        try settings.set(connection.pairs)
        let consumer = try GroupConsumer(settings)
        if membership.regex { try consumer.subscribe(matching: topic) } else { try consumer.subscribe([topic]) }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in signals { return try await consumer.close() }
            }
            do {
                try await waitForAssignment(consumer)
                let consumed = try await copy(format) { limit, timeout in
                    try await consumer.nextBatch(limit: limit, timeout: timeout, stopsAtEnd: untilEnd)
                }
                try await consumer.close()
                tasks.cancelAll()
                return consumed
            } catch {
                // What could not be written is for whoever reads next.
                try? await consumer.close(commits: false)
                tasks.cancelAll()
                throw error
            }
        }
    }

    /// What --timeout counts begins when the group has its members together: a new one waits three seconds for more.
    private func waitForAssignment(_ consumer: GroupConsumer) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !consumer.isAssigned, ContinuousClock.now < deadline {
            // No records come before the assignment, and none are taken with it.
            _ = try await consumer.nextBatch(limit: 0, timeout: .milliseconds(100))
        }
    }

    /// Where each partition begins.
    private func starts(_ settings: ConsumerConfiguration) async throws -> [TopicPartition: StartPosition] {
        let admin = Admin(settings.client)
        defer { admin.close() }
        guard let outcome = try await admin.describeTopics([topic])[topic] else {
            throw CommandFailure(message: "topic '\(topic)' does not exist")
        }
        var names = try outcome.get().partitions.map { TopicPartition(topic: topic, partition: $0.index) }
        if let partition {
            names = names.filter { $0.partition.rawValue == partition }
            guard !names.isEmpty else {
                throw CommandFailure(message: "topic '\(topic)' has no partition \(partition)")
            }
        }
        let choice = offset ?? (fromBeginning ? .earliest : .latest)
        guard case .last(let count) = choice else {
            return Dictionary(uniqueKeysWithValues: names.map { ($0, choice.start) })
        }
        let ends = try await admin.listOffsets(
            Dictionary(uniqueKeysWithValues: names.map { ($0, .latest) }), isolationLevel: settings.isolationLevel)
        return try ends.mapValues { .offset(max(0, try $0.get().offset - count)) }
    }

    /// Writes records until one of the ends is reached.
    ///
    /// - Returns: how many.
    private func copy(
        _ format: RecordFormat, from next: (_ limit: Int, _ timeout: Duration?) async throws -> [ConsumerRecord]
    ) async throws -> Int {
        var output = OutputBuffer()
        var progress = Progress("read", isShown: false)
        while progress.records < maxMessages ?? .max {
            let limit = min(2000, (maxMessages ?? .max) - progress.records)
            var batch = try await next(limit, .zero)
            if batch.isEmpty {
                try output.flush()
                batch = try await next(limit, timeout?.duration)
                if batch.isEmpty { break }
            }
            for record in batch {
                if self.output == .json {
                    try output.write(RecordFormat.json(record) + "\n")
                } else {
                    try format.write(record, to: &output)
                }
                progress.count(bytes: record.value?.readableBytes ?? 0)
            }
        }
        try output.flush()
        return progress.records
    }
}

/// How a consumer belongs to a group.
struct MembershipOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The group's name.") var group: String?
    @Option(help: "classic, or consumer (KIP-848).") var groupProtocol = Choice.classic
    @Option(help: "The name of a static member: it gets its partitions back when it returns soon.") var instanceID:
        String?
    @Flag(help: "TOPIC is an RE2 expression that whole names must match; with --group-protocol consumer.") var regex =
        false

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case classic, consumer

        var value: GroupConsumerConfiguration.GroupProtocol { self == .classic ? .classic : .consumer }
    }

    func validate() throws {
        if group == nil, instanceID != nil || regex || groupProtocol != .classic {
            throw ValidationError("--group-protocol, --instance-id and --regex need --group")
        }
        if group == "" { throw ValidationError("a group has a name") }
        if regex, groupProtocol != .consumer {
            throw ValidationError("--regex needs --group-protocol consumer: the broker matches")
        }
    }
}

/// Where to begin, as it stands on the command line.
enum OffsetChoice: ExpressibleByArgument, Hashable {
    case earliest
    case latest
    case at(Offset)
    case last(Int64)
    case since(Timestamp)

    init?(argument: String) {
        switch argument {
        case "earliest", "beginning": self = .earliest
        case "latest", "end": self = .latest
        default:
            if argument.hasPrefix("@"), let time = Int64(argument.dropFirst()), time >= 0 {
                self = .since(Timestamp(time))
            } else if let number = Int64(argument), number > .min {
                self = number < 0 ? .last(-number) : .at(Offset(number))
            } else {
                return nil
            }
        }
    }

    var start: StartPosition {
        switch self {
        case .earliest: .earliest
        case .latest, .last: .latest
        case .at(let offset): .offset(offset)
        case .since(let time): .timestamp(time)
        }
    }
}
