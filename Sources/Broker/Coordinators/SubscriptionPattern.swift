import CRE2
package import Coordination
import KafkaProtocol
import Synchronization

/// A regular expression of a client's, by RE2 as in Kafka: topics that a consumer subscribes to (KIP-848), clients that
/// a metrics subscription is meant for (KIP-714).
///
/// Compiling and matching take time linear in what they look at, and a bounded amount of memory. The worst that the
/// limits let through took 15 ms to compile and 7 ms for a name of 249 bytes; common ones take microseconds. So
/// ``matches(among:)``, which may see thousands of names, does not belong onto an event loop.
package final class SubscriptionPattern: Sendable {
    /// As the client wrote it.
    package let text: String
    /// RE2's caches grow while it matches; one caller at a time is enough here.
    private let program: Mutex<CompiledExpression>

    /// The longest expression, in bytes of UTF-8.
    package static let maximumLength = 4096
    /// What one compiled expression, its caches included, may take.
    package static let maximumMemory: Int64 = 512 << 10
    /// What one byte of a name may cost.
    package static let maximumInstructions: Int64 = 5_000

    /// Compiles an expression.
    /// - Throws: INVALID_REGULAR_EXPRESSION with the reason.
    package init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= Self.maximumLength else {
            throw Self.refusal(text.prefix(64) + "…", "it is longer than \(Self.maximumLength) bytes")
        }
        self.text = text
        program = Mutex(try CompiledExpression(text))
    }

    /// Whether the whole of `name` matches.
    package func matches(_ name: String) -> Bool { program.withLock { $0.matches(name) } }

    /// Those of `names` that match as a whole.
    package func matches(among names: [String]) -> Set<String> {
        program.withLock { program in
            var found: Set<String> = []
            for name in names where program.matches(name) { found.insert(name) }
            return found
        }
    }

    fileprivate static func refusal(_ text: some StringProtocol, _ reason: String) -> Refusal {
        Refusal(
            .invalidRegularExpression,
            "SubscribedTopicRegex `\(text)` is not a valid regular expression: \(reason).")
    }
}

/// The owner of RE2's object, which lives as long as it does.
@safe private struct CompiledExpression: ~Copyable {
    private let expression: OpaquePointer

    init(_ text: String) throws(Refusal) {
        var text = text
        let reasonSize = 256
        var reason = [CChar](repeating: 0, count: reasonSize)
        let compiled = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe reason.withUnsafeMutableBufferPointer { reason in
                    unsafe martlet_re2_compile(
                        characters.baseAddress, characters.count, SubscriptionPattern.maximumMemory,
                        reason.baseAddress, reason.count)
                }
            }
        }
        guard let compiled = unsafe compiled else {
            let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw SubscriptionPattern.refusal(text, String(decoding: bytes, as: UTF8.self))
        }
        guard unsafe martlet_re2_instruction_count(compiled) <= SubscriptionPattern.maximumInstructions else {
            unsafe martlet_re2_free(compiled)
            throw SubscriptionPattern.refusal(text, "it is too large")
        }
        unsafe expression = compiled
    }

    deinit { unsafe martlet_re2_free(expression) }

    func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe martlet_re2_matches(expression, characters.baseAddress, characters.count)
            }
        }
    }
}
