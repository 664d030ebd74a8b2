import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whoever read our output has gone, as `head` does: not an error, but the end.
struct BrokenPipe: Error {}

/// Gathers bytes and writes them in large pieces.
struct OutputBuffer: ~Copyable {
    private var buffer = ByteBuffer()
    private let descriptor: Int32
    private let threshold = 256 << 10

    init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

    mutating func write(_ bytes: ByteBuffer) throws {
        buffer.writeImmutableBuffer(bytes)
        if buffer.readableBytes >= threshold { try flush() }
    }

    mutating func write(_ text: String) throws {
        buffer.writeString(text)
        if buffer.readableBytes >= threshold { try flush() }
    }

    mutating func write(byte: UInt8) { buffer.writeInteger(byte) }

    mutating func flush() throws {
        guard buffer.readableBytes > 0 else { return }
        try unsafe buffer.withUnsafeReadableBytes { bytes in unsafe try Self.writeAll(bytes, to: descriptor) }
        buffer.clear()
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let piece = unsafe UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Darwin)
                let count = unsafe Darwin.write(descriptor, piece.baseAddress, piece.count)
            #else
                let count = unsafe Glibc.write(descriptor, piece.baseAddress, piece.count)
            #endif
            let failure = errno
            if count >= 0 {
                unsafe rest = rest.dropFirst(count)
            } else if failure == EPIPE {
                throw BrokenPipe()
            } else if failure != EINTR {
                throw CommandFailure(message: "cannot write: \(errorText(failure))")
            }
        }
    }

    /// Writes a text at once; where that cannot be done nobody is left to be told.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var output = OutputBuffer(descriptor: descriptor)
        do {
            try output.write(text)
            try output.flush()
        } catch {}
    }
}

/// What the system calls an error number.
func errorText(_ number: Int32) -> String {
    unsafe String(cString: strerror(number))
}

/// Whether a person looks at this descriptor.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
