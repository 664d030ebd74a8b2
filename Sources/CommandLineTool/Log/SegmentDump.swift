import ArgumentParser
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// What the records of a broker's own log are.
enum InternalLog: String, ExpressibleByArgument, CaseIterable {
    case clusterMetadata = "cluster-metadata"
    case offsets
    case transactions
    case shareState = "share-state"
    case none

    /// What the folder's name says.
    init(folder: String) {
        switch folder {
        case let name where name.hasPrefix("__cluster_metadata-"): self = .clusterMetadata
        case let name where name.hasPrefix("__consumer_offsets-"): self = .offsets
        case let name where name.hasPrefix("__transaction_state-"): self = .transactions
        case let name where name.hasPrefix("__share_group_state-"): self = .shareState
        default: self = .none
        }
    }

    fileprivate var types: [CoordinatorRecordType]? {
        switch self {
        case .offsets: CoordinatorRecordType.groups
        case .transactions: CoordinatorRecordType.transactions
        case .shareState: CoordinatorRecordType.shareState
        case .clusterMetadata, .none: nil
        }
    }
}

/// Prints the batches of a segment, and their records where asked.
struct SegmentDump: ~Copyable {
    let content: InternalLog
    let isDeep: Bool
    private var decompressor = Decompressor()
    private static let decompressionLimit = 1 << 30

    init(content: InternalLog, isDeep: Bool) {
        self.content = content
        self.isDeep = isDeep
    }

    /// Prints up to the first byte that is not sound, and says what is wrong there.
    mutating func run(_ file: any LogFile, to output: inout DumpOutput) throws {
        var scanner = SegmentScanner(file, to: try file.size(), window: SegmentScanner.walkWindow)
        while true {
            do {
                guard let batch = try scanner.next() else { return }
                var item = DumpItem("batch", Self.fields(of: batch))
                do { try scanner.checkCRC(of: batch) } catch {
                    item.fields.append(("isvalid", .bool(false)))
                    try output.write(item)
                    throw error
                }
                item.fields.append(("isvalid", .bool(true)))
                if isDeep { item.records = try records(of: batch, file, output.bytes, isJSON: output.isJSON) }
                try output.write(item)
            } catch let error as LogError {
                return try output.problem(at: error.position ?? scanner.position, error.findingText)
            } catch let error as RecordsDamage {
                return try output.problem(at: error.position, error.error.description)
            }
        }
    }

    /// In the order and with the names of Kafka's own tool.
    private static func fields(of batch: SegmentScanner.Batch) -> [(String, JSONValue)] {
        let header = batch.header
        let codec = header.attributes.codec?.description ?? "\(header.attributes.codecNumber)"
        return [
            ("baseOffset", .number(header.baseOffset.rawValue)), ("lastOffset", .number(header.lastOffset.rawValue)),
            ("count", .number(header.recordCount)), ("baseSequence", .number(header.baseSequence.rawValue)),
            ("lastSequence", .number(header.lastSequence.rawValue)),
            ("producerId", .number(header.producerID.rawValue)),
            ("producerEpoch", .number(header.producerEpoch.rawValue)),
            ("partitionLeaderEpoch", .number(header.partitionLeaderEpoch.rawValue)),
            ("isTransactional", .bool(header.isTransactional)), ("isControl", .bool(header.isControl)),
            ("deleteHorizonMs", header.deleteHorizon.map { .number($0.rawValue) } ?? .null),
            ("position", .number(batch.position)),
            (header.timestampType.description, .number(header.maxTimestamp.rawValue)),
            ("size", .number(header.sizeInBytes)), ("magic", .number(header.magic)),
            ("compresscodec", .string(codec)), ("crc", .number(header.crc)),
        ]
    }

    private struct RecordsDamage: Error {
        let position: Int
        let error: RecordBatchError
    }

