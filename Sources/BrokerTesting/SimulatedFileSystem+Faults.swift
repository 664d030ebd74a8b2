import LogStorage
import SystemPackage

/// What goes wrong on the simulated disk: calls that fail, machines that stop, sectors that tear.
extension SimulatedDisk {
    /// A call that will fail.
    struct PlannedFault: Sendable {
        /// 1 for the next call.
        var countdown: Int
        var effect: Effect
        /// nil for every operation that changes or flushes something.
        var operation: FileSystemError.Operation?

        enum Effect: Sendable {
            case error(Errno)
            /// The process or the machine stops in the middle of the call.
            case stop
        }
    }

    /// Counts a call that changes or flushes something, and fails it if it is its turn.
    mutating func enter(_ operation: FileSystemError.Operation, _ path: FilePath) throws(FileSystemError) {
        try checkRunning(operation, path)
        callCount += 1
        if let delay { delay.clock.advance(by: delay.time) }
        if recorded != nil {
            let now = unrecorded
            recorded?.append(now)
        }
        if let planned = fault?.operation, planned != operation { return }
        try meetFault(operation, path)
    }

    /// Fails a read if it is its turn.
    mutating func enterRead(_ path: FilePath) throws(FileSystemError) {
        try checkRunning(.read, path)
        readCount += 1
        if fault?.operation == .read { try meetFault(.read, path) }
    }

    func checkRunning(_ operation: FileSystemError.Operation, _ path: FilePath) throws(FileSystemError) {
        if isStopped { throw FileSystemError(operation, path, .ioError) }
    }

    private mutating func meetFault(
        _ operation: FileSystemError.Operation, _ path: FilePath
    ) throws(FileSystemError) {
        guard let planned = fault else { return }
        guard planned.countdown <= 1 else {
            fault?.countdown -= 1
            return
        }
        fault = nil
        switch planned.effect {
        case .error(let errno): throw FileSystemError(operation, path, errno)
        case .stop:
            isStopped = true
            throw FileSystemError(operation, path, .ioError)
        }
    }

    // MARK: Power

    mutating func processEnd() {
        generation += 1
        fault = nil
        isStopped = false
    }

    mutating func powerCut() {
        processEnd()
        for node in nodes.indices {
            if nodes[node].isDirectory { cutNames(node) } else { cutBytes(node) }
        }
    }

    private mutating func cutBytes(_ node: Int) {
        let written = nodes[node].bytes
        var kept = nodes[node].durable
        if nodes[node].sizeIsDirty {
            let (low, high) = (min(kept.count, written.count), max(kept.count, written.count))
            let sizes = [kept.count, written.count, Int.random(in: low...high, using: &random)]
            Self.resize(&kept, to: sizes.randomElement(using: &random) ?? kept.count)
        }
        let share = UInt64.random(in: 0...4, using: &random)
        for sector in nodes[node].dirty.sorted() where UInt64.random(in: 0..<4, using: &random) < share {
            Self.copySector(sector, from: written, to: &kept, part: tornPart())
        }
        nodes[node].bytes = kept
        nodes[node].durable = kept
        nodes[node].dirty = []
        nodes[node].sizeIsDirty = false
        nodes[node].allocated = 0
    }

    /// The part of a sector that reached the disk: mostly all of it; else it is torn, new before a place and old behind,
    /// or the other way round.
    private mutating func tornPart() -> Range<Int> {
        guard Int.random(in: 0..<8, using: &random) == 0 else { return 0..<Self.sectorSize }
        let place = Int.random(in: 0...Self.sectorSize, using: &random)
        return Bool.random(using: &random) ? 0..<place : place..<Self.sectorSize
    }

    /// Half of the file systems keep a first part of the changes, as a journal does; the others any of them.
    private mutating func cutNames(_ node: Int) {
        let pending = nodes[node].pendingNames
        var entries = nodes[node].durableEntries
        if Bool.random(using: &random) {
            for change in pending.prefix(Int.random(in: 0...pending.count, using: &random)) {
                change.apply(to: &entries)
            }
        } else {
            for change in pending where Bool.random(using: &random) { change.apply(to: &entries) }
        }
        nodes[node].entries = entries
        nodes[node].durableEntries = entries
        nodes[node].pendingNames = []
    }
}
