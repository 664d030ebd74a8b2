import KafkaProtocol
import NIOCore
import SystemPackage

/// Writes the segment that takes the place of several, under names that nobody reads (`.cleaned`), indexes included.
struct CleanedSegmentWriter {
    private let baseOffset: Offset
    private let directory: FilePath
    private let fileSystem: any FileSystem
    private let indexInterval: Int
    private let file: any LogFile
    private let bufferSize: Int
    private var buffer = ByteBuffer()
    private var indexes: SegmentIndexes
    private var written = 0
    private var indexFiles: [(kind: SegmentFile, file: any LogFile)] = []
    /// Aborted transactions whose markers stand in the segment.
    var aborted: [AbortedTransaction] = []

    init(
        baseOffset: Offset, directory: FilePath, fileSystem: any FileSystem, indexInterval: Int, bufferSize: Int
    ) throws(FileSystemError) {
        self.baseOffset = baseOffset
        self.directory = directory
        self.fileSystem = fileSystem
        self.indexInterval = indexInterval
        self.bufferSize = bufferSize
        indexes = SegmentIndexes(baseOffset: baseOffset)
        file = try fileSystem.open(SegmentFile.log.path(baseOffset, in: directory, .cleaned), .createEmpty)
    }

    /// The bytes of the segment so far.
    var size: Int { written + buffer.readableBytes }

    mutating func append(_ batch: RecordBatchView) throws(FileSystemError) {
        indexes.add(batch.header, at: size, interval: indexInterval)
        buffer.writeImmutableBuffer(batch.bytes)
        if buffer.readableBytes >= bufferSize { try writeBuffer() }
    }

    private mutating func writeBuffer() throws(FileSystemError) {
        let (file, position) = (file, written)
        unsafe try buffer.withUnsafeReadableBytes { bytes throws(FileSystemError) in
            unsafe try file.write(bytes, at: position)
        }
        written += buffer.readableBytes
        buffer.clear()
    }

    /// Makes the files of the indexes that ``finish()`` writes.
    mutating func openIndexes() throws(FileSystemError) {
        for kind in aborted.isEmpty ? [SegmentFile.index, .timeindex] : [.index, .timeindex, .txnindex] {
            indexFiles.append((kind, try fileSystem.open(kind.path(baseOffset, in: directory, .cleaned), .createEmpty)))
        }
    }

    /// Writes the rest and the indexes and flushes all of it; returns which files there are, the log last.
    mutating func finish() throws(FileSystemError) -> [SegmentFile] {
        try writeBuffer()
        try file.synchronizeData()
        indexes.seal()
        for (kind, file) in indexFiles {
            switch kind {
            case .index: try file.write(indexes.offsetBytes, at: 0)
            case .timeindex: try file.write(indexes.timeBytes, at: 0)
            default: try file.write(TransactionIndex.encode(aborted), at: 0)
            }
            try file.synchronizeData()
        }
        return indexFiles.map(\.kind) + [.log]
    }
}