    private mutating func records(
        of batch: SegmentScanner.Batch, _ file: any LogFile, _ style: BytesStyle, isJSON: Bool
    ) throws -> [DumpItem] {
        let bytes = ByteBuffer(bytes: try file.read(batch.position..<batch.end))
        do throws(RecordBatchError) {
            let view = try RecordBatchView(bytes)
            var records = try view.records(using: &decompressor, limit: Self.decompressionLimit).makeIterator()
            var items: [DumpItem] = []
            while let record = try records.next() {
                items.append(DumpItem("record", fields(of: record, in: batch.header, style, isJSON: isJSON)))
            }
            return items
        } catch {
            throw RecordsDamage(position: batch.position, error: error)
        }
    }

    private func fields(
        of record: Record, in header: RecordBatchHeader, _ style: BytesStyle, isJSON: Bool
    ) -> [(String, JSONValue)] {
        let headers = record.headers.map { header in
            isJSON
                ? JSONValue.object([("name", .string(header.key)), style.json("value", header.value)])
                : .string("\(header.key)=\(header.value.map { style.text($0) } ?? "null")")
        }
        let fields: [(String, JSONValue)] = [
            ("offset", .number(record.offset.rawValue)),
            (record.timestampType.description, .number(record.timestamp.rawValue)),
            ("keySize", .number(record.key?.readableBytes ?? -1)),
            ("valueSize", .number(record.value?.readableBytes ?? -1)),
            ("sequence", .number(header.sequence(at: record.offset).rawValue)), ("headers", .array(headers)),
        ]
        return fields + content(of: record, in: header, style, isJSON: isJSON)
    }

    private func content(
        of record: Record, in header: RecordBatchHeader, _ style: BytesStyle, isJSON: Bool
    ) -> [(String, JSONValue)] {
        if header.isControl { return Self.control(record) }
        if let types = content.types,
            let (key, value) = CoordinatorRecordType.json(key: record.key, value: record.value, among: types)
        {
            return [("key", .verbatim(key)), ("payload", .verbatim(value))]
        }
        if content == .clusterMetadata, let value = record.value, let json = Self.metadata(value) {
            return [("payload", .verbatim(json))]
        }
        if isJSON { return [style.json("key", record.key), style.json("payload", record.value)] }
        return [
            ("key", .optional(record.key.map { style.text($0) })),
            ("payload", .optional(record.value.map { style.text($0) })),
        ]
    }

    private static func control(_ record: Record) -> [(String, JSONValue)] {
        guard let type = ControlRecordType(key: record.key) else { return [("controlType", .string("unknown"))] }
        guard let marker = try? EndTransactionMarker(record) else { return [("controlType", .string("\(type)"))] }
        return [
            ("endTxnMarker", .string(marker.isCommit ? "COMMIT" : "ABORT")),
            ("coordinatorEpoch", .number(marker.coordinatorEpoch)),
        ]
    }

    /// A record of the cluster metadata log by its type; nil for one that nobody knows.
    private static func metadata(_ value: ByteBuffer) -> String? {
        guard let frame = try? MetadataRecordFrame(value),
            let type = MessageCatalogue.metadataRecords.first(where: { $0.recordType == frame.recordType })
        else { return nil }
        return json(of: type, frame)
    }

    private static func json<Metadata: MetadataRecord>(of type: Metadata.Type, _ frame: MetadataRecordFrame) -> String?
    {
        guard let record = try? Metadata.decode(frame.body, version: frame.version) else { return nil }
        let head = "\"type\":\"\(upperCase(Metadata.messageName))\",\"version\":\(frame.version)"
        return "{\(head),\"data\":\(record.json(version: frame.version))}"
    }

    /// `TopicRecord` as `TOPIC_RECORD`.
    static func upperCase(_ name: String) -> String {
        var words = ""
        for character in name {
            if character.isUppercase, !words.isEmpty { words += "_" }
            words += character.uppercased()
        }
        return words
    }
}

extension LogError {
    fileprivate var position: Int? { if case .corrupt(let damage) = self { damage.position } else { nil } }
}
