import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// The verification of all logs of a data directory, or of one partition's folder, several logs at a time.
struct DirectoryVerification: Sendable {
    private let fileSystem: any FileSystem
    private let directory: FilePath
    private var survey: DirectorySurvey?
    private(set) var logs: [DirectorySurvey.Log]
    /// The bytes of all segments, for the progress.
    let byteCount: Int

    /// - Throws: where there is no such directory.
    init(_ directory: FilePath, fileSystem: any FileSystem, walksRecords: Bool) throws(CommandFailure) {
        self.fileSystem = fileSystem
        self.directory = directory
        do throws(FileSystemError) {
            guard try fileSystem.isDirectory(directory) else {
                throw FileSystemError(.open, directory, .noSuchFileOrDirectory)
            }
            let names = try fileSystem.list(directory)
            if names.contains(FileInspector.propertiesName) || !names.contains(where: { $0.hasSuffix(".log") }) {
                let survey = try DirectorySurvey(directory, fileSystem: fileSystem)
                logs = survey.logs
                self.survey = survey
            } else {
                logs = [try Self.folder(directory, fileSystem)]
            }
            for index in logs.indices { logs[index].rules.walksRecords = walksRecords }
            byteCount = try Self.byteCount(of: logs, fileSystem)
        } catch {
            throw CommandFailure(code: ExitReason.usage, message: error.description)
        }
    }

    /// Some logs of a directory, whose own files are not judged.
    init(
        _ logs: [DirectorySurvey.Log], of directory: FilePath, fileSystem: any FileSystem
    ) throws(FileSystemError) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.logs = logs
        byteCount = try Self.byteCount(of: logs, fileSystem)
    }

    /// The bytes of all logs of a data directory; 0 where it cannot be read, which somebody else will say.
    static func byteCount(ofLogsIn directory: FilePath, _ fileSystem: any FileSystem) -> Int {
        guard let survey = try? DirectorySurvey(directory, fileSystem: fileSystem) else { return 0 }
        return (try? byteCount(of: survey.logs, fileSystem)) ?? 0
    }

    private static func byteCount(
        of logs: [DirectorySurvey.Log], _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> Int {
        var sum = 0
        for log in logs { sum += try byteCount(log.directory, fileSystem) }
        return sum
    }

    /// One partition's folder, with what the data directory around it knows of it.
    private static func folder(
        _ directory: FilePath, _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> DirectorySurvey.Log {
        let path = fileSystem.absolutePath(of: directory)
        let parent = path.removingLastComponent()
        if try fileSystem.list(parent).contains(FileInspector.propertiesName) {
            let known = try DirectorySurvey(parent, fileSystem: fileSystem).logs.first { $0.directory == path }
            if let known { return known }
        }
        let name = path.lastComponent?.string ?? ""
        return DirectorySurvey.Log(
            partition: TopicPartition(folderName: name) ?? TopicPartition(topic: name, partition: 0),
            directory: directory, rules: PartitionVerifier.Rules())
    }

    private static func byteCount(
        _ directory: FilePath, _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> Int {
        var sum = 0
        for name in try fileSystem.list(directory) where name.hasSuffix(".log") {
            do throws(FileSystemError) {
                sum += try fileSystem.open(directory.appending(name), .readOnly).size()
            } catch  where error.isMissing {}
        }
        return sum
    }

    /// What a verification has found.
    struct Result: Sendable {
        let directory: FilePath
        let survey: DirectorySurvey?
        /// In the order of the folders' names.
        let reports: [PartitionReport]
    }

    /// - Parameters:
    ///   - jobs: how many logs at a time; nil for one per core.
    ///   - progress: told how many more bytes have been read, from several threads.
    func run(jobs: Int? = nil, progress: @escaping @Sendable (Int) -> Void) async -> Result {
        let limit = max(1, jobs ?? System.coreCount)
        var reports: [PartitionReport] = []
        await withTaskGroup(of: PartitionReport.self) { group in
            for (index, log) in logs.enumerated() {
                if index >= limit, let report = await group.next() { reports.append(report) }
                group.addTask { [fileSystem] in
                    PartitionVerifier(directory: log.directory, fileSystem: fileSystem, rules: log.rules)
                        .run(progress: progress)
                }
            }
            for await report in group { reports.append(report) }
        }
        reports.sort { $0.directory.string < $1.directory.string }
        return Result(directory: directory, survey: survey, reports: reports)
    }
}

extension DirectoryVerification.Result {
    var findings: [VerificationFinding] { (survey?.findings ?? []) + reports.flatMap(\.findings) }
    var isSound: Bool { survey?.isSound ?? true && reports.allSatisfy(\.isSound) }
    var damageCount: Int {
        findings.count { $0.severity == .damage } + reports.reduce(0) { $0 + $1.unlistedFindings }
    }

    /// A line for each finding, then the sum.
    var text: String {
        var text = ""
        for finding in findings {
            let place = finding.position.map { " byte \($0)" } ?? ""
            text += "\(finding.severity.rawValue) \(finding.kind.rawValue) \(finding.file)\(place): \(finding.text)\n"
        }
        for report in reports where report.unlistedFindings > 0 {
            text += "damage \(report.directory): \(report.unlistedFindings) more findings\n"
        }
        if survey?.isInUse == true {
            text += "A broker runs on \(directory): its logs grow, and their tails are not judged.\n"
        }
        let batches = reports.reduce(0) { $0 + $1.batches }
        let records = reports.reduce(0) { $0 + $1.records }
        let segments = reports.reduce(0) { $0 + $1.segments }
        let bytes = reports.reduce(0) { $0 + $1.bytes }
        let state = isSound ? "sound" : "DAMAGED"
        return text + "\(directory) is \(state): \(reports.count) logs, \(segments) segments, \(batches) batches, "
            + "\(records) records, \(byteText(Int64(bytes)))\n"
    }

    var json: JSONValue {
        .object([
            ("directory", .string(directory.string)), ("sound", .bool(isSound)),
            ("inUse", .bool(survey?.isInUse ?? false)), ("closed", survey.map { .bool($0.wasClosed) } ?? .null),
            ("findings", .array((survey?.findings ?? []).map(\.json))), ("logs", .array(reports.map(\.json))),
        ])
    }
}

extension PartitionReport {
    var json: JSONValue {
        .object([
            ("directory", .string(directory.string)), ("sound", .bool(isSound)), ("segments", .number(segments)),
            ("batches", .number(batches)), ("records", .number(records)), ("bytes", .number(bytes)),
            ("firstOffset", .number(firstOffset.rawValue)), ("endOffset", .number(logEnd.rawValue)),
            ("missingOffsets", .number(missingOffsets)), ("findings", .array(findings.map(\.json))),
            ("unlistedFindings", .number(unlistedFindings)),
        ])
    }
}

extension VerificationFinding {
    var json: JSONValue {
        .object([
            ("severity", .string(severity.rawValue)), ("kind", .string(kind.rawValue)), ("file", .string(file.string)),
            ("position", position.map { .number($0) } ?? .null), ("text", .string(text)),
        ])
    }
}
