import ArgumentParser
import KafkaClient
import NIOCore

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

            Examples:
              martlet consume events
              martlet consume events --from-beginning --until-end > events.log
              martlet consume events --offset -10 --format '%p/%o %T %k=%v\\n'
              martlet consume events --partition 2 --offset 1000 --max-messages 5 --output json
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

    func validate() throws {
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
        try settings.set(connection.pairs)
        let consumer = Consumer(settings)
        try await consumer.assign(try await starts(settings))
        let consumed = try await copy(consumer, format)
        consumer.close()
        if let maxMessages, consumed < maxMessages, timeout != nil, !untilEnd {
            throw CommandFailure(
                code: ExitReason.timedOut, message: "\(consumed) of \(maxMessages) records came before the time was up")
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
    private func copy(_ consumer: Consumer, _ format: RecordFormat) async throws -> Int {
        var output = OutputBuffer()
        var progress = Progress("read", isShown: false)
        while progress.records < maxMessages ?? .max {
            let limit = min(2000, (maxMessages ?? .max) - progress.records)
            var batch = try await consumer.nextBatch(limit: limit, timeout: .zero)
            if batch.isEmpty {
                try output.flush()
                batch = try await consumer.nextBatch(limit: limit, timeout: timeout?.duration, stopsAtEnd: untilEnd)
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
