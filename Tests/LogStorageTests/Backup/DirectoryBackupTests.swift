import BrokerTesting
import KafkaProtocol
import Synchronization
import SystemPackage
import Testing

@testable import LogStorage

/// A backup is one that a broker can start from, whatever happens to the logs while it is made.
@Suite struct DirectoryBackupTests {
    private static let source: FilePath = "/data"
    private static let target: FilePath = "/backup"
    private static let orders = TopicPartition(topic: "orders", partition: 0)
    private static let others = TopicPartition(topic: "others", partition: 0)

    /// A data directory with two logs of several segments, which are open.
    private struct Live {
        let disk = SimulatedFileSystem(seed: 1)
        let directory: DataDirectory
        let logs: [PartitionLog]

        init() throws {
            let environment = LogEnvironment(fileSystem: disk, clock: ManualClock())
            directory = try DataDirectory.open(source, environment: environment, nodeID: 1)
            var configuration = LogConfiguration()
            configuration.segmentBytes = 400
            configuration.indexIntervalBytes = 100
            var opened: [PartitionLog] = []
            let id = TopicID.random()
            for partition in [orders, others] {
                opened.append(
                    try directory.openLog(
                        partition, topicID: partition == orders ? id : .random(), configuration: configuration,
                        environment: environment))
            }
            logs = opened
            try append(12)
            try logs[0].flush()
            try directory.writeCheckpoints([
                LogCheckpoint(
                    partition: orders, topicID: id, recoveryPoint: logs[0].recoveryPoint, logStart: 0, highWatermark: 24
                )
            ])
            try append(1)
        }

        func append(_ count: Int) throws {
            for log in logs {
                for mark in 0..<count { try log.append(try TestLog.batch(count: 2, size: 20, mark: UInt8(mark))) }
            }
        }
    }

    private static func backUp(_ fileSystem: any FileSystem, links: Bool = true) throws -> DirectoryBackup.Summary {
        var backup = DirectoryBackup(of: source, to: target, fileSystem: fileSystem, links: links) {
            $0.topic == "orders" ? .first : .data
        }
        return try backup.run()
    }

