import BrokerTesting
import LogStorage
import SystemPackage
import Testing

/// What a stop and a failure leave on the simulated disk: all that is allowed happens, by the seed, and nothing else.
struct SimulatedDiskTests {
    private static let seeds: ClosedRange<UInt64> = 1...200
    private static let sector = 512

    /// A file of three sectors of ones, on the disk, with its name.
    private func disk(seed: UInt64, sectors: Int = 3) throws -> (SimulatedFileSystem, any LogFile) {
        let disk = SimulatedFileSystem(seed: seed)
        let file = try disk.open("/a", .create)
        try file.write([UInt8](repeating: 1, count: sectors * Self.sector), at: 0)
        try file.synchronizeData()
        try disk.synchronizeDirectory("/")
        return (disk, file)
    }

    @Test func `a power cut keeps what was flushed and any sectors of the rest, torn ones too`() throws {
        var kept: Set<[Bool]> = []
        var torn = 0
        var sizes: Set<Int> = []
        for seed in Self.seeds {
            let (disk, file) = try disk(seed: seed)
            try file.write([UInt8](repeating: 2, count: 3 * Self.sector), at: Self.sector)
            disk.powerCut()
            let bytes = try #require(disk.contents(ofFileAt: "/a"))
            sizes.insert(bytes.count)
            #expect(bytes.prefix(Self.sector).allSatisfy { $0 == 1 })
            #expect((3 * Self.sector...4 * Self.sector).contains(bytes.count))
            let sectors = [1, 2].map { Set(bytes[$0 * Self.sector..<($0 + 1) * Self.sector]) }
            if sectors.allSatisfy({ $0.count == 1 }) {
                kept.insert(sectors.map { $0 == [2] })
            } else {
                torn += 1
            }
        }
        #expect(kept.count == 4 && sizes.count > 10)
        #expect(torn > 0 && torn < 60)
    }

    @Test func `what was flushed survives a cut that comes in the middle of the next call`() throws {
        var outcomes: Set<UInt8> = []
        for seed in Self.seeds {
            let (disk, file) = try disk(seed: seed, sectors: 1)
            disk.stop(atCall: 2)
            try file.write([3], at: Self.sector)
            #expect(throws: FileSystemError(.synchronize, "/a", .ioError)) { try file.synchronizeData() }
            #expect(disk.isStopped)
            #expect(throws: FileSystemError(.open, "/a", .ioError)) { _ = try disk.open("/a", .readOnly) }
            #expect(throws: FileSystemError.self) { _ = try file.readAll() }
            disk.powerCut()
            let bytes = try #require(disk.contents(ofFileAt: "/a"))
            #expect(bytes.prefix(Self.sector) == ArraySlice([UInt8](repeating: 1, count: Self.sector)))
            outcomes.insert(bytes.count == Self.sector ? 0 : bytes[Self.sector])
        }
        // Not there, there as a hole or as it was written.
        #expect(outcomes.isSuperset(of: [0, 3]))
    }

    @Test func `a process that ends leaves all that was written`() throws {
        let (disk, file) = try disk(seed: 1)
        try file.write([9, 9], at: 0)
        try disk.rename("/a", to: "/b")
        disk.stop(atCall: 1)
        #expect(throws: FileSystemError.self) { try disk.remove("/b") }
        disk.processEnd()
        #expect(disk.contents(ofFileAt: "/b")?.prefix(3) == [9, 9, 1])
        #expect(throws: FileSystemError.self) { _ = try file.readAll() }
    }

    @Test func `names that were not flushed may be lost, each kind of change, and a rename is whole`() throws {
        var found: Set<[String]> = []
        for seed in Self.seeds {
            let (disk, _) = try disk(seed: seed)
            _ = try disk.open("/new", .create)
            try disk.rename("/a", to: "/b")
            try disk.link("/b", to: "/c")
            disk.powerCut()
            found.insert(disk.paths)
            #expect(disk.paths.contains("/a") != disk.paths.contains("/b"))
        }
        #expect(found.contains(["/a"]) && found.contains(["/b", "/c", "/new"]))
        // Some file systems keep a later change without an earlier one.
        #expect(found.contains(["/a", "/c"]) || found.contains(["/b"]))
        for seed in Self.seeds {
            let (disk, _) = try disk(seed: seed)
            try disk.remove("/a")
            disk.powerCut()
            found.insert(disk.paths + ["removed"])
        }
        #expect(found.contains(["/a", "removed"]) && found.contains(["removed"]))
    }

