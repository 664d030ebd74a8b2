import Broker
import Coordination
import KafkaProtocol
import Testing

@Suite struct SubscriptionPatternTests {
    @Test func `a pattern matches whole names`() throws {
        let pattern = try SubscriptionPattern("orders-[0-9]+")
        #expect(pattern.matches("orders-17"))
        #expect(!pattern.matches("orders-17a"))
        #expect(!pattern.matches("my-orders-17"))
        #expect(!pattern.matches("orders-17\n"))
        #expect(!pattern.matches(""))
    }

    @Test func `alternatives match as a whole, too`() throws {
        let pattern = try SubscriptionPattern("a|ab")
        #expect(pattern.matches(among: ["a", "ab", "abc", "b"]) == ["a", "ab"])
    }

    @Test func `an empty pattern matches an empty name only`() throws {
        let pattern = try SubscriptionPattern("")
        #expect(pattern.matches(""))
        #expect(!pattern.matches("a"))
    }

    @Test func `letters beyond ASCII are letters, not bytes`() throws {
        #expect(try SubscriptionPattern("gr.n").matches("grün"))
        #expect(try SubscriptionPattern(#"\p{Greek}+"#).matches("λόγος"))
        #expect(try SubscriptionPattern("(?i)straße").matches("STRAßE"))
    }

    @Test(arguments: [
        ("a(b", "missing"), ("[z-a]", "invalid character class range"), ("*", "no argument for repetition"),
        (#"(a)\1"#, "invalid escape"), ("(?=a)b", "invalid perl operator"), ("a{1001}", "invalid repetition size"),
    ])
    func `what is not an RE2 expression is refused with the reason`(text: String, reason: String) throws {
        let refusal = try #require(throws: Refusal.self) { _ = try SubscriptionPattern(text) }
        #expect(refusal.code == .invalidRegularExpression)
        #expect(refusal.message.contains("SubscribedTopicRegex `\(text)` is not a valid regular expression: "))
        #expect(refusal.message.contains(reason), "\(refusal.message)")
    }

    @Test func `a pattern that is too long is refused`() throws {
        let longest = String(repeating: "a", count: SubscriptionPattern.maximumLength)
        #expect(try SubscriptionPattern(longest).matches(longest))
        let refusal = try #require(throws: Refusal.self) { _ = try SubscriptionPattern(longest + "a") }
        #expect(refusal.code == .invalidRegularExpression)
        #expect(refusal.message.utf8.count < 300)
    }

    @Test(arguments: [
        "((a{100}){100}){100}", "(((((a{30}){30}){30}){30}){30})", "((x?){900}){900}", #"(\p{L}{1,100}){1,100}"#,
    ])
    func `a small text that would become a huge program is refused`(text: String) throws {
        let refusal = try #require(throws: Refusal.self) { _ = try SubscriptionPattern(text) }
        #expect(refusal.code == .invalidRegularExpression)
    }

    @Test func `nesting does not exhaust the stack`() throws {
        let depth = SubscriptionPattern.maximumLength / 2
        let nested = String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
        if let pattern = try? SubscriptionPattern(nested) { #expect(pattern.matches("")) }
    }

    @Test(arguments: ["(a+)+b", "(a|aa)+b", "(.*)*b", "(a?){500}a{500}"])
    func `patterns that make other engines backtrack take linear time`(text: String) throws {
        let pattern = try SubscriptionPattern(text)
        let names = (0..<200).map { String(repeating: "a", count: 249 - $0 % 3) }
        let start = ContinuousClock.now
        #expect(pattern.matches(among: names) == [])
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `one pattern serves many tasks`() async throws {
        let pattern = try SubscriptionPattern("topic-[0-9]*[02468]")
        let names = (0..<100).map { "topic-\($0)" }
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { pattern.matches(among: names).count } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 50, count: 8))
    }
}
