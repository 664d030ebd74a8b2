package import SystemPackage

/// Copies files in pieces, or gives them a second name; what it has made is flushed.
package struct FileCopier {
    private let fileSystem: any FileSystem
    /// Whether to try a second name at all; false once the file system has refused one.
    private var links: Bool
    private let progress: (Int) -> Void
    package internal(set) var linkedBytes = 0
    package internal(set) var copiedBytes = 0

    private static let piece = 1 << 20

    package init(fileSystem: any FileSystem, links: Bool, progress: @escaping (Int) -> Void = { _ in }) {
        self.fileSystem = fileSystem
        self.links = links
        self.progress = progress
    }

    /// A second name for a file that nobody writes any more; a copy where there can be none (another file system).
    package mutating func transfer(
        _ source: FilePath, to target: FilePath, size: Int
    ) throws(FileSystemError) {
        if links {
            do throws(FileSystemError) {
                // Who reads the copy must find what stands in it after a power cut, too.
                let file = try fileSystem.open(source, .readOnly)
                try file.synchronizeData()
                try fileSystem.link(source, to: target)
                linkedBytes += size
                progress(size)
                return
            } catch {
                guard Self.meansNoLinks.contains(error.errno) else { throw error }
                links = false
            }
        }
        try copy(source, to: target, upTo: size)
    }

    private static let meansNoLinks: [Errno] = [
        .improperLink, .notPermitted, .permissionDenied, .notSupported, .tooManyLinks,
    ]

    /// Copies the first `limit` bytes, or all.
    package mutating func copy(
        _ source: FilePath, to target: FilePath, upTo limit: Int? = nil
    ) throws(FileSystemError) {
        let file = try fileSystem.open(source, .readOnly)
        let size: Int
        if let limit { size = limit } else { size = try file.size() }
        let copy = try fileSystem.open(target, .createEmpty)
        var position = 0
        while position < size {
            let bytes = try file.read(position..<min(size, position + Self.piece))
            if bytes.isEmpty { break }
            try copy.write(bytes, at: position)
            position += bytes.count
            progress(bytes.count)
        }
        try copy.synchronize()
        copiedBytes += position
    }
}
