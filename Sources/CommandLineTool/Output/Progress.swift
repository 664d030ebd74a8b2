import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A line on standard error that says how far a long command has come; only where a person looks at it.
struct Progress {
    private let verb: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var nextShow = ContinuousClock.now + .seconds(1)
    private var hasShown = false
    private(set) var records = 0
    private(set) var bytes = 0

    init(_ verb: String, isShown: Bool = isTerminal(STDERR_FILENO)) {
        self.verb = verb
        self.isShown = isShown
    }

    mutating func count(bytes: Int) {
        records += 1
        self.bytes += bytes
        if records & 0xfff == 0, isShown { showIfDue() }
    }

    private mutating func showIfDue() {
        let now = ContinuousClock.now
        guard now >= nextShow else { return }
        nextShow = now + .milliseconds(500)
        hasShown = true
        OutputBuffer.write("\r\(summary)\u{1b}[K", to: STDERR_FILENO)
    }

    /// Replaces the line by the sum.
    mutating func finish() {
        if isShown, records > 0 {
            OutputBuffer.write((hasShown ? "\r\u{1b}[K" : "") + summary + "\n", to: STDERR_FILENO)
        }
    }

    var summary: String {
        let elapsed = ContinuousClock.now - start
        let seconds = max(0.001, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
        let rate = Int(Double(records) / seconds)
        return "\(verb) \(records) records, \(byteText(Int64(bytes))), \(rate) records/s"
    }
}

/// The same for work whose size is known, told from several threads: `verified 1.2 GiB of 3.4 GiB, 35 %, 512.0 MiB/s`.
final class TransferProgress: Sendable {
    private struct State {
        var done = 0
        var nextShow = ContinuousClock.now + .milliseconds(500)
        var hasShown = false
    }

    private let verb: String
    private let total: Int
    private let isShown: Bool
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(_ verb: String, total: Int, isShown: Bool = isTerminal(STDERR_FILENO)) {
        self.verb = verb
        self.total = total
        self.isShown = isShown
    }

    func add(_ bytes: Int) {
        let line = state.withLock { state -> String? in
            state.done += bytes
            let now = ContinuousClock.now
            guard isShown, now >= state.nextShow else { return nil }
            state.nextShow = now + .milliseconds(200)
            state.hasShown = true
            return text(state.done)
        }
        if let line { OutputBuffer.write("\r\(line)\u{1b}[K", to: STDERR_FILENO) }
    }

    /// Takes the line away.
    func finish() { if state.withLock({ $0.hasShown }) { OutputBuffer.write("\r\u{1b}[K", to: STDERR_FILENO) } }

    func text(_ done: Int) -> String {
        let elapsed = ContinuousClock.now - start
        let seconds = max(0.001, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
        let percent = total > 0 ? min(100, done * 100 / total) : 100
        return "\(verb) \(byteText(Int64(done))) of \(byteText(Int64(total))), \(percent) %, "
            + "\(byteText(Int64(Double(done) / seconds)))/s"
    }
}

/// A number of bytes for people: `512 B`, `3.4 MiB`.
func byteText(_ bytes: Int64) -> String {
    var value = Double(bytes)
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
        if abs(value) < 1024 || unit == "TiB" {
            guard unit != "B" else { return "\(bytes) B" }
            let tenths = Int((value * 10).rounded())
            return "\(tenths / 10).\(abs(tenths % 10)) \(unit)"
        }
        value /= 1024
    }
    return "\(bytes) B"
}
