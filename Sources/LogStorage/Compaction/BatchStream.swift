import KafkaProtocol
import NIOCore
import SystemPackage

/// Reads the batches of a sealed segment whole, one after another, and vouches for each: checksum, offsets that rise and
/// stay in the segment, the epoch that the log knows. What is damaged is never rewritten.
struct BatchStream: ~Copyable {
    private let file: any LogFile
    private let end: Int
    private let nextOffset: Offset
    private let epochs: LeaderEpochs
    private let windowSize: Int
    private var window = ByteBuffer()
    private var windowStart = 0
    private var expected: Offset
    /// Where the next batch begins.
    private(set) var position = 0

    /// - Parameters:
    ///   - epochs: what the log knows; none makes the batches' own be believed.
    ///   - windowSize: how many bytes are read at once; more where a batch is larger.
    init(_ segment: SealedSegment, epochs: LeaderEpochs, windowSize: Int) throws(LogError) {
        file = try segment.file()
        end = segment.size
        nextOffset = segment.nextOffset
        self.epochs = epochs
        self.windowSize = max(windowSize, RecordBatchHeader.byteCount)
        expected = segment.baseOffset
    }

    /// The next batch, as a slice of memory that is used again when nobody holds it; nil at the end.
    mutating func next() throws(LogError) -> RecordBatchView? {
        guard position < end else { return nil }
        try fill(RecordBatchHeader.byteCount)
        let header = try checked { () throws(RecordBatchError) in
            let header = try RecordBatchHeader(from: window, at: position - windowStart)
            try header.checkStructure()
            guard header.sizeInBytes <= end - position else {
                throw .tooShort(available: end - position, needed: header.sizeInBytes)
            }
            guard header.baseOffset >= expected, header.lastOffset < nextOffset else {
                throw .badOffsetDelta(record: 0)
            }
            return header
        }
        try fill(header.sizeInBytes)
        let batch = try checked { () throws(RecordBatchError) in
            let batch = try RecordBatchView(window, at: position - windowStart)
            try batch.checkCRC()
            return batch
        }
        try checkEpoch(header)
        position += header.sizeInBytes
        expected = header.nextOffset
        return batch
    }

    private func checkEpoch(_ header: RecordBatchHeader) throws(LogError) {
        guard let known = epochs.epoch(at: header.baseOffset), known != header.partitionLeaderEpoch else { return }
        throw damage(.leaderEpoch(found: header.partitionLeaderEpoch, known: known))
    }

    private func checked<Result>(_ body: () throws(RecordBatchError) -> Result) throws(LogError) -> Result {
        do { return try body() } catch { throw damage(.batch(error)) }
    }

    /// An error about the batch that begins at `place`, by default the next one.
    func damage(_ reason: LogError.CorruptBatch.Reason, at place: Int? = nil) -> LogError {
        .corrupt(.init(file: file.path.string, position: place ?? position, reason: reason))
    }

    /// Makes the window hold `count` bytes from the position on, fewer where the segment ends.
    private mutating func fill(_ count: Int) throws(LogError) {
        let wanted = min(count, end - position)
        // Two numbers say where the window is in the file: its first byte and how many are there.
        guard position + wanted > windowStart + window.readableBytes else { return }
        let size = min(max(windowSize, wanted), end - position)
        window.clear()
        var failure: FileSystemError?
        unsafe window.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            do throws(FileSystemError) {
                return unsafe try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: memory[..<size]), at: position)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw .storage(failure) }
        windowStart = position
        guard window.readableBytes >= wanted else {
            throw damage(.batch(.tooShort(available: window.readableBytes, needed: wanted)))
        }
    }
}
