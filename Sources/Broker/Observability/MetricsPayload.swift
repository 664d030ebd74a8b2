import NIOCore

/// One number that a client has measured.
struct MetricPoint: Hashable, Sendable {
    struct Attribute: Hashable, Sendable {
        var key: String
        var value: String
    }

    enum Kind: Sendable {
        /// What is.
        case level
        /// What has been added since the last time.
        case increase
    }

    var name: String
    var attributes: [Attribute] = []
    var kind: Kind
    var value: Double
}

/// The numbers in OpenTelemetry's `MetricsData`, which `ExportMetricsServiceRequest` looks like, too.
///
/// Histograms and summaries come as two numbers, `<name>.count` and `<name>.sum`. Everything is bounded: names and
/// attributes by their bytes, points by their number; what is beyond is left out, what cannot be read is an error.
struct MetricsPayload {
    static let maximumPoints = 10_000
    static let maximumNameLength = 256
    static let maximumAttributes = 8
    static let maximumAttributeLength = 128

    private(set) var points: [MetricPoint] = []

    init(_ message: ByteBuffer) throws(MalformedMetrics) {
        // MetricsData.resource_metrics, ResourceMetrics.scope_metrics, ScopeMetrics.metrics
        try Self.messages(1, in: message) { resource throws(MalformedMetrics) in
            try Self.messages(2, in: resource) { scope throws(MalformedMetrics) in
                try Self.messages(2, in: scope) { metric throws(MalformedMetrics) in try read(metric) }
            }
        }
    }

    private static func messages(
        _ number: UInt64, in message: ByteBuffer, _ body: (ByteBuffer) throws(MalformedMetrics) -> Void
    ) throws(MalformedMetrics) {
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            guard field.number == number else { continue }
            guard case .bytes(let inner) = field.value else { throw MalformedMetrics() }
            try body(inner)
        }
    }

    private static func text(_ bytes: ByteBuffer, limit: Int) -> String {
        let end = min(bytes.readableBytes, limit)
        return String(decoding: bytes.readableBytesView.prefix(end), as: UTF8.self)
    }

    // MARK: - One metric

    private enum Data: UInt64 {
        case gauge = 5
        case sum = 7
        case histogram = 9
        case exponentialHistogram = 10
        case summary = 11
    }

    private mutating func read(_ metric: ByteBuffer) throws(MalformedMetrics) {
        var name = ""
        var data: (kind: Data, bytes: ByteBuffer)?
        var reader = ProtobufReader(metric)
        while let field = try reader.next() {
            guard case .bytes(let bytes) = field.value else { continue }
            if field.number == 1 {
                // A name that is cut short would be another metric's.
                name = bytes.readableBytes <= Self.maximumNameLength ? Self.text(bytes, limit: .max) : ""
            } else if let kind = Data(rawValue: field.number) {
                data = (kind, bytes)
            }
        }
        guard let data else { return }
        try read(data.bytes, data.kind, name)
    }

    private mutating func read(_ data: ByteBuffer, _ kind: Data, _ name: String) throws(MalformedMetrics) {
        var (isDelta, isMonotonic) = (false, kind != .sum)
        var found: [ByteBuffer] = []
        var reader = ProtobufReader(data)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let point)): if found.count < Self.maximumPoints { found.append(point) }
            case (2, .varint(let temporality)): isDelta = temporality == 1
            case (3, .varint(let flag)): isMonotonic = flag != 0
            default: break
            }
        }
        let adds = isDelta && isMonotonic && kind != .gauge && kind != .summary
        for point in found { try read(point, of: kind, name, adds ? .increase : .level) }
    }

    private mutating func read(
        _ bytes: ByteBuffer, of data: Data, _ name: String, _ kind: MetricPoint.Kind
    ) throws(MalformedMetrics) {
        let attributesField: UInt64 = data == .histogram ? 9 : data == .exponentialHistogram ? 1 : 7
        let isNumber = data == .gauge || data == .sum
        var attributes: [MetricPoint.Attribute] = []
        var values: [(suffix: String, value: Double)] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (attributesField, .bytes(let pair)):
                if attributes.count < Self.maximumAttributes { attributes.append(try Self.attribute(pair)) }
            case (4, .fixed64(let bits)) where isNumber: values = [("", Double(bitPattern: bits))]
            case (6, .fixed64(let bits)) where isNumber: values = [("", Double(Int64(bitPattern: bits)))]
            case (4, .fixed64(let count)): values.append((".count", Double(count)))
            case (5, .fixed64(let bits)) where !isNumber: values.append((".sum", Double(bitPattern: bits)))
            default: break
            }
        }
        attributes.sort { ($0.key, $0.value) < ($1.key, $1.value) }
        for (suffix, value) in values where !name.isEmpty && points.count < Self.maximumPoints {
            points.append(MetricPoint(name: name + suffix, attributes: attributes, kind: kind, value: value))
        }
    }

    /// `KeyValue`, whose value may be a text, a number or a truth; others are empty.
    private static func attribute(_ pair: ByteBuffer) throws(MalformedMetrics) -> MetricPoint.Attribute {
        var attribute = MetricPoint.Attribute(key: "", value: "")
        var reader = ProtobufReader(pair)
        while let field = try reader.next() {
            guard case .bytes(let bytes) = field.value else { continue }
            if field.number == 1 { attribute.key = text(bytes, limit: maximumAttributeLength) }
            if field.number == 2 { attribute.value = try anyValue(bytes) }
        }
        return attribute
    }

    private static func anyValue(_ bytes: ByteBuffer) throws(MalformedMetrics) -> String {
        var value = ""
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes)): value = text(bytes, limit: maximumAttributeLength)
            case (2, .varint(let flag)): value = flag == 0 ? "false" : "true"
            case (3, .varint(let number)): value = "\(Int64(bitPattern: number))"
            case (4, .fixed64(let bits)): value = "\(Double(bitPattern: bits))"
            default: break
            }
        }
        return value
    }
}
