import KafkaProtocol
import SystemPackage
import Testing

@testable import Broker

@Suite struct BrokerConfigurationTests {
    private func configuration(_ text: String) throws(ConfigurationFileError) -> BrokerConfiguration {
        try BrokerConfiguration(StaticConfiguration.parse(text, file: "f"))
    }

    @Test func `an empty file gives a broker that can start`() throws {
        let broker = try configuration("")
        #expect(broker.nodeID == 1)
        #expect(broker.logDirectories == ["./data"] && broker.metadataDirectory == "./data")
        #expect(broker.listeners.map(\.bind.description) == ["PLAINTEXT://:9092"])
        #expect(broker.eventLoopCount == 3)
        #expect(broker.maximumConnections == Int(Int32.max))
        #expect(broker.idleConnectionTimeout == .seconds(600))
        #expect(broker.sendBufferBytes == 102_400)
        #expect(broker.maximumRequestBytes == 104_857_600)
        #expect(broker.maximumQueuedRequestBytes == nil)
        #expect(broker.defaultPartitionCount == 1 && broker.defaultReplicationFactor == 1)
        #expect(broker.createsTopicsOnDemand && broker.allowsTopicDeletion)
        #expect(broker.producerIDExpiration == .seconds(86_400))
        #expect(broker.fixed.isEmpty && broker.warnings.isEmpty)
    }

    @Test func `every typed value follows its key`() throws {
        let broker = try configuration(
            """
            broker.rack=r1
            num.network.threads=2
            max.connections=10
            max.connections.per.ip=4
            max.connections.per.ip.overrides=localhost:9
            connections.max.idle.ms=1500
            socket.listen.backlog.size=7
            socket.send.buffer.bytes=-1
            socket.receive.buffer.bytes=4096
            socket.request.max.bytes=1000
            queued.max.request.bytes=5000
            fetch.max.bytes=2048
            max.incremental.fetch.session.cache.slots=3
            max.request.partition.size.limit=11
            num.partitions=6
            default.replication.factor=2
            auto.create.topics.enable=false
            delete.topic.enable=FALSE
            num.recovery.threads.per.data.dir=5
            producer.id.expiration.ms=1000
            log.flush.offset.checkpoint.interval.ms=250
            """)
        #expect(broker.rack == "r1" && broker.eventLoopCount == 2)
        #expect(broker.maximumConnections == 10 && broker.maximumConnectionsPerAddress == 4)
        #expect(broker.maximumConnectionsByAddress == ["localhost": 9])
        #expect(broker.idleConnectionTimeout == .milliseconds(1500) && broker.listenBacklog == 7)
        #expect(broker.sendBufferBytes == nil && broker.receiveBufferBytes == 4096)
        #expect(broker.maximumRequestBytes == 1000 && broker.maximumQueuedRequestBytes == 5000)
        #expect(broker.maximumFetchBytes == 2048 && broker.fetchSessionSlots == 3)
        #expect(broker.maximumDescribedPartitions == 11)
        #expect(broker.defaultPartitionCount == 6 && broker.defaultReplicationFactor == 2)
        #expect(!broker.createsTopicsOnDemand && !broker.allowsTopicDeletion)
        #expect(broker.recoveryThreadCount == 5 && broker.producerIDExpiration == .seconds(1))
        #expect(broker.recoveryPointCheckpointInterval == .milliseconds(250))
        #expect(broker.fixed["delete.topic.enable"] == "false" && broker.fixed.count == 21)
    }

    @Test func `node id and its older name are one`() throws {
        #expect(try configuration("broker.id=5").nodeID == 5)
        #expect(try configuration("broker.id=5").fixed == ["broker.id": "5", "node.id": "5"])
        #expect(try configuration("node.id=6\nbroker.id=6").nodeID == 6)
        #expect(try configuration("node.id=6\nbroker.id=-1").nodeID == 6)
        #expect(throws: ConfigurationFileError.self) { try configuration("node.id=6\nbroker.id=5") }
    }

    @Test func `log directories are taken in their order, and the metadata lies in the first or where it is told to`()
        throws
    {
        #expect(try configuration("log.dir=/a").logDirectories == ["/a"])
        #expect(try configuration("log.dir=/a\nlog.dirs=/b").logDirectories == ["/b"])
        let several = try configuration("log.dirs=/b, /a,/c/")
        #expect(several.logDirectories == ["/b", "/a", "/c"] && several.metadataDirectory == "/b")
        #expect(try configuration("log.dirs=/b,./a\nmetadata.log.dir=a").metadataDirectory == "./a")
        #expect(try configuration("log.dirs=/b,/a\nmetadata.log.dir=/m").metadataDirectory == "/m")
        for (text, fault) in [
            ("log.dirs=/a,/b,/a/", "log.dirs names a directory twice"),
            ("log.dirs=/a,,/b", "log.dirs must name at least one directory, and none without a name"),
        ] {
            let error = #expect(throws: ConfigurationFileError.self) { try configuration(text) }
            #expect(error?.description == "f:1: \(fault)")
        }
    }

    @Test(arguments: [
        ("listeners=SSL://:9093", "listener.security.protocol.map gives SSL SSL, but only PLAINTEXT is available yet"),
        (
            "listeners=IN://:1",
            "listener.security.protocol.map names no protocol for IN; add IN:PLAINTEXT"
        ),
        (
            "listeners=A://:1\nlistener.security.protocol.map=A:SASL_SSL",
            "f:2: listener.security.protocol.map gives A SASL_SSL, but only PLAINTEXT is available yet"
        ),
        (
            "\nlistener.security.protocol.map=PLAINTEXT",
            "f:2: listener.security.protocol.map 'PLAINTEXT' is not NAME:PROTOCOL"
        ),
        (
            "advertised.listeners=PLAINTEXT://0.0.0.0:9092",
            "f:1: advertised.listeners must name a host that clients can reach, not PLAINTEXT://0.0.0.0:9092"
        ),
        (
            "advertised.listeners=OTHER://host:1",
            "f:1: advertised.listeners names OTHER, which is not in listeners"
        ),
        (
            "listeners=nonsense",
            "f:1: Invalid value nonsense for configuration listeners: "
                + "the value must be a list of NAME://HOST:PORT with a port from 0 to 65535"
        ),
        (
            "controller.listener.names=PLAINTEXT",
            "listeners names nothing but listeners of the controller"
        ),
    ])
    func `listeners that cannot be served stop the start, with the line`(text: String, message: String) {
        let error = #expect(throws: ConfigurationFileError.self) { try configuration(text) }
        #expect(error?.description == message)
    }

    @Test func `a file of a Kafka node that is broker and controller starts, without the controller's listener`() throws
    {
        let broker = try configuration(
            """
            process.roles=broker,controller
            node.id=3
            controller.quorum.voters=3@localhost:9093
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://:9092,CONTROLLER://:9093
            inter.broker.listener.name=PLAINTEXT
            advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL
            log.dirs=/tmp/kraft-combined-logs
            """)
        #expect(broker.nodeID == 3)
        #expect(broker.listeners.map(\.name) == ["PLAINTEXT"])
        #expect(broker.listeners[0].advertised == .address(host: "localhost", port: 9092))
        #expect(broker.warnings.contains { $0.hasPrefix("listener CONTROLLER://:9093 is not opened") })
    }
}
