import ArgumentParser
import Broker
import KafkaProtocol
import LogStorage
import SystemPackage

struct LogImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over the topics of a directory that Apache Kafka wrote.",
        discussion: """
            Neither broker may run. Every batch of the topics is verified, then the segments are copied (or linked) and \
            read once more, and the topics are entered into the metadata with their names, ids, partitions, leader epochs, \
            log starts and settings (from __cluster_metadata-0, where it lies there). KAFKA_DIR is not changed.

            Consumer offsets and transactions stay behind: __consumer_offsets and __transaction_state are left out. Records \
            in the formats from before Kafka 0.11 (magic 0 and 1) are refused; so are topics that exist.

            Examples:
              martlet log import /var/lib/kafka --dry-run
              martlet log import /var/lib/kafka --data-dir /var/lib/martlet --link
              martlet log import /var/lib/kafka --topic 'orders|payments-.*'

            Exit codes:
              0  every topic was taken over, or would be
              1  a topic was refused, which is said; nothing was changed
              2  the command line is wrong
            """)

    @Argument(help: ArgumentHelp("The directory that Kafka wrote (its log.dirs).", valueName: "kafka-dir"))
    var source: String
    @Option(help: "Martlet's data directory, which is made if it is not there.") var dataDir = "data"
    @Option(help: "Only topics whose whole name matches this regular expression.") var topic: String?
    @Flag(help: "Link sealed segments in the place of copying them.") var link = false
    @Flag(help: "Partitions that do not lie in KAFKA_DIR begin empty.") var allowMissing = false
    @Flag(help: "Verify, and say what would be done.") var dryRun = false

    func validate() throws {
        if let topic, (try? Regex(topic)) == nil { throw ValidationError("--topic \(topic): no regular expression.") }
    }

    func run() async throws {
        let fileSystem = PosixFileSystem()
        let kafka = try survey(fileSystem)
        for note in kafka.notes { OutputBuffer.write("note: \(note)\n") }
        let reports = try await verify(kafka, fileSystem)
        guard !dryRun else { return OutputBuffer.write("nothing was changed: --dry-run\n") }
        guard !kafka.topics.isEmpty else { throw CommandFailure(message: "\(source) has no topic to take over") }
        let environment = LogEnvironment(fileSystem: fileSystem)
        let path = FilePath(dataDir)
        let nodeID = FileInspector.nodeID(of: path, fileSystem) ?? 1
        do {
            let adoption = try TopicAdoption(path, nodeID: nodeID, environment: environment)
            do { try takeOver(kafka, reports, adoption, environment) } catch {
                try await adoption.close()
                throw error
            }
            try await adoption.close()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(message: "\(error)")
        }
    }

    private func survey(_ fileSystem: any FileSystem) throws -> KafkaDirectory {
        do {
            let survey = try DirectorySurvey(FilePath(source), fileSystem: fileSystem)
            if survey.isInUse { throw CommandFailure(message: "a broker runs on \(source); stop it first") }
            let pattern = try topic.map { try Regex($0) }
            let kafka = try KafkaDirectory(survey, fileSystem: fileSystem, allowsMissing: allowMissing) { name in
                pattern.map { name.wholeMatch(of: $0) != nil } ?? true
            }
            try Self.refuse(kafka.faults)
            return kafka
        } catch let error as FileSystemError {
            throw CommandFailure(code: ExitReason.usage, message: error.description)
        }
    }

    private static func refuse(_ faults: [String]) throws {
        guard let last = faults.last else { return }
        for fault in faults.dropLast() { OutputBuffer.write("martlet: \(fault)\n", to: 2) }
        throw CommandFailure(message: last + "\nmartlet: nothing was changed")
    }

    /// Reads every log to its end. Refuses damage, and what open transactions mean is told.
    private func verify(_ kafka: KafkaDirectory, _ fileSystem: any FileSystem) async throws -> [FilePath:
        PartitionReport]
    {
        let logs = kafka.topics.flatMap(\.logs)
        let verification = try DirectoryVerification(logs, of: FilePath(source), fileSystem: fileSystem)
        let progress = TransferProgress("verified", total: verification.byteCount)
        let result = await verification.run { progress.add($0) }
        progress.finish()
        OutputBuffer.write(result.importText)
        try Self.refuse(result.reports.filter { !$0.hasSoundBatches }.map { $0.refusal })
        return Dictionary(result.reports.map { ($0.directory, $0) }, uniquingKeysWith: { $1 })
    }

    private func takeOver(
        _ kafka: KafkaDirectory, _ reports: [FilePath: PartitionReport], _ adoption: TopicAdoption,
        _ environment: LogEnvironment
    ) throws {
        let topics = kafka.topics.map { topic in
            TopicAdoption.Topic(
                name: topic.name, id: topic.id, partitionCount: topic.partitionCount,
                configuration: topic.configuration)
        }
        try Self.refuse(topics.compactMap { topic in adoption.fault(of: topic).map { "\(topic.name): \($0)" } })
        let progress = TransferProgress("imported", total: reports.values.reduce(0) { $0 + $1.bytes })
        var logs = LogAdoption(
            into: adoption.directory, environment: environment, links: link, progress: { progress.add($0) })
        for (topic, entry) in zip(kafka.topics, topics) {
            for log in topic.logs {
                guard let report = reports[log.directory] else { continue }
                try makeRoom(for: log.partition, of: topic.id, adoption)
                do throws(LogAdoption.Failure) {
                    try logs.adopt(
                        report, as: log.partition, of: topic.id, logStart: log.rules.logStart ?? .zero)
                } catch { throw CommandFailure(message: "\(log.partition): \(error)") }
            }
            try adoption.enter(entry)
        }
        progress.finish()
        OutputBuffer.write(
            "imported \(topics.count) topics: \(byteText(Int64(logs.linkedBytes))) linked, "
                + "\(byteText(Int64(logs.copiedBytes))) copied\n")
    }

    /// A folder of that name is that of an interrupted import of the same topic, or somebody else's.
    private func makeRoom(for partition: TopicPartition, of id: TopicID, _ adoption: TopicAdoption) throws {
        guard let found = try adoption.directory.topicID(of: partition) else { return }
        guard found == id else {
            throw CommandFailure(message: "\(partition): there is a folder of another topic in \(dataDir)")
        }
        _ = try adoption.directory.retireFolder(of: partition, ifIn: [id])
    }
}

