import ArgumentParser
import KafkaClient
import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

struct ProduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce",
        abstract: "Send each line of standard input as a record.",
        discussion: """
            A line ends at a line feed, which is not part of the record; carriage returns, zeros and any other bytes \
            are. Empty lines are empty records. The command ends when all records are acknowledged; exit code 0 means \
            that every one is.

            With --key-separator the part before the first separator is the key; a line without it has none. With \
            --headers a line begins with name=value,name=value and a tab (only the tab, if there are none).

            Examples:
              martlet produce events < events.log
              printf 'user-1:login\\n' | martlet produce events --key-separator :
              printf 'trace=42,kind=test\\tuser-1:login\\n' | martlet produce events --headers --key-separator :
              martlet produce events --compression zstd -X linger.ms=50 -X batch.size=500000 < events.log
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topic.") var topic: String
    @Option(name: .shortAndLong, help: "What separates key and value.") var keySeparator: String?
    @Flag(help: "Lines begin with headers and a tab.") var headers = false
    @Option(help: "Text that stands for null, as key, value or header value.") var nullMarker: String?
    @Option(name: .shortAndLong, help: "Send to this partition only.") var partition: Int32?
    @Option(name: [.customShort("z"), .long], help: "none, gzip, snappy, lz4 or zstd.") var compression: String?
    @Option(name: .shortAndLong, help: "text or json: how the sum is written when all is done.") var output =
        OutputStyle.text

    func validate() throws {
        if keySeparator == "" { throw ValidationError("--key-separator needs at least one character") }
        if let partition, partition < 0 { throw ValidationError("a partition's number is 0 or more") }
    }

    private func settings() throws -> ProducerConfiguration {
        var settings = ProducerConfiguration(client: try connection.client())
        settings.batchBytes = 128 << 10
        if let compression { try settings.set([("compression.type", compression)]) }
        try settings.set(connection.pairs)
        return settings
    }

    func run() async throws {
        let settings = try settings()
        let parser = RecordParser(
            keySeparator: keySeparator.map { Array($0.utf8) }, hasHeaders: headers,
            nullMarker: nullMarker.map { Array($0.utf8) })
        let producer = try Producer(settings)
        var progress = Progress("sent")
        do {
            try await sendLines(to: producer, parser, limit: settings.maxRequestBytes, &progress)
        } catch {
            // What was read before the mistake still counts; the mistake is what is told.
            try? await producer.close()
            throw error
        }
        try await producer.close()
        progress.finish()
        if output == .json {
            OutputBuffer.write(
                JSONValue.object([
                    ("topic", .string(topic)), ("records", .number(progress.records)),
                    ("bytes", .number(progress.bytes)),
                ]).text + "\n")
        }
    }

    private func sendLines(
        to producer: Producer, _ parser: RecordParser, limit: Int, _ progress: inout Progress
    ) async throws {
        var reader = LineReader(limit: limit)
        let partition = partition.map { PartitionIndex($0) }
        while let line = try reader.next() {
            let record: ProducerRecord
            do throws(CommandFailure) {
                let parts = try parser.parse(line)
                record = ProducerRecord(
                    topic: topic, partition: partition, key: parts.key, value: parts.value, headers: parts.headers)
            } catch {
                throw CommandFailure(message: "line \(reader.lineNumber): \(error.message)")
            }
            if try producer.tryEnqueue(record) == nil { try await producer.enqueue(record) }
            progress.count(bytes: line.readableBytes)
        }
    }
}
