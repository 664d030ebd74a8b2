import KafkaProtocol
import LogStorage
import NIOCore

/// A whole response frame: bytes, and between them ranges of segment files.
struct EncodedResponse: Sendable {
    enum Part: Sendable {
        case bytes(ByteBuffer)
        case file(LogSlice)
    }

    private(set) var parts: [Part]

    /// Frames `answer` for the request that carried `correlationID`.
    init<Response: ResponseMessage>(
        _ answer: Answer<Response>, correlationID: Int32, version: Int16
    ) throws(ProtocolError) {
        var buffer = ByteBuffer()
        buffer.writeInteger(Int32(0))
        let header = ResponseHeader.with { $0.correlationID = correlationID }
        try header.encode(into: &buffer, version: Response.headerVersion(version))
        let splices = try answer.body.encode(into: &buffer, version: version)
        let external = splices.reduce(0) { $0 + $1.byteCount }
        guard let size = Int32(exactly: buffer.writerIndex - 4 + external) else { throw .valueTooLarge(field: "frame") }
        buffer.setInteger(size, at: 0)
        parts = Self.interleave(buffer, splices, answer.slices)
    }

    private static func interleave(
        _ buffer: ByteBuffer, _ splices: [MessageWriter.Splice], _ slices: [[LogSlice]]
    ) -> [Part] {
        guard !splices.isEmpty else { return [.bytes(buffer)] }
        precondition(splices.count == slices.count, "every external field needs its slices")
        var rest = buffer
        var parts: [Part] = []
        for (splice, files) in zip(splices, slices) {
            precondition(
                splice.byteCount == files.reduce(0) { $0 + $1.count }, "slices have another size than promised")
            if let bytes = rest.readSlice(length: splice.index - rest.readerIndex), bytes.readableBytes > 0 {
                parts.append(.bytes(bytes))
            }
            parts += files.map(Part.file)
        }
        if rest.readableBytes > 0 { parts.append(.bytes(rest)) }
        return parts
    }
}
