import KafkaProtocol
import NIOCore
import Testing

@Suite struct EndTransactionMarkerTests {
    private static let control = GoldenRecords.current.filter { $0.name.hasPrefix("control-") }

    @Test(arguments: control)
    func `control records say what other implementations read`(golden: GoldenRecords) throws {
        let line = try #require(golden.batches.first?.records?.first)
        let record = try #require(try RecordBatchView(golden.bytes).allRecords().first)
        let names: [ControlRecordType: String] = [
            .abort: "ABORT", .commit: "COMMIT", .leaderChange: "LEADER_CHANGE", .snapshotHeader: "SNAPSHOT_HEADER",
            .snapshotFooter: "SNAPSHOT_FOOTER", .kraftVersion: "KRAFT_VERSION", .kraftVoters: "KRAFT_VOTERS",
        ]
        let type = try #require(ControlRecordType(key: record.key))
        #expect(names[type] == line.controlType)
        #expect(type.key == record.key)
        let marker = try EndTransactionMarker(record)
        #expect(marker?.coordinatorEpoch == line.coordinatorEpoch)
        #expect(
            marker.map { $0.isCommit ? "COMMIT" : "ABORT" } == (line.coordinatorEpoch == nil ? nil : line.controlType))
    }

    @Test(arguments: control.filter { $0.name == "control-commit" || $0.name == "control-abort" })
    func `markers are written to the bytes of other implementations`(golden: GoldenRecords) throws {
        let expected = try RecordBatchView(golden.bytes)
        let record = try #require(try expected.allRecords().first)
        let marker = try #require(try EndTransactionMarker(record))
        var batch = try marker.batch(
            producerID: expected.header.producerID, producerEpoch: expected.header.producerEpoch,
            timestamp: expected.header.baseTimestamp)
        try batch.setRecordBatch(
            baseOffset: expected.header.baseOffset, leaderEpoch: expected.header.partitionLeaderEpoch, at: 0)
        #expect(batch == expected.bytes)
    }

    @Test func `keys and values that are cut are no markers`() throws {
        #expect(ControlRecordType(key: nil) == nil)
        #expect(ControlRecordType(key: ByteBuffer(bytes: [0, 0, 0])) == nil)
        #expect(ControlRecordType(key: ByteBuffer(bytes: [0, 0, 0, 99])) == nil)
        #expect(ControlRecordType(key: ByteBuffer(bytes: [0xff, 0xff, 0, 1])) == nil)
        let cut = Record(
            offset: 0, timestamp: 0, key: ControlRecordType.commit.key, value: ByteBuffer(bytes: [0, 0, 0, 0, 0]))
        #expect(throws: RecordBatchError.badControlBatch) { try EndTransactionMarker(cut) }
    }
}
