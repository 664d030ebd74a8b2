/// EndTxnMarker.
package struct EndTxnMarker: KafkaMessage {
    package static let messageName = "EndTxnMarker"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil

    package var coordinatorEpoch: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("CoordinatorEpoch", &coordinatorEpoch, 0...)
    }
}

/// LeaderChangeMessage.
package struct LeaderChangeMessage: KafkaMessage {
    package static let messageName = "LeaderChangeMessage"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0

    package var version: Int16 = 0
    package var leaderID: BrokerID = 0
    package var voters: [Voter] = []
    package var grantingVoters: [Voter] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Version", &version, 0...)
        try coder.field("LeaderId", &leaderID, 0...)
        try coder.field("Voters", &voters, 0...)
        try coder.field("GrantingVoters", &grantingVoters, 0...)
    }
}

extension LeaderChangeMessage {
    package struct Voter: WireStructure {
        package var voterID: Int32 = 0
        package var voterDirectoryID = KafkaUUID.zero

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("VoterId", &voterID, 0...)
            try coder.field("VoterDirectoryId", &voterDirectoryID, 1...)
        }
    }
}

/// SnapshotHeaderRecord.
package struct SnapshotHeaderRecord: KafkaMessage {
    package static let messageName = "SnapshotHeaderRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var version: Int16 = 0
    package var lastContainedLogTimestamp: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Version", &version, 0...)
        try coder.field("LastContainedLogTimestamp", &lastContainedLogTimestamp, 0...)
    }
}

/// SnapshotFooterRecord.
package struct SnapshotFooterRecord: KafkaMessage {
    package static let messageName = "SnapshotFooterRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var version: Int16 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Version", &version, 0...)
    }
}

/// KRaftVersionRecord.
package struct KRaftVersionRecord: KafkaMessage {
    package static let messageName = "KRaftVersionRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var version: Int16 = 0
    package var kRaftVersion: Int16 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Version", &version, 0...)
        try coder.field("KRaftVersion", &kRaftVersion, 0...)
    }
}

/// VotersRecord.
package struct VotersRecord: KafkaMessage {
    package static let messageName = "VotersRecord"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var version: Int16 = 0
    package var voters: [Voter] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Version", &version, 0...)
        try coder.field("Voters", &voters, 0...)
    }
}

extension VotersRecord {
    package struct Voter: WireStructure {
        package var voterID: BrokerID = 0
        package var voterDirectoryID = KafkaUUID.zero
        package var endpoints: [Endpoint] = []
        package var kRaftVersionFeature = KRaftVersionFeature()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("VoterId", &voterID, 0...)
            try coder.field("VoterDirectoryId", &voterDirectoryID, 0...)
            try coder.field("Endpoints", &endpoints, 0...)
            try coder.field("KRaftVersionFeature", &kRaftVersionFeature, 0...)
        }
    }

    package struct Endpoint: WireStructure {
        package var name = ""
        package var host = ""
        package var port: UInt16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
        }
    }

    package struct KRaftVersionFeature: WireStructure {
        package var minSupportedVersion: Int16 = 0
        package var maxSupportedVersion: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MinSupportedVersion", &minSupportedVersion, 0...)
            try coder.field("MaxSupportedVersion", &maxSupportedVersion, 0...)
        }
    }
}
