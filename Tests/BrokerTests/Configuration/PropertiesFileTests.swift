import Testing

@testable import Broker

@Suite struct PropertiesFileTests {
    @Test(arguments: [
        ("a=b", "a", "b"), ("a = b", "a", "b"), ("a: b", "a", "b"), ("a b", "a", "b"), ("  a\t=\tb", "a", "b"),
        ("a=", "a", ""), ("a", "a", ""), ("a==b", "a", "=b"), ("a=b=c:d", "a", "b=c:d"), ("a\\ b=c", "a b", "c"),
        ("a\\=b=c", "a=b", "c"), ("a\\:b:c", "a:b", "c"), ("a=b\\tc\\nd", "a", "b\tc\nd"),
        ("a=\\u00e9\\u20AC", "a", "é€"),
        ("a=\\uD83D\\uDE00", "a", "😀"), ("a=C:\\\\data", "a", "C:\\data"), ("a=b # c", "a", "b # c"),
        ("a=\\q", "a", "q"),
        ("a=b \\\n   c", "a", "b c"), ("a=b\\\\\n", "a", "b\\"), ("a=b\\\n# c", "a", "b# c"), ("a=b\r\n", "a", "b"),
        ("=b", "", "b"), ("a=é", "a", "é"),
    ])
    func `one line is read as Java reads it`(text: String, key: String, value: String) throws {
        let property = try #require(try PropertiesFile(parsing: text).properties.first)
        #expect(property.key == key && property.value == value)
    }

    @Test func `comments and blank lines are skipped and lines are counted`() throws {
        let text = "# first\n\n   ! second\na=1\nb=2\\\n\\\n3\n  \t\nc=4"
        let properties = try PropertiesFile(parsing: text).properties
        #expect(properties.map(\.key) == ["a", "b", "c"])
        #expect(properties.map(\.value) == ["1", "23", "4"])
        #expect(properties.map(\.line) == [4, 5, 9])
    }

    @Test(arguments: ["a=\\u12", "a=\\uXYZ1", "b=1\na=\\u 123", "a=\\u+123"])
    func `a broken unicode escape is named with its line`(text: String) {
        let error = #expect(throws: PropertiesFile.ParseError.self) { try PropertiesFile(parsing: text) }
        #expect(error?.line == (text.hasPrefix("b") ? 2 : 1))
    }

    @Test func `a file that ends in a backslash is read to its end`() throws {
        #expect(try PropertiesFile(parsing: "a=b\\").properties.first?.value == "b")
        #expect(try PropertiesFile(parsing: "\\").properties.map(\.key) == [""])
    }
}
