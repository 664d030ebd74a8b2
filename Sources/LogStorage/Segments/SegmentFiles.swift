package import KafkaProtocol
package import SystemPackage

/// The names of the files of a segment: the base offset as 20 digits and what it is.
package enum SegmentFile: String, CaseIterable, Sendable {
    case log, index, timeindex, txnindex, snapshot

    /// What follows the name while the file is not, or no longer, part of the log.
    package enum Suffix: String, CaseIterable, Sendable {
        /// Written by a cleaning that has not come to its end.
        case cleaned = ".cleaned"
        /// Complete, and about to take the place of those that it was made of.
        case swap = ".swap"
        /// Of a segment that retention has removed, until its delay is over.
        case deleted = ".deleted"
    }

    /// `00000000000000000042.log`
    package func name(_ offset: Offset) -> String {
        let digits = String(offset.rawValue)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + "." + rawValue
    }

    package func path(_ offset: Offset, in directory: FilePath, _ suffix: Suffix? = nil) -> FilePath {
        directory.appending(name(offset) + (suffix?.rawValue ?? ""))
    }

    /// What the name says, or nil for any other file.
    package static func parse(_ name: String) -> (file: SegmentFile, offset: Offset)? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 20, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
            let offset = Int64(parts[0]), let file = SegmentFile(rawValue: String(parts[1]))
        else { return nil }
        return (file, Offset(offset))
    }
}
