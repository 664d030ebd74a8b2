// DescribeLogDirs: v1-5
// Authorization: Describe on Cluster
// Behaviour: the data directory with the size of each partition's log, and the file system's total and usable bytes.
// Version notes: v3 an error code of its own; v4 total and usable bytes; v5 cordoned directories, of which there are none.
import KafkaProtocol
import LogStorage
import NIOCore

struct DescribeLogDirsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...5

    let topics: TopicTable
    let directory: DataDirectory
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
        let space = try? directory.space()
        return .with { response in
            response.results = [
                .with { result in
                    result.logDir = directory.absolutePath
                    result.errorCode = space == nil ? .kafkaStorageError : .none
                    result.totalBytes = space.map { Int64($0.totalBytes) } ?? -1
                    result.usableBytes = space.map { Int64($0.usableBytes) } ?? -1
                    result.topics = topics.all.sorted { $0.name < $1.name }.compactMap { describe($0, wanted) }
                }
            ]
        }
    }

    private func describe(
        _ topic: HostedTopic, _ wanted: [String: Set<PartitionIndex>]?
    ) -> DescribeLogDirsResponse.DescribeLogDirsTopic? {
        if let wanted, wanted[topic.name] == nil { return nil }
        return .with { result in
            result.name = topic.name
            result.partitions = topic.partitions.compactMap { partition in
                guard let partition else { return nil }
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
