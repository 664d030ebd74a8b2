import NIOCore
import Testing

@testable import Broker

struct MetricsPayloadTests {
    private typealias Message = TestMetricsMessage

    private static func points(_ metrics: [[TestMetricsMessage.Field]]) throws -> [String] {
        try MetricsPayload(Message.payload(metrics)).points.map { point in
            let attributes = point.attributes.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            return "\(point.kind) \(point.name){\(attributes)} \(point.value)"
        }
    }

    @Test func `gauges are levels, and sums that only grow are increases where they come as differences`() throws {
        let points = try Self.points([
            Message.gauge("a", 1.5), Message.sum("b", 7), Message.sum("c", 7, isDelta: false),
            Message.sum("d", -3, isMonotonic: false),
        ])
        #expect(points == ["level a{} 1.5", "increase b{} 7.0", "level c{} 7.0", "level d{} -3.0"])
    }

    @Test func `attributes may be texts, numbers and truths, and stand in the order of their names`() throws {
        let points = try Self.points([
            Message.gauge(
                "a", 1,
                attributes: [
                    Message.attribute(7, "t", .text(1, "x")),
                    Message.attribute(7, "n", .varint(3, UInt64(bitPattern: -4))),
                    Message.attribute(7, "b", .varint(2, 1)), Message.attribute(7, "d", .double(4, 0.5)),
                    Message.attribute(7, "l", .message(5, [.message(1, [.text(1, "y")])])),
                ])
        ])
        #expect(points == ["level a{b=true,d=0.5,l=,n=-4,t=x} 1.0"])
    }

    @Test func `histograms and summaries come as a count and a sum`() throws {
        let key = { (number: UInt64) in Message.attribute(number, "k", .text(1, "v")) }
        let point = { (number: UInt64) -> TestMetricsMessage.Field in
            .message(
                1, [key(number), .fixed64(4, 3), .double(5, 4.5), .fixed64(2, 1), .bytes(6, ByteBuffer(bytes: [0]))])
        }
        let points = try Self.points([
            [.text(1, "h"), .message(9, [point(9), .varint(2, 1)])],
            [.text(1, "e"), .message(10, [point(1), .varint(2, 2)])],
            [.text(1, "s"), .message(11, [point(7)])],
        ])
        #expect(
            points == [
                "increase h.count{k=v} 3.0", "increase h.sum{k=v} 4.5", "level e.count{k=v} 3.0",
                "level e.sum{k=v} 4.5", "level s.count{k=v} 3.0", "level s.sum{k=v} 4.5",
            ])
    }

    @Test func `what is unknown is passed over`() throws {
        let metric = Message.gauge("a", 1) + [.varint(99, 5), .message(12, [.text(1, "m")])]
        #expect(try Self.points([metric, [.text(1, "no data")], []]) == ["level a{} 1.0"])
        #expect(try MetricsPayload(ByteBuffer()).points.isEmpty)
    }

    @Test func `names, attributes and points are bounded`() throws {
        let long = String(repeating: "x", count: MetricsPayload.maximumNameLength + 1)
        let attributes = (0..<20).map { Message.attribute(7, "k\($0)", .text(1, long)) }
        let message = Message.payload([Message.gauge(long, 1), Message.gauge("a", 1, attributes: attributes)])
        let points = try MetricsPayload(message).points
        #expect(points.map(\.name) == ["a"])
        #expect(points[0].attributes.count == MetricsPayload.maximumAttributes)
        #expect(points[0].attributes.allSatisfy { $0.value.utf8.count == MetricsPayload.maximumAttributeLength })
        let point = TestMetricsMessage.Field.message(1, [.double(4, 1)])
        let many = Message.payload([
            [.text(1, "a"), .message(5, Array(repeating: point, count: MetricsPayload.maximumPoints + 5))]
        ])
        #expect(try MetricsPayload(many).points.count == MetricsPayload.maximumPoints)
    }

    @Test(
        arguments: [
            [0x0a], [0x0a, 5, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [0x0b],
            [0x07], [0x00, 1], [0x09, 1, 2], [0x0d, 1], [0x08, 0x80], [0x08, 1], [0x0a, 2, 0x12, 9],
            Array("not metrics at all".utf8),
        ] as [[UInt8]])
    func `bytes that are no metrics are refused`(bytes: [UInt8]) {
        #expect(throws: MalformedMetrics.self) { _ = try MetricsPayload(ByteBuffer(bytes: bytes)) }
    }

    @Test func `no bytes end the process`() {
        var generator = SystemRandomNumberGenerator()
        let whole = Array(Message.payload([Message.gauge("a", 1), Message.sum("b", 2)]).readableBytesView)
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? MetricsPayload(ByteBuffer(bytes: bytes.prefix(.random(in: 0...bytes.count, using: &generator))))
        }
    }
}