extension DirectoryVerification.Result {
    /// What an import says of the logs.
    fileprivate var importText: String {
        var text = ""
        for report in reports {
            let name = report.directory.lastComponent?.string ?? ""
            text +=
                "\(name): offsets \(report.firstOffset) to \(report.logEnd), \(report.records) records, "
                + "\(byteText(Int64(report.bytes)))\n"
            for finding in report.findings where finding.kind == .tail { text += "  note: \(finding.text)\n" }
            if let open = report.firstUnstableOffset {
                text += "  note: a transaction is open since offset \(open) and is not ended by the import: "
                text += "read_committed consumers stop there\n"
            }
        }
        return text
    }
}

extension PartitionReport {
    /// Whether the log itself is sound: what lies beside it is made anew by an import.
    fileprivate var hasSoundBatches: Bool { damages.allSatisfy { $0.kind.isRebuilt } && unlistedFindings == 0 }

    fileprivate var refusal: String {
        guard let first = damages.first(where: { !$0.kind.isRebuilt }) else { return "\(directory): damaged" }
        let place = first.position.map { " byte \($0)" } ?? ""
        let isOld = first.text.hasPrefix("The record format is version")
        return "\(first.file)\(place): \(first.text)"
            + (isOld ? " Copy that topic with a consumer and a producer instead: they convert it." : "")
    }
}

extension VerificationFinding.Kind {
    fileprivate var isRebuilt: Bool { [.index, .timeindex, .txnindex, .snapshot, .leftover].contains(self) }
}