    @Test func `a flush that failed is not made good by the next`() throws {
        let (disk, file) = try disk(seed: 3)
        try file.write([UInt8](repeating: 2, count: Self.sector), at: 0)
        disk.failFlush()
        #expect(throws: FileSystemError(.synchronize, "/a", .ioError)) { try file.synchronizeData() }
        #expect(try file.read(0..<1) == [2])
        try file.write([4], at: 2 * Self.sector)
        try file.synchronizeData()
        // Only what was written again is on the disk, and a cache that forgets shows it.
        try file.dropFromPageCache(0..<2 * Self.sector)
        #expect(try file.read(0..<1) == [1] && file.read(2 * Self.sector..<2 * Self.sector + 2) == [4, 1])
        disk.powerCut()
        #expect(disk.contents(ofFileAt: "/a")?.prefix(1) == [1])
    }

    @Test func `what was cut off does not come back where the file grows again`() throws {
        for seed in Self.seeds.prefix(40) {
            let (disk, file) = try disk(seed: seed)
            try file.truncate(to: 10)
            try file.write([5], at: 2 * Self.sector)
            #expect(try file.read(9..<12) == [1, 0, 0])
            try file.synchronizeData()
            disk.powerCut()
            let bytes = try #require(disk.contents(ofFileAt: "/a"))
            #expect(bytes.count == 2 * Self.sector + 1 && bytes[10..<2 * Self.sector].allSatisfy { $0 == 0 })
        }
    }

    @Test func `calls fail when it is their turn, and a write in part`() throws {
        var written: Set<Int> = []
        for seed in Self.seeds.prefix(40) {
            let disk = SimulatedFileSystem(seed: seed)
            let file = try disk.open("/a", .create)
            disk.failCall(2, with: .inputOutput)
            try file.truncate(to: 0)
            #expect(throws: FileSystemError(.write, "/a", .ioError)) { try file.write([1, 2, 3, 4], at: 0) }
            written.insert(try file.size())
            disk.failRead(2)
            _ = try file.readAll()
            #expect(throws: FileSystemError(.read, "/a", .ioError)) { _ = try file.readAll() }
            _ = try file.readAll()
        }
        #expect(written == [0, 1, 2, 3, 4])
    }

    @Test func `a full disk takes what fits, and gives space back`() throws {
        let disk = SimulatedFileSystem(seed: 1, capacity: 100)
        let file = try disk.open("/a", .create)
        #expect(throws: FileSystemError(.write, "/a", .noSpace)) {
            try file.write([UInt8](repeating: 1, count: 101), at: 0)
        }
        #expect(try file.size() == 100)
        try file.truncate(to: 40)
        try file.allocate(0..<90)
        #expect(try file.size() == 40 && disk.space(at: "/").usableBytes == 10)
        #expect(throws: FileSystemError(.allocate, "/a", .noSpace)) { try file.allocate(90..<101) }
        try disk.link("/a", to: "/b")
        #expect(try disk.space(at: "/").usableBytes == 10)
        try file.write([UInt8](repeating: 1, count: 50), at: 40)
        try disk.remove("/a")
        try disk.remove("/b")
        #expect(try disk.space(at: "/").usableBytes == 100)
    }

    @Test func `a bit that flips is read, as soon as the page cache has forgotten it`() throws {
        let (disk, file) = try disk(seed: 4)
        #expect(disk.flipBit(8 * 7 + 1, inFileAt: "/a") == 57)
        #expect(try file.read(6..<9) == [1, 3, 1])
        let bit = try #require(disk.flipBit(inFileAt: "/a"))
        #expect((0..<8 * 3 * Self.sector).contains(bit))
        #expect(disk.flipBit(inFileAt: "/b") == nil)
        disk.powerCut()
        #expect(disk.contents(ofFileAt: "/a").map { $0.count { $0 != 1 } } == 2)
    }

    @Test func `a slow disk takes its time by the clock`() throws {
        let clock = ManualClock()
        let (disk, file) = try disk(seed: 1)
        disk.slowDown(by: .milliseconds(30), of: clock)
        try file.write([1], at: 0)
        try file.synchronizeData()
        _ = try file.readAll()
        #expect(clock.elapsed == .milliseconds(60))
    }
}
