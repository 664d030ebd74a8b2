import CZlib
import Foundation
import KafkaProtocol
import NIOCore
import Testing

/// One line of record-batches.jsonl: a `records` field and what other implementations read in it.
struct GoldenRecords: Decodable, Sendable, CustomTestStringConvertible {
    struct Batch: Decodable, Sendable {
        let baseOffset: Int64
        let lastOffset: Int64
        let magic: Int8
        let sizeInBytes: Int
        let crc: UInt32
        let valid: Bool
        let compression: String
        let timestampType: String
        let maxTimestamp: Int64
        let baseTimestamp: Int64?
        let deleteHorizonMs: Int64?
        let producerId: Int64?
        let producerEpoch: Int16?
        let baseSequence: Int32?
        let lastSequence: Int32?
        let partitionLeaderEpoch: Int32?
        let transactional: Bool?
        let control: Bool?
        let count: Int32?
        let records: [Line]?
    }

    struct Line: Decodable, Sendable {
        /// The bytes themselves, or for long ones what they must be.
        enum Value: Decodable, Sendable {
            case bytes(ByteBuffer?)
            case digest(Digest)

            struct Digest: Decodable {
                let len: Int
                /// The CRC-32 of gzip.
                let crc32: UInt
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    self = .bytes(ByteBuffer(base64: text))
                } else {
                    self = .digest(try container.decode(Digest.self))
                }
            }

            func matches(_ value: ByteBuffer?) -> Bool {
                switch self {
                case .bytes(let expected): return value == expected
                case .digest(let digest):
                    guard let value, value.readableBytes == digest.len else { return false }
                    return unsafe value.withUnsafeReadableBytes { bytes in
                        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                        return unsafe crc32(0, start, UInt32(bytes.count)) == digest.crc32
                    }
                }
            }
        }

        struct Header: Decodable, Sendable {
            let key: String
            let value: String?
        }
        let offset: Int64
        let timestamp: Int64
        let sequence: Int32?
        let key: String?
        let value: Value?
        let headers: [Header]?
        /// Such as COMMIT.
        let controlType: String?
        let coordinatorEpoch: Int32?

        func matches(_ record: Record) -> Bool {
            let headers = (headers ?? []).map { RecordHeader(key: $0.key, value: ByteBuffer(base64: $0.value)) }
            return record.offset == Offset(offset) && record.timestamp == Timestamp(timestamp)
                && record.key == ByteBuffer(base64: key) && record.headers == headers
                && (value?.matches(record.value) ?? (record.value == nil))
        }
    }

    let name: String
    let note: String?
    let hex: String
    let batches: [Batch]

    var bytes: ByteBuffer { ByteBuffer(hex: hex) }
    var testDescription: String { name }
    var isLegacy: Bool { batches.contains { $0.magic < 2 } }

    static let all: [GoldenRecords] = (try? load()) ?? []

    static func load() throws -> [GoldenRecords] {
        try Fixtures.lines("record-batches.jsonl.gz").map { line in
            try JSONDecoder().decode(GoldenRecords.self, from: Data(line.utf8))
        }
    }

    /// Those of format version 2.
    static let current = all.filter { !$0.isLegacy }
    static let legacy = all.filter(\.isLegacy)
}

extension ByteBuffer {
    /// The bytes that `base64` spells; nil for nil.
    init?(base64: String?) {
        guard let base64, let data = Data(base64Encoded: base64) else { return nil }
        self.init(bytes: data)
    }
}

extension RecordBatchView {
    /// All records, decompressed by a fresh decompressor.
    func allRecords(limit: Int = 1 << 24) throws -> [Record] {
        var decompressor = Decompressor()
        return try records(using: &decompressor, limit: limit).all()
    }
}
