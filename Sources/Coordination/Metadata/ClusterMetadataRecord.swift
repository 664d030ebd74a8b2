package import KafkaProtocol
package import NIOCore

/// A record of `__cluster_metadata`, in Kafka's own format (KIP-631).
package enum ClusterMetadataRecord: Equatable, Sendable {
    case registerBroker(RegisterBrokerRecord)
    case unregisterBroker(UnregisterBrokerRecord)
    case brokerChange(BrokerRegistrationChangeRecord)
    case topic(TopicRecord)
    case removeTopic(RemoveTopicRecord)
    case partition(PartitionRecord)
    case partitionChange(PartitionChangeRecord)
    case configuration(ConfigRecord)
    case producerIDs(ProducerIdsRecord)
    case featureLevel(FeatureLevelRecord)
    case noOperation(NoOpRecord)

    /// The value of the log's record.
    package func encoded() throws(ProtocolError) -> ByteBuffer {
        switch self {
        case .registerBroker(let record): try Self.value(record)
        case .unregisterBroker(let record): try Self.value(record)
        case .brokerChange(let record): try Self.value(record)
        case .topic(let record): try Self.value(record)
        case .removeTopic(let record): try Self.value(record)
        // Version 2 would add replicas that are eligible to lead (KIP-966), which nothing keeps yet.
        case .partition(let record): try record.recordValue(version: 1)
        case .partitionChange(let record): try record.recordValue(version: 1)
        case .configuration(let record): try Self.value(record)
        case .producerIDs(let record): try Self.value(record)
        case .featureLevel(let record): try Self.value(record)
        case .noOperation(let record): try Self.value(record)
        }
    }

    private static func value(_ record: some MetadataRecord) throws(ProtocolError) -> ByteBuffer {
        try record.recordValue(version: type(of: record).versions.upperBound)
    }

    /// Reads the value of a log's record.
    package init(_ value: ByteBuffer) throws(CoordinatorReplayError) {
        do {
            let frame = try MetadataRecordFrame(value)
            guard let record = try Self.known(frame) else {
                throw CoordinatorReplayError(
                    "metadata record type \(frame.recordType) version \(frame.version) is not known; "
                        + "a newer version of the software wrote it")
            }
            self = record
        } catch let error as CoordinatorReplayError {
            throw error
        } catch {
            throw CoordinatorReplayError("a metadata record cannot be read: \(error)")
        }
    }

    /// nil for a type or version from the future.
    private static func known(_ frame: MetadataRecordFrame) throws(ProtocolError) -> ClusterMetadataRecord? {
        switch frame.recordType {
        case RegisterBrokerRecord.recordType: try read(frame).map(registerBroker)
        case UnregisterBrokerRecord.recordType: try read(frame).map(unregisterBroker)
        case BrokerRegistrationChangeRecord.recordType: try read(frame).map(brokerChange)
        case TopicRecord.recordType: try read(frame).map(topic)
        case RemoveTopicRecord.recordType: try read(frame).map(removeTopic)
        case PartitionRecord.recordType: try read(frame).map(partition)
        case PartitionChangeRecord.recordType: try read(frame).map(partitionChange)
        case ConfigRecord.recordType: try read(frame).map(configuration)
        case ProducerIdsRecord.recordType: try read(frame).map(producerIDs)
        case FeatureLevelRecord.recordType: try read(frame).map(featureLevel)
        case NoOpRecord.recordType: try read(frame).map(noOperation)
        default: nil
        }
    }

    private static func read<Body: MetadataRecord>(_ frame: MetadataRecordFrame) throws(ProtocolError) -> Body? {
        guard Body.versions.contains(frame.version) else { return nil }
        return try Body.decode(frame.body, version: frame.version)
    }
}
