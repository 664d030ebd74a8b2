public import KafkaProtocol

/// A cluster and its brokers.
public struct ClusterDescription: Sendable {
    public struct Broker: Sendable {
        public var id: BrokerID
        public var address: BrokerAddress
        public var rack: String?
    }

    public var id: String
    /// Nil while there is none.
    public var controller: BrokerID?
    public var brokers: [Broker]
}

/// What one broker speaks.
public struct BrokerVersions: Sendable {
    public struct Api: Sendable {
        public var key: ApiKey
        public var versions: ClosedRange<Int16>
        /// The version that this client uses; nil where the two have none in common.
        public var used: Int16?
    }

    public struct Feature: Sendable {
        public var name: String
        public var supported: ClosedRange<Int16>?
        /// The level in force; nil where none is.
        public var finalized: Int16?
    }

    public var apis: [Api]
    public var features: [Feature]
}

/// A directory in which a broker keeps partitions.
public struct LogDirectory: Sendable {
    public struct Partition: Sendable {
        public var partition: TopicPartition
        public var sizeInBytes: Int64
        public var offsetLag: Int64
        /// Whether it is a copy that will replace the current one.
        public var isFuture: Bool
    }

    public var path: String
    /// Why the directory cannot be used; nil if it can.
    public var error: KafkaError?
    /// Bytes of its file system; nil from brokers that do not tell (before Kafka 3.3).
    public var totalBytes: Int64?
    public var usableBytes: Int64?
    public var partitions: [Partition]
}

extension Admin {
    /// The cluster's id, controller and brokers.
    public func describeCluster() async throws -> ClusterDescription {
        try await cluster.retrying {
            let metadata = try await cluster.metadata(of: [], timeout: cluster.configuration.requestTimeout)
            return ClusterDescription(
                id: metadata.clusterID ?? "", controller: metadata.controller,
                brokers: metadata.brokers.values.sorted { $0.id < $1.id }.map {
                    ClusterDescription.Broker(id: $0.id, address: $0.address, rack: $0.rack)
                })
        }
    }

    /// What a broker speaks; nil is any broker.
    public func describeVersions(of broker: BrokerID? = nil) async throws -> BrokerVersions {
        let table = try await cluster.retrying {
            try await cluster.versions(of: broker.map { .broker($0) } ?? .any)
        }
        let used = MessageCatalogue.requests.reduce(into: [ApiKey: Int16]()) { used, request in
            used[request.apiKey] = Self.version(of: request, in: table)
        }
        return BrokerVersions(
            apis: table.ranges.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                BrokerVersions.Api(key: $0.key, versions: $0.value, used: used[$0.key])
            },
            features: table.features.map {
                BrokerVersions.Feature(name: $0.name, supported: $0.supported, finalized: $0.finalized)
            })
    }

    private static func version<Request: RequestMessage>(
        of request: Request.Type, in table: ApiVersionTable
    ) -> Int16? {
        try? table.version(of: request)
    }

    /// Looks up offsets of partitions.
    public func listOffsets(
        _ wanted: [TopicPartition: OffsetSpecification],
        isolationLevel: ConsumerConfiguration.IsolationLevel = .readUncommitted
    ) async throws -> Outcomes<TopicPartition, FoundOffset> {
        let topics = Set(wanted.keys.map(\.topic)).sorted()
        let deadline = ContinuousClock.now + cluster.configuration.apiTimeout
        var left = wanted
        var outcomes: OffsetAnswers = [:]
        var backoff = Backoff(
            first: cluster.configuration.retryBackoff, longest: cluster.configuration.retryBackoffMax)
        while true {
            try await learn(topics, &left, &outcomes)
            let asked = left
            let answers: OffsetAnswers = try await cluster.onLoop { core, completion in
                core.lookUpOffsets(asked, isolation: isolationLevel) { completion(.success($0)) }
            }
            for (partition, answer) in answers {
                outcomes[partition] = answer
                if case .failure(let error) = answer, error.isRetriable { continue }
                left[partition] = nil
            }
            let pause = backoff.next()
            guard !left.isEmpty, ContinuousClock.now + pause < deadline else { return outcomes }
            try await Task.sleep(for: pause)
        }
    }

    /// Fetches the topics' metadata; partitions that do not exist are answered at once.
    private func learn(
        _ topics: [String], _ left: inout [TopicPartition: OffsetSpecification], _ outcomes: inout OffsetAnswers
    ) async throws {
        let metadata: ClusterMetadata
        do {
            metadata = try await cluster.metadata(of: topics, timeout: .zero)
        } catch let error as KafkaError where error.brokerCode != nil {
            metadata = try await cluster.metadata(of: [], timeout: .zero)
        }
        for partition in left.keys where metadata.partition(partition) == nil {
            outcomes[partition] = .failure(KafkaError(.unknownPartition, "\(partition) does not exist"))
            left[partition] = nil
        }
    }

    /// The directories of brokers and what lies in them.
    ///
    /// - Parameters:
    ///   - brokers: nil asks every broker.
    ///   - partitions: only these; nil for all.
    public func describeLogDirs(
        of brokers: [BrokerID]? = nil, partitions: [TopicPartition]? = nil
    ) async throws -> [BrokerID: [LogDirectory]] {
        var directories: [BrokerID: [LogDirectory]] = [:]
        let asked: [BrokerID]
        if let brokers { asked = brokers } else { asked = try await describeCluster().brokers.map(\.id) }
        for broker in asked {
            let request = DescribeLogDirsRequest.with {
                $0.topics = partitions.map { partitions in
                    Dictionary(grouping: partitions, by: \.topic).map { topic, partitions in
                        .with { ($0.topic, $0.partitions) = (topic, partitions.map(\.partition)) }
                    }
                }
            }
            let response = try await cluster.retrying { try await cluster.send(request, to: .broker(broker)) }
            guard response.errorCode == .none else {
                throw KafkaError(broker: response.errorCode, "broker \(broker) does not describe its log directories")
            }
            directories[broker] = response.results.map(LogDirectory.init)
        }
        return directories
    }
}

extension LogDirectory {
    init(_ result: DescribeLogDirsResponse.DescribeLogDirsResult) {
        path = result.logDir
        error =
            result.errorCode == .none ? nil : KafkaError(broker: result.errorCode, "\(result.logDir) cannot be used")
        totalBytes = result.totalBytes < 0 ? nil : result.totalBytes
        usableBytes = result.usableBytes < 0 ? nil : result.usableBytes
        partitions = result.topics.flatMap { topic in
            topic.partitions.map { partition in
                Partition(
                    partition: TopicPartition(topic: topic.name, partition: partition.partitionIndex),
                    sizeInBytes: partition.partitionSize, offsetLag: partition.offsetLag,
                    isFuture: partition.isFutureKey)
            }
        }
    }
}
