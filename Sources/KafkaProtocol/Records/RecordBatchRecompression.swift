package import NIOCore

extension RecordBatchView {
    /// The same records, compressed by `compressor` instead of in the batch's own codec, even if that makes them larger.
    /// Nothing but codec, length and checksum of the header changes. The batch has been validated.
    /// - Parameter limit: the most bytes that the records may take without compression.
    package func recompressed(
        with compressor: inout Compressor, using decompressor: inout Decompressor, limit: Int
    ) throws(RecordBatchError) -> RecordBatchView {
        guard let codec = header.attributes.codec else { throw .unknownCodec(header.attributes.codecNumber) }
        let plain = try decompressor.decompress(recordsSlice, codec: codec, limit: limit)
        var batch = ByteBuffer()
        batch.reserveCapacity(RecordBatchHeader.byteCount + plain.readableBytes)
        batch.writeRepeatingByte(0, count: RecordBatchHeader.byteCount)
        unsafe try plain.withUnsafeReadableBytes { records throws(RecordBatchError) in
            unsafe try compressor.compress(records, into: &batch)
        }
        guard batch.readableBytes <= RecordBatchBuilder.largestByteCount else {
            throw .batchTooLarge(batch.readableBytes)
        }
        var header = header
        header.batchLength = Int32(batch.readableBytes - RecordBatchHeader.lengthOverhead)
        header.attributes = header.attributes.with(codec: compressor.codec)
        header.write(to: &batch, at: 0)
        try batch.setRecordBatchCRC(at: 0)
        return try RecordBatchView(batch)
    }
}
