package import KafkaProtocol
package import NIOCore

/// Who a producer is to the brokers (KIP-98).
package struct ProducerIdentity: Hashable, Sendable {
    package var id: ProducerID
    package var epoch: ProducerEpoch

    package init(id: ProducerID, epoch: ProducerEpoch) {
        self.id = id
        self.epoch = epoch
    }

    /// The next incarnation; nil when the epochs of this id are used up.
    var next: ProducerIdentity? { epoch.rawValue < .max ? ProducerIdentity(id: id, epoch: epoch.next) : nil }
}

/// The order of one partition's batches from their first sending to their end: gives them sequence numbers, and after a
/// failure holds everything back until nothing is under way, so that what is sent again is sent in order.
///
/// With idempotence neither a retry nor a lost answer duplicates or reorders a record: a batch keeps its sequence for
/// as long as it may have been written. Only when the broker says that a batch cannot follow (a gap where an earlier
/// one was given up, or state that the broker has lost) does the partition start over with the next epoch (KIP-360).
package struct PartitionSequencer<Batch> {
    /// What became of a batch that was sent.
    package enum Outcome {
        case acknowledged(baseOffset: Offset, logAppendTime: Timestamp)
        case refused(ErrorCode, String?)
        /// No answer: it may or may not have been written.
        case unanswered(KafkaError)
    }

    /// What is to be done about it.
    package enum Verdict {
        case delivered(baseOffset: Offset, logAppendTime: Timestamp)
        /// It is kept and will be sent again; `asksMetadata` if the leader may have changed.
        case kept(asksMetadata: Bool)
        case failed(KafkaError)
    }

    /// A batch on its way, under the number and name with which it is to be sent.
    package struct Sending {
        package var number: Int
        package var batch: Batch
        package var identity: ProducerIdentity?
        package var sequence: SequenceNumber
    }

    private struct Entry {
        let number: Int
        let batch: Batch
        let recordCount: Int32
        let deadline: NIODeadline
        var identity: ProducerIdentity?
        var sequence = SequenceNumber.none
        var isUnderWay = false
        var wasSent = false
    }

    private let isIdempotent: Bool
    private var entries: [Entry] = []
    private var nextNumber = 0
    private var nextSequence: SequenceNumber = 0
    private var identity: ProducerIdentity?
    private var underWay = 0
    private var isRecovering = false
    private var mustStartOver = false
    private var backoff: Backoff
    private var notBefore = NIODeadline.uptimeNanoseconds(0)

    package init(isIdempotent: Bool, backoff: Backoff) {
        self.isIdempotent = isIdempotent
        self.backoff = backoff
    }

    package var isEmpty: Bool { entries.isEmpty }
    /// Whether batches wait to be sent, again or for the first time.
    package var hasWaiting: Bool { underWay < entries.count }
    /// When waiting batches may be sent; nil if nothing but answers is awaited.
    package var wakeTime: NIODeadline? { hasWaiting && !(isRecovering && underWay > 0) ? notBefore : nil }
    /// When the first waiting batch will have waited too long.
    package var nextExpiry: NIODeadline? { entries.lazy.filter { !$0.isUnderWay }.map(\.deadline).min() }

    /// Whether a batch may be sent now.
    package func maySend(now: NIODeadline) -> Bool { now >= notBefore && !(isRecovering && underWay > 0) }

    /// Puts a new batch behind the others.
    package mutating func add(_ batch: Batch, recordCount: Int32, deadline: NIODeadline) {
        entries.append(Entry(number: nextNumber, batch: batch, recordCount: recordCount, deadline: deadline))
        nextNumber += 1
    }

    /// The next batch to send, marked as under way.
    ///
    /// - Parameter fresh: the producer's identity, for a partition that has none; ignored without idempotence.
    package mutating func next(now: NIODeadline, fresh: ProducerIdentity?) -> Sending? {
        guard maySend(now: now), let place = entries.firstIndex(where: { !$0.isUnderWay }) else { return nil }
        if underWay == 0 { isRecovering = false }
        if isIdempotent {
            if mustStartOver, underWay == 0 { startOver(fresh) }
            if identity == nil { identity = fresh }
            guard let identity else { return nil }
            if entries[place].identity == nil {
                entries[place].identity = identity
                entries[place].sequence = nextSequence
                nextSequence = nextSequence.advanced(by: entries[place].recordCount)
            }
        }
        entries[place].isUnderWay = true
        entries[place].wasSent = true
        underWay += 1
        let entry = entries[place]
        return Sending(number: entry.number, batch: entry.batch, identity: entry.identity, sequence: entry.sequence)
    }

    /// Whether ``next(now:fresh:)`` needs another producer id than this, because the epochs of it are used up.
    package func needsOther(than fresh: ProducerIdentity?) -> Bool {
        guard mustStartOver, let identity, identity.next == nil else { return false }
        return identity.id == fresh?.id
    }

    private mutating func startOver(_ fresh: ProducerIdentity?) {
        identity = identity?.next ?? fresh
        nextSequence = 0
        mustStartOver = false
        for place in entries.indices { entries[place].identity = nil }
    }

    /// A batch that was under way has come to an end of some kind.
    ///
    /// - Returns: what is to be done, and the batch; nil if its number is not under way.
    package mutating func finish(
        _ number: Int, _ outcome: Outcome, now: NIODeadline
    ) -> (verdict: Verdict, batch: Batch)? {
        guard let place = entries.firstIndex(where: { $0.number == number && $0.isUnderWay }) else { return nil }
        underWay -= 1
        entries[place].isUnderWay = false
        let verdict = judge(outcome, at: place, now: now)
        let batch = entries[place].batch
        if case .kept = verdict {
            isRecovering = true
            notBefore = max(notBefore, now + TimeAmount(backoff.next()))
        } else {
            entries.remove(at: place)
        }
        if case .delivered = verdict, !isRecovering { backoff.reset() }
        return (verdict, batch)
    }

    private mutating func judge(_ outcome: Outcome, at place: Int, now: NIODeadline) -> Verdict {
        switch outcome {
        case .acknowledged(let baseOffset, let logAppendTime):
            return .delivered(baseOffset: baseOffset, logAppendTime: logAppendTime)
        case .refused(.duplicateSequenceNumber, _):
            // It was written before, longer ago than the broker remembers offsets.
            return .delivered(baseOffset: .none, logAppendTime: .none)
        case .refused(.outOfOrderSequenceNumber, _) where isIdempotent:
            // Behind an earlier batch that is not settled this is expected; in front it means a gap that will not
            // close.
            if place == 0 { mustStartOver = true }
            return keep(
                at: place, because: KafkaError(broker: .outOfOrderSequenceNumber, "the order was broken"), now, false)
        case .refused(let code, _)
        where isIdempotent && [.unknownProducerID, .invalidProducerEpoch].contains(code):
            mustStartOver = true
            return keep(
                at: place, because: KafkaError(broker: code, "the broker does not know the producer"), now, false)
        case .refused(let code, let detail):
            let error = KafkaError(broker: code, "the broker refused the records", detail: detail)
            return code.isRetriable ? keep(at: place, because: error, now, true) : .failed(error)
        case .unanswered(let error):
            return error.isRetriable ? keep(at: place, because: error, now, true) : .failed(error)
        }
    }

    private func keep(at place: Int, because error: KafkaError, _ now: NIODeadline, _ asksMetadata: Bool) -> Verdict {
        guard now < entries[place].deadline else { return .failed(Self.expired(error, wasSent: true)) }
        return .kept(asksMetadata: asksMetadata)
    }

    private static func expired(_ cause: KafkaError?, wasSent: Bool) -> KafkaError {
        let doubt = wasSent ? "; they may have been written" : "; they were never sent"
        return KafkaError(
            .deliveryTimedOut, "records were not acknowledged within delivery.timeout.ms\(doubt)", cause: cause)
    }

    /// Gives up batches that have waited too long. Those under way are left to their answers.
    package mutating func expire(now: NIODeadline) -> [(batch: Batch, error: KafkaError)] {
        let late = entries.filter { !$0.isUnderWay && $0.deadline <= now }
        guard !late.isEmpty else { return [] }
        entries.removeAll { !$0.isUnderWay && $0.deadline <= now }
        return late.map { ($0.batch, Self.expired(nil, wasSent: $0.wasSent)) }
    }

    /// Gives up everything.
    package mutating func removeAll() -> [Batch] {
        defer {
            entries = []
            underWay = 0
        }
        return entries.map(\.batch)
    }
}
