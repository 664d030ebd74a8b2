package import KafkaProtocol
import NIOCore
import SystemPackage

/// Walks the batches of a segment by their headers, through a window of bounded size. Trusts no length: whatever does
/// not fit into the file is damage, with its place.
@safe package struct SegmentScanner: ~Copyable {
    package struct Batch {
        package var header: RecordBatchHeader
        package var position: Int
        package var end: Int { position + header.sizeInBytes }
    }

    let file: any LogFile
    /// The bytes that belong to the segment.
    let end: Int
    /// Where the next batch begins.
    package private(set) var position: Int
    private let window: UnsafeMutableRawBufferPointer
    private var windowStart = 0
    private var windowCount = 0

    /// The window of a search for one offset. Behind an entry of an index with the usual interval of 4,096 bytes one read is
    /// enough, unless batches are larger than that, too.
    static let searchWindow = 8192
    /// The window of a walk over a whole segment.
    package static let walkWindow = 256 << 10

    package init(_ file: any LogFile, from position: Int = 0, to end: Int, window size: Int) {
        self.file = file
        self.end = end
        self.position = position
        unsafe window = .allocate(byteCount: max(size, RecordBatchHeader.byteCount), alignment: 16)
    }

    deinit { unsafe window.deallocate() }

    /// The next batch; nil exactly at the end. Throws `corrupt` where no whole batch begins.
    package mutating func next() throws(LogError) -> Batch? {
        guard position < end else { return nil }
        let bytes = unsafe try bytes(at: position, atMost: RecordBatchHeader.byteCount)
        let header: RecordBatchHeader
        do {
            header = unsafe try RecordBatchHeader(bytes)
            try header.checkStructure()
        } catch { throw damage(error) }
        guard header.sizeInBytes <= end - position else {
            throw damage(.tooShort(available: end - position, needed: header.sizeInBytes))
        }
        defer { position += header.sizeInBytes }
        return Batch(header: header, position: position)
    }

    /// Throws unless the checksum of the batch is right. Reads all its bytes, a window at a time.
    package mutating func checkCRC(of batch: Batch) throws(LogError) {
        var crc: UInt32 = 0
        var place = batch.position + RecordBatchHeader.Position.attributes
        while place < batch.end {
            let bytes = unsafe try bytes(at: place, atMost: batch.end - place)
            guard unsafe !bytes.isEmpty else { break }
            crc = unsafe CRC32C.checksum(of: bytes, continuing: crc)
            place += bytes.count
        }
        guard place == batch.end, crc == batch.header.crc else {
            throw damage(.crcMismatch(stored: batch.header.crc, computed: crc), at: batch.position)
        }
    }

    /// The most bytes that a control batch may have: its one record is a few numbers.
    private static let controlBatchLimit = 4096

    /// The transaction marker of a control batch; nil for other control records.
    mutating func marker(of batch: Batch) throws(LogError) -> EndTransactionMarker? {
        let count = batch.header.recordsByteCount
        guard count <= Self.controlBatchLimit else { return nil }
        let start = batch.position + RecordBatchHeader.byteCount
        do {
            var records = ByteBuffer()
            records.writeBytes(try file.read(start..<start + count))
            return try EndTransactionMarker(header: batch.header, records: records)
        } catch let error as FileSystemError {
            throw .storage(error)
        } catch let error as RecordBatchError {
            throw damage(error, at: batch.position)
        } catch {
            return nil
        }
    }

    /// An error about the batch at `place`, by default the next one.
    func damage(_ reason: RecordBatchError, at place: Int? = nil) -> LogError {
        .corrupt(LogError.CorruptBatch(file: file.path.string, position: place ?? position, reason: reason))
    }

    /// At most `count` bytes from `place` on: fewer where the window or the file ends. Valid until the next call.
    private mutating func bytes(at place: Int, atMost count: Int) throws(LogError) -> UnsafeRawBufferPointer {
        let isThere =
            place >= windowStart
            && (place + min(count, RecordBatchHeader.byteCount) <= windowStart + windowCount)
        if !isThere {
            do {
                let wanted = unsafe min(window.count, end - place)
                unsafe windowCount = try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: window[..<wanted]), at: place)
                windowStart = place
            } catch { throw .storage(error) }
        }
        let first = place - windowStart
        let some = max(0, min(count, windowCount - first))
        return unsafe UnsafeRawBufferPointer(rebasing: window[first..<first + some])
    }
}

extension EndTransactionMarker {
    /// The marker that a control batch begins with; nil where it is a control batch of another kind.
    init?(header: RecordBatchHeader, records: ByteBuffer) throws(RecordBatchError) {
        guard header.attributes.codec == CompressionCodec.none else { throw .badControlBatch }
        var iterator = try RecordSequence(header: header, bytes: records).makeIterator()
        guard let record = try iterator.next() else { return nil }
        try self.init(record)
    }
}
