package import NIOCore

/// Tagged fields that a reader did not know, by the structure they stood in (counted in the order of visits).
///
/// Readers skip unknown tags. Whoever has to pass a message on byte for byte asks the reader to keep them and hands
/// them to the writer.
package struct UnknownTags: Hashable, Sendable {
    package struct Tag: Hashable, Sendable {
        package var number: UInt32
        package var payload: ByteBuffer
    }

    package var byStructure: [Int: [Tag]] = [:]
    package init() {}
}
