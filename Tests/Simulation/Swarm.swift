import BrokerTesting
import KafkaProtocol
import LogStorage

/// What one run does, and how often. Each seed leaves some of it out, so that what is rare in a mixture of everything is
/// common in some runs (swarm testing).
struct Swarm {
    enum Operation: CaseIterable {
        case append, appendIdempotent, appendTransactional, endTransaction, appendSeveral, appendRefused, retry
        case flush, beginFlush, endFlush, read, lookUp, check
        case restart, kill, cut, stopAtCall, failNoSpace, failInputOutput, failRead, fill
        case raiseEpoch, moveLogStart, checkpoint, passTime, reconfigure, flipBit
        case clean, retain
    }

    var weights: [(operation: Operation, weight: Int)] = []
    var steps: Int
    var codecs: [CompressionCodec] = [.none]
    var largestValue: Int
    var configuration = LogConfiguration()
    /// Of ten unclean stops so many are power cuts.
    var powerCutsOfTen: Int
    /// Of ten records so many have no value.
    var tombstonesOfTen = 0
    private var hasSmallSegments = false
    /// Whether faults and stops come in the middle of cleanings.
    var interruptsCleanings = false

    init(_ random: inout SeededRandomNumberGenerator) {
        // Short runs find most, and soon; what compaction can do wrong needs a longer past.
        steps = Int.random(in: Int.random(in: 0..<5, using: &random) == 0 ? 80...250 : 8...45, using: &random)
        largestValue = [0, 20, 150, 400].randomElement(using: &random) ?? 20
        hasSmallSegments = Bool.random(using: &random)
        powerCutsOfTen = Int.random(in: 1...10, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 { codecs = CompressionCodec.allCases }
        configuration.segmentBytes = Int.random(in: segmentBytes, using: &random)
        configuration.indexIntervalBytes = Int.random(in: 0...600, using: &random)
        configuration.segmentAge = .seconds(Int.random(in: 10...600, using: &random))
        configuration.preallocate = Int.random(in: 0..<8, using: &random) == 0
        if Int.random(in: 0..<4, using: &random) == 0 { configuration.timestampType = .logAppendTime }
        if Int.random(in: 0..<4, using: &random) == 0 {
            configuration.flushMessages = [2, 6, Int64.max].randomElement(using: &random) ?? 2
        }
        chooseCleanup(&random)
        for operation in Operation.allCases {
            let weight = Self.mostOften(operation)
            let isOut = Int.random(in: 0..<10, using: &random) < Self.leftOutOfTen(operation)
            weights.append((operation, isOut ? 0 : Int.random(in: 1...weight, using: &random)))
        }
    }

    /// Half of the logs are compacted; those that are not, and some that are, lose old segments.
    private mutating func chooseCleanup(_ random: inout SeededRandomNumberGenerator) {
        let policies: [LogConfiguration.CleanupPolicy] = [.delete, .delete, .compact, [.compact, .delete]]
        configuration.cleanupPolicy = policies.randomElement(using: &random) ?? .delete
        configuration.deleteRetention = .seconds(Int.random(in: 0...300, using: &random))
        if Bool.random(using: &random) {
            configuration.retentionBytes = Int.random(in: 0...4 * segmentBytes.upperBound, using: &random)
        } else {
            configuration.retentionTime = .seconds(Int.random(in: 10...900, using: &random))
        }
        interruptsCleanings = Int.random(in: 0..<3, using: &random) == 0
        if configuration.cleanupPolicy.contains(.compact) { tombstonesOfTen = Int.random(in: 0...4, using: &random) }
    }

    /// A segment takes three of the largest batches at least, and often little more: only what is sealed is compacted or
    /// removed.
    var segmentBytes: ClosedRange<Int> {
        let least = 3 * (200 + 4 * (largestValue + 20))
        return least...least + (hasSmallSegments ? 100 : 4000)
    }

    private static func mostOften(_ operation: Operation) -> Int {
        switch operation {
        case .append, .appendIdempotent, .appendTransactional: 30
        case .flush: 20
        case .beginFlush, .endFlush, .endTransaction, .retry, .clean: 10
        case .appendSeveral, .appendRefused, .read, .passTime: 6
        default: 3
        }
    }

    private static func leftOutOfTen(_ operation: Operation) -> Int {
        switch operation {
        case .append, .flush, .clean: 0
        case .failNoSpace, .failInputOutput, .failRead, .fill, .stopAtCall, .flipBit, .reconfigure: 6
        default: 4
        }
    }

    func operation(_ random: inout SeededRandomNumberGenerator) -> Operation {
        var place = Int.random(in: 0..<weights.reduce(0) { $0 + $1.weight }, using: &random)
        for (operation, weight) in weights {
            place -= weight
            if place < 0 { return operation }
        }
        return .check
    }
}
