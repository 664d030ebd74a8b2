/// A promise of the log that did not hold in a run.
package struct SimulationFailure: Error, CustomStringConvertible {
    package enum Invariant: String, Sendable {
        case opening = "a log opens after any stop"
        case acknowledged = "what was acknowledged is there"
        case whole = "the log ends with a whole batch that was written"
        case bytes = "bytes are those that were written"
        case offsets = "offsets are dense and none shows two values"
        case bounds = "log start, last stable, high watermark and log end keep their order and never go back"
        case lastStable = "the last stable offset stands at the first undecided transaction"
        case aborted = "aborted transactions are reported, and no others"
        case reads = "a read returns whole batches within its limits"
        case timestamps = "records are found by their time"
        case epochs = "leader epochs are those of the batches"
        case duplicates = "a retry is answered with the original offset"
        case cleaned = "compaction keeps the last record of each key, and no other"
        case refusals = "what must be refused is refused and changes nothing"
        case verified = "a verification finds no damage after any stop"
        case availability = "nothing fails without a fault"
    }

    package var seed: UInt64
    package var invariant: Invariant
    package var detail: String
    /// What was done before, the last step last.
    package var trace: [String]

    package var description: String {
        """
        seed \(seed): \(invariant.rawValue): \(detail)
          \(trace.joined(separator: "\n  "))
        """
    }
}
