import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

struct DiskGuardTests {
    /// A log on a disk that is to keep 10,000 bytes free, 2,000 of them from the broker's own logs, too.
    private static func log(
        _ claim: SpaceClaim = .ordinary, room: Int
    ) throws -> (log: PartitionLog, test: TestLog, guardian: DiskGuard) {
        var test = try TestLog()
        test.configuration.spaceClaim = claim
        test.disk.capacity = 10_000 + room
        let environment = test.environment
        environment.diskGuards.keep(10_000, forInternalLogs: 2_000)
        let log = try PartitionLog.open(
            directory: TestLog.directory, configuration: test.configuration, environment: environment, start: .clean)
        return (log, test, try #require(environment.diskGuards.all.first))
    }

    /// Appends until it is refused; returns how many bytes the log has then.
    private static func fill(_ log: PartitionLog) throws -> Int {
        let batch = try TestLog.batch(size: 300)
        while true {
            do throws(LogError) { try log.append(batch) } catch {
                guard case .shortage = error else { throw error }
                return log.sizeInBytes
            }
        }
    }

    @Test func `records stop at the reserve, the broker's own logs at the second limit, the metadata nowhere`() throws {
        let (ordinary, test, _) = try Self.log(room: 5_000)
        #expect((4_000...5_000).contains(try Self.fill(ordinary)))
        #expect(!ordinary.isOffline)
        let (internalLog, _, _) = try Self.log(.internalLogs, room: 5_000)
        #expect((12_000...13_000).contains(try Self.fill(internalLog)))
        let (essential, _, _) = try Self.log(.essential, room: 0)
        for _ in 0..<20 { try essential.append(TestLog.batch(size: 300)) }
        // What was refused has changed nothing.
        let end = ordinary.offsets.logEnd
        #expect(try ordinary.batches(from: 0).count == Int(end.rawValue))
        #expect(test.bytes(.log)?.count == ordinary.sizeInBytes)
        try ordinary.flush()
    }

    @Test func `a refusal says what is left and what has to be`() throws {
        let (log, test, _) = try Self.log(room: 1_000)
        _ = try Self.fill(log)
        let error = #expect(throws: LogError.self) { try log.append(TestLog.batch(size: 900)) }
        guard case .shortage(let shortage) = error else { return }
        #expect(shortage.limit == 10_000 && shortage.path == "/data")
        let usable = try test.disk.space(at: "/data").usableBytes
        #expect((usable - 1_000...usable).contains(shortage.usableBytes))
    }

    @Test func `the system is asked when the count demands it, and once at most before the next look`() throws {
        let (log, test, guardian) = try Self.log(room: 100_000)
        let full = test.disk.capacity
        // Somebody else takes the room: no append asks, as the count knows of enough.
        test.disk.capacity = 14_000
        try log.append(TestLog.batch(size: 300))
        guardian.look()
        #expect(guardian.shortage == nil)
        _ = try Self.fill(log)
        #expect(guardian.shortage != nil)
        // It has been asked: room that comes now is seen by the next look.
        test.disk.capacity = full
        #expect(throws: LogError.self) { try log.append(TestLog.batch(size: 900)) }
        guardian.look()
        try log.append(TestLog.batch(size: 900))
        #expect(guardian.shortage == nil)
        // The count is wrong when somebody else deletes: it demands a look, which says so.
        let end = log.offsets.logEnd
        test.disk.capacity = 20_000
        guardian.look()
        test.disk.capacity = 1_000_000
        for _ in 0..<100 { try log.append(TestLog.batch(size: 300)) }
        #expect(log.offsets.logEnd == end + 100)
    }

    @Test func `a duplicate is answered also when nothing more is taken`() throws {
        let (log, _, _) = try Self.log(room: 1_000)
        let batch = try TestLog.batch(producer: .init(id: 7))
        let first = try log.append(batch)
        _ = try Self.fill(log)
        let again = try log.append(batch)
        #expect(again.isDuplicate && again.baseOffset == first.baseOffset)
    }

    @Test func `a cleaning leaves what the broker's own logs have to leave, and frees room above it`() throws {
        let test = try TestLog.compacted()
        let environment = test.environment
        let log = try PartitionLog.open(
            directory: TestLog.directory, configuration: test.configuration, environment: environment, start: .clean)
        for round in 0..<8 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
        let before = try log.records()
        let used = try test.disk.space(at: "/data")
        // Each cleaned segment is smaller than 200 bytes.
        test.disk.capacity = Int(used.totalBytes - used.usableBytes) + 2_000
        environment.diskGuards.keep(10_000, forInternalLogs: 2_000)
        #expect(throws: LogError.self) { try log.clean() }
        #expect(try log.records() == before && log.uncleanable == nil)
        environment.diskGuards.keep(10_000, forInternalLogs: 1_000)
        #expect(try log.clean() != nil)
        #expect(try log.records().count < before.count)
    }

    // MARK: - A disk that is full all the same

    @Test func `a disk that runs full in the middle of a write takes nothing back, whatever follows`() throws {
        for seed in UInt64(0)..<60 {
            var test = try TestLog(seed: seed)
            test.configuration.segmentBytes = 1_500
            let log = try test.open()
            for _ in 0..<4 { try log.append(TestLog.batch(size: 200)) }
            try log.flush()
            let room = test.disk.capacity
            // In the batch, in its header, in the files of a roll.
            test.disk.capacity =
                Int(try test.disk.space(at: "/").totalBytes - test.disk.space(at: "/").usableBytes) + Int(seed * 7)
            let batch = try TestLog.batch(size: 200)
            var refused = 0
            for _ in 0..<6 {
                do throws(LogError) { try log.append(batch) } catch { refused += 1 }
            }
            #expect(refused > 0 && !log.isOffline, "seed \(seed)")
            let cutWhileFull = test.disk.copy(seed: seed)
            cutWhileFull.powerCut()
            test.disk.capacity = room
            for _ in 0..<2 { try log.append(TestLog.batch(size: 200)) }
            try log.flush()
            let end = log.offsets.logEnd
            test.disk.powerCut()
            try Self.expectDense(test, from: end, seed)
            test.disk = cutWhileFull
            try Self.expectDense(test, from: 4, seed)
        }
    }

    /// After the cut all batches up to `offset` at least are there, one behind the other, also while the disk is full.
    private static func expectDense(_ test: TestLog, from offset: Offset, _ seed: UInt64) throws {
        let log = try test.open(.unclean(recoveryPoint: 0))
        #expect(log.offsets.logEnd >= offset, "seed \(seed)")
        let offsets = try log.batches(from: 0).map(\.header.baseOffset)
        #expect(offsets == (0..<log.offsets.logEnd.rawValue).map { Offset($0) }, "seed \(seed)")
    }

    @Test func `a full disk keeps no log from being opened and read, and the epoch rises before the next append`()
        throws
    {
        var test = try TestLog(seed: 5)
        test.configuration.segmentBytes = 1_000
        let log = try test.open()
        for _ in 0..<9 { try log.append(TestLog.batch(size: 200)) }
        try log.flush()
        let epoch = log.leaderEpoch
        test.disk.powerCut()
        let room = test.disk.capacity
        test.disk.capacity = 0
        let full = try test.open(.unclean(recoveryPoint: 0))
        #expect(full.offsets.logEnd == 9 && full.leaderEpoch == epoch.next && !full.isOffline)
        #expect(throws: LogError.self) { try full.append(TestLog.batch()) }
        test.disk.capacity = room
        #expect(try full.batches(from: 0).count == 9)
        try full.append(TestLog.batch())
        #expect(full.reader.leaderEpoch(at: 9) == epoch.next && full.reader.leaderEpoch(at: 8) == epoch)
        try full.flush()
        test.disk.powerCut()
        let again = try test.open(.unclean(recoveryPoint: 0))
        #expect(again.offsets.logEnd == 10 && again.reader.leaderEpoch(at: 9) == epoch.next)
    }
}
