import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// The life of a classic group, as its members and its operator see it over their connections.
@Suite(.timeLimit(.minutes(5)))
struct GroupLifeTests {
    private static let settings = [
        "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "4",
    ]

    @Test func `members share, one leaves, and the operator sees it`() async throws {
        try await withBroker(settings: Self.settings) { bootstrap in
            let (a, b) = (try await TestClient.connect(to: bootstrap), try await TestClient.connect(to: bootstrap))
            try await a.findCoordinator()
            let (first, generation) = try await a.becomeOnlyMember()
            let idOfB = try await b.exchange(TestClient.join()).memberID
            try b.send(TestClient.join(idOfB))
            // The leader hears that it has to join again as soon as the other one has come.
            var code = ErrorCode.none
            while code == .none {
                code = try await a.exchange(Self.heartbeat(first, generation)).errorCode
            }
            #expect(code == .rebalanceInProgress)
            let again = try await a.exchange(TestClient.join(first))
            #expect(again.generationID == generation + 1 && again.members.count == 2)
            #expect(try await b.receive(JoinGroupRequest.self).leader == first)
            let left = try await b.exchange(
                LeaveGroupRequest.with {
                    $0.groupID = "g"
                    $0.members = [.with { $0.memberID = idOfB }]
                })
            #expect(left.errorCode == .none && left.members.map(\.errorCode) == [.none])
            let listed = try await b.exchange(ListGroupsRequest())
            #expect(listed.groups.map(\.groupID) == ["g"] && listed.groups.map(\.groupState) == ["PreparingRebalance"])
            await a.close()
            await b.close()
        }
    }

    private static func heartbeat(_ memberID: String, _ generation: Int32) -> HeartbeatRequest {
        .with {
            $0.groupID = "g"
            $0.memberID = memberID
            $0.generationID = generation
        }
    }

