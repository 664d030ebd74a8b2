import BrokerTesting
import LogStorage
import SystemPackage
import Testing

/// The two file systems are twins: the same calls have the same results and the same errors on both.
struct FileSystemTests {
    @Test(arguments: 1...60) func `the simulated disk answers as the real one does`(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let simulated = SimulatedFileSystem(seed: seed)
        try simulated.createDirectory("/root")
        let real = try answers(of: PosixFileSystem(), in: FilePath(folder.path), seed: seed)
        let twin = try answers(of: simulated, in: "/root", seed: seed)
        #expect(real.count > 100)
        for (index, pair) in zip(real, twin).enumerated() {
            try #require(pair.0 == pair.1, "seed \(seed), call \(index)")
        }
    }

    private func answers(of fileSystem: any FileSystem, in root: FilePath, seed: UInt64) throws -> [String] {
        var script = FileSystemScript(fileSystem: fileSystem, root: root, random: .init(seed: seed))
        for _ in 0..<150 { script.step() }
        return script.answers
    }
}

/// Random calls on a few names; what each gave, as text without the root.
private struct FileSystemScript {
    let fileSystem: any FileSystem
    let root: FilePath
    var random: SeededRandomNumberGenerator
    var answers: [String] = []
    var files: [any LogFile] = []

    private static let names = ["a", "b", "c", "d", "d/a", "d/b"]
    private static let modes: [FileOpenMode] = [.readOnly, .readWrite, .create, .createEmpty]

    private mutating func name(_ choice: ArraySlice<String> = names[...]) -> String {
        choice.randomElement(using: &random) ?? "a"
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func note(_ call: String, _ body: () throws(FileSystemError) -> String) {
        do throws(FileSystemError) { answers.append("\(call): \(try body())") } catch {
            answers.append("\(call): \(error.operation) \(error.errno)")
        }
    }

    mutating func step() {
        switch number(0..<10) {
        case 0..<2: open()
        case 2..<6: useFile()
        case 6: look()
        default: changeNames()
        }
    }

    /// Files are opened by names that are never directories, but for `c`.
    private mutating func open() {
        let name = name(["a", "b", "c", "d/a", "d/b"])
        let mode = Self.modes[number(0..<4)]
        var opened: (any LogFile)?
        let (fileSystem, root) = (fileSystem, root)
        note("open \(name) \(mode)") { () throws(FileSystemError) in
            opened = try fileSystem.open(root.appending(name), mode)
            return ""
        }
        guard let opened, (try? fileSystem.isDirectory(opened.path)) == false else { return }
        files.append(opened)
        if files.count > 4 { files.removeFirst() }
    }

    private mutating func useFile() {
        guard let file = files.randomElement(using: &random) else { return }
        let position = number(0..<3000)
        let count = number(0..<1500)
        let byte = UInt8.random(in: 1...255, using: &random)
        switch number(0..<6) {
        case 0, 1:
            note("write") { () throws(FileSystemError) in
                try file.write([UInt8](repeating: byte, count: count), at: position)
                return ""
            }
        case 2: note("truncate") { () throws(FileSystemError) in "\(try file.truncate(to: position))" }
        case 3: note("read") { () throws(FileSystemError) in "\(try file.read(position..<position + count))" }
        case 4:
            note("allocate") { () throws(FileSystemError) in "\(try file.allocate(position..<position + count + 1))" }
        default:
            note("flush") { () throws(FileSystemError) in
                try file.synchronizeData()
                try file.dropFromPageCache(0..<position + 1)
                return "\(try file.size()) \(try file.readAll())"
            }
        }
    }

    private mutating func look() {
        let (fileSystem, root) = (fileSystem, root)
        let name = name()
        note("list") { () throws(FileSystemError) in "\(try fileSystem.list(root))" }
        note("list d") { () throws(FileSystemError) in "\(try fileSystem.list(root.appending("d")))" }
        note("look \(name)") { () throws(FileSystemError) in
            guard try !fileSystem.isDirectory(root.appending(name)) else { return "directory" }
            return "\(String(describing: try fileSystem.contents(of: root.appending(name))))"
        }
    }

    private mutating func changeNames() {
        let (fileSystem, root) = (fileSystem, root)
        // Renames stay in their directory.
        let group = Bool.random(using: &random) ? Self.names[..<4] : Self.names[4...]
        let (one, two) = (name(group), name(group))
        let directory = name(["c", "d"])
        let call: (String, () throws(FileSystemError) -> Void)
        switch number(0..<8) {
        case 0, 1:
            call = (
                "rename \(one) \(two)",
                { () throws(FileSystemError) in try fileSystem.rename(root.appending(one), to: root.appending(two)) }
            )
        case 2:
            call = (
                "link \(one) \(two)",
                { () throws(FileSystemError) in try fileSystem.link(root.appending(one), to: root.appending(two)) }
            )
        case 3: call = ("remove \(one)", { () throws(FileSystemError) in try fileSystem.remove(root.appending(one)) })
        case 4:
            call = (
                "remove folder \(one)",
                { () throws(FileSystemError) in try fileSystem.removeDirectory(root.appending(one)) }
            )
        case 5:
            call = (
                "replace \(one)",
                { () throws(FileSystemError) in try fileSystem.replace(root.appending(one), with: [1, 2, 3]) }
            )
        case 6:
            call = (
                "flush \(directory)",
                { () throws(FileSystemError) in try fileSystem.synchronizeDirectory(root.appending(directory)) }
            )
        default:
            call = (
                "create \(directory)",
                { () throws(FileSystemError) in try fileSystem.createDirectory(root.appending(directory)) }
            )
        }
        note(call.0) { () throws(FileSystemError) in
            try call.1()
            return ""
        }
    }
}
