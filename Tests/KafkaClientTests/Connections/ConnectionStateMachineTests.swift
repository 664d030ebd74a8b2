import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct ConnectionStateMachineTests {
    typealias Machine = ConnectionStateMachine<String>

    private static func versionsFrame(
        _ version: Int16, correlationID: Int32, error: ErrorCode = .none, ranges: [ApiKey: ClosedRange<Int16>]
    ) throws -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(correlationID)
        let response = ApiVersionsResponse.with {
            $0.errorCode = error
            $0.apiKeys = ranges.map { key, range in
                .with {
                    $0.apiKey = key.rawValue
                    $0.minVersion = range.lowerBound
                    $0.maxVersion = range.upperBound
                }
            }
        }
        try response.encode(into: &frame, version: version)
        return frame
    }

    private static func answer(_ correlationID: Int32, headerVersion: Int16 = 0, _ body: String) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(correlationID)
        if headerVersion == 1 { frame.writeInteger(0, as: UInt8.self) }
        frame.writeString(body)
        return frame
    }

    private static func open() throws -> Machine {
        var machine = Machine()
        _ = machine.connected(deadline: .distantFuture)
        _ = machine.received(try versionsFrame(4, correlationID: 0, ranges: [.metadata: 0...13]))
        #expect(machine.isOpen)
        return machine
    }

    private static func begin(
        _ machine: inout Machine, _ reply: String?, deadline: NIODeadline = .distantFuture, headerVersion: Int16 = 0
    ) -> Int32? {
        machine.begin(
            apiKey: .metadata, version: 1, responseHeaderVersion: headerVersion, deadline: deadline, reply: reply)
    }

    @Test func `the newest version of ApiVersions is tried first`() throws {
        var machine = Machine()
        guard case .sendApiVersions(4, 0) = machine.connected(deadline: .distantFuture) else {
            Issue.record("no request was sent")
            return
        }
        let frame = try Self.versionsFrame(4, correlationID: 0, ranges: [.metadata: 1...9])
        guard case .ready(let table) = machine.received(frame) else {
            Issue.record("the connection is not ready")
            return
        }
        #expect(table.ranges == [.metadata: 1...9])
    }

    @Test(arguments: [(Int16?(2), Int16(2)), (3, 3), (9, 3), (nil, 0)])
    func `a broker that refuses the version is asked again in one that it knows`(
        newest: Int16?, expected: Int16
    ) throws {
        let ranges: [ApiKey: ClosedRange<Int16>] = newest.map { [.apiVersions: 0...$0] } ?? [:]
        var machine = Machine()
        _ = machine.connected(deadline: .distantFuture)
        let refusal = try Self.versionsFrame(0, correlationID: 0, error: .unsupportedVersion, ranges: ranges)
        guard case .sendApiVersions(let version, let id) = machine.received(refusal) else {
            Issue.record("not asked again")
            return
        }
        #expect(version == expected)
        #expect(id == 1)
        let frame = try Self.versionsFrame(expected, correlationID: 1, ranges: [.fetch: 4...4])
        guard case .ready = machine.received(frame) else {
            Issue.record("not ready")
            return
        }
    }

    @Test func `a broker that refuses every version is given up`() throws {
        var machine = Machine()
        _ = machine.connected(deadline: .distantFuture)
        let first = try Self.versionsFrame(0, correlationID: 0, error: .unsupportedVersion, ranges: [:])
        _ = machine.received(first)
        let second = try Self.versionsFrame(0, correlationID: 1, error: .unsupportedVersion, ranges: [:])
        guard case .close(let error, _) = machine.received(second) else {
            Issue.record("not closed")
            return
        }
        #expect(error.brokerCode == .unsupportedVersion)
    }

    @Test func `answers are paired with requests in order, their headers removed`() throws {
        var machine = try Self.open()
        let first = try #require(Self.begin(&machine, "a"))
        let second = try #require(Self.begin(&machine, "b", headerVersion: 1))
        #expect(machine.inFlight == 2)
        guard case .answer(let one, let body) = machine.received(Self.answer(first, "x")) else {
            Issue.record("no answer")
            return
        }
        #expect(one.reply == "a")
        #expect(String(buffer: body) == "x")
        guard case .answer(let two, let other) = machine.received(Self.answer(second, headerVersion: 1, "y")) else {
            Issue.record("no answer")
            return
        }
        #expect(two.reply == "b")
        #expect(String(buffer: other) == "y")
        #expect(machine.inFlight == 0)
    }

    @Test func `a request without an answer takes a number and nothing else`() throws {
        var machine = try Self.open()
        let silent = try #require(Self.begin(&machine, nil))
        let asked = try #require(Self.begin(&machine, "a"))
        #expect(asked == silent + 1)
        guard case .answer(let waiting, _) = machine.received(Self.answer(asked, "")) else {
            Issue.record("no answer")
            return
        }
        #expect(waiting.reply == "a")
    }

    @Test func `an answer out of order ends the connection`() throws {
        var machine = try Self.open()
        _ = Self.begin(&machine, "a")
        let second = try #require(Self.begin(&machine, "b"))
        guard case .close(let error, let failed) = machine.received(Self.answer(second, "")) else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == .protocolViolation)
        #expect(failed.map(\.reply) == ["a", "b"])
    }

    @Test func `an answer that nobody asked for ends the connection`() throws {
        var machine = try Self.open()
        guard case .close(let error, _) = machine.received(Self.answer(1, "")) else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == .protocolViolation)
    }

    @Test func `a late answer ends the connection and fails all that wait`() throws {
        var machine = try Self.open()
        let start = NIODeadline.uptimeNanoseconds(0)
        _ = Self.begin(&machine, "slow", deadline: start + .seconds(9))
        _ = Self.begin(&machine, "fast", deadline: start + .seconds(1))
        #expect(machine.nextDeadline == start + .seconds(1))
        guard case .nothing = machine.deadlinePassed(now: start + .milliseconds(999)) else {
            Issue.record("too early")
            return
        }
        guard case .close(let error, let failed) = machine.deadlinePassed(now: start + .seconds(1)) else {
            Issue.record("not closed")
            return
        }
        #expect(error.code == .requestTimedOut)
        #expect(error.isRetriable)
        #expect(failed.map(\.reply) == ["slow", "fast"])
        #expect(Self.begin(&machine, "after") == nil)
    }

    @Test func `a connection ends once`() throws {
        var machine = try Self.open()
        _ = machine.close(KafkaError(.connectionLost, ""))
        guard case .nothing = machine.close(KafkaError(.connectionLost, "")) else {
            Issue.record("closed twice")
            return
        }
    }

    @Test func `the queue of waiting requests forgets what was answered`() throws {
        var machine = try Self.open()
        var ids: [Int32] = []
        for number in 0..<200 { ids.append(try #require(Self.begin(&machine, "\(number)"))) }
        for (number, id) in ids.enumerated() {
            guard case .answer(let waiting, _) = machine.received(Self.answer(id, "")) else {
                Issue.record("no answer")
                return
            }
            #expect(waiting.reply == "\(number)")
        }
        #expect(machine.inFlight == 0)
        #expect(machine.nextDeadline == nil)
    }
}
