package import KafkaProtocol
import NIOCore
package import SystemPackage

/// Reads one partition's folder from its first byte to its last and compares everything with everything: batches with
/// their checksums and with each other, indexes, transaction indexes, snapshots and the epoch checkpoint with the
/// batches. It only reads. Blocks; memory is one window, one segment's indexes and the producers.
///
/// What it judges depends on how the log was left. Behind the recovery point of a log that was not closed (its broker
/// runs, or was killed) there may be a torn tail, and the files that recovery makes anew may be old: those are notes.
/// Whatever was flushed once has to be sound.
package struct PartitionVerifier: ~Copyable {
    package struct Rules: Hashable, Sendable {
        /// How the last stop left the log. A running broker's is unclean, with the recovery point of its checkpoint.
        package var start = LogStart.clean
        /// Whether records are decompressed and walked, too, not only their checksums checked.
        package var walksRecords = false
        /// Whether each offset has to have a record: true where nothing was ever compacted.
        package var isDense = false
        /// What the checkpoints of the data directory say.
        package var logStart: Offset?
        package var highWatermark: Offset?

        package init() {}
    }

    let directory: FilePath
    let fileSystem: any FileSystem
    let rules: Rules
    var report: PartitionReport
    /// Base offsets of the segments, ascending.
    var bases: [Offset] = []
    /// Offsets of producer snapshots that the walk has not reached, ascending.
    var snapshots: [Offset] = []
    var epochs: LeaderEpochs?
    var lastEpoch = LeaderEpoch.none
    var producers = ProducerStateManager()
    /// The segments that a compaction was about to replace.
    var swaps: Set<Offset> = []
    /// Whether a batch has lost records.
    var isCompacted = false
    /// Those of whose open transaction there are records.
    var producersWithRecords: Set<ProducerID> = []
    /// Whether the producers before the first segment are known.
    var startIsKnown = false
    var validator = RecordBatchValidator()
    /// The offset that the next batch has at least.
    var expected = Offset.zero
    /// Whether the log ends before its files do.
    var isCut: Bool { report.cutSegment != nil }
    /// Whether batches were passed that could not be read: the producers are not known then.
    var isIncomplete = false

    /// - Parameter directory: the folder, `<topic>-<partition>`.
    package init(directory: FilePath, fileSystem: any FileSystem, rules: Rules = Rules()) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.rules = rules
        report = PartitionReport(directory: directory)
    }

    /// - Parameter progress: told from time to time how many more bytes of log have been read.
    package consuming func run(progress: (Int) -> Void = { _ in }) -> PartitionReport {
        guard list() else { return report }
        checkMetadata()
        readEpochs()
        loadFirstSnapshot()
        for (index, base) in bases.enumerated() where !isCut {
            walk(base, next: index + 1 < bases.count ? bases[index + 1] : nil, progress: progress)
        }
        finish()
        return report
    }

    // MARK: - Folder

    private mutating func list() -> Bool {
        let names: [String]
        do { names = try fileSystem.list(directory) } catch {
            report.add(VerificationFinding(.damage, .unreadable, directory, error.description))
            return false
        }
        for name in names {
            switch SegmentFile.parse(name) {
            case (.log, let offset)?: bases.append(offset)
            case (.snapshot, let offset)?: snapshots.append(offset)
            case nil where name.hasSuffix(Self.swapEnding):
                if let (_, base) = SegmentFile.parse(String(name.dropLast(SegmentFile.Suffix.swap.rawValue.count))) {
                    swaps.insert(base)
                }
                note(.leftover, name, "A stop cut off a compaction here; a start completes it.")
            case nil where Self.leftoverEndings.contains { name.hasSuffix($0) }:
                note(.leftover, name, "Left over from an interrupted change; a start removes it.")
            default: break
            }
        }
        bases.sort()
        snapshots.sort()
        expected = bases.first ?? .zero
        report.firstOffset = expected
        report.logEnd = expected
        for name in names {
            guard let (kind, offset) = SegmentFile.parse(name), kind != .snapshot, !bases.contains(offset) else {
                continue
            }
            note(.leftover, name, "There is no segment of that offset.")
        }
        return true
    }

    private static let swapEnding = ".log" + SegmentFile.Suffix.swap.rawValue
    private static let leftoverEndings = [".tmp", ".cleaned", ".swap", ".deleted"]

    private mutating func checkMetadata() {
        guard let bytes = contents(PartitionMetadata.name) else {
            note(.metadata, PartitionMetadata.name, "Missing; a start writes it.")
            return
        }
        if PartitionMetadata.decode(bytes) == nil {
            damage(.metadata, PartitionMetadata.name, "This is no version and topic id.")
        }
    }

    private mutating func readEpochs() {
        guard let bytes = contents(LeaderEpochCheckpoint.name) else { return }
        if let decoded = LeaderEpochCheckpoint.decode(bytes) {
            if !decoded.entries.isEmpty { epochs = decoded }
        } else if rules.start.recoveryPoint == .zero {
            note(.checkpoint, LeaderEpochCheckpoint.name, "No whole checkpoint; the first flush makes it one.")
        } else {
            damage(.checkpoint, LeaderEpochCheckpoint.name, "This is no whole checkpoint of rising epochs.")
        }
    }

    private mutating func finish() {
        report.logEnd = expected
        report.firstUnstableOffset = producers.firstUnstable
        checkRemainingSnapshots()
        // Where batches could not be read, the end is not known.
        if isIncomplete { return }
        if let point = rules.start.recoveryPoint, expected < point {
            report.add(
                VerificationFinding(
                    .damage, .offsets, directory,
                    "The log ends at \(expected), but everything below \(point) was flushed once: records are missing.")
            )
        }
        if let mark = rules.highWatermark, expected < mark {
            let severity: VerificationFinding.Severity = rules.start == .clean ? .damage : .note
            report.add(
                VerificationFinding(
                    severity, .offsets, directory,
                    "The log ends at \(expected), below the high watermark \(mark) that readers have seen."))
        }
        if let start = rules.logStart, start > expected {
            report.add(
                VerificationFinding(
                    .note, .checkpoint, directory, "The log starts at \(start), behind its end \(expected)."))
        }
    }

    // MARK: - Findings

    /// The content of a small file; nil if there is none or it cannot be read, which is noted.
    mutating func contents(_ name: String) -> [UInt8]? {
        do { return try fileSystem.contents(of: directory.appending(name)) } catch {
            damage(.unreadable, name, error.description)
            return nil
        }
    }

    mutating func damage(
        _ kind: VerificationFinding.Kind, _ name: String, at position: Int? = nil, _ text: String
    ) {
        report.add(VerificationFinding(.damage, kind, directory.appending(name), at: position, text))
    }

    mutating func note(_ kind: VerificationFinding.Kind, _ name: String, at position: Int? = nil, _ text: String) {
        report.add(VerificationFinding(.note, kind, directory.appending(name), at: position, text))
    }

    /// Whether a start makes the indexes of that segment anew, so that those on disk may be of another one.
    func isSuspect(_ base: Offset) -> Bool { swaps.contains(base) || firstSuspect.map { base >= $0 } ?? false }

    /// The segment from which on recovery reads; nil after a clean stop.
    var firstSuspect: Offset? { rules.start.recoveryPoint.map { point in bases.last { $0 <= point } ?? .zero } }
}
