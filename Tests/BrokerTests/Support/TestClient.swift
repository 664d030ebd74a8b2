import KafkaProtocol
import NIOCore
import Testing

/// A connection that exchanges typed requests, one at a time or several under way.
struct TestClient {
    let connection: RawConnection

    static func connect(to bootstrap: String) async throws -> TestClient {
        TestClient(connection: try await .connect(to: bootstrap))
    }

    /// Sends a request and does not wait.
    func send<Request: RequestMessage>(
        _ request: Request, version: Int16 = Request.latest, correlationID: Int32 = 7
    ) throws {
        var frame = ByteBuffer()
        let header = RequestHeader.with {
            $0.apiKey = Request.apiKey
            $0.apiVersion = version
            $0.correlationID = correlationID
            $0.clientID = "test"
        }
        try header.encode(into: &frame, version: Request.headerVersion(version))
        try request.encode(into: &frame, version: version)
        connection.sendFrame(frame)
    }

    /// The next answer, which must be one to a request of this type.
    func receive<Request: RequestMessage>(
        _ type: Request.Type, version: Int16 = Request.latest, correlationID: Int32 = 7
    ) async throws -> Request.Response {
        guard var answer = await connection.receive() else { throw RawConnection.Closed() }
        let headerVersion = Request.Response.headerVersion(version)
        let header = try ResponseHeader.decodePrefix(of: &answer, version: headerVersion)
        #expect(header.correlationID == correlationID)
        return try Request.Response.decode(answer, version: version)
    }

    /// Sends a request and waits for its answer.
    func exchange<Request: RequestMessage>(
        _ request: Request, version: Int16 = Request.latest
    ) async throws -> Request.Response {
        try send(request, version: version)
        return try await receive(Request.self, version: version)
    }

    func close() async { await connection.close() }
}

extension RequestMessage {
    /// The highest version that the broker serves.
    static var latest: Int16 { apiKey == .initProducerID ? 5 : versions.upperBound }
}

// MARK: - Topics

extension TestClient {
    /// Creates a topic, which must succeed, and returns its id.
    @discardableResult
    func createTopic(
        _ name: String, partitions: Int32 = 1, configs: [String: String] = [:]
    ) async throws -> TopicID {
        let response = try await exchange(
            CreateTopicsRequest.with {
                $0.topics = [
                    .with { topic in
                        topic.name = name
                        topic.numPartitions = partitions
                        topic.replicationFactor = 1
                        topic.configs = configs.sorted { $0.key < $1.key }.map { config in
                            .with {
                                $0.name = config.key
                                $0.value = config.value
                            }
                        }
                    }
                ]
            })
        let topic = try #require(response.topics.first)
        #expect(topic.errorCode == .none, "\(topic.errorMessage ?? "")")
        return topic.topicID
    }

    @discardableResult
    func deleteTopic(_ name: String) async throws -> ErrorCode {
        let response = try await exchange(DeleteTopicsRequest.with { $0.topics = [.with { $0.name = name }] })
        return try #require(response.responses.first).errorCode
    }

    /// The description of one topic, which is not created for it.
    func describe(_ topic: String) async throws -> MetadataResponse.MetadataResponseTopic {
        let response = try await exchange(
            MetadataRequest.with {
                $0.topics = [.with { $0.name = topic }]
                $0.allowAutoTopicCreation = false
            })
        return try #require(response.topics.first)
    }

    /// Sets values of a topic (or, with type 4, a broker), which must succeed.
    func alter(_ resource: String, type: Int8 = 2, _ values: [String: String]) async throws {
        let response = try await exchange(
            IncrementalAlterConfigsRequest.with {
                $0.resources = [
                    .with { alteration in
                        alteration.resourceType = type
                        alteration.resourceName = resource
                        alteration.configs = values.sorted { $0.key < $1.key }.map { config in
                            .with {
                                $0.name = config.key
                                $0.value = config.value
                            }
                        }
                    }
                ]
            })
        let result = try #require(response.responses.first)
        #expect(result.errorCode == .none, "\(result.errorMessage ?? "")")
    }
}

