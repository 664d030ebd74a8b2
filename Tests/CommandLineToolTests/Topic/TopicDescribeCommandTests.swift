import ArgumentParser
import BrokerTesting
import Testing

@testable import CommandLineTool
@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct TopicDescribeCommandTests {
    @Test(arguments: [
        (Int64?(1), Int64?.none, "takes nothing"), (1, 1000, "takes nothing"), (.max, .max, "operating system"),
        (nil, nil, "operating system"), (100, .max, "at most the last 100 records of a partition (flush.messages=100)"),
        (.max, 5000, "at most those of the last 5 s (flush.ms=5000)"),
        (10, 50, "the last 10 records of a partition (flush.messages=10) or those of the last 50 ms (flush.ms=50)"),
    ])
    func `the loss window follows from the flush settings`(messages: Int64?, milliseconds: Int64?, expected: String) {
        let sentence = LossWindow(flushMessages: messages, flushMilliseconds: milliseconds).sentence
        #expect(sentence.contains(expected))
    }

    @Test(arguments: [
        (BrokerID?(1), [BrokerID(1)], [BrokerID](), PartitionHealth.good), (nil, [1], [], .offline),
        (1, [], [], .underReplicated), (1, [1], [2], .underReplicated),
    ])
    func `a partition's health follows from its replicas`(
        leader: BrokerID?, inSync: [BrokerID], offline: [BrokerID], expected: PartitionHealth
    ) {
        let partition = TopicDescription.Partition(
            index: 0, leader: leader, leaderEpoch: 0, replicas: [1], inSyncReplicas: inSync, offlineReplicas: offline)
        #expect(PartitionHealth(partition) == expected)
    }

    @Test func `sizes on disk are told, and nothing where nothing is wrong`() async throws {
        try await withBroker { bootstrap in
            let admin = Admin(try ClientConfiguration(bootstrapServers: bootstrap))
            try await admin.createTopic(NewTopic(name: "t", partitionCount: 2))
            let producer = try Producer(ProducerConfiguration(bootstrapServers: bootstrap))
            try await producer.send(ProducerRecord(topic: "t", value: "x"))
            try await producer.close()
            let broker = try await admin.describeCluster().brokers[0].id
            let partition = TopicPartition(topic: "t", partition: 0)
            let directories = try await admin.describeLogDirs(of: [broker], partitions: [partition])[broker]
            #expect(directories?.flatMap(\.partitions).map(\.partition) == [partition])
            let topic = try #require(try await admin.describeTopics(["t"])["t"]?.get())
            #expect(TopicDescribeCommand.troubledPart(topic) == nil)
            for more in [[], ["--troubled"], ["--output", "json"]] {
                try await TopicDescribeCommand.parse(["t", "-b", bootstrap] + more).run()
            }
            admin.close()
        }
    }
}
