import Coordination
import KafkaProtocol
import NIOCore

/// Creation of a topic that a coordinator keeps its state in.
struct InternalTopicCreation: Sendable {
    private typealias Decision = MetadataWriter.Decision<[CommandOutcome<String, CreatedTopic>]>

    let metadata: MetadataWriter
    let directories: LogDirectories
    let topic: NewTopic

    /// `__consumer_offsets` as the broker's configuration wants it.
    static func groupOffsets(
        _ resolver: ConfigurationResolver, metadata: MetadataWriter, directories: LogDirectories
    ) -> InternalTopicCreation {
        let topic = NewTopic(
            name: TopicName.groupOffsets, partitionCount: Int32(resolver.integer("offsets.topic.num.partitions")),
            replicationFactor: Int16(resolver.integer("offsets.topic.replication.factor")),
            configuration: [
                .init("cleanup.policy", "compact"), .init("compression.type", "producer"),
                .init("segment.bytes", "\(resolver.integer("offsets.topic.segment.bytes"))"),
            ])
        return InternalTopicCreation(metadata: metadata, directories: directories, topic: topic)
    }

    /// The code says why the topic could not be created; `none` also where it is there already.
    func create(on eventLoop: any EventLoop) -> EventLoopFuture<ErrorCode> {
        let created = metadata.submit(on: eventLoop) { [topic, directories] machine -> Decision in
            if let refusal = directories.refusalOfNewLogs {
                return .init(response: [CommandOutcome(topic.name, .failure(refusal))])
            }
            var generator = SystemRandomNumberGenerator()
            let defaults = TopicDefaults(partitionCount: 1, replicationFactor: 1)
            return machine.createTopics([topic], defaults: defaults, using: &generator)
        }
        return created.map { outcomes in
            guard let refusal = outcomes.first?.refusal, refusal.code != .topicAlreadyExists else { return .none }
            return refusal.code
        }.flatMapErrorThrowing { _ in .coordinatorNotAvailable }
    }
}
