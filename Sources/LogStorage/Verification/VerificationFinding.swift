package import KafkaProtocol
package import SystemPackage

/// One thing that a verification found in a file.
package struct VerificationFinding: Hashable, Sendable {
    package enum Severity: String, Sendable {
        /// What stands there is not what was written, or contradicts another file.
        case damage
        /// Worth knowing, but a start puts it right, or nothing depends on it.
        case note
    }

    package enum Kind: String, CaseIterable, Sendable {
        /// Bytes that are no sound batch: structure, checksum or records.
        case batch
        /// Offsets that fall, overlap or leave their segment; holes where there may be none.
        case offsets
        /// A leader epoch that falls or differs from the checkpoint.
        case epoch
        /// The end of a log that was not closed cleanly: recovery cuts here.
        case tail
        case index, timeindex, txnindex, snapshot, checkpoint
        /// `partition.metadata` or `meta.properties`.
        case metadata
        /// A file that is missing or that the system cannot read.
        case unreadable
        /// A file or folder that the next start removes, or that belongs to nobody.
        case leftover
    }

    package let severity: Severity
    package let kind: Kind
    package let file: FilePath
    /// The byte where it begins; nil where it is about the file as a whole.
    package let position: Int?
    /// What is wrong, for a person.
    package let text: String

    package init(_ severity: Severity, _ kind: Kind, _ file: FilePath, at position: Int? = nil, _ text: String) {
        self.severity = severity
        self.kind = kind
        self.file = file
        self.position = position
        self.text = text
    }
}

/// What a verification of one partition's folder has seen.
package struct PartitionReport: Hashable, Sendable {
    package let directory: FilePath
    package internal(set) var segments = 0
    package internal(set) var batches = 0
    package internal(set) var records = 0
    /// The bytes of log that were read.
    package internal(set) var bytes = 0
    /// Where the first segment begins.
    package internal(set) var firstOffset: Offset = .zero
    /// Behind the last sound batch.
    package internal(set) var logEnd: Offset = .zero
    /// Offsets inside the log that no batch has: what compaction leaves.
    package internal(set) var missingOffsets: Int64 = 0
    /// The segment in which recovery would cut the log; nil where the log ends with its files.
    package internal(set) var cutSegment: Offset?
    /// The first offset of a transaction that is not decided; nil where there is none.
    package internal(set) var firstUnstableOffset: Offset?
    package private(set) var findings: [VerificationFinding] = []
    /// Findings beyond ``findingLimit``, which are only counted.
    package private(set) var unlistedFindings = 0

    /// How many findings of one partition are kept: a file of nonsense must not fill the memory.
    package static let findingLimit = 1000

    package init(directory: FilePath) { self.directory = directory }

    package var damages: [VerificationFinding] { findings.filter { $0.severity == .damage } }
    /// Whether nothing is damaged.
    package var isSound: Bool { damages.isEmpty && unlistedFindings == 0 }

    mutating func add(_ finding: VerificationFinding) {
        if findings.count < Self.findingLimit { findings.append(finding) } else { unlistedFindings += 1 }
    }
}

extension LogError {
    /// What is wrong with the bytes of a segment, for a person.
    package var findingText: String {
        switch self {
        case .corrupt(let damage):
            if case .batch(let error) = damage.reason { error.description } else { "\(damage.reason)" }
        case .storage(let error): error.description
        default: "\(self)"
        }
    }
}