    /// Starts from the backup's files, and returns all bytes of a log, recovered; nil where it is not there.
    private static func recovered(
        _ disk: SimulatedFileSystem, from target: FilePath = target, _ partition: TopicPartition = orders
    ) throws -> [UInt8]? {
        let folder = target.appending("\(partition)")
        guard try disk.isDirectory(folder) else { return nil }
        let environment = LogEnvironment(fileSystem: disk, clock: ManualClock())
        let directory = try DataDirectory.open(target, environment: environment, nodeID: 1)
        let id = try #require(
            try disk.contents(of: folder.appending(PartitionMetadata.name)).flatMap { PartitionMetadata.decode($0) })
        let log = try directory.openLog(
            partition, topicID: id, configuration: LogConfiguration(), environment: environment)
        #expect(log.recovery.endsBelowRecoveryPoint == nil)
        let bytes = try log.bytes(from: log.offsets.logStart)
        try log.close()
        try directory.close(clean: false)
        return bytes
    }

    private static func bytes(_ disk: SimulatedFileSystem, _ partition: TopicPartition = orders) -> [UInt8] {
        disk.paths.filter { $0.hasPrefix("\(source)/\(partition)/") && $0.hasSuffix(".log") }
            .flatMap { disk.contents(ofFileAt: $0) ?? [] }
    }

    @Test(arguments: [true, false])
    func `a backup of open logs has everything that was written, also after a power cut`(
        links: Bool
    ) throws {
        let live = try Live()
        let before = Self.bytes(live.disk)
        let summary = try Self.backUp(live.disk, links: links)
        #expect(summary.logs == 2)
        #expect((summary.linkedBytes > 0) == links)
        try live.append(20)
        #expect(try Self.recovered(live.disk.copy(seed: 2)) == before)
        let cut = live.disk.copy(seed: 3)
        cut.powerCut()
        #expect(try Self.recovered(cut) == before)
    }

    @Test func `what is written behind the cut changes no byte of the backup`() throws {
        let live = try Live()
        _ = try Self.backUp(live.disk)
        let saved = live.disk.paths.filter { $0.hasPrefix("\(Self.target)/") }
        let before = saved.map { live.disk.contents(ofFileAt: $0) }
        try live.append(30)
        for log in live.logs { try log.close() }
        #expect(saved.map { live.disk.contents(ofFileAt: $0) } == before)
    }

    @Test(arguments: [true, false]) func `a restored directory has the backup's logs, and shares no file that grows`(
        links: Bool
    ) throws {
        let live = try Live()
        let before = Self.bytes(live.disk)
        _ = try Self.backUp(live.disk)
        let saved = live.disk.paths.filter { $0.hasPrefix("\(Self.target)/") }
        let contents = saved.map { live.disk.contents(ofFileAt: $0) }
        var restore = DirectoryRestore(of: Self.target, to: "/new", fileSystem: live.disk, links: links)
        try restore.run()
        #expect(try Self.recovered(live.disk, from: "/new") == before)
        #expect(saved.map { live.disk.contents(ofFileAt: $0) } == contents)
        #expect(throws: DirectoryRestore.Failure.targetIsNotEmpty("/new")) { try restore.run() }
    }

    @Test func `a restore that was interrupted leaves no directory of that name, and can be repeated`() throws {
        let live = try Live()
        _ = try Self.backUp(live.disk)
        let before = Self.bytes(live.disk)
        var call = 1
        while true {
            let disk = live.disk.copy(seed: UInt64(call))
            disk.failCall(call, with: .inputOutput)
            var restore = DirectoryRestore(of: Self.target, to: "/new", fileSystem: disk, links: true)
            if (try? restore.run()) != nil { break }
            disk.powerCut()
            if try !disk.isDirectory("/new") { try restore.run() }
            #expect(try Self.recovered(disk, from: "/new") == before, "call \(call)")
            call += 1
        }
        #expect(call > 20)
    }

    @Test func `an interrupted backup is not whole, and is not restored`() throws {
        let live = try Live()
        live.disk.failCall(12, with: .outOfSpace)
        #expect(throws: DirectoryBackup.Failure.self) { try Self.backUp(live.disk) }
        let restore = DirectoryRestore(of: Self.target, to: "/new", fileSystem: live.disk, links: false)
        #expect(throws: DirectoryRestore.Failure.noBackup(Self.target)) { try restore.check() }
        #expect(throws: DirectoryBackup.Failure.targetIsThere(Self.target)) { try Self.backUp(live.disk) }
    }

    @Test func `only a data directory is backed up`() throws {
        let disk = SimulatedFileSystem(seed: 1)
        try disk.createDirectory(Self.source)
        #expect(throws: DirectoryBackup.Failure.noDataDirectory(Self.source)) { try Self.backUp(disk) }
    }

    // MARK: - Changes while the backup is made

    enum Change: CaseIterable {
        case append, retention, compaction, deletion
    }

    /// Does to the files of a log what the broker does beside a backup.
    private static func make(_ change: Change, _ disk: SimulatedFileSystem, grown: [String: [UInt8]]) throws {
        let folder = source.appending("\(orders)")
        let bases = try disk.list(folder).compactMap { SegmentFile.parse($0) }.filter { $0.file == .log }.map(\.offset)
        switch change {
        case .append:
            for (path, bytes) in grown.sorted(by: { $0.key < $1.key }) {
                try disk.open(FilePath(path), .create).write(bytes, at: 0)
            }
        case .retention:
            for kind in SegmentFile.allCases { try disk.removeIfPresent(kind.path(bases[0], in: folder)) }
        case .compaction:
            // The first two segments become one, which has another size and the same records.
            let merged = try bases.prefix(2).flatMap { base in
                try disk.contents(of: SegmentFile.log.path(base, in: folder)) ?? []
            }
            let swap = FilePath(SegmentFile.log.path(bases[0], in: folder).string + ".swap")
            let file = try disk.open(swap, .createEmpty)
            try file.write(merged, at: 0)
            try file.synchronize()
            try disk.rename(swap, to: SegmentFile.log.path(bases[0], in: folder))
            for kind in SegmentFile.allCases { try disk.removeIfPresent(kind.path(bases[1], in: folder)) }
        case .deletion: try disk.rename(folder, to: PartitionLog.deletedFolder(folder, uuid: .random()))
        }
    }

    @Test(arguments: Change.allCases)
    func `whatever happens at whichever call, each log is whole from some start to behind the cut`(
        change: Change
    ) throws {
        let before = try Self.bytes(Live().disk)
        let later = try Live()
        try later.append(6)
        var grown: [String: [UInt8]] = [:]
        for path in later.disk.paths where path.hasPrefix("\(Self.source)/\(Self.orders)/") && path.hasSuffix(".log") {
            grown[path] = later.disk.contents(ofFileAt: path)
        }
        var call = 0
        while true {
            let live = try Live()
            let trigger = InterruptingFileSystem(live.disk) { [call, grown] number, disk in
                if number == call { try? Self.make(change, disk, grown: grown) }
            }
            let summary = try Self.backUp(trigger)
            let isOver = trigger.callCount < call
            let saved = try Self.recovered(live.disk)
            switch change {
            case .deletion where saved == nil: #expect(summary.vanished <= 1)
            case .retention:
                let bytes = try #require(saved)
                #expect(before.suffix(bytes.count) == bytes[...] && bytes.count >= before.count - 400, "call \(call)")
            default: #expect(saved?.starts(with: before) == true, "call \(call)")
            }
            if isOver { break }
            call += 1
        }
        #expect(call > 20)
    }
}

/// Passes everything on, and first tells of each call.
private final class InterruptingFileSystem: FileSystem {
    private let disk: SimulatedFileSystem
    private let action: @Sendable (Int, SimulatedFileSystem) -> Void
    private let count = Mutex(0)
    var callCount: Int { count.withLock { $0 } }

    init(_ disk: SimulatedFileSystem, action: @escaping @Sendable (Int, SimulatedFileSystem) -> Void) {
        self.disk = disk
        self.action = action
    }

    private func tell() {
        let number = count.withLock {
            $0 += 1
            return $0 - 1
        }
        action(number, disk)
    }

    func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile {
        tell()
        return try disk.open(path, mode)
    }

    func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        tell()
        try disk.rename(source, to: destination)
    }

    func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        tell()
        try disk.link(source, to: destination)
    }

    func remove(_ path: FilePath) throws(FileSystemError) {
        tell()
        try disk.remove(path)
    }

    func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        tell()
        try disk.removeDirectory(path)
    }

    func createDirectory(_ path: FilePath) throws(FileSystemError) {
        tell()
        try disk.createDirectory(path)
    }

    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        tell()
        try disk.synchronizeDirectory(path)
    }

    func list(_ path: FilePath) throws(FileSystemError) -> [String] {
        tell()
        return try disk.list(path)
    }

    func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
        tell()
        return try disk.isDirectory(path)
    }

    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace { try disk.space(at: path) }
    func absolutePath(of path: FilePath) -> FilePath { disk.absolutePath(of: path) }
    func device(of path: FilePath) throws(FileSystemError) -> UInt64 { try disk.device(of: path) }
    func synchronizeAll(on device: UInt64) throws(FileSystemError) { try disk.synchronizeAll(on: device) }
}
