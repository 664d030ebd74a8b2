import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

@testable import Broker

/// What a changed setting of a topic does to the next batch, without a restart.
@Suite(.timeLimit(.minutes(5)))
struct TopicSettingEffectTests {
    /// What a test has at hand: a topic `t` that has one batch already.
    struct Scene {
        var disk: SimulatedFileSystem
        var broker: SimulatedBroker
        var client: TestClient

        /// The number of segments of `t`.
        var segmentCount: Int { disk.paths.filter { $0.hasPrefix("/data/t-0/") && $0.hasSuffix(".log") }.count }

        @discardableResult
        func produce(_ count: Int = 1, size: Int = 100, apart milliseconds: Int64 = 0) async throws -> [ErrorCode] {
            var codes: [ErrorCode] = []
            for number in 0..<count {
                let time = TestBatch.recent.advanced(byMilliseconds: Int64(number + 1) * milliseconds)
                let batch = try TestBatch.values([String(repeating: "x", count: size)], at: time)
                codes.append(try await client.produce(batch, to: "t").errorCode)
            }
            return codes
        }
    }

    struct Effect: Sendable, CustomTestStringConvertible {
        var settings: [String: String]
        var isSeen: @Sendable (Scene) async throws -> Bool
        var testDescription: String { settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined() }
    }

    static let effects: [Effect] = [
        Effect(settings: ["segment.bytes": "1048576"]) { scene in
            try await scene.produce(3, size: 600_000)
            return scene.segmentCount == 3
        },
        Effect(settings: ["segment.ms": "1000"]) { scene in
            try await scene.produce(3, apart: 1001)
            return scene.segmentCount == 4
        },
        Effect(settings: ["segment.ms": "1000", "segment.jitter.ms": "1000"]) { scene in
            try await scene.produce(3, apart: 1001)
            return scene.segmentCount == 4
        },
        Effect(settings: ["segment.index.bytes": "24", "index.interval.bytes": "0"]) { scene in
            try await scene.produce(12)
            return scene.segmentCount >= 3
        },
        Effect(settings: ["max.message.bytes": "1000"]) { scene in
            let codes = [try await scene.produce(size: 500), try await scene.produce(size: 1500)]
            return codes == [[.none], [.messageTooLarge]]
        },
        Effect(settings: ["message.timestamp.type": "LogAppendTime"]) { scene in
            scene.broker.clock.advance(by: .seconds(77))
            try await scene.produce()
            let found = try await scene.client.listOffset("t", at: -3)
            return found.timestamp == scene.broker.clock.milliseconds && found.offset == 1
        },
        Effect(settings: ["message.timestamp.after.max.ms": "500"]) { scene in
            try await scene.produce(2, apart: 400) == [.none, .invalidTimestamp]
        },
        Effect(settings: ["message.timestamp.before.max.ms": "500"]) { scene in
            scene.broker.clock.advance(by: .milliseconds(1000))
            return try await scene.produce(2, apart: 250) == [.invalidTimestamp, .none]
        },
        Effect(settings: ["retention.ms": "5000"]) { scene in
            scene.broker.clock.advance(by: .seconds(300))
            await scene.broker.tick()
            return try await scene.client.listOffset("t", at: -2).offset == 1
        },
        Effect(settings: ["retention.bytes": "0"]) { scene in
            scene.broker.clock.advance(by: .seconds(300))
            await scene.broker.tick()
            return try await scene.client.listOffset("t", at: -2).offset == 1
        },
        Effect(settings: ["retention.bytes": "0", "retention.ms": "5000", "cleanup.policy": "compact"]) { scene in
            scene.broker.clock.advance(by: .seconds(300))
            await scene.broker.tick()
            return try await scene.client.listOffset("t", at: -2).offset == 0
        },
        Effect(settings: ["file.delete.delay.ms": "0", "retention.bytes": "0"]) { scene in
            scene.broker.clock.advance(by: .seconds(300))
            await scene.broker.tick()
            await scene.broker.tick()
            return !scene.disk.paths.contains { $0.hasSuffix(".deleted") }
        },
        Effect(settings: ["preallocate": "true", "segment.ms": "1000"]) { scene in
            let before = try scene.disk.space(at: "/data").usableBytes
            try await scene.produce(2, apart: 2000)
            return try before - scene.disk.space(at: "/data").usableBytes >= 1 << 30
        },
    ]

    @Test(arguments: effects) func `a setting counts from the next batch or round`(_ effect: Effect) async throws {
        let disk = SimulatedFileSystem(seed: 51)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t")
            try await client.produce(["first"], to: "t")
            try await client.alter("t", effect.settings)
            #expect(try await effect.isSeen(Scene(disk: disk, broker: broker, client: client)))
        }
    }

    @Test func `no setting makes a difference where it is not set`() async throws {
        let disk = SimulatedFileSystem(seed: 52)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t")
            try await client.produce(["first"], to: "t")
            let scene = Scene(disk: disk, broker: broker, client: client)
            #expect(try await scene.produce(3, size: 600_000, apart: 2000) == [.none, .none, .none])
            broker.clock.advance(by: .seconds(300))
            await broker.tick()
            #expect(scene.segmentCount == 1)
            #expect(try await client.listOffset("t", at: -2).offset == 0)
        }
    }
}
