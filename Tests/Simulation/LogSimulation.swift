import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// One run of a log on a simulated disk against a plain model of it: random calls, faults and stops from one seed, in one
/// thread. The seed is the reproduction.
package struct LogSimulation {
    static let partition = TopicPartition(topic: "orders", partition: 0)
    static let topicID = TopicID(KafkaUUID(high: 1, low: 2))
    static let path: FilePath = "/data"

    let seed: UInt64
    var random: SeededRandomNumberGenerator
    let swarm: Swarm
    let disk: SimulatedFileSystem
    let clock = ManualClock()
    var configuration: LogConfiguration
    var maker: BatchMaker
    var model = LogModel()
    var directory: DataDirectory?
    var log: PartitionLog?
    /// A flush that was prepared and has not been run.
    var pendingFlush: LogFlush?
    /// The policy was another one since the log was opened: the high watermark may be ahead of the disk.
    var wasLazy = false
    /// A bit of an index or a snapshot was turned over: a verification says so until the log has met it and healed it.
    var isDamaged = false
    /// Nothing more can be foretold.
    var isOver = false
    var trace: [String] = []

    private init(seed: UInt64) {
        self.seed = seed
        random = SeededRandomNumberGenerator(seed: seed)
        swarm = Swarm(&random)
        disk = SimulatedFileSystem(seed: seed &* 31 &+ 7)
        configuration = swarm.configuration
        maker = BatchMaker(
            codecs: swarm.codecs, largestValue: swarm.largestValue, tombstonesOfTen: swarm.tombstonesOfTen)
    }

    /// Runs one seed; nil if every promise held.
    package static func run(seed: UInt64) -> SimulationFailure? {
        var simulation = LogSimulation(seed: seed)
        do throws(SimulationFailure) {
            try simulation.run()
            return nil
        } catch { return error }
    }

    /// What a run does, step by step.
    package static func trace(seed: UInt64) -> [String] {
        var simulation = LogSimulation(seed: seed)
        try? simulation.run()
        return simulation.trace
    }

    private mutating func run() throws(SimulationFailure) {
        try start(after: .process)
        for _ in 0..<swarm.steps where !isOver { try step() }
        if !isOver { try stop(Int.random(in: 0..<3, using: &random) == 0 ? .clean : uncleanStop()) }
    }

    private mutating func step() throws(SimulationFailure) {
        let operation = swarm.operation(&random)
        trace.append("\(operation)")
        switch operation {
        case .append: try append(nil)
        case .appendIdempotent: try append(idempotentProducer())
        case .appendTransactional: try append(transactionalProducer())
        case .appendSeveral: try append(nil, count: 3)
        case .endTransaction: try endTransaction()
        case .appendRefused: try appendRefused()
        case .retry: try retry()
        case .flush: try flush()
        case .beginFlush: beginFlush()
        case .endFlush: try endFlush()
        case .read: try read()
        case .lookUp: try lookUp()
        case .check: try checkAll()
        case .restart: try stop(.clean)
        case .kill: try stop(.process)
        case .cut: try stop(.power)
        case .raiseEpoch: try raiseEpoch()
        case .moveLogStart: try moveLogStart()
        case .checkpoint: try writeCheckpoint()
        case .clean: try clean()
        case .retain: try retain()
        case .passTime: clock.advance(by: .milliseconds(Int.random(in: 1...200_000, using: &random)))
        case .reconfigure: try reconfigure()
        case .flipBit: try stop(uncleanStop(), flipsBit: true)
        default: planFault(operation)
        }
        if disk.isStopped { try stop(uncleanStop()) }
        if isOver { return }
        try observe()
    }

    private mutating func planFault(_ operation: Swarm.Operation) {
        // A cleaning makes more calls than anything else.
        let call = Int.random(in: 1...(Bool.random(using: &random) ? 10 : 50), using: &random)
        switch operation {
        case .failNoSpace: disk.failCall(call, with: .outOfSpace)
        case .failInputOutput: disk.failCall(call, with: .inputOutput)
        case .stopAtCall: disk.stop(atCall: call)
        case .failRead: disk.failRead(call)
        default:
            let used = (try? disk.space(at: Self.path)).map { Int($0.totalBytes - $0.usableBytes) } ?? 0
            let isFull = disk.capacity < .max
            disk.capacity = isFull ? .max : used + Int.random(in: 0...2000, using: &random)
        }
    }

    /// What may be seen at any moment.
    mutating func observe() throws(SimulationFailure) {
        guard let log else { return }
        let offsets = log.offsets
        try expect(offsets.logEnd == model.end, .offsets, "log end \(offsets.logEnd), not \(model.end)")
        try expect(
            offsets.highWatermark >= model.highWatermark && offsets.logStart >= model.logStart, .bounds, "\(offsets)")
        model.highWatermark = offsets.highWatermark
        model.logStart = offsets.logStart
        model.highestLogStart = max(model.highestLogStart, offsets.logStart)
        // Answers may leave now: nothing below may ever be lost.
        if configuration.commitsOnFlush, !wasLazy { model.durable = max(model.durable, offsets.highWatermark) }
        let stable = model.lastStable(highWatermark: offsets.highWatermark)
        try expect(offsets.lastStable == stable, .lastStable, "\(offsets.lastStable), not \(stable)")
    }

    // MARK: What a run needs

    func expect(
        _ holds: Bool, _ invariant: SimulationFailure.Invariant, _ detail: @autoclosure () -> String
    ) throws(SimulationFailure) {
        if !holds { throw failure(invariant, detail()) }
    }

    func failure(_ invariant: SimulationFailure.Invariant, _ detail: String) -> SimulationFailure {
        SimulationFailure(seed: seed, invariant: invariant, detail: detail, trace: trace)
    }

    /// Whether a call that fails now has a fault as its reason.
    var mayFail: Bool { disk.hasPlannedFault || disk.capacity < .max || (log?.isOffline ?? true) }

    /// The open log; every step begins with one.
    func openLog() throws(SimulationFailure) -> PartitionLog {
        guard let log else { throw failure(.opening, "the log is not open") }
        return log
    }
}
