import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// A partition's folder that a script of bytes has damaged, and what the log makes of it. Any bytes are a script: a sound
/// log or an empty folder to begin with, how it was left, then edits of its files.
package struct DamagedDirectory {
    private static let folder: FilePath = "/orders-0"
    private static let offsets: [Int64] = [
        0, 1, 5, 12, 24, 40, 1 << 31 - 1, 1 << 31, 1 << 40, .max - 70, .max - 1, .max,
    ]

    private var script: ArraySlice<UInt8>
    private let disk: SimulatedFileSystem
    private let environment: LogEnvironment
    private let clock = ManualClock()
    private var start = LogStart.clean
    private var logStart: Offset = 0

    /// Damages a folder as the script says and opens it as a log. Returns what is wrong with the outcome; nil where the
    /// damage was refused with an error that names it, or healed.
    package static func problem(after script: some Collection<UInt8>) -> String? {
        var directory = DamagedDirectory(Array(script))
        directory.damage()
        return directory.problem()
    }

    private init(_ script: [UInt8]) {
        self.script = script[...]
        let beginning = Int(self.script.popFirst() ?? 0)
        disk = Self.beginnings[beginning % Self.beginnings.count].copy(seed: 1)
        environment = LogEnvironment(fileSystem: disk, clock: clock, maxOpenFiles: 2, maxMaps: 2)
        switch byte() % 4 {
        case 0: start = .clean
        case 1, 2: start = .unclean(recoveryPoint: 0)
        default: start = .unclean(recoveryPoint: offset())
        }
        if byte() % 8 == 0 { logStart = offset() }
    }

    /// Nothing, a log that was closed, and one whose process was killed.
    private static let beginnings: [SimulatedFileSystem] = [nil, true, false].compactMap { closes in
        try? soundLog(closes: closes)
    }

    private static func configuration() -> LogConfiguration {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 1000
        configuration.indexIntervalBytes = 100
        return configuration
    }

    private static func soundLog(closes: Bool?) throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(seed: 1)
        try disk.createDirectory(folder)
        guard let closes else { return disk }
        let clock = ManualClock()
        var random = SeededRandomNumberGenerator(seed: 2)
        let log = try PartitionLog.open(
            directory: folder, configuration: configuration(),
            environment: LogEnvironment(fileSystem: disk, clock: clock), start: .clean)
        var maker = BatchMaker(codecs: [.none, .none, .lz4, .gzip], largestValue: 40)
        for step in 0..<18 {
            clock.advance(by: .seconds(1))
            let id = ProducerID(Int64(step % 3))
            let producer = BatchMaker.Producer(
                id: id, epoch: 0, sequence: SequenceNumber(step < 3 ? 0 : -1), isTransactional: id == 2)
            let batch: ByteBuffer
            if step % 6 == 5 {
                batch = try EndTransactionMarker(isCommit: step == 11, coordinatorEpoch: 0)
                    .batch(producerID: 2, producerEpoch: 0, timestamp: clock.now)
            } else {
                batch = try maker.batch(step < 3 || id == 2 ? producer : nil, now: clock.now, &random)
            }
            if step == 9 { try log.raiseLeaderEpoch(to: 1) }
            _ = try log.append(batch, leaderEpoch: log.leaderEpoch, origin: .coordinator, now: clock.now)
            if step % 4 == 0 { try log.flush() }
        }
        if closes { try log.close() }
        disk.processEnd()
        return disk
    }

    // MARK: Damage

    private mutating func byte() -> Int { Int(script.popFirst() ?? 0) }
    private mutating func word() -> Int { byte() << 8 | byte() }
    private mutating func offset() -> Offset { Offset(Self.offsets[byte() % Self.offsets.count]) }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        defer { script = script.dropFirst(count) }
        return Array(script.prefix(count))
    }

    private mutating func damage() {
        while !script.isEmpty {
            let paths = disk.paths
            let choice = byte()
            let path = paths.isEmpty ? "" : paths[byte() % paths.count]
            if choice % 12 == 11 || paths.isEmpty {
                addFile()
            } else {
                damage(path, paths, choice % 12)
            }
        }
    }

    private mutating func damage(_ path: String, _ paths: [String], _ choice: Int) {
        var contents = disk.contents(ofFileAt: path) ?? []
        let place = contents.isEmpty ? 0 : word() % contents.count
        switch choice {
        case 0: for byte in bytes(byte() % 16) { contents.append(byte) }
        case 1: if !contents.isEmpty { contents[place] ^= 1 << UInt8(byte() % 8) }
        case 2: contents.removeLast(contents.count - place)
        case 3:
            try? disk.remove(FilePath(path))
            return
        case 4: contents = disk.contents(ofFileAt: paths[byte() % paths.count]) ?? []
        case 5, 6: Self.repair(&contents, path)
        case 7: contents += batch()
        case 8: contents.replaceSubrange(place..<min(contents.count, place + byte()), with: [])
        default:
            for (index, byte) in bytes(byte() % 16).enumerated() where place + index < contents.count {
                contents[place + index] = byte
            }
        }
        disk.overwrite(fileAt: path, with: contents)
    }

    private mutating func addFile() {
        let offset = offset()
        let kinds = SegmentFile.allCases
        let kind = byte()
        let path =
            kind % 8 == 7
            ? Self.folder.appending("leader-epoch-checkpoint")
            : kinds[kind % kinds.count].path(offset, in: Self.folder)
        _ = try? disk.open(path, .create)
        disk.overwrite(fileAt: path.string, with: bytes(byte()))
    }

    /// A batch with a right checksum and any numbers in its header.
    private mutating func batch() -> [UInt8] {
        var random = SeededRandomNumberGenerator(seed: UInt64(byte()))
        var maker = BatchMaker(codecs: [.none, .zstd], largestValue: 20)
        let producer = BatchMaker.Producer(
            id: ProducerID(Int64(byte() % 4) - 1), epoch: ProducerEpoch(Int16(byte() % 3)),
            sequence: SequenceNumber(Int32(byte())), isTransactional: byte() % 2 == 1)
        guard var batch = try? maker.batch(producer, now: clock.now, &random) else { return [] }
        let epoch = LeaderEpoch(Int32(byte() % 4) - 1)
        try? batch.setRecordBatch(baseOffset: offset(), leaderEpoch: epoch, at: 0)
        var contents = Array(batch.readableBytesView)
        // Attributes, last delta, times, producer, sequence and count.
        for _ in 0..<byte() % 4 { contents[21 + byte() % 40] = UInt8(byte()) }
        Self.repair(&contents, ".log")
        return contents
    }

    /// Makes the checksums of a log or a snapshot right, so that what stands behind them is looked at.
    private static func repair(_ contents: inout [UInt8], _ path: String) {
        if path.hasSuffix(".snapshot"), contents.count >= 6 {
            let crc = unsafe contents.withUnsafeBytes {
                unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: $0[6...]))
            }
            for index in 0..<4 { contents[2 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
        }
        guard path.hasSuffix(".log") else { return }
        var buffer = ByteBuffer(bytes: contents)
        var place = 0
        while let header = try? RecordBatchHeader(from: buffer, at: place), place + header.sizeInBytes <= contents.count
        {
            guard (try? buffer.setRecordBatchCRC(at: place)) != nil else { break }
            place += header.sizeInBytes
        }
        contents = Array(buffer.readableBytesView)
    }

    // MARK: What the log makes of it

    /// Whether every byte of the log was verified when it was opened.
    private var isVerified: Bool { start == .unclean(recoveryPoint: 0) }

    private func problem() -> String? {
        do throws(LogError) {
            let log = try open(start, logStart)
            let end = log.offsets.logEnd
            if let problem = try problemOfReads(log) { return problem }
            guard end.rawValue < Int64.max - 10 else { return nil }
            if let problem = try problemOfAppend(log, end) { return problem }
            guard isVerified else { return nil }
            let report = PartitionVerifier(directory: Self.folder, fileSystem: disk).run()
            // A snapshot with a right checksum is believed, whatever the script has put into it.
            let damages = report.damages.filter { $0.kind != .snapshot }
            guard damages.isEmpty else { return "not sound: \(damages.map { "\($0.file) \($0.text)" })" }
            let again = try open(.clean, log.offsets.logStart)
            return again.offsets == log.offsets ? nil : "\(again.offsets) after a clean stop, not \(log.offsets)"
        } catch .corrupt {
            return nil
        } catch { return "\(error)" }
    }

    private func open(_ start: LogStart, _ logStart: Offset) throws(LogError) -> PartitionLog {
        try PartitionLog.open(
            directory: Self.folder, configuration: Self.configuration(), environment: environment, start: start,
            logStartOffset: logStart)
    }

    private func problemOfAppend(_ log: PartitionLog, _ end: Offset) throws(LogError) -> String? {
        var random = SeededRandomNumberGenerator(seed: 3)
        var maker = BatchMaker(codecs: [.none], largestValue: 10)
        guard let batch = try? maker.batch(nil, now: clock.now, &random) else { return nil }
        let result = try log.append(batch, leaderEpoch: log.leaderEpoch, origin: .client, now: clock.now)
        guard result.baseOffset == end else { return "appended at \(result.baseOffset), not at \(end)" }
        try log.flush()
        try log.close()
        return nil
    }

    /// Reads all that can be read. Damage that a clean start does not look for may be met here.
    private func problemOfReads(_ log: PartitionLog) throws(LogError) -> String? {
        let offsets = log.offsets
        do throws(LogError) {
            var next = offsets.logStart
            while next < offsets.logEnd {
                let read = try log.reader.read(from: next, maxBytes: 500, minOneBatch: true, upTo: offsets.logEnd)
                guard let slice = read.slices.first else { break }
                let bytes = try slice.readBytes()
                guard let last = try? RecordBatchSequence(bytes, tail: .ignored).all().last?.header.nextOffset,
                    last > next
                else { return isVerified ? "a read from \(next) leads nowhere" : nil }
                next = last
            }
            _ = try log.reader.abortedTransactions(in: offsets.logStart..<max(offsets.logStart + 1, offsets.logEnd))
            for time in [0, clock.milliseconds - 9000, .max] as [Int64] {
                _ = try log.reader.offset(forTimestamp: Timestamp(time), upTo: offsets.logEnd)
            }
            _ = try log.reader.maxTimestamp(upTo: offsets.highWatermark)
            _ = log.reader.endOffset(forLeaderEpoch: 1)
            return nil
        } catch .corrupt { return nil }
    }
}
