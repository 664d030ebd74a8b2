// Seeds: frames.jsonl.gz
import KafkaProtocol
import NIOCore

/// Reads the input as a whole request frame: its size (which does not matter here), the header that says which API and
/// which version follow, the body. What it looks for: traps, memory that is no multiple of the input, and a request that
/// is read, written again and no longer says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: start, count: count))
    guard let (_, key, version) = input.readMultipleIntegers(as: (Int32, Int16, Int16).self),
        let type = requests[key], type.versions.contains(version)
    else { return 0 }
    input.moveReaderIndex(to: input.readerIndex - 4)
    exercise(type, input, version)
    return 0
}

private let requests: [Int16: any RequestMessage.Type] = Dictionary(
    MessageCatalogue.requests.map { ($0.apiKey.rawValue, $0) }, uniquingKeysWith: { first, _ in first })

private func exercise<Request: RequestMessage>(_ type: Request.Type, _ frame: ByteBuffer, _ version: Int16) {
    var body = frame
    guard (try? RequestHeader.decodePrefix(of: &body, version: Request.headerVersion(version))) != nil,
        let request = try? Request.decode(body, version: version)
    else { return }
    let text = request.json(version: version)
    let written: ByteBuffer
    do throws(ProtocolError) {
        written = try request.encoded(version: version)
    } catch {
        // Bytes that are no UTF-8 are read as longer ones, which may be too long for the field that they came from.
        guard case .valueTooLarge = error else { return precondition(false, "\(Request.apiKey) v\(version): \(error)") }
        return
    }
    guard let again = try? Request.decode(written, version: version) else {
        return precondition(false, "\(Request.apiKey) v\(version) cannot be read again: \(text)")
    }
    // A number that is none does not equal itself, but prints as itself.
    precondition(
        again == request || again.json(version: version) == text,
        "\(Request.apiKey) v\(version) says something else: \(text)")
}
