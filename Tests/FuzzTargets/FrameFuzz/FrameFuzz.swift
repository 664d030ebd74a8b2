// Seeds: frames.jsonl.gz
import Broker
import KafkaProtocol
import NIOCore

/// Cuts the input into frames twice: as one piece, and in pieces whose sizes the input's own bytes decide. Both must
/// give the same frames or the same error, and no more memory may be held than has come.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: start, count: count))
    let whole = cut(input, pieces: [])
    let pieces = cut(input, pieces: Array(input.readableBytesView.suffix(16)).map { Int($0 % 40) + 1 })
    precondition(whole == pieces, "\(whole) in one piece, \(pieces) in several")
    return 0
}

private struct Outcome: Equatable {
    var frames: [ByteBuffer] = []
    var error: ProtocolError?
}

/// Feeds `input` in pieces of the given sizes, over and over; in one piece if there are none.
private func cut(_ input: ByteBuffer, pieces: [Int]) -> Outcome {
    var assembler = FrameAssembler(maxFrameSize: 1 << 20)
    var outcome = Outcome()
    var rest = input
    var turn = 0
    while rest.readableBytes > 0, outcome.error == nil {
        let size = pieces.isEmpty ? rest.readableBytes : min(pieces[turn % pieces.count], rest.readableBytes)
        turn += 1
        guard let piece = rest.readSlice(length: size) else { return outcome }
        assembler.receive(piece)
        do throws(ProtocolError) {
            while let frame = try assembler.next() { outcome.frames.append(frame) }
        } catch {
            outcome.error = error
        }
        precondition(assembler.reservedBytes <= 1 << 20, "a frame has reserved more than the largest one needs")
    }
    return outcome
}
