#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A sentence for the person at the terminal, beside the results: on standard error.
enum Notice {
    static func write(_ sentence: String) { OutputBuffer.write("martlet: \(sentence)\n", to: STDERR_FILENO) }
}

/// Whether a person looks at the results.
var isTerminalOutput: Bool { isTerminal(STDOUT_FILENO) }
