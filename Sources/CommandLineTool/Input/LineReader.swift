import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Reads lines of bytes in large pieces. A line ends at `\n`, which is left out; everything else, `\r` and zeros too,
/// belongs to it. The last line needs no end; a line may be empty.
struct LineReader: ~Copyable {
    private let descriptor: Int32
    private let limit: Int
    private let pieceSize: Int
    private var buffer = ByteBuffer()
    /// How much of the buffer is known to hold no end of a line.
    private var searched = 0
    private var isAtEnd = false
    private(set) var lineNumber = 0

    /// - Parameter limit: the longest line that is accepted, in bytes.
    init(descriptor: Int32 = STDIN_FILENO, limit: Int, pieceSize: Int = 1 << 20) {
        self.descriptor = descriptor
        self.limit = limit
        self.pieceSize = pieceSize
    }

    /// The next line; nil at the end. Lines share the memory that they were read into.
    mutating func next() throws -> ByteBuffer? {
        while true {
            if let length = lengthOfLine() {
                lineNumber += 1
                searched = 0
                let line = buffer.readSlice(length: length)
                buffer.moveReaderIndex(forwardBy: 1)
                return line
            }
            if isAtEnd {
                guard buffer.readableBytes > 0 else { return nil }
                lineNumber += 1
                searched = 0
                return buffer.readSlice(length: buffer.readableBytes)
            }
            guard buffer.readableBytes <= limit else {
                throw CommandFailure(message: "line \(lineNumber + 1) is longer than \(limit) bytes")
            }
            try fill()
        }
    }

    private mutating func lengthOfLine() -> Int? {
        let view = buffer.readableBytesView
        guard let end = view[(view.startIndex + searched)...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = view.count
            return nil
        }
        return end - view.startIndex
    }

    /// Reads more into memory of its own, so that lines that are still in use keep theirs.
    private mutating func fill() throws {
        var fresh = ByteBuffer()
        fresh.reserveCapacity(buffer.readableBytes * 2 + pieceSize)
        fresh.writeImmutableBuffer(buffer)
        let descriptor = descriptor
        // The error number means something only where the call itself says that it failed; at the end of input it is a
        // leftover.
        var failure: Int32 = 0
        repeat {
            failure = 0
            let count = unsafe fresh.writeWithUnsafeMutableBytes(minimumWritableBytes: pieceSize) { memory in
                let count = unsafe read(descriptor, memory.baseAddress, pieceSize)
                if count < 0 { failure = errno }
                return max(0, count)
            }
            if count == 0, failure == 0 { isAtEnd = true }
        } while failure == EINTR
        guard failure == 0 else { throw CommandFailure(message: "cannot read: \(errorText(failure))") }
        buffer = fresh
    }
}
