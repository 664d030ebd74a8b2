import KafkaProtocol
import NIOCore

@testable import Coordination

/// A coordinator over a log whose tail a power cut takes away: records count when they are committed, and answers leave
/// only then, as the broker has it.
struct SimulatedGroupLog {
    private(set) var machine: GroupCoordinatorStateMachine
    private var records: [GroupRecord] = []
    /// So many records are on disk.
    private var committed = 0
    /// Answers and how many records have to be committed before they leave.
    private var waiting: [(answer: GroupAnswer, needs: Int)] = []
    private let settings: GroupSettings
    private let image: ClusterMetadataImage

    init(settings: GroupSettings, image: ClusterMetadataImage = ClusterMetadataImage(), at now: CoordinatorTime) {
        self.settings = settings
        self.image = image
        machine = GroupCoordinatorStateMachine(settings: settings, generator: SplitMix(state: 1))
        machine.finishLoading(at: now, image: image)
    }

    /// Handles an event: records first, then the state, and the answers when the disk has them.
    mutating func handle(_ event: (inout GroupCoordinatorStateMachine) -> GroupOutput) throws {
        let output = event(&machine)
        for record in output.records {
            records.append(record)
            try machine.replay(record)
        }
        waiting += output.answers.map { ($0, records.count) }
    }

    /// The disk has got so many more records.
    mutating func commit(upTo count: Int = .max) {
        committed = max(committed, min(records.count, count))
        let (ready, still) = (waiting.filter { $0.needs <= committed }, waiting.filter { $0.needs > committed })
        waiting = still
        for entry in ready { entry.answer.release() }
    }

    var uncommittedCount: Int { records.count - committed }

    /// The coordinator ends, keeping `kept` of the records that were not on disk yet, and a new one reads the log, which
    /// compaction may have been at.
    mutating func restart(keeping kept: Int, compacting: Bool, at now: CoordinatorTime, seed: UInt64) throws {
        records.removeLast(max(0, uncommittedCount - kept))
        committed = records.count
        // Nobody hears anything any more.
        waiting = []
        if compacting { try compact() }
        committed = records.count
        machine = GroupCoordinatorStateMachine(settings: settings, generator: SplitMix(state: seed))
        for record in records {
            let (key, value) = try record.encoded()
            try machine.replay(GroupRecord(key: key, value: value))
        }
        machine.finishLoading(at: now, image: image)
    }

    /// Of each key the last record stays.
    private mutating func compact() throws {
        var last: [[UInt8]: Int] = [:]
        for (index, record) in records.enumerated() { last[Array(try record.encoded().key.readableBytesView)] = index }
        records = last.values.sorted().map { records[$0] }
    }
}

/// Reproducible numbers.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
