// OffsetCommit: v2-10
// Authorization: Read on Group, and Read on each Topic
// Behaviour: answered when the offsets are durable; each partition succeeds or fails on its own. Topics that do not exist
//   are refused, texts above offset.metadata.max.bytes with OFFSET_METADATA_TOO_LARGE.
// Version notes: v2-4 may ask for a retention of their own; v6 leader epochs; v7 static members; v9 consumer groups'
//   member epochs (KIP-848); v10 names topics by id.
import Coordination
import KafkaProtocol
import NIOCore

struct OffsetCommitHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 2...10
    typealias TopicResponse = OffsetCommitResponse.OffsetCommitResponseTopic
    typealias Topic = OffsetCommitRequest.OffsetCommitRequestTopic

    let groups: GroupCoordinator
    let topics: TopicTable
    let authorizer: any Authorizer

    /// Where an offset's part of the answer stands.
    private struct Slot {
        var topic: Int
        var partition: Int
    }

    func handle(_ request: OffsetCommitRequest, _ context: RequestContext) -> Handling<OffsetCommitResponse> {
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(Self.response(to: request) { _ in .groupAuthorizationFailed })
        }
        var response = OffsetCommitResponse()
        var (offsets, slots): ([OffsetToCommit], [Slot]) = ([], [])
        for topic in request.topics {
            var answered = TopicResponse.with {
                $0.name = topic.name
                $0.topicID = topic.topicID
            }
            let found = find(topic, context)
            for partition in topic.partitions {
                var code = ErrorCode.none
                switch found {
                case .failure(let error): code = error.code
                case .success(let hosted)
                where !hosted.partitions.indices.contains(Int(partition.partitionIndex.rawValue)):
                    code = .unknownTopicOrPartition
                case .success(let hosted):
                    slots.append(Slot(topic: response.topics.count, partition: answered.partitions.count))
                    offsets.append(OffsetToCommit(partition, of: hosted))
                }
                answered.partitions.append(
                    .with {
                        $0.partitionIndex = partition.partitionIndex
                        $0.errorCode = code
                    })
            }
            response.topics.append(answered)
        }
        guard !offsets.isEmpty else { return .answer(response) }
        let commit = OffsetCommitment(request, offsets, version: context.version)
        return groups.handle(request.groupID, context, .pure) { machine, now, reply in
            machine.commitOffsets(commit, at: now, reply: reply)
        } answer: { [response, slots] result in
            var answer = response
            for (index, slot) in slots.enumerated() {
                answer.topics[slot.topic].partitions[slot.partition].errorCode =
                    switch result {
                    case .success(let codes): codes[index]
                    case .failure(let refusal):
                        refusal.code == .messageTooLarge ? .invalidCommitOffsetSize : refusal.code
                    }
            }
            return answer
        }
    }

    private func find(_ topic: Topic, _ context: RequestContext) -> Result<HostedTopic, TopicLookupError> {
        Result { () throws(TopicLookupError) in
            let hosted = try topics.find(name: topic.name, id: topic.topicID)
            guard authorizer.allows(.read, on: .topic(hosted.name), for: context) else {
                throw TopicLookupError(.topicAuthorizationFailed)
            }
            return hosted
        }
    }

    private static func response(
        to request: OffsetCommitRequest, _ code: (PartitionIndex) -> ErrorCode
    ) -> OffsetCommitResponse {
        .with {
            $0.topics = request.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.topicID = topic.topicID
                    $0.partitions = topic.partitions.map { partition in
                        .with {
                            $0.partitionIndex = partition.partitionIndex
                            $0.errorCode = code(partition.partitionIndex)
                        }
                    }
                }
            }
        }
    }
}

extension OffsetToCommit {
    fileprivate init(_ partition: OffsetCommitRequest.OffsetCommitRequestPartition, of topic: HostedTopic) {
        self.init(
            topic: topic.name, topicID: topic.id, partition: partition.partitionIndex,
            offset: partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch,
            metadata: partition.committedMetadata ?? "")
    }
}

extension OffsetCommitment {
    fileprivate init(_ request: OffsetCommitRequest, _ offsets: [OffsetToCommit], version: Int16) {
        self.init(
            groupID: request.groupID,
            member: GroupMemberIdentity(
                memberID: request.memberID, instanceID: request.groupInstanceID,
                generationOrEpoch: request.generationIDOrMemberEpoch),
            offsets: offsets,
            retention: request.retentionTimeMs < 0 ? nil : .milliseconds(request.retentionTimeMs), version: version)
    }
}
