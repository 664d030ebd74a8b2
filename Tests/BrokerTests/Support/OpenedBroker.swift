import BrokerTesting
import KafkaProtocol
import LogStorage
import Logging
import NIOCore

@testable import Broker

/// A broker in this process whose inside a test can see.
struct OpenedBroker {
    let service: BrokerService
    let bootstrap: String

    /// How many connections it holds.
    var connectionCount: Int { service.connections?.count ?? -1 }
    /// Bytes of requests that it has taken in and not answered.
    var queuedBytes: Int { service.connections?.queuedBytes ?? -1 }

    func partition(_ topic: String, _ index: PartitionIndex) throws -> Partition? {
        try service.core?.topics.table[topic]?.partition(index)
    }

    func connect() async throws -> RawConnection { try await RawConnection.connect(to: bootstrap) }

    static func start(in directory: String, settings: [String: String] = [:]) async throws -> OpenedBroker {
        let service = BrokerService(
            configuration: try InProcessBroker.configuration(directory: directory, port: 0, settings: settings),
            environment: LogEnvironment(fileSystem: PosixFileSystem()),
            logger: Logger(label: "broker", factory: { _ in SwiftLogNoOpLogHandler() }))
        let ready = try await service.start()
        return OpenedBroker(service: service, bootstrap: "127.0.0.1:\(ready.listeners[0].port)")
    }
}

/// Runs `body` against a broker on a directory of its own, and stops it.
func withOpenedBroker(
    settings: [String: String] = [:], _ body: (OpenedBroker) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let broker = try await OpenedBroker.start(in: directory.path, settings: settings)
    do {
        try await body(broker)
    } catch {
        await broker.service.stop()
        throw error
    }
    await broker.service.stop()
}

/// Waits until `condition` holds; the suite's time limit ends the wait if it never does.
func until(_ condition: () throws -> Bool) async throws {
    while try !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// What stands at each end of a typed exchange.
enum Wire {
    static func frame<Request: RequestMessage>(
        _ request: Request, version: Int16, correlationID: Int32 = 1
    ) throws -> ByteBuffer {
        var frame = ByteBuffer()
        let header = RequestHeader.with {
            $0.apiKey = Request.apiKey
            $0.apiVersion = version
            $0.correlationID = correlationID
            $0.clientID = "test"
        }
        try header.encode(into: &frame, version: Request.headerVersion(version))
        try request.encode(into: &frame, version: version)
        return frame
    }

    static func sized(_ frame: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32(frame.readableBytes))
        bytes.writeImmutableBuffer(frame)
        return bytes
    }

    static func answer<Response: ResponseMessage>(
        _ frame: ByteBuffer, as type: Response.Type, version: Int16
    ) throws -> Response {
        var body = frame
        _ = try ResponseHeader.decodePrefix(of: &body, version: Response.headerVersion(version))
        return try Response.decode(body, version: version)
    }

    static func correlationID(_ answer: ByteBuffer?) -> Int32? {
        answer.flatMap { $0.getInteger(at: $0.readerIndex) }
    }
}

extension RawConnection {
    func ask<Request: RequestMessage>(_ request: Request, version: Int16) async throws -> Request.Response {
        let frame = try await exchange(Wire.frame(request, version: version))
        return try Wire.answer(frame, as: Request.Response.self, version: version)
    }

    /// Creates a topic; returns its id.
    @discardableResult
    func createTopic(
        _ name: String, partitions: Int32 = 1, settings: [String: String] = [:]
    ) async throws -> TopicID {
        let request = CreateTopicsRequest.with {
            $0.topics = [
                .with { topic in
                    topic.name = name
                    topic.numPartitions = partitions
                    topic.replicationFactor = 1
                    topic.configs = settings.map { setting in
                        .with { ($0.name, $0.value) = (setting.key, setting.value) }
                    }
                }
            ]
        }
        let result = try await ask(request, version: 7).topics[0]
        guard result.errorCode == .none else { throw Refused(code: result.errorCode) }
        return result.topicID
    }

    /// The log end that consumers see.
    func latestOffset(_ topic: String, _ partition: PartitionIndex) async throws -> Offset {
        let request = ListOffsetsRequest.with {
            $0.replicaID = -1
            $0.topics = [
                .with { asked in
                    asked.name = topic
                    asked.partitions = [.with { ($0.partitionIndex, $0.timestamp) = (partition, -1) }]
                }
            ]
        }
        return try await ask(request, version: 7).topics[0].partitions[0].offset
    }
}

/// An error code where a test expected none.
struct Refused: Error {
    var code: ErrorCode
}
