import Testing

@testable import CommandLineTool

@Suite struct ProgressTests {
    @Test(arguments: [
        (Int64(0), "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"),
        (3 << 40, "3.0 TiB"), (5000 << 40, "5000.0 TiB"),
    ])
    func `bytes are told in the unit that fits`(bytes: Int64, text: String) {
        #expect(byteText(bytes) == text)
    }

    @Test func `a table's columns are as wide as their widest cell`() {
        var table = TextTable("A", "B")
        table.add("long", "x")
        #expect(table.text == "A     B\nlong  x\n")
    }
}
