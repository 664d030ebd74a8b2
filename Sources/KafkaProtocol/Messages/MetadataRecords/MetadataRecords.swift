/// RegisterBrokerRecord, record type 0 of the cluster metadata log.
package struct RegisterBrokerRecord: MetadataRecord {
    package static let messageName = "RegisterBrokerRecord"
    package static let versions: ClosedRange<Int16> = 0...3
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 0

    package var brokerID: BrokerID = 0
    package var isMigratingZkBroker = false
    package var incarnationID = KafkaUUID.zero
    package var brokerEpoch: Int64 = 0
    package var endPoints: [BrokerEndpoint] = []
    package var features: [BrokerFeature] = []
    package var rack: String? = ""
    package var fenced = true
    package var inControlledShutdown = false
    package var logDirs: [KafkaUUID] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("BrokerId", &brokerID, 0...)
        try coder.field("IsMigratingZkBroker", &isMigratingZkBroker, 2...)
        try coder.field("IncarnationId", &incarnationID, 0...)
        try coder.field("BrokerEpoch", &brokerEpoch, 0...)
        try coder.field("EndPoints", &endPoints, 0...)
        try coder.field("Features", &features, 0...)
        try coder.field("Rack", &rack, 0..., nullable: 0..., default: "")
        try coder.field("Fenced", &fenced, 0..., default: true)
        try coder.field("InControlledShutdown", &inControlledShutdown, 1...)
        try coder.field("LogDirs", &logDirs, 3..., tag: 0)
    }
}

extension RegisterBrokerRecord {
    package struct BrokerEndpoint: WireStructure {
        package var name = ""
        package var host = ""
        package var port: UInt16 = 0
        package var securityProtocol: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
            try coder.field("SecurityProtocol", &securityProtocol, 0...)
        }
    }

    package struct BrokerFeature: WireStructure {
        package var name = ""
        package var minSupportedVersion: Int16 = 0
        package var maxSupportedVersion: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("MinSupportedVersion", &minSupportedVersion, 0...)
            try coder.field("MaxSupportedVersion", &maxSupportedVersion, 0...)
        }
    }
}

/// UnregisterBrokerRecord, record type 1 of the cluster metadata log.
package struct UnregisterBrokerRecord: MetadataRecord {
    package static let messageName = "UnregisterBrokerRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 1

    package var brokerID: BrokerID = 0
    package var brokerEpoch: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("BrokerId", &brokerID, 0...)
        try coder.field("BrokerEpoch", &brokerEpoch, 0...)
    }
}

/// TopicRecord, record type 2 of the cluster metadata log.
package struct TopicRecord: MetadataRecord {
    package static let messageName = "TopicRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 2

    package var name = ""
    package var topicID = TopicID.zero

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Name", &name, 0...)
        try coder.field("TopicId", &topicID, 0...)
    }
}

/// PartitionRecord, record type 3 of the cluster metadata log.
package struct PartitionRecord: MetadataRecord {
    package static let messageName = "PartitionRecord"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 3

    package var partitionID: Int32 = -1
    package var topicID = TopicID.zero
    package var replicas: [BrokerID] = []
    package var inSyncReplicas: [BrokerID] = []
    package var removingReplicas: [BrokerID] = []
    package var addingReplicas: [BrokerID] = []
    package var leader: BrokerID = -1
    package var leaderRecoveryState: Int8 = 0
    package var leaderEpoch: LeaderEpoch = -1
    package var partitionEpoch: Int32 = -1
    package var directories: [KafkaUUID] = []
    package var eligibleLeaderReplicas: [BrokerID]?
    package var lastKnownEligibleLeaderReplicas: [BrokerID]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("PartitionId", &partitionID, 0..., default: -1)
        try coder.field("TopicId", &topicID, 0...)
        try coder.field("Replicas", &replicas, 0...)
        try coder.field("Isr", &inSyncReplicas, 0...)
        try coder.field("RemovingReplicas", &removingReplicas, 0...)
        try coder.field("AddingReplicas", &addingReplicas, 0...)
        try coder.field("Leader", &leader, 0..., default: -1)
        try coder.field("LeaderEpoch", &leaderEpoch, 0..., default: -1)
        try coder.field("PartitionEpoch", &partitionEpoch, 0..., default: -1)
        try coder.field("Directories", &directories, 1...)
        try coder.field("LeaderRecoveryState", &leaderRecoveryState, 0..., tag: 0)
        try coder.field("EligibleLeaderReplicas", &eligibleLeaderReplicas, 2..., tag: 1, nullable: 2...)
        try coder.field("LastKnownElr", &lastKnownEligibleLeaderReplicas, 2..., tag: 2, nullable: 2...)
    }
}

/// ConfigRecord, record type 4 of the cluster metadata log.
package struct ConfigRecord: MetadataRecord {
    package static let messageName = "ConfigRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 4

    package var resourceType: Int8 = 0
    package var resourceName = ""
    package var name = ""
    package var value: String? = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ResourceType", &resourceType, 0...)
        try coder.field("ResourceName", &resourceName, 0...)
        try coder.field("Name", &name, 0...)
        try coder.field("Value", &value, 0..., nullable: 0..., default: "")
    }
}

