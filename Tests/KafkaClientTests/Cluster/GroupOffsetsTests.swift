import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct GroupOffsetsTests {
    private static let partition = TopicPartition(topic: "t", partition: 3)

    @Test(arguments: Array(OffsetFetchRequest.versions.lowerBound...OffsetFetchRequest.newestVersion))
    func `offsets are asked for in every version`(version: Int16) throws {
        let identity = GroupIdentity(memberID: "m", generation: 4)
        let request = OffsetFetchRequest.make(
            ["g"], [Self.partition], as: identity, requiresStable: true, version: version)
        let decoded = try OffsetFetchRequest.decode(try request.encoded(version: version), version: version)
        #expect((version >= 8 ? decoded.groups.map(\.groupID) : [decoded.groupID]) == ["g"])
        let topics = version >= 8 ? decoded.groups[0].topics?.map(\.name) : decoded.topics?.map(\.name)
        #expect(topics == ["t"])
        #expect(decoded.requireStable == (version >= 7))
        if version >= 9 { #expect(decoded.groups[0].memberEpoch == 4) }
    }

    @Test(arguments: Array(OffsetCommitRequest.versions.lowerBound...OffsetCommitRequest.newestVersion))
    func `offsets are committed in every version`(version: Int16) throws {
        let identity = GroupIdentity(memberID: "m", generation: 4, instanceID: "i")
        let offsets = [Self.partition: CommittedOffset(17, leaderEpoch: 2, metadata: "x")]
        let request = OffsetCommitRequest.make(offsets, group: "g", as: identity, version: version)
        let decoded = try OffsetCommitRequest.decode(try request.encoded(version: version), version: version)
        #expect(decoded.generationIDOrMemberEpoch == 4)
        #expect(decoded.groupInstanceID == (version >= 7 ? "i" : nil))
        #expect(decoded.topics.first?.partitions.first?.committedOffset == 17)
    }

    @Test(arguments: [
        (ErrorCode.none, Offset(5), true), (.none, -1, false), (.topicAuthorizationFailed, 5, false),
    ])
    func `an answer tells which partitions have an offset`(code: ErrorCode, offset: Offset, isThere: Bool) throws {
        let old = OffsetFetchResponse.with {
            $0.topics = [
                .with {
                    $0.name = "t"
                    $0.partitions = [
                        .with { ($0.partitionIndex, $0.committedOffset, $0.errorCode) = (3, offset, code) }
                    ]
                }
            ]
        }
        let offsets = try #require(try old.outcomes(of: ["g"], version: 7)["g"]?.get())
        #expect(((try? offsets[Self.partition]?.get()) != nil) == isThere)
        #expect(offsets.isEmpty == (code == .none && offset < 0))
    }

    @Test func `offsets that a transaction has not decided make the whole answer wait`() throws {
        let answer = OffsetFetchResponse.with {
            $0.groups = [
                .with {
                    $0.groupID = "g"
                    $0.topics = [
                        .with { $0.partitions = [.with { $0.errorCode = .unstableOffsetCommit }] }
                    ]
                }
            ]
        }
        let error = #expect(throws: KafkaError.self) { try answer.outcomes(of: ["g"], version: 9)["g"]?.get() }
        #expect(error?.isRetriable == true)
    }

    @Test(arguments: [
        (ErrorCode.notCoordinator, true), (.coordinatorLoadInProgress, true), (.unknownTopicOrPartition, false),
        (.illegalGeneration, false),
    ])
    func `what concerns the coordinator concerns the whole commit`(code: ErrorCode, isWhole: Bool) {
        let answer = OffsetCommitResponse.with {
            $0.topics = [.with { $0.partitions = [.with { $0.errorCode = code }] }]
        }
        #expect(((try? answer.outcomes(group: "g")) == nil) == isWhole)
    }
}
