// Seeds: frames.jsonl.gz
import KafkaProtocol
import NIOCore

/// Reads the input, behind four bytes of size, as a request header in both of its versions. What is read is written
/// and read again and must be the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestHeader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: start, count: count))
    guard input.readInteger(as: Int32.self) != nil else { return 0 }
    for version in RequestHeader.versions { exercise(input, version) }
    return 0
}

private func exercise(_ frame: ByteBuffer, _ version: Int16) {
    var rest = frame
    guard let header = try? RequestHeader.decodePrefix(of: &rest, version: version) else { return }
    precondition(rest.readableBytes < frame.readableBytes, "a header of no bytes")
    guard let written = try? header.encoded(version: version) else {
        // Bytes that are no UTF-8 are read as longer ones.
        return precondition(header.clientID?.utf8.count ?? 0 > Int16.max, "a header cannot be written")
    }
    let again = try? RequestHeader.decode(written, version: version)
    precondition(again == header, "a header says something else: \(header.json(version: version))")
}
