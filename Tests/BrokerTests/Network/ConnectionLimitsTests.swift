import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct ConnectionLimitsTests {
    private static func isServed(_ connection: RawConnection) async throws -> Bool {
        connection.sendFrame(try Wire.frame(ApiVersionsRequest(), version: 0))
        return await connection.receive() != nil
    }

    private static func isRefused(_ connection: RawConnection) async throws -> Bool {
        let isServed = try await isServed(connection)
        return !isServed
    }

    private static func set(_ key: String, to value: String?, over connection: RawConnection) async throws {
        let request = IncrementalAlterConfigsRequest.with {
            $0.resources = [
                .with { resource in
                    resource.resourceType = 4
                    resource.resourceName = "1"
                    resource.configs = [
                        .with { ($0.name, $0.configOperation, $0.value) = (key, value == nil ? 1 : 0, value) }
                    ]
                }
            ]
        }
        let answer = try await connection.ask(request, version: 1).responses[0]
        try #require(answer.errorCode == .none, "\(answer.errorMessage ?? "")")
    }

    @Test(arguments: ["max.connections", "max.connections.per.ip"])
    func `a connection above the limit is closed, and the place of one that ends is free`(key: String) async throws {
        try await withOpenedBroker(settings: [key: "2"]) { broker in
            let connections = [try await broker.connect(), try await broker.connect()]
            for connection in connections { #expect(try await Self.isServed(connection)) }
            let third = try await broker.connect()
            #expect(try await Self.isRefused(third))
            await third.close()
            #expect(try await Self.isServed(connections[0]))
            await connections[1].close()
            try await until { broker.connectionCount == 1 }
            let fourth = try await broker.connect()
            #expect(try await Self.isServed(fourth))
            await fourth.close()
            await connections[0].close()
        }
    }

    @Test(arguments: ["max.connections", "max.connections.per.ip"])
    func `the limit changes while the broker runs`(key: String) async throws {
        try await withOpenedBroker { broker in
            let first = try await broker.connect()
            try await Self.set(key, to: "1", over: first)
            let second = try await broker.connect()
            #expect(try await Self.isRefused(second))
            await second.close()
            try await Self.set(key, to: nil, over: first)
            let third = try await broker.connect()
            #expect(try await Self.isServed(third))
            await third.close()
            await first.close()
        }
    }

    @Test func `an address may have a limit of its own`() async throws {
        let settings = ["max.connections.per.ip": "0", "max.connections.per.ip.overrides": "127.0.0.1:1"]
        try await withOpenedBroker(settings: settings) { broker in
            let first = try await broker.connect()
            #expect(try await Self.isServed(first))
            let second = try await broker.connect()
            #expect(try await Self.isRefused(second))
            await second.close()
            await first.close()
        }
    }

    @Test func `a connection that says nothing for too long is closed`() async throws {
        try await withOpenedBroker(settings: ["connections.max.idle.ms": "20"]) { broker in
            let connection = try await broker.connect()
            #expect(await connection.receive() == nil)
            try await until { broker.connectionCount == 0 }
            await connection.close()
        }
    }

    @Test func `a frame above socket.request.max.bytes ends its connection before it has come`() async throws {
        try await withOpenedBroker(settings: ["socket.request.max.bytes": "1000"]) { broker in
            let connection = try await broker.connect()
            let fitting = MetadataRequest.with { $0.topics = [.with { $0.name = String(repeating: "x", count: 900) }] }
            _ = try await connection.ask(fitting, version: 1)
            connection.send(ByteBuffer(bytes: [0, 0, 0x03, 0xe9]))
            #expect(await connection.receive() == nil)
            await connection.close()
        }
    }
}
