#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import SystemPackage

/// A directory for one test, below the system's own place for such.
public struct TemporaryDirectory: Sendable {
    /// Its absolute path.
    public let path: String

    /// Why there is none: the system's error number.
    public struct CreationError: Error {
        /// `errno`
        public let number: Int32
    }

    /// Creates the directory.
    public init() throws {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/martlet-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw CreationError(number: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes the directory and everything in it.
    public func remove() {
        Self.removeTree(path)
    }

    private static func removeTree(_ path: String) {
        if let directory = unsafe opendir(path) {
            defer { unsafe closedir(directory) }
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                }
                guard name != ".", name != ".." else { continue }
                let isDirectory = unsafe Int32(entry.pointee.d_type) == Int32(DT_DIR)
                if isDirectory { removeTree("\(path)/\(name)") } else { unsafe unlink("\(path)/\(name)") }
            }
        }
        unsafe rmdir(path)
    }
}
