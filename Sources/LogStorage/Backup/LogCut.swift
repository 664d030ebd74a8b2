package import KafkaProtocol
package import SystemPackage

/// Which bytes of one log belong to a backup: whole segments, and the last one up to a length.
///
/// Taken by one listing and one size, so that the cuts of all logs lie close together in time. Later appends lie behind
/// it; a segment that has been rolled since is cut where it was.
struct LogCut: Hashable, Sendable {
    struct Segment: Hashable, Sendable {
        var base: Offset
        var size: Int
    }

    let partition: TopicPartition
    let directory: FilePath
    /// Ascending; the last is the one that grew.
    let segments: [Segment]
    /// Files of a swap of compacted segments that is under way, or was when the broker was killed: a start completes it.
    let swaps: [String]

    var byteCount: Int { segments.reduce(0) { $0 + $1.size } }

    /// nil where the folder went away.
    static func take(
        of partition: TopicPartition, in directory: FilePath, _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> LogCut? {
        for _ in 0..<attempts {
            do throws(FileSystemError) {
                let names = try fileSystem.list(directory)
                var segments: [Segment] = []
                for name in names {
                    guard let (kind, base) = SegmentFile.parse(name), kind == .log else { continue }
                    let size = try fileSystem.open(directory.appending(name), .readOnly).size()
                    segments.append(Segment(base: base, size: size))
                }
                let swaps = names.filter { $0.hasSuffix(SegmentFile.Suffix.swap.rawValue) }
                return LogCut(partition: partition, directory: directory, segments: segments, swaps: swaps)
            } catch {
                guard error.isMissing else { throw error }
                if try !fileSystem.isDirectory(directory) { return nil }
            }
        }
        throw FileSystemError(.list, directory, .resourceTemporarilyUnavailable)
    }

    /// How often a folder is listed again that changes while it is read.
    static let attempts = 100

    /// Whether everything of the cut is still there, but for segments that retention has taken from its start.
    func isStill(_ now: LogCut) -> Bool {
        guard swaps == now.swaps else { return false }
        guard let first = now.segments.first, let last = segments.last else { return segments.isEmpty }
        let kept = segments.filter { $0.base >= first.base }
        let found = now.segments.prefix(kept.count)
        guard found.map(\.base) == kept.map(\.base), let newLast = found.last else { return false }
        return zip(found, kept).dropLast().allSatisfy { $0.size == $1.size } && newLast.size >= last.size
    }
}
