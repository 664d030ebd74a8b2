import Testing

@testable import Broker

@Suite struct ConfigurationValidatorTests {
    @Test(arguments: [
        ("retention.ms", "-1", "-1"), ("retention.ms", " 007 ", "7"),
        ("cleanup.policy", " compact , delete ", "compact,delete"),
        ("cleanup.policy", "", ""), ("preallocate", "TRUE", "true"), ("min.cleanable.dirty.ratio", "0.25", "0.25"),
        ("compression.type", "zstd", "zstd"), ("compression.gzip.level", "-1", "-1"),
        ("segment.bytes", "1048576", "1048576"),
        ("flush.messages", "9223372036854775807", "9223372036854775807"),
    ])
    func `a good value is brought into its canonical form`(key: String, text: String, canonical: String) throws {
        let definition = try #require(ConfigurationCatalog.topic[key])
        #expect(try definition.canonical(text) == canonical)
    }

    @Test(arguments: [
        ("retention.ms", "-2"), ("retention.ms", "a week"), ("retention.ms", ""),
        ("retention.ms", "9223372036854775808"),
        ("cleanup.policy", "compress"), ("cleanup.policy", "delete,delete"), ("preallocate", "yes"),
        ("min.cleanable.dirty.ratio", "1.5"), ("min.cleanable.dirty.ratio", "nan"), ("compression.type", "lzma"),
        ("compression.gzip.level", "0"), ("segment.bytes", "1048575"), ("segment.bytes", "4294967296"),
        ("max.message.bytes", "-1"), ("message.timestamp.type", "createtime"), ("flush.messages", "0"),
    ])
    func `a bad value is refused with the key and what is allowed`(key: String, text: String) throws {
        let definition = try #require(ConfigurationCatalog.topic[key])
        let error = #expect(throws: ConfigurationValueError.self) { try definition.canonical(text) }
        #expect(error?.key == key && error?.value == text)
        #expect(error?.allowed.isEmpty == false)
    }

    @Test func `the message names key, value and limits`() throws {
        let definition = try #require(ConfigurationCatalog.broker["compression.gzip.level"])
        let error = #expect(throws: ConfigurationValueError.self) { try definition.canonical("12") }
        #expect(
            error?.description == "Invalid value 12 for configuration compression.gzip.level: "
                + "the value must be between 1 and 9, or -1")
    }
}
