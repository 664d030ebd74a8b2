import ArgumentParser
import KafkaClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Why a command ends, and the exit code that says so to a script.
struct ExitReason {
    let code: Int32
    let message: String

    static let failed: Int32 = 1
    static let usage: Int32 = 2
    static let cannotConnect: Int32 = 3
    static let timedOut: Int32 = 4

    init(_ error: any Error) {
        switch error {
        case let error as KafkaError:
            code = Self.code(of: error)
            message = "martlet: \(error)" + Self.advice(for: error)
        case let error as CommandFailure:
            code = error.code
            message = "martlet: \(error.message)"
        case is BrokenPipe:
            (code, message) = (0, "")
        default:
            let parsed = Martlet.exitCode(for: error)
            code = parsed == .success ? 0 : parsed == .validationFailure ? Self.usage : Self.failed
            message = Martlet.fullMessage(for: error)
        }
    }

    private static func code(of error: KafkaError) -> Int32 {
        switch error.code {
        case .cannotConnect: cannotConnect
        case .requestTimedOut, .deliveryTimedOut: timedOut
        case .invalidConfiguration: usage
        default: failed
        }
    }

    private static func advice(for error: KafkaError) -> String {
        switch error.code {
        case .cannotConnect: "\nIs the broker running there? Say where it is with --bootstrap HOST:PORT."
        case .broker(.unknownTopicOrPartition):
            "\n'martlet topic list' shows what there is, 'martlet topic create' makes a topic."
        case .broker(.groupIDNotFound): "\n'martlet group list' shows what there is."
        case .broker(.topicAlreadyExists): "\n--if-not-exists accepts a topic that is there already."
        default: ""
        }
    }

    /// Prints the reason, help to standard output and all else to standard error, and ends the process.
    func exit() -> Never {
        if !message.isEmpty { OutputBuffer.write(message + "\n", to: code == 0 ? STDOUT_FILENO : STDERR_FILENO) }
        #if canImport(Darwin)
            Darwin.exit(code)
        #else
            Glibc.exit(code)
        #endif
    }
}

/// A command's own failure.
struct CommandFailure: Error {
    var code: Int32 = ExitReason.failed
    var message: String
}