// MARK: - Records

extension TestClient {
    typealias Produced = ProduceResponse.PartitionProduceResponse

    /// Writes one batch and returns what is said of it.
    func produce(
        _ batch: ByteBuffer, to topic: String, _ partition: PartitionIndex = 0, acks: Int16 = -1,
        version: Int16 = 12
    ) async throws -> Produced {
        let request = ProduceRequest.of(batch, to: topic, partition, acks: acks)
        let response = try await exchange(request, version: version)
        return try #require(response.responses.first?.partitionResponses.first)
    }

    /// Writes one batch of these values, which must succeed, and returns the offset of the first.
    @discardableResult
    func produce(
        _ values: [String], to topic: String, _ partition: PartitionIndex = 0
    ) async throws -> Offset {
        let result = try await produce(TestBatch.values(values), to: topic, partition)
        #expect(result.errorCode == .none, "\(result.errorMessage ?? "")")
        return result.baseOffset
    }

    typealias Fetched = FetchResponse.PartitionData

    /// Reads one partition by name, at once.
    func fetch(
        _ topic: String, _ partition: PartitionIndex = 0, from offset: Offset, maxBytes: Int32 = 1 << 20,
        version: Int16 = 12, _ adjust: (inout FetchRequest) -> Void = { _ in }
    ) async throws -> Fetched {
        var request = FetchRequest.of(topic, [(partition, offset)], maxBytes: maxBytes)
        adjust(&request)
        let response = try await exchange(request, version: version)
        #expect(response.errorCode == .none)
        return try #require(response.responses.first?.partitions.first)
    }

    typealias ListedOffset = ListOffsetsResponse.ListOffsetsPartitionResponse

    func listOffset(
        _ topic: String, _ partition: PartitionIndex = 0, at timestamp: Int64, version: Int16 = 11,
        _ adjust: (inout ListOffsetsRequest) -> Void = { _ in }
    ) async throws -> ListedOffset {
        var request = ListOffsetsRequest.of(topic, [(partition, timestamp)])
        adjust(&request)
        let response = try await exchange(request, version: version)
        return try #require(response.topics.first?.partitions.first)
    }
}

extension ProduceRequest {
    static func of(
        _ batch: ByteBuffer, to topic: String, _ partition: PartitionIndex = 0, acks: Int16 = -1
    ) -> ProduceRequest {
        .with { request in
            request.acks = acks
            request.timeoutMs = 300_000
            request.topicData = [
                .with { data in
                    data.name = topic
                    data.partitionData = [
                        .with {
                            $0.index = partition
                            $0.records = .bytes(batch)
                        }
                    ]
                }
            ]
        }
    }
}

extension FetchRequest {
    /// A request for partitions by name (by id, if there is one) that is answered at once.
    static func of(
        _ topic: String, id: TopicID = .zero, _ partitions: [(PartitionIndex, Offset)], maxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        .with { request in
            request.maxBytes = .max
            request.topics = [
                .with { part in
                    part.topic = topic
                    part.topicID = id
                    part.partitions = partitions.map { index, offset in
                        .with {
                            $0.partition = index
                            $0.fetchOffset = offset
                            $0.partitionMaxBytes = maxBytes
                        }
                    }
                }
            ]
        }
    }
}

extension ListOffsetsRequest {
    static func of(_ topic: String, _ partitions: [(PartitionIndex, Int64)]) -> ListOffsetsRequest {
        .with { request in
            request.replicaID = -1
            request.topics = [
                .with { part in
                    part.name = topic
                    part.partitions = partitions.map { index, timestamp in
                        .with {
                            $0.partitionIndex = index
                            $0.timestamp = timestamp
                        }
                    }
                }
            ]
        }
    }
}
