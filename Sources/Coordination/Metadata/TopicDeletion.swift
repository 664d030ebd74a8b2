import KafkaProtocol

extension ClusterMetadataStateMachine {
    /// Decides on the end of topics.
    /// - Parameter isAllowed: `delete.topic.enable`.
    /// - Returns: one outcome per name or id, in the order of the request.
    package func deleteTopics(
        _ topics: [TopicReference], isAllowed: Bool = true
    ) -> Decision<[CommandOutcome<TopicReference, DeletedTopic>]> {
        let (references, repeated) = topics.separatingRepetitions()
        var deleted: Set<TopicID> = []
        var records: [ClusterMetadataRecord] = []
        let outcomes = references.map { reference in
            CommandOutcome<TopicReference, DeletedTopic>(reference) { () throws(Refusal) in
                if !isAllowed {
                    throw Refusal(.topicDeletionDisabled, "Topic deletion is disabled (delete.topic.enable=false).")
                }
                if repeated.contains(reference) { throw Refusal(.invalidRequest, reference.duplicateMessage) }
                let topic = try existing(reference)
                guard deleted.insert(topic.id).inserted else {
                    throw Refusal(.invalidRequest, "The topic is named twice, by its name and by its id.")
                }
                records.append(.removeTopic(.with { $0.topicID = topic.id }))
                return DeletedTopic(name: topic.name, id: topic.id, partitionCount: topic.partitions.count)
            }
        }
        return Decision(records: records, response: outcomes)
    }

    private func existing(_ reference: TopicReference) throws(Refusal) -> TopicImage {
        switch reference {
        case .name(let name):
            guard let topic = image.topic(named: name) else {
                throw Refusal(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
            }
            return topic
        case .id(let id):
            guard let topic = image.topic(id: id) else {
                throw Refusal(.unknownTopicID, "There is no topic with the id \(id).")
            }
            return topic
        }
    }
}

extension TopicReference {
    fileprivate var duplicateMessage: String {
        switch self {
        case .name: "Duplicate topic name."
        case .id: "Duplicate topic id."
        }
    }
}
