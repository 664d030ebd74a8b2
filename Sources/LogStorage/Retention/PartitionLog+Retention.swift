package import KafkaProtocol
import Synchronization
package import SystemPackage

extension PartitionLog {
    /// Seals a tail in which everything has to go, and begins a new segment at the log end: there is always one. Does
    /// nothing where something was appended since `end`, the log end that was decided by. A flush is due afterwards.
    package func sealTail(at end: Offset, now: Timestamp) throws(LogError) {
        guard condition == .open, logEnd == end, tail.size > 0 else { return }
        try roll(at: end, now: now)
    }

    /// Seals a tail that nobody has appended to for so long that `segment.ms` is over, by the broker's clock. A flush is
    /// due afterwards.
    package func sealIdleTail(now: Timestamp) throws(LogError) {
        guard condition == .open, tail.size > 0, tail.createdAt.milliseconds(to: now) > tail.maxAge else { return }
        try roll(at: logEnd, now: now)
    }

    /// Up to here segments may be removed: the one that begins here, its snapshot and all that was appended before are on
    /// disk, so that no removal takes with it the only copy of what the log knows of its producers.
    package var removableEnd: Offset { condition == .open ? unflushed.begunSegment : .zero }

    /// Moves the log start, at most to the high watermark. It has to be on disk (``DataDirectory/raiseLogStarts(_:)``)
    /// before, or a restart could show a start that went back. Returns the offsets after it.
    package func advanceLogStart(to offset: Offset) throws(LogError) -> PartitionOffsets {
        let firstUnstable = producers.firstUnstable
        return try reader.state.withLock { state throws(LogError) in
            guard offset <= state.offsets.highWatermark else {
                throw .offsetOutOfRange(
                    requested: offset, valid: state.offsets.logStart...state.offsets.highWatermark)
            }
            state.offsets.advance(logStart: offset, firstUnstable: firstUnstable)
            return state.offsets
        }
    }

    /// Takes the segments that lie wholly below the log start out of the log; nil if there are none. Their files are
    /// still there: ``RemovedSegments/retire()`` is the next step, without the log's lock. While the log is being cleaned
    /// nothing leaves it; the next round will find it.
    package func removeSegments() -> RemovedSegments? {
        guard condition == .open, !isBeingCleaned else { return nil }
        let end = min(offsets.logStart, removableEnd)
        var epochs = epochs
        let removed = reader.state.withLock { state in
            let count = state.sealed.firstIndex { $0.nextOffset > end } ?? state.sealed.count
            let removed = Array(state.sealed[..<count])
            guard let first = removed.last?.nextOffset else { return removed }
            state.sealed.removeFirst(count)
            epochs.truncate(before: first)
            state.epochs = epochs
            return removed
        }
        guard let first = removed.last?.nextOffset else { return nil }
        self.epochs = epochs
        return RemovedSegments(
            segments: removed, logStart: first, directory: directory, fileSystem: environment.fileSystem)
    }
}

/// Segments that left a log whose files are still there.
package struct RemovedSegments: Sendable {
    let segments: [SealedSegment]
    /// Where the log's first segment begins now.
    package let logStart: Offset
    let directory: FilePath
    let fileSystem: any FileSystem

    package var byteCount: Int { segments.reduce(0) { $0 + $1.size } }
    package var count: Int { segments.count }

    /// Gives the segments' files, and the producers' snapshots below the log start, their last names (`.deleted`), the
    /// oldest segment's first. Returns them, to be removed when nobody can want to open them any more. A reader that has
    /// one open goes on reading. A stop on the way leaves older segments, never a hole, and the next round finds them.
    /// Blocks.
    package func retire() throws(LogError) -> [FilePath] {
        var paths: [FilePath] = []
        do throws(FileSystemError) {
            for segment in segments { segment.remove() }
            // Also what an earlier call has not got to.
            var files: [Offset: [SegmentFile]] = [:]
            for name in try fileSystem.list(directory) {
                if let (kind, offset) = SegmentFile.parse(name), offset < logStart {
                    files[offset, default: []].append(kind)
                }
            }
            for (offset, kinds) in files.sorted(by: { $0.key < $1.key }) {
                try fileSystem.synchronizeDirectory(directory)
                for kind in kinds where kind != .snapshot { try retire(kind.path(offset, in: directory), &paths) }
            }
            // A segment whose name a stop brings back needs its snapshot.
            try fileSystem.synchronizeDirectory(directory)
            for (offset, kinds) in files where kinds.contains(.snapshot) {
                try retire(SegmentFile.snapshot.path(offset, in: directory), &paths)
            }
        } catch  where error.isMissing {
            // The partition itself was deleted meanwhile, and its folder renamed.
        } catch { throw .storage(error) }
        return paths
    }

    private func retire(_ path: FilePath, _ paths: inout [FilePath]) throws(FileSystemError) {
        let last = FilePath(path.string + SegmentFile.Suffix.deleted.rawValue)
        do throws(FileSystemError) {
            try fileSystem.rename(path, to: last)
            paths.append(last)
        } catch  where error.isMissing {}
    }
}
