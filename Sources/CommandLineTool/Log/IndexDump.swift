import KafkaProtocol
import NIOCore

/// Prints the files of fixed entries that lie beside a segment. Each function returns whether the file is whole.
enum IndexDump {
    /// Entries of 8 bytes: offset relative to the segment's, position.
    static func offsets(_ bytes: ByteBuffer, base: Int64, to output: inout OutputBuffer) throws -> Bool {
        try entries(bytes, of: 8, to: &output) { entry in
            guard let (offset, position) = entry.readMultipleIntegers(as: (Int32, Int32).self) else { return nil }
            return "offset \(base &+ Int64(offset)) position \(position)"
        }
    }

    /// Entries of 12 bytes: timestamp, offset relative to the segment's.
    static func times(_ bytes: ByteBuffer, base: Int64, to output: inout OutputBuffer) throws -> Bool {
        try entries(bytes, of: 12, to: &output) { entry in
            guard let (timestamp, offset) = entry.readMultipleIntegers(as: (Int64, Int32).self) else { return nil }
            return "timestamp \(timestamp) offset \(base &+ Int64(offset))"
        }
    }

    /// Entries of 34 bytes: version, producer, first and last offset, last stable offset.
    static func transactions(_ bytes: ByteBuffer, to output: inout OutputBuffer) throws -> Bool {
        try entries(bytes, of: 34, to: &output) { entry in
            guard
                let (version, producer, first, last, stable) = entry.readMultipleIntegers(
                    as: (Int16, Int64, Int64, Int64, Int64).self)
            else { return nil }
            return "version \(version) producer \(producer) aborted \(first)-\(last) last stable \(stable)"
        }
    }

    /// Version, checksum, count, then entries of 46 bytes; Martlet's own extension may follow.
    static func producers(_ bytes: ByteBuffer, to output: inout OutputBuffer) throws -> Bool {
        var rest = bytes
        guard let (version, crc) = rest.readMultipleIntegers(as: (Int16, UInt32).self) else { return false }
        let computed = CRC32C.checksum(of: rest.readableBytesView)
        guard let count = rest.readInteger(as: Int32.self), count >= 0, Int(count) <= rest.readableBytes / 46,
            let table = rest.readSlice(length: Int(count) * 46)
        else { return false }
        try output.write("  version \(version) producers \(count)\(crc == computed ? "" : " CRC WRONG")\n")
        let isWhole = try entries(table, of: 46, to: &output) { entry in
            guard let (id, epoch, sequence) = entry.readMultipleIntegers(as: (Int64, Int16, Int32).self),
                let (offset, delta, timestamp) = entry.readMultipleIntegers(as: (Int64, Int32, Int64).self),
                let (coordinator, first) = entry.readMultipleIntegers(as: (Int32, Int64).self)
            else { return nil }
            return "producer \(id)/\(epoch) last sequence \(sequence) last offset \(offset) offset delta \(delta) "
                + "timestamp \(timestamp) coordinator epoch \(coordinator) transaction from \(first)"
        }
        return isWhole && crc == computed
    }

    private static func entries(
        _ bytes: ByteBuffer, of size: Int, to output: inout OutputBuffer, _ text: (inout ByteBuffer) -> String?
    ) throws -> Bool {
        var rest = bytes
        while var entry = rest.readSlice(length: size) {
            if let line = text(&entry) { try output.write("  \(line)\n") }
        }
        if rest.readableBytes > 0 { try output.write("  \(rest.readableBytes) bytes of an entry that is cut off\n") }
        return rest.readableBytes == 0
    }
}
