import NIOCore
import SystemPackage

/// A small file that is read as a whole; `-` is standard input.
enum TextFile {
    static func read(_ path: String) throws -> String {
        do {
            let file = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
            defer { if path != "-" { try? file.close() } }
            var bytes = ByteBuffer()
            while true {
                let count = try unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 65_536) { memory in
                    try unsafe file.read(into: memory)
                }
                if count == 0 { return String(buffer: bytes) }
                if bytes.readableBytes > 64 << 20 { throw CommandFailure(message: "'\(path)' is larger than 64 MiB") }
            }
        } catch let error as Errno {
            throw CommandFailure(message: "cannot read '\(path)': \(error)")
        }
    }
}
