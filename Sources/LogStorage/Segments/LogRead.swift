package import KafkaProtocol
package import NIOCore
import SystemPackage

/// What a read found.
package struct LogRead: Sendable {
    /// The offsets at the time of the read.
    package var offsets: PartitionOffsets
    /// The base offset of the first batch; nil if there is none below the bound.
    package var firstBatchBaseOffset: Offset?
    /// Whole batches, in order: none, or one slice, as a read stays within one segment.
    package var slices: [LogSlice]
    package var byteCount: Int { slices.reduce(0) { $0 + $1.count } }
}

/// A range of a segment. Holds the file open, also when the segment is deleted.
package struct LogSlice: Sendable {
    package let file: any LogFile
    package let position: Int
    package let count: Int
    /// Whether the range was written not long ago by this process, so that it is surely in memory.
    package let isRecent: Bool

    /// Whether the whole range can be read without the disk. A system call, unless it is recent.
    package var isHot: Bool { isRecent || file.isResident(position..<position + count) }

    /// So many bytes are looked at to see whether they hold no record.
    private static let emptyByteCount = 64 * RecordBatchHeader.byteCount

    /// Where the batches end, if all of them are headers and nothing else.
    var endWithoutRecords: Offset? {
        guard count <= Self.emptyByteCount, count.isMultiple(of: RecordBatchHeader.byteCount),
            let bytes = try? readBytes(), let batches = try? RecordBatchSequence(bytes, tail: .rejected).all(),
            batches.allSatisfy({ $0.header.recordCount == 0 })
        else { return nil }
        return batches.last?.header.nextOffset
    }

    /// The bytes themselves, for TLS and for small reads. Blocks if the range is not hot.
    package func readBytes() throws(LogError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        var failure: FileSystemError?
        let read = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            do throws(FileSystemError) {
                return unsafe try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: position)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw .storage(failure) }
        guard read == count else {
            let reason = RecordBatchError.tooShort(available: read, needed: count)
            throw .corrupt(.init(file: file.path.string, position: position, reason: reason))
        }
        return buffer
    }
}

/// A record found by its timestamp.
package struct TimestampedOffset: Hashable, Sendable {
    package var offset: Offset
    package var timestamp: Timestamp
    package var leaderEpoch: LeaderEpoch

    package init(offset: Offset, timestamp: Timestamp, leaderEpoch: LeaderEpoch) {
        self.offset = offset
        self.timestamp = timestamp
        self.leaderEpoch = leaderEpoch
    }
}
