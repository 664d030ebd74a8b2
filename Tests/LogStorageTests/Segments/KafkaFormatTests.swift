import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// The files as Apache Kafka's tools expect them, byte by byte. The bytes below do not come from this code: the batch is
/// the Java client's, the others were put together by hand and by a program of their own from Kafka's description of
/// them.
@Suite struct KafkaFormatTests {
    /// One record, `k` and `v`, at 1700000000123, as the Java client sends it.
    private static let sent =
        "00000000000000000000003affffffff02423288da0000000000000000018bcfe5687b0000018bcfe5687bffffffffffffffffffffffff"
        + "ffff0000000110000000026b027600"

    private static func bytes(_ hex: some StringProtocol) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }

    private static func hex(_ bytes: [UInt8]?) -> String {
        (bytes ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func `a segment, its indexes and the checkpoint have Kafka's bytes`() throws {
        var test = try TestLog()
        test.configuration.indexIntervalBytes = 100
        let log = try test.open(epoch: 4)
        for _ in 0..<5 { try log.append(ByteBuffer(bytes: Self.bytes(Self.sent))) }
        try log.close()
        // Base offset and leader epoch are the broker's; all else is as it was sent.
        let stored = (0..<5).map { "000000000000000\($0)0000003a00000004" + Self.sent.dropFirst(32) }.joined()
        #expect(Self.hex(test.bytes(.log)) == stored)
        // Relative offset and position of the first batches that begin more than 100 bytes behind the last entry's.
        #expect(Self.hex(test.bytes(.index)) == "000000020000008c" + "0000000400000118")
        // All have the same time: one entry, of the first that has it.
        #expect(Self.hex(test.bytes(.timeindex)) == "0000018bcfe5687b" + "00000000")
        let checkpoint = test.disk.contents(ofFileAt: "\(TestLog.directory)/leader-epoch-checkpoint")
        #expect(String(decoding: checkpoint ?? [], as: UTF8.self) == "0\n1\n4 0\n")
    }

    @Test func `files are named by the first offset with twenty digits`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 150
        let log = try test.open()
        for _ in 0..<5 { try log.append(ByteBuffer(bytes: Self.bytes(Self.sent))) }
        try log.close()
        let names = test.disk.paths.compactMap { FilePath($0).lastComponent?.string }
        #expect(
            names == [
                "00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.timeindex",
                "00000000000000000002.index", "00000000000000000002.log", "00000000000000000002.snapshot",
                "00000000000000000002.timeindex", "00000000000000000004.index", "00000000000000000004.log",
                "00000000000000000004.snapshot", "00000000000000000004.timeindex", "00000000000000000005.snapshot",
                "leader-epoch-checkpoint",
            ])
        #expect(SegmentFile.log.name(Offset(Int64.max)) == "09223372036854775807.log")
    }

    @Test func `a transaction index has entries of 34 bytes, a snapshot those of 46 and our own behind them`() throws {
        let test = try TestLog()
        let log = try test.open()
        for sequence: SequenceNumber in [0, 2] {
            let producer = TestLog.Producer(id: 5, sequence: sequence)
            try log.append(try TestLog.batch(count: 2, producer: producer, isTransactional: true))
        }
        try log.append(
            try TestLog.marker(.init(id: 5), isCommit: false, coordinatorEpoch: 3), origin: .coordinator)
        try log.close()
        #expect(
            Self.hex(test.bytes(.txnindex))
                == "0000" + "0000000000000005" + "0000000000000000" + "0000000000000004" + "0000000000000005")
        #expect(
            Self.hex(test.bytes(.snapshot, 5))
                == "0001" + "e25fb2e8" + "00000001"
                + "0000000000000005000000000003000000000000000300000001" + "0000018bcfe56800" + "00000003"
                + "ffffffffffffffff"
                + "0001" + "00000001" + "0000000000000005" + "00000001" + "0000000000000001" + "00000001"
                + "0000018bcfe56801")
    }
}
