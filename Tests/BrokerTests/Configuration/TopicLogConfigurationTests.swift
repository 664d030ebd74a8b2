import KafkaProtocol
import LogStorage
import Testing

@testable import Broker

@Suite struct TopicLogConfigurationTests {
    @Test func `defaults are the log's own defaults`() {
        #expect(ConfigurationResolver(fixed: [:]).logConfiguration([:]) == LogConfiguration())
    }

    @Test func `every value of a topic reaches its logs`() {
        let configuration = ConfigurationResolver(fixed: ["producer.id.expiration.ms": "1000"]).logConfiguration([
            "segment.bytes": "2097152", "segment.ms": "1000", "segment.jitter.ms": "10", "index.interval.bytes": "99",
            "segment.index.bytes": "4096", "preallocate": "true", "file.delete.delay.ms": "5",
            "max.message.bytes": "777", "message.timestamp.type": "LogAppendTime",
            "message.timestamp.before.max.ms": "60", "message.timestamp.after.max.ms": "70", "compression.type": "zstd",
            "flush.messages": "10000", "flush.ms": "2000", "cleanup.policy": "compact,delete", "retention.ms": "-1",
            "retention.bytes": "123456", "delete.retention.ms": "11", "min.compaction.lag.ms": "12",
            "max.compaction.lag.ms": "13", "min.cleanable.dirty.ratio": "0.25",
        ])
        var expected = LogConfiguration()
        expected.segmentBytes = 2_097_152
        expected.segmentAge = .seconds(1)
        expected.segmentJitter = .milliseconds(10)
        expected.indexIntervalBytes = 99
        expected.maxIndexBytes = 4096
        expected.preallocate = true
        expected.fileDeleteDelay = .milliseconds(5)
        expected.maxMessageBytes = 777
        expected.timestampType = .logAppendTime
        expected.messageTimestampBeforeMax = .milliseconds(60)
        expected.messageTimestampAfterMax = .milliseconds(70)
        expected.compressionType = .zstd
        expected.compressionLevel = 3
        expected.producerIDExpiration = .seconds(1)
        expected.flushMessages = 10_000
        expected.flushInterval = .seconds(2)
        expected.cleanupPolicy = [.compact, .delete]
        expected.retentionTime = nil
        expected.retentionBytes = 123_456
        expected.deleteRetention = .milliseconds(11)
        expected.minCompactionLag = .milliseconds(12)
        expected.maxCompactionLag = .milliseconds(13)
        expected.minCleanableDirtyRatio = 0.25
        #expect(configuration == expected)
    }

    @Test func `values of the broker reach topics without their own`() {
        let resolver = ConfigurationResolver(
            fixed: ["log.roll.hours": "1", "message.max.bytes": "500", "min.insync.replicas": "2"],
            dynamicDefault: ["log.flush.interval.ms": "30"])
        let configuration = resolver.logConfiguration([:])
        #expect(configuration.segmentAge == .seconds(3600) && configuration.maxMessageBytes == 500)
        #expect(configuration.flushInterval == .milliseconds(30))
        #expect(resolver.minimumInSyncReplicas([:]) == 2)
        #expect(resolver.minimumInSyncReplicas(["min.insync.replicas": "1"]) == 1)
    }

    @Test func `an empty cleanup policy keeps everything`() {
        let configuration = ConfigurationResolver(fixed: [:]).logConfiguration(["cleanup.policy": ""])
        #expect(configuration.cleanupPolicy == [])
    }

    @Test func `internal topics are flushed whatever the defaults for topics say`() {
        let resolver = ConfigurationResolver(
            fixed: ["log.flush.interval.messages": "1000", "log.message.timestamp.type": "LogAppendTime"])
        #expect(!resolver.logConfiguration([:]).commitsOnFlush)
        let configuration = resolver.internalLogConfiguration(["flush.messages": "5"])
        #expect(configuration.commitsOnFlush && configuration.timestampType == .createTime)
        #expect(configuration.messageTimestampAfterMax == nil)
    }
}
