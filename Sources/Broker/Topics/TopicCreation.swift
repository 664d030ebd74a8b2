import Coordination
import KafkaProtocol
import NIOCore

/// Creation of topics that somebody has asked for without creating them (`auto.create.topics.enable`).
struct TopicCreation: Sendable {
    private typealias Decision = MetadataWriter.Decision<[CommandOutcome<String, CreatedTopic>]>

    let metadata: MetadataWriter
    let directories: LogDirectories
    let defaults: TopicDefaults
    /// A coordinator's topic is never made with the defaults of others.
    let groupOffsets: NewTopic
    /// `auto.create.topics.enable`
    let isOnDemand: Bool

    /// Creates topics with the broker's defaults. The future names those that could not be created.
    func createOnDemand(_ names: [String], on eventLoop: any EventLoop) -> EventLoopFuture<[String: ErrorCode]> {
        let created = metadata.submit(on: eventLoop) { [defaults, directories, groupOffsets] machine -> Decision in
            if let refusal = directories.refusalOfNewLogs {
                return .init(response: names.map { CommandOutcome($0, .failure(refusal)) })
            }
            var generator = SystemRandomNumberGenerator()
            return machine.createTopics(
                names.map { $0 == groupOffsets.name ? groupOffsets : NewTopic(name: $0) }, defaults: defaults,
                using: &generator)
        }
        return created.map { outcomes in
            var refusals: [String: ErrorCode] = [:]
            for outcome in outcomes {
                guard case .failure(let refusal) = outcome.result, refusal.code != .topicAlreadyExists else { continue }
                refusals[outcome.subject] = refusal.code
            }
            return refusals
        }
    }
}

extension ProducerIDs {
    /// Takes its blocks from the metadata log.
    convenience init(metadata: MetadataWriter, nodeID: BrokerID) {
        self.init { eventLoop in
            metadata.submit(on: eventLoop) { machine in
                machine.allocateProducerIDs(for: nodeID, epoch: machine.image.brokers[nodeID]?.epoch ?? -1)
            }.flatMapThrowing { try $0.get() }
        }
    }
}
