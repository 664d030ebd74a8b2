import BrokerTesting
import KafkaProtocol
import LogStorage

/// What makes durable, and what only changes the log's own numbers.
extension LogSimulation {
    mutating func flush() throws(SimulationFailure) {
        try endFlush()
        beginFlush()
        try endFlush()
    }

    mutating func beginFlush() {
        guard pendingFlush == nil else { return }
        pendingFlush = log?.prepareFlush()
    }

    /// Runs what was prepared. A stop may come after the disk has done it and before anybody knows.
    mutating func endFlush() throws(SimulationFailure) {
        guard let flush = pendingFlush else { return }
        let (log, mayFail) = (try openLog(), mayFail)
        pendingFlush = nil
        do throws(FileSystemError) { try flush.run() } catch {
            try expect(mayFail, .availability, "flush: \(error)")
            model.lostPages = model.lostPages || !disk.isStopped
            log.failFlush(flush)
            return
        }
        if Int.random(in: 0..<12, using: &random) == 0 { return try stop(uncleanStop()) }
        let offsets = log.completeFlush(flush)
        guard !log.isOffline else { return }
        model.durable = max(model.durable, flush.target)
        try expect(offsets.highWatermark >= flush.target, .bounds, "\(offsets) after a flush to \(flush.target)")
    }

    mutating func raiseEpoch() throws(SimulationFailure) {
        let (log, mayFail) = (try openLog(), mayFail)
        let epoch = log.leaderEpoch.next
        do throws(LogError) { try log.raiseLeaderEpoch(to: epoch) } catch {
            return try expect(mayFail, .availability, "epoch \(epoch): \(error)")
        }
        try expect(log.leaderEpoch == epoch, .epochs, "\(log.leaderEpoch), not \(epoch)")
    }

    /// What a broker does from time to time, so that recovery has less to read.
    mutating func writeCheckpoint() throws(SimulationFailure) {
        let (log, mayFail) = (try openLog(), mayFail)
        let checkpoint = LogCheckpoint(
            partition: Self.partition, topicID: Self.topicID, recoveryPoint: log.recoveryPoint,
            logStart: log.offsets.logStart, highWatermark: log.offsets.highWatermark)
        do throws(LogError) {
            try directory?.writeCheckpoints([checkpoint])
            model.durableLogStart = max(model.durableLogStart, checkpoint.logStart)
        } catch { try expect(mayFail, .availability, "checkpoint: \(error)") }
    }

    mutating func reconfigure() throws(SimulationFailure) {
        let log = try openLog()
        configuration.segmentBytes = Int.random(in: swarm.segmentBytes, using: &random)
        configuration.indexIntervalBytes = Int.random(in: 0...600, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 {
            if !configuration.commitsOnFlush { wasLazy = true }
            configuration.flushMessages = configuration.commitsOnFlush ? 4 : 1
        }
        _ = log.update(configuration)
    }
}
