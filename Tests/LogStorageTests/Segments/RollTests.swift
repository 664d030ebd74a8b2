import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

struct RollTests {
    @Test func `a segment is rolled before it grows beyond its size`() throws {
        var test = try TestLog()
        let size = try TestLog.batch(count: 2).readableBytes
        test.configuration.segmentBytes = 3 * size
        let log = try test.open()
        for _ in 0..<7 { try log.append(TestLog.batch(count: 2)) }
        #expect(log.segmentCount == 3)
        #expect(test.bytes(.log, 0)?.count == 3 * size)
        #expect(test.bytes(.log, 6)?.count == 3 * size)
        #expect(test.bytes(.log, 12)?.count == size)
        #expect(log.sizeInBytes == 7 * size)
    }

    @Test func `a segment is rolled when its records span more time than its age, in their own time`() throws {
        var test = try TestLog()
        test.configuration.segmentAge = .milliseconds(1000)
        let log = try test.open()
        let old = TestLog.timestamp.advanced(byMilliseconds: -400 * 86_400_000)
        for milliseconds in [0, 500, 1000, 1001, 1500] as [Int64] {
            try log.append(TestLog.batch(timestamp: old.advanced(byMilliseconds: milliseconds)))
        }
        #expect(log.segmentCount == 2)
        #expect(test.bytes(.log, 3) != nil)
    }

    @Test func `a segment is rolled when an index is full`() throws {
        var test = try TestLog()
        test.configuration.indexIntervalBytes = 0
        test.configuration.maxIndexBytes = 32
        let log = try test.open()
        for _ in 0..<20 { try log.append(TestLog.batch()) }
        #expect(log.segmentCount > 3)
        try log.flush()
        #expect(
            test.disk.paths.filter { $0.hasSuffix(".index") }.allSatisfy { path in
                (test.disk.contents(ofFileAt: path)?.count ?? 0) <= 32
            })
        #expect(try log.batches(from: 0).count == 20)
    }

    @Test func `jitter shortens an age and never lengthens it`() throws {
        var test = try TestLog()
        test.configuration.segmentAge = .milliseconds(1000)
        test.configuration.segmentJitter = .milliseconds(1000)
        let log = try test.open()
        try log.append(TestLog.batch())
        try log.append(TestLog.batch(timestamp: TestLog.timestamp.advanced(byMilliseconds: 1001)))
        #expect(log.segmentCount == 2)
    }

    @Test func `a roll that the disk refuses changes nothing, at whichever call`() throws {
        let batch = try TestLog.batch()
        for call in 1...12 {
            var test = try TestLog()
            test.configuration.segmentBytes = 300
            let log = try test.open()
            for _ in 0..<3 { try log.append(TestLog.batch()) }
            test.disk.failCall(call, with: .outOfSpace)
            var refused = 0
            for _ in 0..<4 {
                do throws(LogError) { try log.append(batch) } catch { refused += 1 }
            }
            #expect(refused <= 1 && !log.isOffline)
            let batches = try log.batches(from: 0)
            #expect(batches.map(\.header.baseOffset) == (0..<Int64(7 - refused)).map { Offset($0) })
        }
    }

    @Test func `a roll that fails for want of room leaves no segment, and the log goes on in the old one`() throws {
        for call in 1...14 {
            var test = try TestLog(seed: UInt64(call))
            test.configuration.segmentBytes = 300
            test.configuration.preallocate = true
            let log = try test.open()
            for _ in 0..<3 { try log.append(TestLog.batch()) }
            try log.flush()
            test.disk.failCall(call, with: .outOfSpace)
            for _ in 0..<4 { _ = try? log.append(TestLog.batch()) }
            let logs = test.disk.paths.filter { $0.hasSuffix(".log") }
            #expect(logs.count == log.segmentCount, "call \(call)")
            // Smaller ones still fit into the tail.
            test.configuration.segmentBytes = 1000
            _ = log.update(test.configuration)
            try log.append(TestLog.batch())
            try log.flush()
            let end = log.offsets.logEnd
            let cut = test.disk.copy(seed: 1)
            cut.powerCut()
            try log.close()
            #expect(try test.open().offsets.logEnd == end, "call \(call), after a clean stop")
            test.disk = cut
            let recoveryPoint = LogStart.unclean(recoveryPoint: end)
            #expect(try test.open(recoveryPoint).offsets.logEnd == end, "call \(call), after a power cut")
        }
    }

    @Test func `preallocation reserves the growing segment's room, and what a sealed one did not need is free`() throws
    {
        var test = try TestLog()
        test.configuration.preallocate = true
        test.configuration.segmentBytes = 10_000
        test.configuration.segmentAge = .milliseconds(1000)
        func free() throws -> Int64 { try test.disk.space(at: "/data").usableBytes }
        let before = try free()
        let log = try test.open()
        #expect(try before - free() == 10_000)
        let batch = try TestLog.batch()
        try log.append(batch)
        try log.flush()
        let small = try before - free() - 10_000
        #expect(small < 1000)
        try log.append(TestLog.batch(timestamp: TestLog.timestamp.advanced(byMilliseconds: 2000)))
        try log.flush()
        #expect(log.segmentCount == 2)
        let used = try before - free()
        #expect(used >= 10_000 + Int64(batch.readableBytes) && used < 12_000)
    }

    @Test func `the sealed indexes have Kafka's form`() throws {
        var test = try TestLog()
        let size = try TestLog.batch(count: 2).readableBytes
        test.configuration.segmentBytes = 4 * size
        test.configuration.indexIntervalBytes = size
        let log = try test.open()
        for round in 0..<5 {
            let time = TestLog.timestamp.advanced(byMilliseconds: Int64(round) * 100)
            try log.append(TestLog.batch(count: 2, timestamp: time))
        }
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        let start = Int(TestLog.timestamp.rawValue)
        #expect(test.bytes(.index, 0) == number(5, 4) + number(2 * size, 4))
        #expect(
            test.bytes(.timeindex, 0) == number(start + 201, 8) + number(5, 4) + number(start + 301, 8) + number(7, 4))
        #expect(test.bytes(.txnindex, 0) == nil)
    }
}
