package import KafkaProtocol

/// Why a command was not carried out: the protocol's code and a sentence that says what to do.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: ErrorCode
    package let message: String

    package init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
