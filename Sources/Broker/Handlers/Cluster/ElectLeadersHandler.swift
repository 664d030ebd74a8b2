// ElectLeaders: v0-2
// Authorization: Alter on Cluster
// Behaviour: this node is the only replica of every partition. Where it leads, ELECTION_NOT_NEEDED; where the log is
//   offline, PREFERRED_LEADER_NOT_AVAILABLE or, of an unclean election, ELIGIBLE_LEADERS_NOT_AVAILABLE. Null topics mean
//   all, of which only those are told that have no leader.
// Version notes: v1 unclean elections and an error code for the whole answer.
import KafkaProtocol
import NIOCore

struct ElectLeadersHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    typealias TopicResult = ElectLeadersResponse.ReplicaElectionResult
    typealias PartitionResult = ElectLeadersResponse.PartitionResult

    enum Election: Int8 {
        case preferred = 0
        case unclean = 1
    }

    let topics: TopicTable
    let authorizer: any Authorizer

    func handle(_ request: ElectLeadersRequest, _ context: RequestContext) -> Handling<ElectLeadersResponse> {
        guard authorizer.allows(.alter, on: .cluster, for: context) else {
            return .answer(Self.refused(request, .clusterAuthorizationFailed, nil))
        }
        guard let election = Election(rawValue: request.electionType) else {
            return .answer(
                Self.refused(request, .invalidRequest, "There is no election type \(request.electionType)."))
        }
        guard let wanted = request.topicPartitions else {
            return .answer(.with { $0.replicaElectionResults = electAll(election) })
        }
        return .answer(
            .with { response in
                response.replicaElectionResults = wanted.map { topic in
                    .with { result in
                        result.topic = topic.topic
                        result.partitionResult = topic.partitions.map {
                            elect($0.rawValue, of: topic.topic, topics[topic.topic], election)
                        }
                    }
                }
            })
    }

    private static func refused(
        _ request: ElectLeadersRequest, _ code: ErrorCode, _ message: String?
    ) -> ElectLeadersResponse {
        .with { response in
            response.errorCode = code
            response.replicaElectionResults = (request.topicPartitions ?? []).map { topic in
                .with { result in
                    result.topic = topic.topic
                    result.partitionResult = topic.partitions.map { Self.result($0.rawValue, code, message) }
                }
            }
        }
    }

    private func electAll(_ election: Election) -> [TopicResult] {
        topics.all.sorted { $0.name < $1.name }.compactMap { topic in
            let results = topic.partitions.indices.map { elect(Int32($0), of: topic.name, topic, election) }
            let told = results.filter { $0.errorCode != .electionNotNeeded }
            guard !told.isEmpty else { return nil }
            return .with {
                $0.topic = topic.name
                $0.partitionResult = told
            }
        }
    }

    private func elect(
        _ index: Int32, of name: String, _ topic: HostedTopic?, _ election: Election
    ) -> PartitionResult {
        guard let topic else { return Self.result(index, .unknownTopicOrPartition, "No such topic as \(name)") }
        guard topic.partitions.indices.contains(Int(index)) else {
            return Self.result(index, .unknownTopicOrPartition, "No such partition as \(name)-\(index)")
        }
        if let partition = topic.partitions[Int(index)], partition.end == nil {
            return Self.result(index, .electionNotNeeded, "Leader election not needed for \(name)-\(index)")
        }
        return switch election {
        case .preferred:
            Self.result(
                index, .preferredLeaderNotAvailable, "The preferred leader's log of \(name)-\(index) is offline")
        case .unclean:
            Self.result(index, .eligibleLeadersNotAvailable, "No replica of \(name)-\(index) is online")
        }
    }

    private static func result(_ index: Int32, _ code: ErrorCode, _ message: String?) -> PartitionResult {
        .with {
            $0.partitionID = index
            $0.errorCode = code
            $0.errorMessage = message
        }
    }
}
