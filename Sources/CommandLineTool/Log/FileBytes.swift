import NIOCore
import SystemPackage

/// Reads a file from its start to its end in pieces.
struct FileBytes: ~Copyable {
    private let descriptor: SystemPackage.FileDescriptor

    init(_ path: FilePath) throws(CommandFailure) {
        do { descriptor = try SystemPackage.FileDescriptor.open(path, .readOnly) } catch {
            throw CommandFailure(message: "cannot open \(path): \(error)")
        }
    }

    deinit { try? descriptor.close() }

    /// Appends up to `count` bytes; false at the end.
    func read(_ count: Int, into buffer: inout ByteBuffer) throws(CommandFailure) -> Bool {
        do {
            let descriptor = descriptor
            return try unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: memory.prefix(count)))
            } > 0
        } catch {
            throw CommandFailure(message: "cannot read: \(error)")
        }
    }

    /// Everything, for files that are small by their nature.
    func all() throws(CommandFailure) -> ByteBuffer {
        var buffer = ByteBuffer()
        while try read(64 << 10, into: &buffer) {}
        return buffer
    }
}
