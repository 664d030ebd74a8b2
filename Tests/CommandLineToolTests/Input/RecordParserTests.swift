import KafkaProtocol
import NIOCore
import Testing

@testable import CommandLineTool

@Suite struct RecordParserTests {
    private static func parse(
        _ line: String, separator: String? = nil, headers: Bool = false, null: String? = nil
    ) throws -> RecordParser.Parts {
        let parser = RecordParser(
            keySeparator: separator.map { Array($0.utf8) }, hasHeaders: headers, nullMarker: null.map { Array($0.utf8) }
        )
        return try parser.parse(ByteBuffer(string: line))
    }

    private static func parts(
        _ key: String?, _ value: String?, _ headers: [RecordHeader] = []
    ) -> RecordParser.Parts {
        RecordParser.Parts(
            key: key.map { ByteBuffer(string: $0) }, value: value.map { ByteBuffer(string: $0) }, headers: headers)
    }

    @Test func `without options a line is a value`() throws {
        #expect(try Self.parse("a:b\tc") == Self.parts(nil, "a:b\tc"))
        #expect(try Self.parse("") == Self.parts(nil, ""))
    }

    @Test func `the first separator ends the key`() throws {
        #expect(try Self.parse("k:v:w", separator: ":") == Self.parts("k", "v:w"))
        #expect(try Self.parse("k=:=v", separator: "=:=") == Self.parts("k", "v"))
        #expect(try Self.parse("k=:v=:=w", separator: "=:=") == Self.parts("k=:v", "w"))
        #expect(try Self.parse(":v", separator: ":") == Self.parts("", "v"))
        #expect(try Self.parse("no key", separator: ":") == Self.parts(nil, "no key"))
    }

    @Test func `headers stand before a tab`() throws {
        let headers = [
            RecordHeader(key: "a", value: ByteBuffer(string: "1")),
            RecordHeader(key: "b", value: ByteBuffer(string: "x=y")),
        ]
        #expect(try Self.parse("a=1,b=x=y\tk:v\tw", separator: ":", headers: true) == Self.parts("k", "v\tw", headers))
        #expect(try Self.parse("\tv", headers: true) == Self.parts(nil, "v"))
        #expect(throws: CommandFailure.self) { try Self.parse("a=1", headers: true) }
        #expect(throws: CommandFailure.self) { try Self.parse("a\tv", headers: true) }
    }

    @Test func `the null marker stands for null`() throws {
        let null = RecordHeader(key: "a", value: nil)
        #expect(
            try Self.parse("a=NULL\tk:NULL", separator: ":", headers: true, null: "NULL")
                == Self.parts("k", nil, [null]))
        #expect(try Self.parse("NULL:v", separator: ":", null: "NULL") == Self.parts(nil, "v"))
        #expect(try Self.parse("NULLs", null: "NULL") == Self.parts(nil, "NULLs"))
    }
}
