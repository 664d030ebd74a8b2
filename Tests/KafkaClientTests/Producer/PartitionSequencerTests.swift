import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct PartitionSequencerTests {
    typealias Sequencer = PartitionSequencer<String>

    private static let identity = ProducerIdentity(id: 7, epoch: 0)
    private static let start = NIODeadline.uptimeNanoseconds(0)
    private static let later = start + .seconds(10)
    private static let deadline = start + .seconds(100)

    private static func sequencer(idempotent: Bool = true, _ batches: [String]) -> Sequencer {
        var sequencer = Sequencer(
            isIdempotent: idempotent, backoff: Backoff(first: .milliseconds(100), longest: .seconds(1)))
        for batch in batches { sequencer.add(batch, recordCount: 10, deadline: deadline) }
        return sequencer
    }

    private static func sendAll(_ sequencer: inout Sequencer, now: NIODeadline = start) -> [Sequencer.Sending] {
        var sent: [Sequencer.Sending] = []
        while let next = sequencer.next(now: now, fresh: identity) { sent.append(next) }
        return sent
    }

    private static let written = Sequencer.Outcome.acknowledged(baseOffset: 5, logAppendTime: .none)

    @Test func `batches are numbered by their records`() {
        var sequencer = Self.sequencer(["a", "b", "c"])
        let sent = Self.sendAll(&sequencer)
        #expect(sent.map(\.batch) == ["a", "b", "c"])
        #expect(sent.map(\.sequence) == [0, 10, 20])
        #expect(sent.allSatisfy { $0.identity == Self.identity })
    }

    @Test func `without idempotence batches carry no number`() {
        var sequencer = Self.sequencer(idempotent: false, ["a"])
        let sent = sequencer.next(now: Self.start, fresh: nil)
        #expect(sent?.identity == nil)
        #expect(sent?.sequence == SequenceNumber.none)
    }

    @Test func `nothing is sent before the producer is known`() {
        var sequencer = Self.sequencer(["a"])
        #expect(sequencer.next(now: Self.start, fresh: nil) == nil)
        #expect(sequencer.hasWaiting)
    }

    @Test func `an acknowledged batch is delivered and forgotten`() throws {
        var sequencer = Self.sequencer(["a"])
        let sent = Self.sendAll(&sequencer)
        let finished = sequencer.finish(sent[0].number, Self.written, now: Self.start)
        guard case .delivered(5, .none) = try #require(finished).verdict else {
            Issue.record("not delivered")
            return
        }
        #expect(finished?.batch == "a")
        #expect(sequencer.isEmpty)
        #expect(sequencer.finish(sent[0].number, Self.written, now: Self.start) == nil)
    }

    @Test func `a batch that the broker has already written counts as delivered`() throws {
        var sequencer = Self.sequencer(["a"])
        let sent = Self.sendAll(&sequencer)
        let finished = sequencer.finish(sent[0].number, .refused(.duplicateSequenceNumber, nil), now: Self.start)
        guard case .delivered(.none, .none) = try #require(finished).verdict else {
            Issue.record("not delivered")
            return
        }
    }

    @Test func `after a failure nothing is sent until all answers are there, then all in order with the same numbers`()
    {
        var sequencer = Self.sequencer(["a", "b", "c"])
        let sent = Self.sendAll(&sequencer)
        let lost = Sequencer.Outcome.unanswered(KafkaError(.connectionLost, ""))
        _ = sequencer.finish(sent[0].number, lost, now: Self.start)
        #expect(sequencer.next(now: Self.later, fresh: Self.identity) == nil)
        _ = sequencer.finish(sent[2].number, lost, now: Self.start)
        #expect(sequencer.next(now: Self.later, fresh: Self.identity) == nil)
        _ = sequencer.finish(sent[1].number, lost, now: Self.start)
        #expect(sequencer.next(now: Self.start, fresh: Self.identity) == nil, "before the pause is over")
        let again = Self.sendAll(&sequencer, now: Self.later)
        #expect(again.map(\.batch) == ["a", "b", "c"])
        #expect(again.map(\.sequence) == [0, 10, 20])
        #expect(again.allSatisfy { $0.identity == Self.identity })
    }

    @Test func `a batch behind a failed one that the broker turns away is sent again unchanged`() throws {
        var sequencer = Self.sequencer(["a", "b"])
        let sent = Self.sendAll(&sequencer)
        _ = sequencer.finish(sent[0].number, .refused(.notLeaderOrFollower, nil), now: Self.start)
        let turned = sequencer.finish(sent[1].number, .refused(.outOfOrderSequenceNumber, nil), now: Self.start)
        guard case .kept = try #require(turned).verdict else {
            Issue.record("not kept")
            return
        }
        let again = Self.sendAll(&sequencer, now: Self.later)
        #expect(again.map(\.sequence) == [0, 10])
        #expect(again.map(\.identity) == [Self.identity, Self.identity])
    }

    @Test func `behind a batch that was refused for good the partition starts over with the next epoch`() throws {
        var sequencer = Self.sequencer(["a", "b", "c"])
        let sent = Self.sendAll(&sequencer)
        let refused = sequencer.finish(sent[0].number, .refused(.messageTooLarge, "1 MB"), now: Self.start)
        guard case .failed(let error) = try #require(refused).verdict else {
            Issue.record("not failed")
            return
        }
        #expect(error.brokerCode == .messageTooLarge)
        #expect(error.message.contains("1 MB"))
        _ = sequencer.finish(sent[1].number, .refused(.outOfOrderSequenceNumber, nil), now: Self.start)
        #expect(sequencer.next(now: Self.later, fresh: Self.identity) == nil, "one is still under way")
        _ = sequencer.finish(sent[2].number, .refused(.outOfOrderSequenceNumber, nil), now: Self.start)
        let again = Self.sendAll(&sequencer, now: Self.later)
        #expect(again.map(\.batch) == ["b", "c"])
        #expect(again.map(\.sequence) == [0, 10])
        #expect(again.allSatisfy { $0.identity == ProducerIdentity(id: 7, epoch: 1) })
    }

    @Test func `behind a batch that was given up without an answer numbers go on, for it may have been written`() throws
    {
        var sequencer = Self.sequencer(["a"])
        let sent = Self.sendAll(&sequencer)
        _ = sequencer.finish(sent[0].number, .unanswered(KafkaError(.requestTimedOut, "")), now: Self.start)
        let expired = sequencer.expire(now: Self.deadline)
        #expect(expired.map(\.batch) == ["a"])
        #expect(expired.first?.error.code == .deliveryTimedOut)
        #expect(expired.first?.error.message.contains("may have been written") == true)
        sequencer.add("b", recordCount: 1, deadline: Self.deadline + .seconds(100))
        let next = Self.sendAll(&sequencer, now: Self.deadline)
        #expect(next.map(\.sequence) == [10])
        #expect(next.map(\.identity) == [Self.identity])
    }

    @Test(arguments: [ErrorCode.unknownProducerID, .invalidProducerEpoch])
    func `a broker that has lost the producer's state gets the next epoch`(code: ErrorCode) {
        var sequencer = Self.sequencer(["a"])
        let sent = Self.sendAll(&sequencer)
        _ = sequencer.finish(sent[0].number, .refused(code, nil), now: Self.start)
        let again = Self.sendAll(&sequencer, now: Self.later)
        #expect(again.map(\.identity) == [ProducerIdentity(id: 7, epoch: 1)])
        #expect(again.map(\.sequence) == [0])
    }

    @Test func `when the epochs are used up another producer id is needed`() {
        let last = ProducerIdentity(id: 7, epoch: .init(Int16.max))
        var sequencer = Self.sequencer(["a"])
        let sent = sequencer.next(now: Self.start, fresh: last)
        _ = sequencer.finish(sent?.number ?? -1, .refused(.unknownProducerID, nil), now: Self.start)
        #expect(sequencer.needsOther(than: last))
        let other = ProducerIdentity(id: 8, epoch: 0)
        #expect(!sequencer.needsOther(than: other))
        #expect(sequencer.next(now: Self.later, fresh: other)?.identity == other)
    }

    @Test func `an error that a retry cannot heal ends the batch at once`() throws {
        var sequencer = Self.sequencer(idempotent: false, ["a"])
        let sent = sequencer.next(now: Self.start, fresh: nil)
        let finished = sequencer.finish(
            sent?.number ?? -1, .refused(.topicAuthorizationFailed, nil), now: Self.start)
        guard case .failed(let error) = try #require(finished).verdict else {
            Issue.record("not failed")
            return
        }
        #expect(!error.isRetriable)
        #expect(sequencer.isEmpty)
    }

    @Test func `retries end with the delivery timeout`() throws {
        var sequencer = Self.sequencer(["a"])
        let sent = Self.sendAll(&sequencer)
        let finished = sequencer.finish(sent[0].number, .refused(.notEnoughReplicas, nil), now: Self.deadline)
        guard case .failed(let error) = try #require(finished).verdict else {
            Issue.record("not failed")
            return
        }
        #expect(error.code == .deliveryTimedOut)
        #expect((error.cause as? KafkaError)?.brokerCode == .notEnoughReplicas)
    }

    @Test func `a batch under way is not given up before its answer`() {
        var sequencer = Self.sequencer(["a", "b"])
        _ = sequencer.next(now: Self.start, fresh: Self.identity)
        #expect(sequencer.nextExpiry == Self.deadline)
        let expired = sequencer.expire(now: Self.deadline)
        #expect(expired.map(\.batch) == ["b"])
        #expect(expired.first?.error.message.contains("never sent") == true)
    }
}
