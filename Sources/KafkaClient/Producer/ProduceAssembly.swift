import KafkaProtocol

/// Puts batches into a request and finds their answers.
enum ProduceAssembly {
    /// - Returns: the request, and the topics' names by their ids; nil where a topic's id is not known, so that the
    /// request must go
    ///   by names.
    static func request(
        _ passengers: [ProducerSender.Passenger], metadata: ClusterMetadata, _ configuration: ProducerConfiguration
    ) -> (request: ProduceRequest, namesByID: [TopicID: String]?) {
        var namesByID: [TopicID: String]? = [:]
        let request = ProduceRequest.with {
            $0.acks = configuration.acknowledgement.rawValue
            $0.timeoutMs = configuration.client.requestTimeout.wireMilliseconds
            $0.topicData = Dictionary(grouping: passengers, by: \.lane.partition.topic).map { name, passengers in
                let id = metadata.topics[name]?.id ?? .zero
                if id == .zero { namesByID = nil } else { namesByID?[id] = name }
                return .with {
                    $0.name = name
                    $0.topicID = id
                    $0.partitionData = passengers.map { passenger in
                        .with {
                            $0.index = passenger.lane.partition.partition
                            $0.records = .bytes(passenger.bytes)
                        }
                    }
                }
            }
        }
        return (request, namesByID)
    }

    static func answers(
        _ response: ProduceResponse, _ namesByID: [TopicID: String]
    ) -> [TopicPartition: PartitionSequencer<SendBatch>.Outcome] {
        var answers: [TopicPartition: PartitionSequencer<SendBatch>.Outcome] = [:]
        for topic in response.responses {
            let name = topic.name.isEmpty ? namesByID[topic.topicID] ?? "" : topic.name
            for answer in topic.partitionResponses {
                answers[TopicPartition(topic: name, partition: answer.index)] = outcome(answer)
            }
        }
        return answers
    }

    private static func outcome(
        _ answer: ProduceResponse.PartitionProduceResponse
    ) -> PartitionSequencer<SendBatch>.Outcome {
        guard answer.errorCode != .none else {
            return .acknowledged(baseOffset: answer.baseOffset, logAppendTime: Timestamp(answer.logAppendTimeMs))
        }
        var detail = answer.errorMessage ?? ""
        for error in answer.recordErrors.prefix(3) {
            detail += " [record \(error.batchIndex): \(error.batchIndexErrorMessage ?? "")]"
        }
        return .refused(answer.errorCode, detail)
    }
}
