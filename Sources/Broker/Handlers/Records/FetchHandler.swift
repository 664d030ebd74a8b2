// Fetch: v4-18
// Authorization: Read on Topic
// Behaviour: whole batches from the one that holds the offset, at least one, up to the high watermark (read_committed:
//   the last stable offset); not enough bytes wait for min.bytes or max.wait.ms; fetch sessions by KIP-227. Large
//   ranges leave by sendfile; what is not in the page cache is brought in by the reader pool first.
// Version notes: v7 sessions; v9 leader epochs; v10 zstd; v12 diverging epochs; v13 topic ids; v15 drops the replica id
//   of consumers; v16 names leaders; v17 and v18 add fields for followers.
import KafkaProtocol
import LogStorage
import NIOCore

struct FetchHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 4...18

    let topics: TopicTable
    let authorizer: any Authorizer
    let sessions: FetchSessionCache
    let reads: ReaderPool
    let nodeID: BrokerID
    /// `fetch.max.bytes`: the broker's own bound on one answer.
    let maxBytes: Int

    init(
        topics: TopicTable, authorizer: any Authorizer, sessions: FetchSessionCache, reads: ReaderPool,
        nodeID: BrokerID, maxBytes: Int
    ) {
        self.topics = topics
        self.authorizer = authorizer
        self.sessions = sessions
        self.reads = reads
        self.nodeID = nodeID
        self.maxBytes = maxBytes
    }

    func handle(_ request: FetchRequest, _ context: RequestContext) -> Handling<FetchResponse> {
        guard let isolation = IsolationLevel(rawValue: request.isolationLevel) else {
            return .answer(.with { $0.errorCode = .invalidRequest })
        }
        if max(request.replicaID, request.replicaState.replicaID) >= 0 {
            // No other broker belongs to this cluster, so no follower may ask.
            return .answer(.with { $0.errorCode = .notLeaderOrFollower })
        }
        let items: [FetchPlan.Item]
        let session: Int32
        do throws(FetchSessionError) {
            (items, session) = try enterSession(request, usesTopicIDs: context.version >= 13)
        } catch {
            return .answer(.with { $0.errorCode = error.code })
        }
        let plan = FetchPlan(
            items: items, minBytes: Int(request.minBytes), maxBytes: min(Int(max(request.maxBytes, 0)), maxBytes),
            isolation: isolation, version: context.version)
        let isIncremental = request.sessionID != 0 && request.sessionEpoch > 0
        let answering = Answering(session: session, isIncremental: isIncremental)
        return start(plan, answering, maxWait: .milliseconds(Int64(max(request.maxWaitMs, 0))), context)
    }

    /// How the answer relates to its session.
    private struct Answering: Sendable {
        var session: Int32
        var isIncremental: Bool
    }

    /// The partitions to read, and the session that the answer names.
    private func enterSession(
        _ request: FetchRequest, usesTopicIDs: Bool
    ) throws(FetchSessionError) -> ([FetchPlan.Item], Int32) {
        let isSessionless = request.sessionEpoch == -1
        if isSessionless || request.sessionEpoch == 0 {
            if request.sessionID != 0 { sessions.close(request.sessionID) }
            let items = request.planItems
            guard !isSessionless, !items.isEmpty else { return (items, 0) }
            return (items, sessions.open(usesTopicIDs: usesTopicIDs, items: items, now: .now()))
        }
        guard request.sessionID != 0 else { throw FetchSessionError(code: .fetchSessionIDNotFound) }
        let items = try sessions.advance(request, usesTopicIDs: usesTopicIDs, now: .now()).get()
        // A session without partitions is over.
        return (items, items.isEmpty ? 0 : request.sessionID)
    }

    private func start(
        _ plan: FetchPlan, _ answering: Answering, maxWait: TimeAmount, _ context: RequestContext
    ) -> Handling<FetchResponse> {
        var execution = FetchExecution(topics: topics, authorizer: authorizer, nodeID: nodeID, context: context)
        execution.run(plan)
        let isEnough =
            execution.byteCount >= plan.minBytes || execution.isUrgent || maxWait <= .zero || plan.items.isEmpty
        if isEnough { return finish(execution, answering, context).handling }
        let promise = context.eventLoop.makePromise(of: Answer<FetchResponse>.self)
        let delayed = DelayedFetch(
            execution.partitions, seen: execution.highWatermarks, on: context.eventLoop
        ) { [self, execution] isLast in
            var again = execution
            again.run(plan)
            guard isLast || again.isUrgent || again.byteCount >= plan.minBytes else { return false }
            switch finish(again, answering, context) {
            case .now(let answer): promise.succeed(answer)
            case .later(let future): promise.completeWith(future)
            }
            return true
        }
        delayed.start(maxWait: maxWait)
        return .eventually(promise.futureResult, cancel: { delayed.cancel() })
    }

    // MARK: - Answering

    /// An answer, at once or when the disk has given what it needs.
    private enum Finished {
        case now(Answer<FetchResponse>)
        case later(EventLoopFuture<Answer<FetchResponse>>)

        var handling: Handling<FetchResponse> {
            switch self {
            case .now(let answer): .answer(answer)
            case .later(let future): .eventually(future)
            }
        }
    }

    /// Puts the answer together. Large hot ranges stay in their files; small ones are read here; cold ones come first
    /// through the reader pool. A range that cannot be read is an error of its partition alone.
    private func finish(
        _ execution: FetchExecution, _ answering: Answering, _ context: RequestContext
    ) -> Finished {
        var told = execution.results
        if answering.session != 0 {
            told = told.filter { result in
                let isNews = sessions.tells(answering.session, result.key, result.data)
                return isNews || !answering.isIncremental
            }
        }
        let cold = execution.byteCount == 0 ? [] : told.flatMap(\.slices).filter { !$0.isHot }
        if cold.isEmpty { return .now(assemble(told, answering.session)) }
        let read = reads.bringIn(cold, on: context.eventLoop).map { assemble(told, answering.session) }
        return .later(read.flatMapErrorThrowing { _ in assemble(told.map(\.unreadable), answering.session) })
    }

    private func assemble(
        _ results: [FetchExecution.PartitionResult], _ session: Int32
    ) -> Answer<FetchResponse> {
        var response = FetchResponse.with { $0.sessionID = session }
        var attached: [[LogSlice]] = []
        for var result in results {
            if case .external(let count) = result.data.records {
                if count > ReaderPool.copyLimit, result.slices.allSatisfy({ $0.file.descriptor != nil }) {
                    attached.append(result.slices)
                } else {
                    do throws(LogError) {
                        result.data.records = .bytes(try Self.read(result.slices, count))
                    } catch {
                        result.data.fail(error.errorCode)
                    }
                }
            }
            Self.append(result.data, of: result.key, to: &response)
        }
        return Answer(response, slices: attached)
    }

    private static func read(_ slices: [LogSlice], _ count: Int) throws(LogError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        for slice in slices { buffer.writeImmutableBuffer(try slice.readBytes()) }
        return buffer
    }

    /// Partitions of one topic that follow each other share an entry.
    private static func append(
        _ data: FetchResponse.PartitionData, of key: FetchPartitionKey, to response: inout FetchResponse
    ) {
        let last = response.responses.count - 1
        if last >= 0, response.responses[last].topicID == key.topicID, response.responses[last].topic == key.topic {
            response.responses[last].partitions.append(data)
        } else {
            response.responses.append(
                .with {
                    $0.topic = key.topic
                    $0.topicID = key.topicID
                    $0.partitions = [data]
                })
        }
    }
}
