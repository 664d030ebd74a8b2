// DescribeLogDirs: v1-5
// Authorization: Describe on Cluster
// Behaviour: each log directory with the size of each of its partitions' logs, and the file system's total and usable
//   bytes; of one that has failed nothing but KAFKA_STORAGE_ERROR.
// Version notes: v3 an error code of its own; v4 total and usable bytes; v5 cordoned directories, of which there are none.
import KafkaProtocol
import LogStorage
import NIOCore

struct DescribeLogDirsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...5

    let topics: TopicTable
    let directories: LogDirectories
    let reads: ReaderPool
    let authorizer: any Authorizer

    func handle(_ request: DescribeLogDirsRequest, _ context: RequestContext) -> Handling<DescribeLogDirsResponse> {
        guard authorizer.allows(.describe, on: .cluster, for: context) else {
            return .answer(.with { $0.errorCode = .clusterAuthorizationFailed })
        }
        return .eventually(reads.run(on: context.eventLoop) { Answer(describe(request)) })
    }

    private func describe(_ request: DescribeLogDirsRequest) -> DescribeLogDirsResponse {
        let wanted = request.topics.map { topics in
            Dictionary(topics.map { ($0.topic, Set($0.partitions)) }, uniquingKeysWith: { $0.union($1) })
        }
        return .with { response in
            response.results = directories.entries.map { describe($0, wanted) }
        }
    }

    private func describe(
        _ entry: LogDirectories.Entry, _ wanted: [String: Set<PartitionIndex>]?
    ) -> DescribeLogDirsResponse.DescribeLogDirsResult {
        guard let directory = entry.directory, directories.isOnline(directory), let space = try? directory.space()
        else {
            return .with {
                $0.logDir = entry.directory?.absolutePath ?? "\(entry.path)"
                $0.errorCode = .kafkaStorageError
                ($0.totalBytes, $0.usableBytes) = (-1, -1)
            }
        }
        return .with { result in
            result.logDir = directory.absolutePath
            result.totalBytes = space.totalBytes
            result.usableBytes = space.usableBytes
            result.topics = topics.all.sorted { $0.name < $1.name }.compactMap { describe($0, in: directory, wanted) }
        }
    }

    private func describe(
        _ topic: HostedTopic, in directory: DataDirectory, _ wanted: [String: Set<PartitionIndex>]?
    ) -> DescribeLogDirsResponse.DescribeLogDirsTopic? {
        if let wanted, wanted[topic.name] == nil { return nil }
        let partitions = topic.partitions.compactMap(\.self).filter { $0.directory === directory }
        if partitions.isEmpty { return nil }
        return .with { result in
            result.name = topic.name
            result.partitions = partitions.compactMap { partition in
                let index = partition.topicPartition.partition
                if let wanted, wanted[topic.name]?.contains(index) == false { return nil }
                return .with {
                    $0.partitionIndex = index
                    $0.partitionSize = Int64(partition.sizeInBytes)
                }
            }
        }
    }
}
