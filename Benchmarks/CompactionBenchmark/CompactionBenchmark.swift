import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// How fast one thread compacts a log: `CompactionBenchmark DIRECTORY [MEGABYTES [VALUE_BYTES [KEYS]]]`.
///
/// Writes a log of random keys of 16 bytes, twice as many records as keys unless told otherwise, in batches of 16 KB, then
/// cleans it once with Kafka's default limits and prints what that took. The rate counts each byte of log once, although
/// a cleaning reads it twice.
@main struct CompactionBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map(\.self)
        guard let directory = arguments.first else {
            print("usage: CompactionBenchmark DIRECTORY [MEGABYTES [VALUE_BYTES [KEYS]]]")
            return
        }
        let megabytes = arguments.count > 1 ? Int(arguments[1]) ?? 1000 : 1000
        let valueSize = arguments.count > 2 ? Int(arguments[2]) ?? 100 : 100
        let records = megabytes * 1_000_000 / (valueSize + 26)
        let keys = arguments.count > 3 ? Int(arguments[3]) ?? records / 2 : records / 2
        let run = try CompactionRun(directory: FilePath(directory), valueSize: valueSize, keys: keys)
        try run.write(records)
        try run.clean()
    }
}

private final class CompactionRun {
    private let log: PartitionLog
    private let value: [UInt8]
    private let keys: Int
    private let now = Timestamp(1_700_000_000_000)

    init(directory: FilePath, valueSize: Int, keys: Int) throws {
        var configuration = LogConfiguration()
        configuration.cleanupPolicy = .compact
        configuration.segmentBytes = 256 << 20
        configuration.flushMessages = .max
        let environment = LogEnvironment(fileSystem: PosixFileSystem())
        log = try PartitionLog.open(
            directory: directory, configuration: configuration, environment: environment, start: .clean)
        value = (0..<valueSize).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        self.keys = keys
    }

    func write(_ count: Int) throws {
        var random = SystemRandomNumberGenerator()
        var builder = RecordBatchBuilder(sizeLimit: 16 << 10, reserving: 16 << 10)
        let zeros = ByteBuffer(repeating: 0, count: 8)
        let value = ByteBuffer(bytes: value)
        for _ in 0..<count {
            var key = zeros
            key.writeInteger(UInt64.random(in: 0..<UInt64(keys), using: &random))
            if try builder.append(key: key, value: value, timestamp: now) { continue }
            try append(builder.finish())
            _ = try builder.append(key: key, value: value, timestamp: now)
        }
        try append(builder.finish())
        // The last segment is not cleaned.
        var configuration = log.configuration
        configuration.segmentBytes = 1 << 20
        _ = log.update(configuration)
        _ = try builder.append(key: zeros, value: value, timestamp: now)
        try append(builder.finish())
        configuration.segmentBytes = 1 << 30
        _ = log.update(configuration)
        try log.flush()
    }

    private func append(_ batch: ByteBuffer) throws {
        _ = try log.append(batch, leaderEpoch: log.leaderEpoch, origin: .coordinator, now: now)
    }

    func clean() throws {
        let range = try log.reader.cleanableRange(
            cleanedUpTo: 0, recoveryPoint: log.recoveryPoint, log.configuration, now: now)
        guard let cleaning = log.beginCleaning(range) else { return print("nothing to clean") }
        let clock = ContinuousClock()
        var report: CleaningReport?
        let took = try clock.measure { report = try cleaning.run(CleaningLimits(), now: now) }
        guard let report else { return }
        log.endCleaning(cleaning, .success(report))
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let megabytes = Double(report.bytesBefore) / 1e6
        print("compacted \(Int(megabytes)) MB into \(report.bytesAfter / 1_000_000) MB, \(report.keyCount) keys")
        print("\(seconds) s, \(Int(megabytes / seconds)) MB/s")
    }
}
