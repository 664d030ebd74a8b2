import Synchronization
package import SystemPackage

/// How far into the last bytes of a file system a log may go.
package enum SpaceClaim: Hashable, Sendable {
    /// Records of clients stop at the reserve.
    case ordinary
    /// The broker's own logs may use the reserve, down to a second, smaller limit.
    case internalLogs
    /// What has to go on for anything to be deleted: the cluster's metadata.
    case essential
}

/// An append that was not tried, since it would have used what is kept in reserve.
package struct SpaceShortage: Error, Hashable, Sendable {
    /// What can still be written, about, in bytes.
    package let usableBytes: Int64
    /// What must be left, in bytes.
    package let limit: Int64
    /// A path on the file system.
    package let path: FilePath
}

/// Keeps the last bytes of one file system: below the reserve appends are refused before the disk is really full, so that
/// it never is in the middle of something, and what frees room has room to work in.
///
/// An append costs no system call: it counts against what the last look found, and asks again when the count demands it.
/// ``look()`` is due every second; between two of these an append asks once at most, so that a full disk is not asked for
/// every refusal.
package final class DiskGuard: Sendable {
    package let path: FilePath
    private let fileSystem: any FileSystem
    private let reserves: DiskReserves
    /// What the last look found, less what was admitted since.
    private let left = Atomic<Int64>(.max)
    private let hasAsked = Atomic(false)

    fileprivate init(path: FilePath, fileSystem: any FileSystem, reserves: DiskReserves) {
        self.path = path
        self.fileSystem = fileSystem
        self.reserves = reserves
        look()
    }

    /// Whether so many bytes may be written; nil if so.
    func refuse(_ byteCount: Int, for claim: SpaceClaim) -> SpaceShortage? {
        let limit = reserves.limit(for: claim)
        guard limit > 0 else { return nil }
        if take(byteCount) >= limit { return nil }
        if !hasAsked.exchange(true, ordering: .relaxed) {
            ask()
            if take(byteCount) >= limit { return nil }
        }
        let usable = left.wrappingAdd(Int64(byteCount), ordering: .relaxed).newValue
        return SpaceShortage(usableBytes: max(0, usable), limit: limit, path: path)
    }

    /// Whether so many bytes more would leave what has to be left. Asks the system; for work that may wait for it.
    func hasRoom(for byteCount: Int, _ claim: SpaceClaim) throws(FileSystemError) -> Bool {
        try fileSystem.space(at: path).usableBytes - Int64(byteCount) > reserves.limit(for: claim)
    }

    /// Counts bytes that were written without having been asked for, such as indexes.
    func count(_ byteCount: Int) { _ = take(byteCount) }

    private func take(_ byteCount: Int) -> Int64 {
        left.wrappingSubtract(Int64(byteCount), ordering: .relaxed).newValue
    }

    /// Asks how much room there is; an append may ask once more before the next look.
    package func look() {
        ask()
        hasAsked.store(false, ordering: .relaxed)
    }

    /// Where the system cannot tell, appends are tried.
    private func ask() {
        let space = try? fileSystem.space(at: path)
        left.store(space?.usableBytes ?? .max, ordering: .relaxed)
    }

    /// Why records of clients are refused; nil while they are not. A batch is refused before the reserve is reached, so
    /// what is left above it may be as much as a batch.
    package var shortage: SpaceShortage? {
        let (usable, limit) = (left.load(ordering: .relaxed), reserves.limit(for: .ordinary))
        guard usable < limit + min(limit / 8, Self.usualBatch) else { return nil }
        return SpaceShortage(usableBytes: max(0, usable), limit: limit, path: path)
    }

    private static let usualBatch: Int64 = 1 << 20
}

/// The guards of all file systems that logs lie on, and what they keep in reserve on each.
package final class DiskGuards: Sendable {
    private let fileSystem: any FileSystem
    private let guards = Mutex<[UInt64: DiskGuard]>([:])
    private let reserves = DiskReserves()

    /// Guards nothing until ``keep(_:forInternalLogs:)``.
    init(_ fileSystem: any FileSystem) { self.fileSystem = fileSystem }

    /// Puts the reserve into force, and the part of it that not even the broker's own logs may use, in bytes of each file
    /// system. 0 guards nothing.
    package func keep(_ reserve: Int64, forInternalLogs internalReserve: Int64) {
        reserves.reserve.store(reserve, ordering: .relaxed)
        reserves.internalReserve.store(min(internalReserve, reserve), ordering: .relaxed)
    }

    /// The guard of the file system with that number, which holds `path`. Asks the system, the first time.
    package func guardian(of device: UInt64, at path: FilePath) -> DiskGuard {
        if let known = guards.withLock({ $0[device] }) { return known }
        let new = DiskGuard(path: path, fileSystem: fileSystem, reserves: reserves)
        return guards.withLock { guards in
            if let known = guards[device] { return known }
            guards[device] = new
            return new
        }
    }

    package var all: [DiskGuard] { guards.withLock { Array($0.values) } }
}

/// What is kept free, in bytes of each file system.
private final class DiskReserves: Sendable {
    let reserve = Atomic<Int64>(0)
    let internalReserve = Atomic<Int64>(0)

    func limit(for claim: SpaceClaim) -> Int64 {
        switch claim {
        case .ordinary: reserve.load(ordering: .relaxed)
        case .internalLogs: internalReserve.load(ordering: .relaxed)
        case .essential: 0
        }
    }
}
