import KafkaProtocol
import Synchronization
import SystemPackage

/// A segment that takes no more batches. Its files are opened and its indexes mapped when they are first asked for.
///
/// An index is never trusted above the log: its entries are checked when it is mapped, each used entry is compared with
/// the batch that it names, and an index that is missing or wrong is made anew from the log.
final class SealedSegment: Sendable {
    let baseOffset: Offset
    /// The offset that the next segment begins with.
    let nextOffset: Offset
    /// The bytes of the log file.
    let size: Int
    private let directory: FilePath
    private let environment: LogEnvironment
    private let indexInterval: Int
    private let facts = Mutex(Facts())
    private let identity: Int
    /// No longer in the log: nothing is opened or made in its name.
    private let isRemoved = Atomic(false)

    private struct Facts {
        var maxTimestamp: TimeIndexView.Entry?
        var aborted: [AbortedTransaction]?
        var held: Held?
    }

    /// The files of a segment that another took the place of, for readers that found it before.
    private struct Held {
        var file: any LogFile
        var offsets: any FileMap
        var times: any FileMap
    }

    init(
        baseOffset: Offset, nextOffset: Offset, size: Int, directory: FilePath, environment: LogEnvironment,
        indexInterval: Int
    ) {
        self.baseOffset = baseOffset
        self.nextOffset = nextOffset
        self.size = size
        self.directory = directory
        self.environment = environment
        self.indexInterval = indexInterval
        identity = environment.openFiles.newSegment()
    }

    func path(_ kind: SegmentFile) -> FilePath { kind.path(baseOffset, in: directory) }

    private func id(_ kind: SegmentFile) -> OpenFileID { OpenFileID(segment: identity, kind: kind) }

    func file() throws(LogError) -> any LogFile {
        if let held { return held.file }
        let path = path(.log)
        try checkThere()
        defer { if isRemoved.load(ordering: .acquiring) { forgetFiles() } }
        do {
            let file = try environment.openFiles.file(id(.log)) { () throws(FileSystemError) in
                try environment.fileSystem.open(path, .readOnly)
            }
            // By now the name may be another segment's.
            return held?.file ?? file
        } catch {
            if let held { return held.file }
            throw .storage(error)
        }
    }

    private var held: Held? { facts.withLock { $0.held } }

    /// Opens everything and keeps it open: the names are another segment's from now on.
    func hold() throws(LogError) {
        _ = try abortedTransactions()
        let (offsets, times) = (try offsetMap(), try timeMap())
        let held = Held(file: try file(), offsets: offsets, times: times)
        facts.withLock { $0.held = held }
    }

    /// From now on nothing is opened or made in this segment's name; what is open stays readable for who holds it. Comes
    /// before its files are renamed.
    func remove() {
        isRemoved.store(true, ordering: .releasing)
        forgetFiles()
    }

    private func checkThere() throws(LogError) {
        guard isRemoved.load(ordering: .acquiring) else { return }
        throw .storage(FileSystemError(.open, path(.log), .noSuchFileOrDirectory))
    }

    func withOffsets<Result>(_ body: (OffsetIndexView) -> Result) throws(LogError) -> Result {
        unsafe try offsetMap().withBytes { unsafe body(OffsetIndexView(bytes: $0, baseOffset: baseOffset)) }
    }

    private func offsetMap() throws(LogError) -> any FileMap {
        unsafe try map(.index, \.offsets) { bytes in
            unsafe OffsetIndexView(bytes: bytes, baseOffset: baseOffset).isSound(segmentSize: size)
        }
    }

    func withTimes<Result>(_ body: (TimeIndexView) -> Result) throws(LogError) -> Result {
        unsafe try timeMap().withBytes { unsafe body(TimeIndexView(bytes: $0, baseOffset: baseOffset)) }
    }

    private func timeMap() throws(LogError) -> any FileMap {
        unsafe try map(.timeindex, \.times) { bytes in
            let view = unsafe TimeIndexView(bytes: bytes, baseOffset: baseOffset)
            return unsafe view.isSound() && (view.last?.lastOffset ?? baseOffset) < nextOffset
        }
    }

