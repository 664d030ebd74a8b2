import BrokerTesting
import Foundation
import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization
import SystemPackage
import Testing

/// One log under the hands of many threads, on the real disk. `make test-tsan` runs it under ThreadSanitizer.
@Suite(.timeLimit(.minutes(5))) struct PartitionLogStressTests {
    @Test func `many threads at one log disturb nobody`() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let stress = try LogStress(folder: FilePath(folder.path).appending("t-0"))
        stress.run()
        #expect(stress.problems.withLock { $0 } == [])
        #expect(stress.batchesRead.load(ordering: .relaxed) > 0)
        #expect(stress.cleanings.load(ordering: .relaxed) > 0)
    }
}

/// What each thread does until the writers are done; then the log is deleted while the others go on.
private final class LogStress: Sendable {
    private static let writers = 2
    private static let appendsEach = 300
    private static let roles: [@Sendable (LogStress) -> Void] = [
        { $0.write(producer: 1) }, { $0.write(producer: 2) }, { $0.flush() }, { $0.read() }, { $0.read() },
        { $0.ask() }, { $0.clean() },
    ]

    let problems = Mutex<[String]>([])
    let batchesRead = Atomic<Int>(0)
    let cleanings = Atomic<Int>(0)
    private let log: Mutex<PartitionLog>
    private let reader: LogReader
    private let environment: LogEnvironment
    private let writersAtWork = Atomic<Int>(writers)
    private let isDeleted = Atomic(false)

    init(folder: FilePath) throws {
        environment = LogEnvironment(fileSystem: PosixFileSystem(), maxOpenFiles: 2, maxMaps: 2)
        let opened = try PartitionLog.open(
            directory: folder, configuration: Self.configuration(segmentBytes: 4000), environment: environment,
            start: .clean)
        reader = opened.reader
        log = Mutex(opened)
    }

    private static func configuration(segmentBytes: Int) -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = segmentBytes
        configuration.indexIntervalBytes = 300
        configuration.cleanupPolicy = .compact
        configuration.minCleanableDirtyRatio = 0
        return configuration
    }

    func run() {
        let ended = DispatchGroup()
        for role in Self.roles {
            ended.enter()
            Thread { [self] in
                role(self)
                ended.leave()
            }.start()
        }
        ended.wait()
    }

    private func report(_ problem: String) { problems.withLock { $0.append(problem) } }

    /// Runs `body` over and over until the log is deleted. Only then it may find the log closed, or its files gone.
    private func untilDeleted(_ role: String, _ body: () throws(LogError) -> Void) {
        while !isDeleted.load(ordering: .acquiring) {
            do throws(LogError) { try body() } catch .offsetOutOfRange {
                // The log start has moved on.
            } catch {
                let isExpected = if case .storage(let failure) = error { failure.isMissing } else { error == .offline }
                if !isExpected || writersAtWork.load(ordering: .acquiring) > 0 { report("\(role): \(error)") }
            }
        }
    }

    // MARK: Roles

    private func write(producer: Int64) {
        for number in 0..<Self.appendsEach {
            do {
                var builder = RecordBatchBuilder()
                builder.producerID = ProducerID(producer)
                builder.producerEpoch = 0
                builder.baseSequence = SequenceNumber(Int32(number))
                let key = ByteBuffer(integer: Int32(number % 17))
                _ = try builder.append(key: key, value: ByteBuffer(repeating: 7, count: 40), timestamp: 5)
                let batch = try builder.finish()
                _ = try log.withLock { log in
                    try log.append(batch, leaderEpoch: log.leaderEpoch, origin: .client, now: 5)
                }
                // Whoever cleans needs sealed segments, and has to come to its turn.
                if number % 50 == 49 {
                    let seen = cleanings.load(ordering: .relaxed)
                    var turns = 0
                    while cleanings.load(ordering: .relaxed) == seen, turns < 20_000 { turns += 1 }
                }
            } catch { report("append: \(error)") }
        }
        if writersAtWork.subtract(1, ordering: .releasing).newValue == 0 { delete() }
    }

    private func delete() {
        defer { isDeleted.store(true, ordering: .releasing) }
        do throws(LogError) {
            let folder = try log.withLock { log throws(LogError) in
                try log.markDeleted(uuid: KafkaUUID(high: 1, low: 2))
            }
            try PartitionLog.removeDeleted(folder, fileSystem: environment.fileSystem)
        } catch { report("deletion: \(error)") }
    }

    private func flush() {
        var round = 0
        untilDeleted("flush") { () throws(LogError) in
            round += 1
            log.withLock { _ = $0.update(Self.configuration(segmentBytes: 2000 + 500 * (round % 9))) }
            guard let flush = log.withLock({ $0.prepareFlush() }) else { return }
            do throws(FileSystemError) { try flush.run() } catch { throw .storage(error) }
            log.withLock { log in
                let offsets = log.completeFlush(flush)
                if round % 40 == 0, offsets.highWatermark > 100 {
                    _ = try? log.advanceLogStart(to: offsets.highWatermark - 100)
                }
            }
        }
    }

    private func read() {
        var next: Offset = 0
        untilDeleted("read") { () throws(LogError) in
            let offsets = reader.offsets
            if next >= offsets.highWatermark || next < offsets.logStart { next = offsets.logStart }
            let read = try reader.read(from: next, maxBytes: 3000, minOneBatch: true, upTo: offsets.highWatermark)
            for slice in read.slices { check(try slice.readBytes(), from: &next) }
        }
    }

    private func check(_ bytes: ByteBuffer, from next: inout Offset) {
        guard let batches = try? RecordBatchSequence(bytes, tail: .rejected).all() else {
            return report("no whole batches at \(next)")
        }
        for batch in batches {
            if !batch.crcIsValid || batch.header.lastOffset < next { report("a wrong batch at \(next)") }
            next = batch.header.nextOffset
            batchesRead.add(1, ordering: .relaxed)
        }
    }

    private func ask() {
        untilDeleted("question") { () throws(LogError) in
            let offsets = reader.offsets
            _ = try reader.offset(forTimestamp: 5, upTo: offsets.highWatermark)
            _ = try reader.maxTimestamp(upTo: offsets.highWatermark)
            _ = try reader.abortedTransactions(in: offsets.logStart..<offsets.logEnd + 1)
            _ = (reader.endOffset(forLeaderEpoch: 0), reader.sizeInBytes, reader.segmentCount)
        }
    }

    private func clean() {
        untilDeleted("cleaning") { () throws(LogError) in
            let (cleanedUpTo, point) = log.withLock { ($0.cleanedUpTo, $0.recoveryPoint) }
            let range = try reader.cleanableRange(
                cleanedUpTo: cleanedUpTo, recoveryPoint: point, Self.configuration(segmentBytes: 4000), now: 5)
            guard range.dirtyBytes > 0, let cleaning = log.withLock({ $0.beginCleaning(range) }) else { return }
            let outcome = Result { () throws(LogError) in try cleaning.run(CleaningLimits(), now: 5) }
            log.withLock { $0.endCleaning(cleaning, outcome) }
            _ = try outcome.get()
            cleanings.add(1, ordering: .relaxed)
        }
    }
}
