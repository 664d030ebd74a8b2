import KafkaProtocol
import Synchronization
import Testing

@testable import Coordination

/// Offsets that transactions write (KIP-98, KIP-447), and what becomes of them.
@Suite struct GroupOffsetsTests {
    private var machine = GroupCoordinatorStateMachine()
    private let now = CoordinatorTime(wall: 1_700_000_000_000, uptime: .zero)

    private func commit(_ offset: Offset, by producer: ProducerID? = nil) -> OffsetCommitment {
        OffsetCommitment(
            groupID: "g", offsets: [OffsetToCommit(topic: "t", partition: 0, offset: offset)], producer: producer,
            version: 3)
    }

    /// Commits and replays, as the broker does.
    private mutating func perform(_ offset: Offset, by producer: ProducerID? = nil) throws {
        let output = machine.commitOffsets(commit(offset, by: producer), at: now, reply: Reply { _ in })
        #expect(output.records.count == 1)
        for record in output.records {
            if let producer {
                try machine.replay(record, ofTransactionBy: producer)
            } else {
                try machine.replay(record)
            }
        }
    }

    private func fetched(isStable: Bool) throws -> FetchedOffset? {
        try machine.fetchOffsets(
            of: "g", for: GroupMemberIdentity(), topics: [OffsetTopicQuery(topic: "t", partitions: [0])],
            isStable: isStable
        ).first?.partitions.first
    }

    @Test mutating func `an offset of a transaction counts when it is committed, and never when it is aborted`() throws
    {
        try perform(5)
        try perform(9, by: 7)
        #expect(try fetched(isStable: false)?.committed?.offset == 5)
        #expect(try fetched(isStable: true)?.code == .unstableOffsetCommit)
        machine.replayEndOfTransaction(of: 7, isCommitted: false)
        #expect(try fetched(isStable: true)?.committed?.offset == 5)
        try perform(9, by: 7)
        machine.replayEndOfTransaction(of: 7, isCommitted: true)
        #expect(try fetched(isStable: true)?.committed?.offset == 9)
    }

    @Test mutating func `of a transaction's offset and a later one the later one counts, as compaction keeps it`()
        throws
    {
        try perform(9, by: 7)
        try perform(3)
        machine.replayEndOfTransaction(of: 7, isCommitted: true)
        #expect(try fetched(isStable: true)?.committed?.offset == 3)
    }

    @Test mutating func `what is deleted does not come back with the end of a transaction`() throws {
        try perform(5)
        try perform(9, by: 7)
        for record in machine.deleteGroup("g", reply: Reply { _ in }).records { try machine.replay(record) }
        machine.replayEndOfTransaction(of: 7, isCommitted: true)
        #expect(try fetched(isStable: true)?.committed == nil)
        #expect(machine.groups.isEmpty)
    }

    @Test mutating func `a transaction holds nothing but offsets`() {
        #expect(throws: CoordinatorReplayError.self) {
            try machine.replay(ClassicGroup(id: "g").tombstone, ofTransactionBy: 7)
        }
    }

    @Test mutating func `many expired offsets go in pieces`() throws {
        var settings = GroupSettings()
        settings.offsetsRetention = .seconds(1)
        machine.settings = settings
        for partition in 0..<50 {
            let offsets = [OffsetToCommit(topic: "t", partition: PartitionIndex(Int32(partition)), offset: 1)]
            let commit = OffsetCommitment(groupID: "g", offsets: offsets, version: 9)
            for record in machine.commitOffsets(commit, at: now, reply: Reply { _ in }).records {
                try machine.replay(record)
            }
        }
        let later = CoordinatorTime(wall: now.wall.advanced(byMilliseconds: 2000), uptime: .seconds(2))
        var counts: [Int] = []
        while true {
            let output = machine.expireOffsets(at: later, limit: 20)
            if output.records.isEmpty { break }
            counts.append(output.records.count)
            for record in output.records { try machine.replay(record) }
        }
        // The last piece takes the group, too.
        #expect(counts == [20, 20, 11])
        #expect(machine.groups.isEmpty && machine.offsets.count == 0)
    }
}
