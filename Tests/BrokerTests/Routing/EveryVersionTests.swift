import KafkaProtocol
import Testing

@testable import Broker

/// Every API in every version that is advertised, with the plainest request there is.
@Suite(.timeLimit(.minutes(5)))
struct EveryVersionTests {
    private static func tryEveryVersion<Request: RequestMessage>(
        _ type: Request.Type, _ versions: ClosedRange<Int16>, with client: TestClient
    ) async throws {
        for version in versions {
            do {
                _ = try await client.exchange(Self.request(type, version), version: version)
            } catch {
                Issue.record("\(Request.apiKey) v\(version): \(error)")
                return
            }
        }
    }

    /// A request that every handler has something to say to.
    private static func request<Request: RequestMessage>(_ type: Request.Type, _ version: Int16) -> Request {
        var request = Request()
        switch request {
        case var produce as ProduceRequest:
            produce.acks = 1
            produce.topicData = [
                .with { topic in
                    topic.name = "events"
                    topic.partitionData = [.with { $0.index = 0 }]
                }
            ]
            if let same = produce as? Request { request = same }
        case var offsets as ListOffsetsRequest:
            offsets.topics = [
                .with { topic in
                    topic.name = "events"
                    topic.partitions = [-1, -2, 0].map { time in .with { $0.timestamp = time } }
                }
            ]
            if let same = offsets as? Request { request = same }
        case var fetch as FetchRequest:
            fetch.topics = [
                .with { topic in
                    topic.topic = "events"
                    topic.partitions = [.with { $0.partitionMaxBytes = 100 }]
                }
            ]
            if let same = fetch as? Request { request = same }
        case var metadata as MetadataRequest:
            metadata.topics = version == 0 ? [] : nil
            if let same = metadata as? Request { request = same }
        case var software as ApiVersionsRequest:
            software.clientSoftwareName = "test"
            software.clientSoftwareVersion = "1"
            if let same = software as? Request { request = same }
        default: request = adminRequest(request, version)
        }
        return request
    }

    private static func adminRequest<Request: RequestMessage>(_ empty: Request, _ version: Int16) -> Request {
        var request = empty
        switch request {
        case var configs as DescribeConfigsRequest:
            configs.resources = [
                .with {
                    $0.resourceType = 2
                    $0.resourceName = "events"
                    $0.configurationKeys = nil
                },
                .with {
                    $0.resourceType = 4
                    $0.resourceName = "1"
                    $0.configurationKeys = nil
                },
            ]
            configs.includeSynonyms = true
            if let same = configs as? Request { request = same }
        case var creation as CreateTopicsRequest:
            creation.topics = [
                .with {
                    $0.name = "created-\(version)"
                    $0.numPartitions = 1
                    $0.replicationFactor = 1
                },
                .with { $0.name = "not a name" },
            ]
            if let same = creation as? Request { request = same }
        case var deletion as DeleteTopicsRequest:
            if version < 6 {
                deletion.topicNames = ["nowhere"]
            } else {
                deletion.topics = [.with { $0.name = "nowhere" }]
            }
            if let same = deletion as? Request { request = same }
        case var producer as InitProducerIdRequest:
            producer.transactionalID = nil
            if let same = producer as? Request { request = same }
        default: break
        }
        return request
    }

    @Test func `every advertised version of every API is answered with a body that decodes`() async throws {
        try await withClient { client in
            try await client.createTopic("events")
            let ask = ApiVersionsRequest.with {
                $0.clientSoftwareName = "test"
                $0.clientSoftwareVersion = "1"
            }
            let advertised = try await client.exchange(ask, version: 4)
            #expect(advertised.apiKeys.count > 10)
            for api in advertised.apiKeys {
                let type = try #require(MessageCatalogue.requests.first { $0.apiKey.rawValue == api.apiKey })
                // Produce says 0 for librdkafka's sake and serves from 3 on.
                let lowest = api.apiKey == 0 ? 3 : api.minVersion
                try await Self.tryEveryVersion(type, lowest...api.maxVersion, with: client)
            }
        }
    }
}
