// Produce: v3-13
// Authorization: Write on Topic
// Behaviour: each partition takes exactly one batch of the current format, checked as a whole and record by record;
//   partitions succeed or fail on their own. With acks=1 and acks=-1 the answer leaves when the high watermark has
//   passed the batch; acks=0 gets no answer, and an error closes the connection. Batches in another codec than their
//   topic's compression.type are compressed anew off the event loop; the connection's later requests wait for that.
// Version notes: v7 allows zstd; v8 answers with the records to blame; v10 names the leader; v13 names topics by id.
//   v0-2 are advertised, because librdkafka asks for them, and refused by closing the connection.
import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization

struct ProduceHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 3...13
    typealias TopicResponse = ProduceResponse.TopicProduceResponse
    typealias PartitionResponse = ProduceResponse.PartitionProduceResponse

    let topics: TopicTable
    let authorizer: any Authorizer
    let validation: BatchValidation
    let recompression: Recompression
    let flushQueues: FlushQueues

    init(
        topics: TopicTable, authorizer: any Authorizer, validation: BatchValidation, recompression: Recompression,
        flushQueues: FlushQueues
    ) {
        self.topics = topics
        self.authorizer = authorizer
        self.validation = validation
        self.recompression = recompression
        self.flushQueues = flushQueues
    }

    func handle(_ request: ProduceRequest, _ context: RequestContext) -> Handling<ProduceResponse> {
        guard let prepared = recompression.prepare(request, context) else { return append(request, [:], context) }
        return .unfinished(prepared.map { append(request, $0, context) })
    }

    /// Stage one, here or, where a disk makes appends wait, on a thread that may.
    private func append(
        _ request: ProduceRequest, _ prepared: [PendingProduce.Slot: Recompression.Outcome], _ context: RequestContext
    ) -> Handling<ProduceResponse> {
        guard flushQueues.isAnySlow, let disk = slowDisk(request) else { return write(request, prepared, context) }
        // The loops' own validators may not be waited for.
        let patient = ProduceHandler(
            topics: topics, authorizer: authorizer, validation: recompression.validation, recompression: recompression,
            flushQueues: flushQueues)
        let size = request.topicData.flatMap(\.partitionData).reduce(0) { $0 + ($1.records.buffer?.readableBytes ?? 0) }
        let deadline = NIODeadline.now() + .milliseconds(Int64(max(request.timeoutMs, 0)))
        let written = disk.waiting(with: size, on: context.eventLoop) {
            // Who has given up sends it again: it must not be written twice.
            NIODeadline.now() > deadline
                ? Self.refuse(request, .requestTimedOut, "The disk of the log did not answer in time.")
                : patient.write(request, prepared, context)
        }
        guard let written else {
            return Self.refuse(
                request, .kafkaStorageError, "The disk of the log does not answer, and too much waits for it.")
        }
        return .unfinished(written)
    }

    /// Nothing of the request is written.
    private static func refuse(
        _ request: ProduceRequest, _ code: ErrorCode, _ message: String
    ) -> Handling<ProduceResponse> {
        if request.acks == 0 { return .disconnect("a produce request with acks=0 failed: \(code)") }
        var response = ProduceResponse()
        response.responses = request.topicData.map { topic in
            var refused = TopicResponse()
            refused.name = topic.name
            refused.topicID = topic.topicID
            refused.partitionResponses = topic.partitionData.map { data in
                .with {
                    $0.index = data.index
                    $0.errorCode = code
                    $0.baseOffset = .none
                    $0.errorMessage = message
                }
            }
            return refused
        }
        return .answer(response)
    }

    /// The disk of a partition of the request that makes appends wait.
    private func slowDisk(_ request: ProduceRequest) -> DiskPace? {
        for data in request.topicData {
            guard let topic = try? topics.find(name: data.name, id: data.topicID) else { continue }
            for partition in data.partitionData {
                if let partition = try? topic.partition(partition.index), partition.appendsWait {
                    return partition.flushQueue.disk
                }
            }
        }
        return nil
    }

    /// Stage one: writes what is right, refuses the rest.
    private func write(
        _ request: ProduceRequest, _ prepared: [PendingProduce.Slot: Recompression.Outcome], _ context: RequestContext
    ) -> Handling<ProduceResponse> {
        var response = ProduceResponse()
        var written: [Written] = []
        for topic in request.topicData {
            var topicResponse = TopicResponse()
            topicResponse.name = topic.name
            topicResponse.topicID = topic.topicID
            for data in topic.partitionData {
                let slot = PendingProduce.Slot(
                    topic: response.responses.count, partition: topicResponse.partitionResponses.count)
                topicResponse.partitionResponses.append(
                    append(data, topic, request, prepared[slot], context, slot, &written))
            }
            response.responses.append(topicResponse)
        }
        if request.acks == 0 { return acknowledgeNothing(response) }
        return PendingProduce.answer(
            response, waitingFor: written, timeoutMs: request.timeoutMs, on: context.eventLoop)
    }

    private func acknowledgeNothing(_ response: ProduceResponse) -> Handling<ProduceResponse> {
        for partition in response.responses.lazy.flatMap(\.partitionResponses) where partition.errorCode != .none {
            return .disconnect("a produce request with acks=0 failed: \(partition.errorCode)")
        }
        return .silent
    }

    /// A batch that was written and may not be answered before its partition has committed it.
    struct Written {
        var slot: PendingProduce.Slot
        var partition: Partition
        var committedAt: Offset
    }

    /// Stage one of one partition: checked and written, or refused.
    private func append(
        _ data: ProduceRequest.PartitionProduceData, _ topicData: ProduceRequest.TopicProduceData,
        _ request: ProduceRequest, _ prepared: Recompression.Outcome?, _ context: RequestContext,
        _ slot: PendingProduce.Slot, _ written: inout [Written]
    ) -> PartitionResponse {
        var response = PartitionResponse()
        response.index = data.index
        do throws(ProduceRefusal) {
            let topic = try admit(topicData, request, context)
            let partition = try lookUp(data.index, in: topic)
            let checked = prepared ?? check(data.records, topic, context)
            let appended = try write(try checked.get(), to: partition)
            response.baseOffset = appended.baseOffset
            response.logAppendTimeMs = (appended.logAppendTime ?? .none).rawValue
            let offsets = partition.reader.offsets
            response.logStartOffset = offsets.logStart
            if offsets.highWatermark < appended.requiredHighWatermark {
                written.append(Written(slot: slot, partition: partition, committedAt: appended.requiredHighWatermark))
            }
        } catch {
            response.errorCode = error.code
            response.baseOffset = .none
            response.errorMessage = error.message
            response.recordErrors = error.faults.map { fault in
                .with {
                    $0.batchIndex = fault.index
                    $0.batchIndexErrorMessage = fault.message
                }
            }
        }
        return response
    }

    private func check(
        _ records: RecordsField, _ topic: HostedTopic, _ context: RequestContext
    ) -> Recompression.Outcome {
        Result { () throws(ProduceRefusal) in try validation.check(records, for: topic, context) }
    }

    private func admit(
        _ data: ProduceRequest.TopicProduceData, _ request: ProduceRequest, _ context: RequestContext
    ) throws(ProduceRefusal) -> HostedTopic {
        guard [0, 1, -1].contains(request.acks) else {
            throw ProduceRefusal(.invalidRequiredAcks, "acks must be 0, 1 or -1 (all), not \(request.acks).")
        }
        if request.transactionalID != nil {
            throw ProduceRefusal(.invalidRequest, "This broker has no transaction coordinator.")
        }
        let topic: HostedTopic
        do { topic = try topics.find(name: data.name, id: data.topicID) } catch { throw ProduceRefusal(error.code) }
        guard authorizer.allows(.write, on: .topic(topic.name), for: context) else {
            throw ProduceRefusal(.topicAuthorizationFailed)
        }
        if topic.isInternal {
            throw ProduceRefusal(.invalidTopicException, "\(topic.name) is written by the broker alone.")
        }
        if request.acks == -1, topic.minInSyncReplicas > 1 {
            throw ProduceRefusal(
                .notEnoughReplicas, "min.insync.replicas is \(topic.minInSyncReplicas), but there is one replica.")
        }
        return topic
    }

    private func lookUp(_ index: PartitionIndex, in topic: HostedTopic) throws(ProduceRefusal) -> Partition {
        do { return try topic.partition(index) } catch { throw ProduceRefusal(error.code) }
    }

    private func write(_ batch: RecordBatchView, to partition: Partition) throws(ProduceRefusal) -> AppendResult {
        do {
            return try partition.append(batch.bytes, origin: .client, now: validation.now)
        } catch {
            throw ProduceRefusal(error)
        }
    }
}
