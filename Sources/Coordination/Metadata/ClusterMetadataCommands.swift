package import KafkaProtocol

/// A topic to create.
package struct NewTopic: Hashable, Sendable {
    package struct Value: Hashable, Sendable {
        package let name: String
        package let value: String?

        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// The replicas of one partition, chosen by the client.
    package struct Assignment: Hashable, Sendable {
        package let partition: PartitionIndex
        package let replicas: [BrokerID]

        package init(partition: PartitionIndex, replicas: [BrokerID]) {
            self.partition = partition
            self.replicas = replicas
        }
    }

    package var name: String
    /// For a topic that comes from another cluster and keeps its id; nil for a new one.
    package var id: TopicID?
    /// -1: the broker's default.
    package var partitionCount: Int32
    /// -1: the broker's default.
    package var replicationFactor: Int16
    /// Empty: the controller chooses. Otherwise count and factor must be -1.
    package var assignments: [Assignment]
    package var configuration: [Value]

    package init(
        name: String, id: TopicID? = nil, partitionCount: Int32 = -1, replicationFactor: Int16 = -1,
        assignments: [Assignment] = [], configuration: [Value] = []
    ) {
        self.name = name
        self.id = id
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.assignments = assignments
        self.configuration = configuration
    }
}

/// What a topic gets when the client says -1.
package struct TopicDefaults: Hashable, Sendable {
    package var partitionCount: Int32
    package var replicationFactor: Int16

    package init(partitionCount: Int32 = 1, replicationFactor: Int16 = 1) {
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
    }
}

/// A topic as it was, or would be, created.
package struct CreatedTopic: Hashable, Sendable {
    package let name: String
    /// Zero if the request only asked whether it would be possible.
    package let id: TopicID
    package let partitionCount: Int32
    package let replicationFactor: Int16
    /// The values that the topic has itself.
    package let configuration: [String: String]
}

/// A topic by name or by id.
package enum TopicReference: Hashable, Sendable {
    case name(String)
    case id(TopicID)
}

/// A topic that no longer exists.
package struct DeletedTopic: Hashable, Sendable {
    package let name: String
    package let id: TopicID
    package let partitionCount: Int
}

/// More partitions for a topic.
package struct PartitionIncrease: Hashable, Sendable {
    package var topic: String
    /// How many there shall be in all.
    package var count: Int32
    /// The replicas of the new ones; nil lets the controller choose.
    package var assignments: [[BrokerID]]?

    package init(topic: String, count: Int32, assignments: [[BrokerID]]? = nil) {
        self.topic = topic
        self.count = count
        self.assignments = assignments
    }
}

/// New values for one resource.
package struct ConfigurationAlteration: Hashable, Sendable {
    package enum Values: Hashable, Sendable {
        /// AlterConfigs: these values and no others.
        case all([NewTopic.Value])
        /// IncrementalAlterConfigs.
        case changes([ConfigurationChange])
    }

    package let resource: ConfigurationResource
    package let values: Values

    package init(_ resource: ConfigurationResource, _ values: Values) {
        self.resource = resource
        self.values = values
    }
}

/// A broker that begins its work.
package struct BrokerRegistration: Hashable, Sendable {
    package var id: BrokerID
    package var incarnationID: KafkaUUID
    package var endpoints: [BrokerImage.Endpoint]
    package var rack: String?
    package var directories: [KafkaUUID]

    package init(
        id: BrokerID, incarnationID: KafkaUUID, endpoints: [BrokerImage.Endpoint], rack: String? = nil,
        directories: [KafkaUUID] = []
    ) {
        self.id = id
        self.incarnationID = incarnationID
        self.endpoints = endpoints
        self.rack = rack
        self.directories = directories
    }
}

/// Producer ids that one broker may hand out.
package struct ProducerIDBlock: Hashable, Sendable {
    package static let length: Int64 = 1000
    package let first: ProducerID
    package let count: Int64

    /// The first id behind the block.
    package var end: ProducerID { ProducerID(first.rawValue + count) }
}

/// Bounds on what one cluster may hold; every one is said in the error that it causes.
package struct ClusterMetadataLimits: Hashable, Sendable {
    /// Partitions of all topics together.
    package var partitions: Int
    /// Partitions that one request may create: its records go into one batch.
    package var partitionsPerRequest: Int

    package init(partitions: Int = 100_000, partitionsPerRequest: Int = 10_000) {
        self.partitions = partitions
        self.partitionsPerRequest = partitionsPerRequest
    }
}
