// OffsetFetch: v1-10
// Authorization: Describe on Group, and Describe on each Topic
// Behaviour: what groups have committed, -1 where that is nothing; all of it where no topics are named. Read after
//   everything before it is durable.
// Version notes: v2 all topics, and an error for the group; v5 leader epochs; v7 offsets of open transactions may be
//   waited for with UNSTABLE_OFFSET_COMMIT (KIP-447); v8 several groups (KIP-709); v9 members' epochs (KIP-848); v10
//   names topics by id.
import Coordination
import KafkaProtocol
import NIOCore

struct OffsetFetchHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...10
    typealias GroupRequest = OffsetFetchRequest.OffsetFetchRequestGroup
    typealias GroupResponse = OffsetFetchResponse.OffsetFetchResponseGroup
    typealias TopicResponse = OffsetFetchResponse.OffsetFetchResponseTopics
    typealias PartitionResponse = OffsetFetchResponse.OffsetFetchResponsePartitions

    let groups: GroupCoordinator
    let topics: TopicTable
    let authorizer: any Authorizer

    func handle(_ request: OffsetFetchRequest, _ context: RequestContext) -> Handling<OffsetFetchResponse> {
        let wanted = context.version >= 8 ? request.groups : [request.onlyGroup]
        let answers = wanted.map { fetch($0, isStable: request.requireStable, context) }
        let future = EventLoopFuture.whenAllSucceed(answers, on: context.eventLoop)
        return .eventually(future.map { Answer(Self.response($0, version: context.version)) })
    }

    private func fetch(
        _ request: GroupRequest, isStable: Bool, _ context: RequestContext
    ) -> EventLoopFuture<GroupResponse> {
        let version = context.version
        guard authorizer.allows(.describe, on: .group(request.groupID), for: context) else {
            return context.eventLoop.makeSucceededFuture(request.refused(.groupAuthorizationFailed))
        }
        let (queries, refused) = queries(request, context)
        let member = GroupMemberIdentity(
            memberID: request.memberID ?? "", generationOrEpoch: request.memberEpoch)
        let found = groups.ask(request.groupID, on: context.eventLoop) { machine, _, reply in
            do throws(Refusal) {
                let offsets = try machine.fetchOffsets(
                    of: request.groupID, for: member, topics: queries, isStable: isStable)
                return GroupOutput(reply, offsets)
            } catch {
                return GroupOutput(answers: [GroupAnswer(reply, refusal: error)])
            }
        }
        return found.map { result in
            switch result {
            case .failure(let refusal): request.refused(refusal.code)
            case .success(let offsets):
                GroupResponse.with {
                    $0.groupID = request.groupID
                    $0.topics = offsets.compactMap { self.response($0, isAll: queries == nil, version, context) }
                    $0.topics += refused
                }
            }
        }
    }

    /// What to ask for, nil for all; and the answers for topics that are not to be asked for.
    private func queries(
        _ request: GroupRequest, _ context: RequestContext
    ) -> (queries: [OffsetTopicQuery]?, refused: [TopicResponse]) {
        guard let wanted = request.topics else { return (nil, []) }
        var queries: [OffsetTopicQuery] = []
        var refused: [TopicResponse] = []
        for topic in wanted {
            let name = topic.topicID == .zero ? topic.name : topics[topic.topicID]?.name
            if let name, authorizer.allows(.describe, on: .topic(name), for: context) {
                queries.append(OffsetTopicQuery(topic: name, partitions: topic.partitionIndexes))
            } else {
                let code: ErrorCode = name == nil ? .unknownTopicID : .topicAuthorizationFailed
                refused.append(topic.refused(code))
            }
        }
        return (queries, refused)
    }

    /// nil for a topic that the client did not ask for and may not see, or that has no id to name it by.
    private func response(
        _ topic: (topic: String, partitions: [FetchedOffset]), isAll: Bool, _ version: Int16, _ context: RequestContext
    ) -> TopicResponse? {
        let hosted = topics[topic.topic]
        if isAll {
            guard authorizer.allows(.describe, on: .topic(topic.topic), for: context) else { return nil }
            if version >= 10, hosted == nil { return nil }
        }
        return .with {
            $0.name = topic.topic
            $0.topicID = hosted?.id ?? .zero
            $0.partitions = topic.partitions.map { PartitionResponse($0, of: hosted) }
        }
    }

    /// Before v8 the only group's answer stands at the top.
    private static func response(_ groups: [GroupResponse], version: Int16) -> OffsetFetchResponse {
        .with {
            guard version < 8, let only = groups.first else {
                $0.groups = groups
                return
            }
            $0.errorCode = only.errorCode
            $0.topics = only.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { partition in
                        .with {
                            $0.partitionIndex = partition.partitionIndex
                            $0.committedOffset = partition.committedOffset
                            $0.committedLeaderEpoch = partition.committedLeaderEpoch
                            $0.metadata = partition.metadata
                            $0.errorCode = partition.errorCode
                        }
                    }
                }
            }
        }
    }
}

extension OffsetFetchRequest {
    /// What the versions before v8 ask for, as the later ones say it.
    fileprivate var onlyGroup: OffsetFetchRequestGroup {
        .with {
            $0.groupID = groupID
            $0.topics = topics?.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitionIndexes = topic.partitionIndexes
                }
            }
        }
    }
}

extension OffsetFetchRequest.OffsetFetchRequestGroup {
    /// An error of the group is that of all its partitions, too: v1 has no other place for it.
    fileprivate func refused(_ code: ErrorCode) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        .with {
            $0.groupID = groupID
            $0.errorCode = code
            $0.topics = topics?.map { $0.refused(code) } ?? []
        }
    }
}

extension OffsetFetchRequest.OffsetFetchRequestTopics {
    fileprivate func refused(_ code: ErrorCode) -> OffsetFetchResponse.OffsetFetchResponseTopics {
        .with {
            $0.name = name
            $0.topicID = topicID
            $0.partitions = partitionIndexes.map { .init(FetchedOffset($0, code), of: nil) }
        }
    }
}

extension OffsetFetchResponse.OffsetFetchResponsePartitions {
    /// An offset of a topic that was deleted does not count for the one of the same name.
    fileprivate init(_ fetched: FetchedOffset, of topic: HostedTopic?) {
        self.init()
        partitionIndex = fetched.partition
        errorCode = fetched.code
        committedOffset = .none
        committedLeaderEpoch = .none
        metadata = ""
        guard let committed = fetched.committed else { return }
        if let topic, committed.topicID != .zero, committed.topicID != topic.id { return }
        committedOffset = committed.offset
        committedLeaderEpoch = committed.leaderEpoch
        metadata = committed.metadata
    }
}