/// PartitionChangeRecord, record type 5 of the cluster metadata log.
package struct PartitionChangeRecord: MetadataRecord {
    package static let messageName = "PartitionChangeRecord"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 5

    package var partitionID: Int32 = -1
    package var topicID = TopicID.zero
    package var inSyncReplicas: [BrokerID]?
    package var leader: BrokerID = -2
    package var replicas: [BrokerID]?
    package var removingReplicas: [BrokerID]?
    package var addingReplicas: [BrokerID]?
    package var leaderRecoveryState: Int8 = -1
    package var directories: [KafkaUUID]?
    package var eligibleLeaderReplicas: [BrokerID]?
    package var lastKnownEligibleLeaderReplicas: [BrokerID]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("PartitionId", &partitionID, 0..., default: -1)
        try coder.field("TopicId", &topicID, 0...)
        try coder.field("Isr", &inSyncReplicas, 0..., tag: 0, nullable: 0...)
        try coder.field("Leader", &leader, 0..., tag: 1, default: -2)
        try coder.field("Replicas", &replicas, 0..., tag: 2, nullable: 0...)
        try coder.field("RemovingReplicas", &removingReplicas, 0..., tag: 3, nullable: 0...)
        try coder.field("AddingReplicas", &addingReplicas, 0..., tag: 4, nullable: 0...)
        try coder.field("LeaderRecoveryState", &leaderRecoveryState, 0..., tag: 5, default: -1)
        try coder.field("EligibleLeaderReplicas", &eligibleLeaderReplicas, 2..., tag: 6, nullable: 2...)
        try coder.field("LastKnownElr", &lastKnownEligibleLeaderReplicas, 2..., tag: 7, nullable: 2...)
        try coder.field("Directories", &directories, 1..., tag: 8, nullable: 1...)
    }
}

/// RemoveTopicRecord, record type 9 of the cluster metadata log.
package struct RemoveTopicRecord: MetadataRecord {
    package static let messageName = "RemoveTopicRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 9

    package var topicID = TopicID.zero

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TopicId", &topicID, 0...)
    }
}

/// FeatureLevelRecord, record type 12 of the cluster metadata log.
package struct FeatureLevelRecord: MetadataRecord {
    package static let messageName = "FeatureLevelRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 12

    package var name = ""
    package var featureLevel: Int16 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Name", &name, 0...)
        try coder.field("FeatureLevel", &featureLevel, 0...)
    }
}

/// ProducerIdsRecord, record type 15 of the cluster metadata log.
package struct ProducerIdsRecord: MetadataRecord {
    package static let messageName = "ProducerIdsRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 15

    package var brokerID: BrokerID = 0
    package var brokerEpoch: Int64 = -1
    package var nextProducerID: ProducerID = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("BrokerId", &brokerID, 0...)
        try coder.field("BrokerEpoch", &brokerEpoch, 0..., default: -1)
        try coder.field("NextProducerId", &nextProducerID, 0...)
    }
}

/// BrokerRegistrationChangeRecord, record type 17 of the cluster metadata log.
package struct BrokerRegistrationChangeRecord: MetadataRecord {
    package static let messageName = "BrokerRegistrationChangeRecord"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 17

    package var brokerID: BrokerID = 0
    package var brokerEpoch: Int64 = 0
    package var fenced: Int8 = 0
    package var inControlledShutdown: Int8 = 0
    package var logDirs: [KafkaUUID] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("BrokerId", &brokerID, 0...)
        try coder.field("BrokerEpoch", &brokerEpoch, 0...)
        try coder.field("Fenced", &fenced, 0..., tag: 0)
        try coder.field("InControlledShutdown", &inControlledShutdown, 1..., tag: 1)
        try coder.field("LogDirs", &logDirs, 2..., tag: 2)
    }
}

/// NoOpRecord, record type 20 of the cluster metadata log.
package struct NoOpRecord: MetadataRecord {
    package static let messageName = "NoOpRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 20

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {}
}

/// BeginTransactionRecord, record type 23 of the cluster metadata log.
package struct BeginTransactionRecord: MetadataRecord {
    package static let messageName = "BeginTransactionRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 23

    package var name: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Name", &name, 0..., tag: 0, nullable: 0...)
    }
}

/// EndTransactionRecord, record type 24 of the cluster metadata log.
package struct EndTransactionRecord: MetadataRecord {
    package static let messageName = "EndTransactionRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 24

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {}
}

/// AbortTransactionRecord, record type 25 of the cluster metadata log.
package struct AbortTransactionRecord: MetadataRecord {
    package static let messageName = "AbortTransactionRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let recordType: UInt32 = 25

    package var reason: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Reason", &reason, 0..., tag: 0, nullable: 0...)
    }
}
