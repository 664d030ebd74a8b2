package import NIOCore

/// The batches that stand one behind the other in a `records` field or a piece of a segment.
///
///     var batches = RecordBatchSequence(records, tail: .ignored).makeIterator()
///     while let batch = try batches.next() { … }
///
/// It is no `Sequence`, because the step to the next batch can fail, with a typed error.
package struct RecordBatchSequence: Sendable {
    /// What to make of a last batch that is not there as a whole.
    package enum Tail: Sendable {
        /// End before it: a fetch may cut its last batch anywhere.
        case ignored
        /// Fail: a producer sends whole batches.
        case rejected
    }

    package let buffer: ByteBuffer
    package let tail: Tail

    package init(_ buffer: ByteBuffer, tail: Tail) {
        self.buffer = buffer
        self.tail = tail
    }

    package func makeIterator() -> Iterator { Iterator(rest: buffer, tail: tail) }

    package struct Iterator: Sendable {
        /// The bytes behind the last batch that was returned.
        package private(set) var rest: ByteBuffer
        let tail: Tail

        init(rest: ByteBuffer, tail: Tail) {
            self.rest = rest
            self.tail = tail
        }

        /// The next batch; nil at the end. After an error it fails again in the same way.
        package mutating func next() throws(RecordBatchError) -> RecordBatchView? {
            guard rest.readableBytes > 0 else { return nil }
            do {
                let batch = try RecordBatchView(rest)
                rest.moveReaderIndex(forwardBy: batch.header.sizeInBytes)
                return batch
            } catch .tooShort where tail == .ignored {
                return nil
            }
        }
    }

    /// All batches at once.
    package func all() throws(RecordBatchError) -> [RecordBatchView] {
        var batches: [RecordBatchView] = []
        var iterator = makeIterator()
        while let batch = try iterator.next() { batches.append(batch) }
        return batches
    }
}
