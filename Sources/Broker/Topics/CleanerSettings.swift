import LogStorage

/// What the operator allows compaction, as the settings in force have it.
struct CleanerSettings: Hashable, Sendable {
    /// `log.cleaner.enable`
    var isEnabled = true
    /// `log.cleaner.threads`
    var threadCount = 1
    /// `log.cleaner.backoff.ms`
    var backoff: Duration = .seconds(15)
    /// `log.cleaner.io.max.bytes.per.second`, of all threads together; nil for no limit.
    var bytesPerSecond: Double?
    /// Of one thread.
    var limits = CleaningLimits()

    init() {}

    init(_ resolver: ConfigurationResolver) {
        func number<Number: LosslessStringConvertible>(_ key: String) -> Number? {
            resolver.brokerValue(key).flatMap { Number($0) }
        }
        isEnabled = resolver.brokerValue("log.cleaner.enable") != "false"
        threadCount = number("log.cleaner.threads") ?? threadCount
        backoff = .milliseconds(number("log.cleaner.backoff.ms") ?? 15_000)
        bytesPerSecond = number("log.cleaner.io.max.bytes.per.second").flatMap { (rate: Double) in
            rate > 0 && rate < Self.unlimited ? rate : nil
        }
        let threads = max(threadCount, 1)
        limits.mapBytes = min((number("log.cleaner.dedupe.buffer.size") ?? 128 << 20) / threads, Self.largestMap)
        limits.loadFactor = number("log.cleaner.io.buffer.load.factor") ?? limits.loadFactor
        // One half is read into, the other written from.
        limits.bufferBytes = max((number("log.cleaner.io.buffer.size") ?? 512 << 10) / threads / 2, Self.leastBuffer)
    }

    /// Kafka's default, the largest number that a double can be.
    private static let unlimited = 1e300
    /// As in Kafka, a thread's map has 2 GB at most.
    private static let largestMap = Int(Int32.max)
    private static let leastBuffer = 4096
}