    @Test func `groups survive a restart with their members`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let first = try await InProcessBroker.start(directory: directory.path, settings: Self.settings)
        var client = try await TestClient.connect(to: first.bootstrap)
        try await client.findCoordinator()
        let (memberID, generation) = try await client.becomeOnlyMember()
        await client.close()
        await first.stop()
        let second = try await InProcessBroker.start(directory: directory.path, settings: Self.settings)
        client = try await TestClient.connect(to: second.bootstrap)
        var described = try await Self.describe(client)
        while described.errorCode == .coordinatorLoadInProgress { described = try await Self.describe(client) }
        #expect(described.groupState == "Stable" && described.members.map(\.memberID) == [memberID])
        #expect(described.members.map { String(buffer: $0.memberAssignment) } == ["all"])
        #expect(try await client.exchange(Self.heartbeat(memberID, generation)).errorCode == .none)
        await client.close()
        await second.stop()
    }

    private static func describe(_ client: TestClient) async throws -> DescribeGroupsResponse.DescribedGroup {
        let response = try await client.exchange(
            DescribeGroupsRequest.with {
                $0.groups = ["g"]
                $0.includeAuthorizedOperations = true
            })
        return try #require(response.groups.first)
    }

    @Test func `groups are listed by state and type, described, and deleted when they are empty`() async throws {
        try await withClient(settings: Self.settings) { client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            let (memberID, generation) = try await client.becomeOnlyMember()
            try await client.commit(1, of: "t", group: "simple")
            func names(_ states: [String], _ types: [String] = []) async throws -> [String] {
                let response = try await client.exchange(
                    ListGroupsRequest.with {
                        $0.statesFilter = states
                        $0.typesFilter = types
                    })
                return response.groups.map(\.groupID)
            }
            #expect(try await names([]) == ["g", "simple"])
            #expect(try await names(["stable"]) == ["g"])
            #expect(try await names(["Empty"], ["Classic"]) == ["simple"])
            #expect(try await names([], ["consumer"]) == [])
            let described = try await Self.describe(client)
            #expect(described.groupState == "Stable" && described.protocolData == "range")
            #expect(described.members.map(\.clientHost) == ["/127.0.0.1"])
            #expect(described.authorizedOperations != .min)
            let deleted = try await client.exchange(
                DeleteGroupsRequest.with { $0.groupsNames = ["g", "simple", "nobody"] })
            #expect(deleted.results.map(\.errorCode) == [.nonEmptyGroup, .none, .groupIDNotFound])
            #expect(try await names([]) == ["g"])
            #expect(try await client.exchange(Self.heartbeat(memberID, generation)).errorCode == .none)
        }
    }

    @Test func `a group that is not there is dead to old clients and not found by new ones`() async throws {
        try await withClient(settings: Self.settings) { client in
            try await client.findCoordinator()
            let request = DescribeGroupsRequest.with { $0.groups = ["nobody"] }
            let old = try await client.exchange(request, version: 5)
            #expect(old.groups.map(\.groupState) == ["Dead"] && old.groups.map(\.errorCode) == [.none])
            let new = try await client.exchange(request, version: 6)
            #expect(new.groups.map(\.errorCode) == [.groupIDNotFound])
        }
    }

    @Test func `offsets are deleted topic by topic`() async throws {
        try await withClient(settings: Self.settings) { client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            try await client.commit(1, of: "t")
            func delete(_ topic: String, of group: String = "g") async throws -> OffsetDeleteResponse {
                try await client.exchange(
                    OffsetDeleteRequest.with {
                        $0.groupID = group
                        $0.topics = [
                            .with {
                                $0.name = topic
                                $0.partitions = [.with { $0.partitionIndex = 0 }]
                            }
                        ]
                    })
            }
            #expect(try await delete("t", of: "nobody").errorCode == .groupIDNotFound)
            let unknown = try await delete("nowhere")
            #expect(unknown.topics.first?.partitions.map(\.errorCode) == [.unknownTopicOrPartition])
            let deleted = try await delete("t")
            #expect(deleted.topics.first?.partitions.map(\.errorCode) == [ErrorCode.none])
            #expect(try await client.committed("t").committedOffset == -1)
        }
    }

    @Test func `who waits for a group when the broker stops is told to look for another coordinator`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let settings = Self.settings.merging(["group.initial.rebalance.delay.ms": "60000"]) { $1 }
        let broker = try await InProcessBroker.start(directory: directory.path, settings: settings)
        let client = try await TestClient.connect(to: broker.bootstrap)
        try await client.findCoordinator()
        let memberID = try await client.exchange(TestClient.join()).memberID
        try client.send(TestClient.join(memberID))
        async let stopped: Void = broker.stop()
        let answer = try? await client.receive(JoinGroupRequest.self)
        #expect(answer == nil || answer?.errorCode == .notCoordinator)
        await stopped
        await client.close()
    }

    @Test func `ten thousand ids for nobody leave the group to its members`() async throws {
        try await withClient(settings: Self.settings) { client in
            try await client.findCoordinator()
            let (memberID, generation) = try await client.becomeOnlyMember()
            for _ in 0..<100 {
                for _ in 0..<100 { try client.send(TestClient.join()) }
                for _ in 0..<100 {
                    #expect(try await client.receive(JoinGroupRequest.self).errorCode == .memberIDRequired)
                }
            }
            #expect(try await client.exchange(Self.heartbeat(memberID, generation)).errorCode == .none)
            #expect(try await Self.describe(client).members.count == 1)
        }
    }

    @Test func `names and metadata without end cost their sender, and nobody else`() async throws {
        try await withBroker(settings: Self.settings.merging(["offsets.topic.num.partitions": "1"]) { $1 }) {
            bootstrap in
            let client = try await TestClient.connect(to: bootstrap)
            try await client.findCoordinator()
            let (memberID, generation) = try await client.becomeOnlyMember()
            // A string of the protocol has 32,767 bytes at most, also where its length could say more.
            let hostile = try await TestClient.connect(to: bootstrap)
            try hostile.send(
                ConsumerGroupHeartbeatRequest.with {
                    $0.groupID = String(repeating: "g", count: 40_000)
                    $0.memberID = "m"
                })
            #expect(await hostile.connection.receive() == nil)
            await hostile.close()
            var join = TestClient.join("", "h")
            join.protocols[0].metadata = ByteBuffer(repeating: 0, count: 7 << 20)
            #expect(try await client.exchange(join).errorCode == .groupMaxSizeReached)
            #expect(try await client.exchange(Self.heartbeat(memberID, generation)).errorCode == .none)
            await client.close()
        }
    }
}
