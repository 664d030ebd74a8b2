// AlterReplicaLogDirs: v1-2
// Authorization: Alter on Cluster
// Behaviour: logs do not move between directories while the broker runs. The directory where the log is already is a
//   success that changes nothing; another one is refused with INVALID_REQUEST. A directory that is not among log.dirs is
//   LOG_DIR_NOT_FOUND, one that has failed KAFKA_STORAGE_ERROR.
// Version notes: v2 flexible.
import KafkaProtocol
import LogStorage
import NIOCore

struct AlterReplicaLogDirsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...2

    typealias Move = AlterReplicaLogDirsRequest.AlterReplicaLogDir
    typealias PartitionResult = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult

    let topics: TopicTable
    let directories: LogDirectories
    let authorizer: any Authorizer

    func handle(
        _ request: AlterReplicaLogDirsRequest, _ context: RequestContext
    ) -> Handling<AlterReplicaLogDirsResponse> {
        let isAllowed = authorizer.allows(.alter, on: .cluster, for: context)
        var order: [String] = []
        var results: [String: [PartitionResult]] = [:]
        for move in request.dirs {
            let target = isAllowed ? directory(at: move.path) : .failure(TopicLookupError(.clusterAuthorizationFailed))
            for topic in move.topics {
                if results[topic.name] == nil { order.append(topic.name) }
                results[topic.name, default: []] += topic.partitions.map { index in
                    .with {
                        $0.partitionIndex = index
                        $0.errorCode = code(index, of: topic.name, to: target)
                    }
                }
            }
        }
        return .answer(
            .with { [results] response in
                response.results = order.map { name in
                    .with {
                        $0.topicName = name
                        $0.partitions = results[name] ?? []
                    }
                }
            })
    }

    private func directory(at path: String) -> Result<DataDirectory, TopicLookupError> {
        guard
            let entry = directories.entries.first(where: { "\($0.path)" == path || $0.directory?.absolutePath == path })
        else { return .failure(TopicLookupError(.logDirNotFound)) }
        guard let directory = entry.directory, directories.isOnline(directory) else {
            return .failure(TopicLookupError(.kafkaStorageError))
        }
        return .success(directory)
    }

    private func code(
        _ index: PartitionIndex, of name: String, to target: Result<DataDirectory, TopicLookupError>
    ) -> ErrorCode {
        do throws(TopicLookupError) {
            let directory = try target.get()
            guard let topic = topics[name] else { throw TopicLookupError(.unknownTopicOrPartition) }
            let partition = try topic.partition(index)
            if let end = partition.end { throw TopicLookupError(end) }
            return partition.directory === directory ? .none : .invalidRequest
        } catch {
            return error.code
        }
    }
}
