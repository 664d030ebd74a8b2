import KafkaProtocol
import NIOCore
import Testing

/// What members of a group say, one request at a time.
extension TestClient {
    /// Looks for the coordinator, which creates the topic that groups are kept in.
    func findCoordinator(_ group: String = "g") async throws {
        let found = try await exchange(FindCoordinatorRequest.with { $0.coordinatorKeys = [group] })
        #expect(found.coordinators.first?.errorCode == ErrorCode.none)
    }

    static func join(_ memberID: String = "", _ group: String = "g") -> JoinGroupRequest {
        .with {
            $0.groupID = group
            $0.memberID = memberID
            $0.sessionTimeoutMs = 30_000
            $0.rebalanceTimeoutMs = 60_000
            $0.protocolType = "consumer"
            $0.protocols = [.with { $0.name = "range" }]
        }
    }

    /// Becomes a member, twice asked as new members are (KIP-394), and gets all that the leader gives.
    func becomeOnlyMember(of group: String = "g") async throws -> (memberID: String, generation: Int32) {
        let first = try await exchange(Self.join("", group))
        #expect(first.errorCode == .memberIDRequired)
        let joined = try await exchange(Self.join(first.memberID, group))
        #expect(joined.errorCode == .none && joined.leader == joined.memberID)
        let synced = try await exchange(
            SyncGroupRequest.with {
                $0.groupID = group
                $0.memberID = joined.memberID
                $0.generationID = joined.generationID
                $0.assignments = [
                    .with {
                        $0.memberID = joined.memberID
                        $0.assignment = ByteBuffer(string: "all")
                    }
                ]
            })
        #expect(synced.errorCode == .none && String(buffer: synced.assignment) == "all")
        return (joined.memberID, joined.generationID)
    }

    static func commit(
        _ offset: Offset, of topic: String, metadata: String = "", group: String = "g", memberID: String = "",
        generation: Int32 = -1
    ) -> OffsetCommitRequest {
        .with {
            $0.groupID = group
            $0.memberID = memberID
            $0.generationIDOrMemberEpoch = generation
            $0.topics = [
                .with { part in
                    part.name = topic
                    part.partitions = [
                        .with {
                            $0.committedOffset = offset
                            $0.committedLeaderEpoch = 5
                            $0.committedMetadata = metadata
                        }
                    ]
                }
            ]
        }
    }

    /// Commits by the topic's name (v9).
    @discardableResult
    func commit(
        _ offset: Offset, of topic: String, metadata: String = "", group: String = "g", memberID: String = "",
        generation: Int32 = -1
    ) async throws -> ErrorCode {
        let request = Self.commit(
            offset, of: topic, metadata: metadata, group: group, memberID: memberID, generation: generation)
        let response = try await exchange(request, version: 9)
        return try #require(response.topics.first?.partitions.first).errorCode
    }

    typealias FetchedPartition = OffsetFetchResponse.OffsetFetchResponsePartitions

    /// What the group has committed for the topic's first partition.
    func committed(_ topic: String, group: String = "g") async throws -> FetchedPartition {
        let response = try await exchange(
            OffsetFetchRequest.with {
                $0.groups = [
                    .with {
                        $0.groupID = group
                        $0.topics = [
                            .with {
                                $0.name = topic
                                $0.partitionIndexes = [0]
                            }
                        ]
                    }
                ]
            }, version: 9)
        #expect(response.groups.first?.errorCode == ErrorCode.none)
        return try #require(response.groups.first?.topics.first?.partitions.first)
    }
}
