import KafkaProtocol
import NIOCore

/// Prints the batches of a segment, one a line, and their records where asked.
struct SegmentDump: ~Copyable {
    let isMetadata: Bool
    let isDeep: Bool
    private var decompressor = Decompressor()

    init(isMetadata: Bool, isDeep: Bool) {
        self.isMetadata = isMetadata
        self.isDeep = isDeep
    }

    /// - Returns: whether every batch is whole and its checksum right.
    mutating func run(_ file: consuming FileBytes, to output: inout OutputBuffer) throws -> Bool {
        var buffer = ByteBuffer()
        var position = 0
        var isSound = true
        while true {
            guard try Self.fill(&buffer, RecordBatchHeader.byteCount, from: file) else { break }
            let header: RecordBatchHeader
            do { header = try RecordBatchHeader(from: buffer, at: buffer.readerIndex) } catch {
                try output.write("  position \(position): no batch begins here (\(error))\n")
                return false
            }
            guard try Self.fill(&buffer, header.sizeInBytes, from: file) else { break }
            let batch = try RecordBatchView(buffer)
            isSound = try dump(batch, at: position, to: &output) && isSound
            buffer.moveReaderIndex(forwardBy: header.sizeInBytes)
            buffer.discardReadBytes()
            position += header.sizeInBytes
        }
        guard buffer.readableBytes > 0 else { return isSound }
        try output.write("  position \(position): \(buffer.readableBytes) bytes of a batch that is cut off\n")
        return false
    }

    /// Reads until `count` bytes are there. Memory grows with what the file has, whatever a length field claims.
    private static func fill(
        _ buffer: inout ByteBuffer, _ count: Int, from file: borrowing FileBytes
    ) throws(CommandFailure) -> Bool {
        while buffer.readableBytes < count {
            if try !file.read(min(1 << 20, max(64 << 10, count - buffer.readableBytes)), into: &buffer) { return false }
        }
        return true
    }

    private mutating func dump(
        _ batch: RecordBatchView, at position: Int, to output: inout OutputBuffer
    ) throws -> Bool {
        let header = batch.header
        let isValid = batch.crcIsValid
        let codec = header.attributes.codec?.description ?? "unknown codec \(header.attributes.codecNumber)"
        var line = "  offsets \(header.baseOffset)-\(header.lastOffset) records \(header.recordCount) "
        line += "position \(position) size \(header.sizeInBytes) epoch \(header.partitionLeaderEpoch) \(codec) "
        line += "\(header.timestampType) \(header.maxTimestamp)"
        if header.hasProducerID {
            line += " producer \(header.producerID)/\(header.producerEpoch) "
            line += "sequences \(header.baseSequence)-\(header.lastSequence)"
        }
        if header.isTransactional { line += " transactional" }
        if header.isControl { line += " control" }
        if !isValid { line += " CRC WRONG: stored \(header.crc), computed \(batch.computedCRC)" }
        try output.write(line + "\n")
        guard isDeep, isValid else { return isValid }
        do {
            var records = try batch.records(using: &decompressor, limit: 1 << 30).makeIterator()
            while let record = try records.next() { try output.write("    \(text(record, header))\n") }
            return true
        } catch let error as RecordBatchError {
            try output.write("    its records are damaged (\(error))\n")
            return false
        }
    }

    private func text(_ record: Record, _ header: RecordBatchHeader) -> String {
        var fields: [(String, JSONValue)] = [
            ("offset", .number(record.offset.rawValue)), ("timestamp", .number(record.timestamp.rawValue)),
        ]
        if header.isControl {
            fields.append(("control", .optional(ControlRecordType(key: record.key).map { "\($0)" })))
            return JSONValue.object(fields).text
        }
        fields.append(JSONValue.bytes("key", record.key))
        if isMetadata, let value = record.value, let json = Self.metadata(value) {
            let text = JSONValue.object(fields).text
            return text.dropLast() + ",\(json)}"
        }
        fields.append(JSONValue.bytes("value", record.value))
        if !record.headers.isEmpty {
            let headers = record.headers.map { header in
                JSONValue.object([("name", .string(header.key)), JSONValue.bytes("value", header.value)])
            }
            fields.append(("headers", .array(headers)))
        }
        return JSONValue.object(fields).text
    }

    /// A record of the cluster metadata log by its type; nil for one that nobody knows.
    static func metadata(_ value: ByteBuffer) -> String? {
        guard let frame = try? MetadataRecordFrame(value),
            let type = MessageCatalogue.metadataRecords.first(where: { $0.recordType == frame.recordType })
        else { return nil }
        return json(of: type, frame)
    }

    private static func json<Metadata: MetadataRecord>(of type: Metadata.Type, _ frame: MetadataRecordFrame) -> String?
    {
        guard let record = try? Metadata.decode(frame.body, version: frame.version) else { return nil }
        let head = "\"type\":\"\(Metadata.messageName)\",\"version\":\(frame.version)"
        return head + ",\"value\":\(record.json(version: frame.version))"
    }
}
