import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct DescribeClusterHandlerTests {
    @Test func `this node is the broker and the controller`() async throws {
        try await withClient(settings: ["node.id": "4", "broker.rack": "r1"]) { client in
            let answer = try await client.exchange(DescribeClusterRequest())
            #expect(answer.errorCode == .none && answer.controllerID == 4 && answer.endpointType == 1)
            #expect(answer.clusterID == (try await client.exchange(MetadataRequest())).clusterID)
            let node = try #require(answer.brokers.first)
            #expect(node.brokerID == 4 && node.rack == "r1" && !node.isFenced)
            #expect(answer.clusterAuthorizedOperations == .min)
            let asked = try await client.exchange(
                DescribeClusterRequest.with { $0.includeClusterAuthorizedOperations = true })
            #expect(asked.clusterAuthorizedOperations > 0)
        }
    }

    @Test(arguments: [(Int8(2), ErrorCode.mismatchedEndpointType), (3, .unsupportedEndpointType)])
    func `endpoints that are not here are refused`(type: Int8, code: ErrorCode) async throws {
        try await withClient { client in
            let answer = try await client.exchange(DescribeClusterRequest.with { $0.endpointType = type })
            #expect(answer.errorCode == code)
            #expect(answer.brokers.isEmpty)
        }
    }
}
