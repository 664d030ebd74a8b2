import CZlib
import Foundation
import NIOCore

/// Reads the compressed files of Fixtures/.
enum Fixtures {
    struct Missing: Error { var name: String }

    /// The lines of a `.gz` file.
    static func lines(_ name: String) throws -> [Substring] {
        guard let url = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil) else {
            throw Missing(name: name)
        }
        let text = try gunzip(Data(contentsOf: url))
        return text.split(separator: "\n")
    }

    /// The JSON objects of a `.jsonl.gz` file, one per line.
    static func objects(_ name: String) throws -> [[String: Any]] {
        try lines(name).map { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw Missing(name: name)
            }
            return object
        }
    }

    private static func gunzip(_ data: Data) throws -> String {
        var stream = unsafe z_stream()
        guard unsafe inflateInit2_(&stream, 31, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Missing(name: "zlib")
        }
        defer { unsafe inflateEnd(&stream) }
        var input = [UInt8](data)
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        let count = input.count
        try unsafe input.withUnsafeMutableBufferPointer { bytes in
            unsafe stream.next_in = bytes.baseAddress
            unsafe stream.avail_in = UInt32(count)
            var status = Z_OK
            while status == Z_OK {
                let room = chunk.count
                status = unsafe chunk.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(room)
                    return unsafe inflate(&stream, Z_NO_FLUSH)
                }
                output += chunk.prefix(room - Int(unsafe stream.avail_out))
            }
            guard status == Z_STREAM_END else { throw Missing(name: "gzip data") }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension ByteBuffer {
    /// The bytes of a hexadecimal text.
    init(hex: some StringProtocol) {
        self.init()
        var high: UInt8?
        for character in hex.utf8 {
            let digit = character <= 57 ? character - 48 : (character | 32) - 87
            if let first = high {
                writeInteger(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
    }

    var hex: String {
        readableBytesView.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