    /// The highest timestamp and the last offset of the batch that has it; nil in a segment without batches. The last
    /// entry of the index is believed if `isTrue` finds it in the log; else the index is made anew.
    func maxTimestamp(
        isTrue: (TimeIndexView.Entry) throws(LogError) -> Bool
    ) throws(LogError) -> TimeIndexView.Entry? {
        if let known = facts.withLock({ $0.maxTimestamp }) { return known }
        guard var last = unsafe try withTimes({ view in unsafe view.last }) else { return nil }
        if try !isTrue(last) {
            try rebuildIndexes()
            guard let rebuilt = unsafe try withTimes({ view in unsafe view.last }) else { return nil }
            last = rebuilt
        }
        facts.withLock { [last] in $0.maxTimestamp = last }
        return last
    }

    /// The aborted transactions whose markers stand in this segment.
    func abortedTransactions() throws(LogError) -> [AbortedTransaction] {
        if let known = facts.withLock({ $0.aborted }) { return known }
        do {
            let bytes = try environment.fileSystem.contents(of: path(.txnindex)) ?? []
            guard let transactions = TransactionIndex.decode(bytes) else {
                throw LogError.corrupt(.init(file: path(.txnindex).string, position: 0, reason: .index))
            }
            facts.withLock { $0.aborted = transactions }
            return transactions
        } catch let error as LogError {
            throw error
        } catch let error as FileSystemError {
            throw .storage(error)
        } catch {
            return []
        }
    }

    /// Throws the indexes away and makes them from the log.
    func rebuildIndexes() throws(LogError) {
        let file = try file()
        var indexes = SegmentIndexes(baseOffset: baseOffset)
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        while let batch = try scanner.next() {
            indexes.add(batch.header, at: batch.position, interval: indexInterval)
        }
        indexes.seal()
        do {
            for (kind, bytes) in [(SegmentFile.index, indexes.offsetBytes), (.timeindex, indexes.timeBytes)] {
                try environment.fileSystem.replace(path(kind), with: bytes)
                environment.openFiles.forget(id(kind))
            }
        } catch { throw .storage(error) }
        facts.withLock { $0.maxTimestamp = nil }
    }

    /// Lets go of what is open.
    func forgetFiles() { for kind in SegmentFile.allCases { environment.openFiles.forget(id(kind)) } }

    /// The map of an index; the index is read and checked before it is mapped, and rebuilt if it is not sound.
    private func map(
        _ kind: SegmentFile, _ held: KeyPath<Held, any FileMap>, isSound: (UnsafeRawBufferPointer) -> Bool
    ) throws(LogError) -> any FileMap {
        if let known = self.held { return known[keyPath: held] }
        let path = path(kind)
        try checkThere()
        defer { if isRemoved.load(ordering: .acquiring) { forgetFiles() } }
        do throws(LogError) {
            let map = try environment.openFiles.map(id(kind)) { () throws(LogError) in
                if let map = unsafe try soundMap(path, isSound) { return map }
                try rebuildIndexes()
                guard let map = unsafe try soundMap(path, isSound) else {
                    throw .corrupt(.init(file: path.string, position: 0, reason: .index))
                }
                return map
            }
            return self.held?[keyPath: held] ?? map
        } catch {
            if let known = self.held { return known[keyPath: held] }
            throw error
        }
    }

    private func soundMap(
        _ path: FilePath, _ isSound: (UnsafeRawBufferPointer) -> Bool
    ) throws(LogError) -> (any FileMap)? {
        do throws(FileSystemError) {
            let file = try environment.fileSystem.open(path, .readOnly)
            let bytes = try file.readAll()
            guard unsafe bytes.withUnsafeBytes({ unsafe isSound($0) }) else { return nil }
            if bytes.isEmpty && size > 0 && path.extension == SegmentFile.timeindex.rawValue { return nil }
            return try file.map(count: bytes.count)
        } catch {
            if error.isMissing { return nil }
            throw .storage(error)
        }
    }
}
