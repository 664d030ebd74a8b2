/// Zigzag variable-length numbers of record format version 2: seven bits a byte, lowest first, the sign in the lowest bit.
///
/// A 32-bit number takes at most 5 bytes, a 64-bit number 10; longer ones, and bits beyond the type, are refused.
enum Varint {
    /// The bytes that `value` takes.
    @inline(__always)
    static func byteCount(_ value: Int64) -> Int {
        (UInt64.bitWidth - (zigzag(value) | 1).leadingZeroBitCount + 6) / 7
    }

    @inline(__always)
    static func byteCount(_ value: Int32) -> Int { byteCount(Int64(value)) }

    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

    /// Reads a 32-bit number at `position` and moves behind it; nil where it is too long or cut off.
    @inline(__always)
    static func read32(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> Int32? {
        if position < bytes.count {
            let byte = unsafe bytes[position]
            if byte < 0x80 {
                position += 1
                return Int32(byte >> 1) ^ -Int32(byte & 1)
            }
            if position + 1 < bytes.count, unsafe bytes[position + 1] < 0x80 {
                let raw = unsafe UInt32(byte & 0x7f) | UInt32(bytes[position + 1]) << 7
                position += 2
                return Int32(raw >> 1) ^ -Int32(raw & 1)
            }
        }
        guard let raw = unsafe readRaw(bytes, at: &position, byteLimit: 5), raw <= UInt64(UInt32.max) else {
            return nil
        }
        return Int32(truncatingIfNeeded: raw >> 1) ^ -Int32(truncatingIfNeeded: raw & 1)
    }

    /// Reads a 64-bit number at `position` and moves behind it; nil where it is too long or cut off.
    @inline(__always)
    static func read64(_ bytes: UnsafeRawBufferPointer, at position: inout Int) -> Int64? {
        if position < bytes.count {
            let byte = unsafe bytes[position]
            if byte < 0x80 {
                position += 1
                return Int64(byte >> 1) ^ -Int64(byte & 1)
            }
        }
        guard let raw = unsafe readRaw(bytes, at: &position, byteLimit: 10) else { return nil }
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    private static func readRaw(_ bytes: UnsafeRawBufferPointer, at position: inout Int, byteLimit: Int) -> UInt64? {
        var value: UInt64 = 0
        let end = min(bytes.count, position + byteLimit)
        var index = position
        var shift: UInt64 = 0
        while index < end {
            let byte = unsafe bytes[index]
            index += 1
            if shift == 63 && byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 {
                position = index
                return value
            }
            shift += 7
        }
        return nil
    }
}

/// Writes the parts of a record into memory that its caller has measured before.
@safe struct RecordWriter {
    private var next: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer

    /// Writes into the first `byteCount` bytes of `memory`, which must have them.
    init(_ memory: UnsafeMutableRawBufferPointer, byteCount: Int) {
        guard let base = memory.baseAddress, byteCount <= memory.count else {
            preconditionFailure("no room for a measured record")
        }
        unsafe next = base
        unsafe end = base + byteCount
    }

    /// The bytes that are still to be written.
    var remaining: Int { unsafe end - next }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        precondition(remaining >= 1)
        unsafe next.storeBytes(of: value, as: UInt8.self)
        unsafe next += 1
    }

    @inline(__always)
    mutating func varint(_ value: Int64) {
        var rest = Varint.zigzag(value)
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        precondition(remaining >= bytes.count)
        unsafe next.copyMemory(from: base, byteCount: bytes.count)
        unsafe next += bytes.count
    }

    /// A length and the bytes; -1 and nothing for nil.
    @inline(__always)
    mutating func field(_ bytes: UnsafeRawBufferPointer?) {
        guard let bytes = unsafe bytes else { return varint(-1) }
        varint(Int64(bytes.count))
        unsafe raw(bytes)
    }

    mutating func field(_ text: String) {
        varint(Int64(text.utf8.count))
        let copied: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe raw(UnsafeRawBufferPointer($0)) }
        if copied == nil { for unit in text.utf8 { byte(unit) } }
    }
}
