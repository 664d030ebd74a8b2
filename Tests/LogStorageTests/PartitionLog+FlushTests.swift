import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

struct PartitionLogFlushTests {
    @Test func `a sealed segment is flushed also where flushing is left to the system`() throws {
        let batch = try TestLog.batch(count: 2)
        var test = try TestLog()
        test.configuration.flushMessages = .max
        test.configuration.segmentBytes = batch.readableBytes
        let log = try test.open()
        try log.append(batch)
        #expect(!log.needsFlush)
        try log.append(batch)
        // The first segment ended at offset 2 and is nowhere but in memory.
        #expect(log.recoveryPoint == 0)
        #expect(log.needsFlush)
        try log.flush()
        // The second one may end at offset 4 at any moment, and then its indexes are nowhere.
        #expect(log.recoveryPoint == 3)
        #expect(!log.needsFlush)
    }
}
