import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage

/// Stops and starts, and what a start must find.
extension LogSimulation {
    enum Stop: Hashable {
        /// As an operator stops a broker; the machine may lose power afterwards.
        case clean
        /// The process is killed.
        case process
        /// The machine loses power.
        case power
    }

    mutating func uncleanStop() -> Stop {
        Int.random(in: 0..<10, using: &random) < swarm.powerCutsOfTen ? .power : .process
    }

    mutating func stop(_ wanted: Stop, flipsBit: Bool = false) throws(SimulationFailure) {
        trace.append("  stop: \(wanted)")
        var kind = wanted
        if wanted == .clean { kind = try close() ? .clean : uncleanStop() }
        let log = try openLog()
        let epoch = log.leaderEpoch
        self.log = nil
        directory = nil
        pendingFlush = nil
        let losesPower = kind == .power || (kind == .clean && Bool.random(using: &random))
        if losesPower { disk.powerCut() } else { disk.processEnd() }
        // A clean stop that was cut off behind its last change was one.
        if disk.paths.contains("\(Self.path)/\(DataDirectory.cleanShutdownName)") { kind = .clean }
        // What an operator does before he starts a broker on a full disk.
        disk.capacity = .max
        if flipsBit { flipBit() }
        if !isDamaged { try verify() }
        try start(after: kind)
        let raised = try openLog().leaderEpoch
        try expect(kind == .clean ? raised >= epoch : raised > epoch, .epochs, "\(raised) after \(epoch)")
        if isOver { return }
        try checkAll()
        try retryAll()
    }

    /// A clean stop; false where the log could not be closed.
    private mutating func close() throws(SimulationFailure) -> Bool {
        try endFlush()
        let (log, mayFail, wasOffline) = (try openLog(), mayFail, log?.isOffline ?? true)
        do throws(LogError) {
            try log.close()
            model.durable = model.end
            model.tentative = []
            try writeClosingCheckpoint(log)
            try directory?.close(clean: true)
            model.durableLogStart = model.logStart
            return true
        } catch {
            try expect(mayFail || wasOffline, .availability, "close: \(error)")
            model.lostPages = model.lostPages || !disk.isStopped
            return false
        }
    }

    private func writeClosingCheckpoint(_ log: PartitionLog) throws(LogError) {
        let checkpoint = LogCheckpoint(
            partition: Self.partition, topicID: Self.topicID, recoveryPoint: log.recoveryPoint,
            logStart: log.offsets.logStart, highWatermark: log.offsets.highWatermark)
        try directory?.writeCheckpoints([checkpoint])
    }

    /// Damage that must be healed: in an index or a snapshot.
    private mutating func flipBit() {
        // Where batches have gone, a snapshot is the only copy of what was known of their producers.
        let isWhole = !model.hasLostSegments && model.cleanedEnd == 0
        let healed = [".index", ".timeindex"] + (isWhole ? [".snapshot"] : [])
        let paths = disk.paths.filter { path in healed.contains { path.hasSuffix($0) } }
        guard let path = paths.randomElement(using: &random) else { return }
        let bit = disk.flipBit(inFileAt: path)
        isDamaged = true
        trace.append("  bit \(bit ?? -1) of \(path)")
    }

    /// The files as the stop left them, before a start changes any.
    private func verify() throws(SimulationFailure) {
        guard let survey = try? DirectorySurvey(Self.path, fileSystem: disk) else { return }
        for log in survey.logs {
            let report = PartitionVerifier(directory: log.directory, fileSystem: disk, rules: log.rules).run()
            let found = report.damages.map { "\($0.file) \($0.text)" }
            try expect(report.isSound, .verified, "\(found), after \(log.rules.start)")
        }
    }

    // MARK: Start

    /// Opens directory and log; a recovery may meet faults and stops of its own.
    mutating func start(after stop: Stop) throws(SimulationFailure) {
        var kind = stop
        while Int.random(in: 0..<6, using: &random) == 0 {
            let call = Int.random(in: 1...15, using: &random)
            if Bool.random(using: &random) { disk.stop(atCall: call) } else { disk.failCall(call, with: .inputOutput) }
            guard try !tryToOpen() else { break }
            trace.append("  a start fails")
            model.lostPages = model.lostPages || !disk.isStopped
            let losesPower = uncleanStop() == .power
            if losesPower { disk.powerCut() } else { disk.processEnd() }
            if kind != .power { kind = losesPower ? .power : .process }
        }
        if log == nil {
            let isOpen = try tryToOpen()
            try expect(isOpen, .opening, "it does not open")
        }
        disk.mend()
        try reconcile(kind)
    }

    private mutating func tryToOpen() throws(SimulationFailure) -> Bool {
        let mayFail = disk.hasPlannedFault
        let environment = LogEnvironment(fileSystem: disk, clock: clock, maxOpenFiles: 2, maxMaps: 2)
        do {
            let directory = try DataDirectory.open(
                Self.path, environment: environment, nodeID: 1, clusterID: "simulation")
            log = try directory.openLog(
                Self.partition, topicID: Self.topicID, configuration: configuration, environment: environment)
            self.directory = directory
            return true
        } catch {
            try expect(mayFail, .opening, "\(error)")
            return false
        }
    }

    /// Whether this start, or one before it that failed, has begun the log anew: no snapshot tells of any producer.
    private func isAnew(_ log: PartitionLog) -> Bool {
        guard log.sizeInBytes == 0, log.offsets.logEnd > 0 else { return false }
        let folder = Self.path.appending("\(Self.partition)")
        let snapshot = disk.contents(ofFileAt: SegmentFile.snapshot.path(log.offsets.logEnd, in: folder).string)
        return (snapshot?.count ?? 0) <= Self.emptySnapshotBytes
    }

    /// Version, checksum, a count of nothing, and what is behind it.
    private static let emptySnapshotBytes = 16

    /// The model follows the log, as far as a stop may have changed it.
    private mutating func reconcile(_ kind: Stop) throws(SimulationFailure) {
        let log = try openLog()
        let offsets = log.offsets
        let promised = kind == .power || model.lostPages ? model.durable : model.end
        try expect(offsets.logEnd >= promised, .acknowledged, "the log ends at \(offsets.logEnd), not at \(promised)")
        try expect(
            offsets.logEnd <= max(model.end, model.tentative.last?.nextOffset ?? 0), .offsets,
            "the log ends at \(offsets.logEnd), behind all that was written")
        try expect(log.recovery.endsBelowRecoveryPoint == nil, .acknowledged, "the log ends below its recovery point")
        let end = model.end
        if log.recovery.startedOver || isAnew(log) {
            model = LogModel(startingAt: offsets.logStart)
        }
        let isWhole = model.cut(to: offsets.logEnd)
        try expect(isWhole, .whole, "the log ends at \(offsets.logEnd), before it was \(end)")
        try expect(offsets.highWatermark == offsets.logEnd, .bounds, "\(offsets) after a start")
        try expect(
            offsets.logStart >= min(model.durableLogStart, offsets.logEnd)
                && offsets.logStart <= max(model.logStart, model.wantedLogStart),
            .bounds, "log start \(offsets.logStart), not \(model.durableLogStart)...\(model.logStart)")
        // What nobody had flushed may be missing below the log start: what the log knows of its producers is up to chance.
        isOver = model.durable < offsets.logStart
        model.logStart = offsets.logStart
        model.highWatermark = offsets.highWatermark
        model.durable = offsets.logEnd
        model.lostPages = false
        wasLazy = !configuration.commitsOnFlush
    }
}
