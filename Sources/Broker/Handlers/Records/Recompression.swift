import KafkaProtocol
import LogStorage
import NIOCore
import NIOPosix

/// Brings batches into the codec of their topic (`compression.type`), on threads of its own: stage one of a connection
/// waits for it, its event loop does not.
final class Recompression: Sendable {
    typealias Outcome = Result<RecordBatchView, ProduceRefusal>

    /// One batch of a request that its topic wants in another codec.
    private struct Job: Sendable {
        var slot: PendingProduce.Slot
        var records: RecordsField
        var topic: HostedTopic
        var codec: CompressionCodec
    }

    private let topics: TopicTable
    let validation: BatchValidation
    private let threads: NIOThreadPool

    /// - Parameter validation: one of its own, as those of the event loops may not be waited for.
    init(topics: TopicTable, threadCount: Int, validation: BatchValidation) {
        self.topics = topics
        self.validation = validation
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
    }

    func shutdown() async { try? await threads.shutdownGracefully() }

    /// The batches of the request that have to be compressed anew, checked and done; nil where none has to be.
    func prepare(
        _ request: ProduceRequest, _ context: RequestContext
    ) -> EventLoopFuture<[PendingProduce.Slot: Outcome]>? {
        guard topics.recompresses else { return nil }
        let jobs = jobs(request)
        guard !jobs.isEmpty else { return nil }
        return threads.runIfActive(eventLoop: context.eventLoop) { [self] in
            var decompressor = Decompressor()
            var outcomes: [PendingProduce.Slot: Outcome] = [:]
            for job in jobs {
                outcomes[job.slot] = Result { () throws(ProduceRefusal) in
                    try run(job, &decompressor, context)
                }
            }
            return outcomes
        }
    }

    private func jobs(_ request: ProduceRequest) -> [Job] {
        var jobs: [Job] = []
        for (topicIndex, data) in request.topicData.enumerated() {
            guard let topic = try? topics.find(name: data.name, id: data.topicID),
                let codec = topic.configuration.compressionType
            else { continue }
            for (index, partition) in data.partitionData.enumerated() {
                // What is no batch is refused where all others are.
                guard let records = partition.records.buffer, let batch = try? RecordBatchView(onlyBatchIn: records),
                    batch.header.attributes.codec != codec
                else { continue }
                jobs.append(
                    Job(
                        slot: .init(topic: topicIndex, partition: index), records: partition.records, topic: topic,
                        codec: codec))
            }
        }
        return jobs
    }

    private func run(
        _ job: Job, _ decompressor: inout Decompressor, _ context: RequestContext
    ) throws(ProduceRefusal) -> RecordBatchView {
        let batch = try validation.check(job.records, for: job.topic, context)
        var compressor = Compressor(codec: job.codec, level: job.topic.configuration.compressionLevel)
        do {
            return try batch.recompressed(
                with: &compressor, using: &decompressor, limit: validation.decompressionLimit)
        } catch {
            throw ProduceRefusal(RecordBatchRejection(error))
        }
    }
}
