import Glibc
import NIOCore
import Testing

@testable import CommandLineTool

@Suite struct LineReaderTests {
    /// The lines of `bytes`, read through a pipe in pieces of `pieceSize`.
    private static func lines(of bytes: String, pieceSize: Int = 1 << 20, limit: Int = 1000) throws -> [String] {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw CommandFailure(message: "no pipe") }
        defer { close(ends[0]) }
        var output = OutputBuffer(descriptor: ends[1])
        try output.write(bytes)
        try output.flush()
        close(ends[1])
        var reader = LineReader(descriptor: ends[0], limit: limit, pieceSize: pieceSize)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(buffer: line)) }
        return lines
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func `lines come out whole whatever the size of the pieces`(pieceSize: Int) throws {
        let text = "one\ntwo two\n\n\r\nfour\r\nlast"
        #expect(try Self.lines(of: text, pieceSize: pieceSize) == ["one", "two two", "", "\r", "four\r", "last"])
    }

    @Test func `a line feed at the end makes no empty line`() throws {
        #expect(try Self.lines(of: "a\n") == ["a"])
        #expect(try Self.lines(of: "") == [])
        #expect(try Self.lines(of: "\n") == [""])
    }

    @Test func `zeros belong to the line`() throws {
        #expect(try Self.lines(of: "a\0b\n") == ["a\0b"])
    }

    @Test func `a line beyond the limit is refused with its number`() {
        let text = "short\n" + String(repeating: "x", count: 50)
        let error = #expect(throws: CommandFailure.self) { try Self.lines(of: text, pieceSize: 8, limit: 20) }
        #expect(error?.message.contains("line 2") == true)
    }

    @Test func `an error number left over from before does not keep the end from being seen`() throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw CommandFailure(message: "no pipe") }
        defer { close(ends[0]) }
        close(ends[1])
        var reader = LineReader(descriptor: ends[0], limit: 10)
        errno = EINTR
        #expect(try reader.next() == nil)
    }

    @Test func `what cannot be read is an error, not an end`() {
        var reader = LineReader(descriptor: -1, limit: 10)
        let error = #expect(throws: CommandFailure.self) { try reader.next() }
        #expect(error?.message.contains("cannot read") == true)
    }
}
