import KafkaProtocol

/// The `.snapshot` file: all producers as of its offset.
///
/// Kafka's format version 1 (`version int16, CRC-32C uint32 of what follows, count int32, entries of 46 bytes`), which
/// holds the last batch of each producer only. The four batches before it follow behind the entries, where Kafka's
/// readers do not look; the CRC covers them, as Kafka computes it to the end of the file:
/// `extension version int16 = 1, count int32, then per batch: producer id int64, last sequence int32, last offset int64,
/// offset delta int32, timestamp int64`, oldest first.
enum ProducerSnapshot {
    private static let version: Int16 = 1
    private static let extensionVersion: Int16 = 1
    private static let entriesStart = 6
    private static let entrySize = 46
    private static let batchSize = 32

    static func encode(_ producers: [ProducerID: ProducerState]) -> [UInt8] {
        let sorted = producers.sorted { $0.key < $1.key }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entriesStart + 4 + sorted.count * entrySize)
        bytes.append(bigEndian: version)
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: Int32(clamping: sorted.count))
        for (id, state) in sorted {
            let last = state.batches.last
            bytes.append(bigEndian: id.rawValue)
            bytes.append(bigEndian: state.epoch.rawValue)
            bytes.append(bigEndian: (last?.lastSequence ?? .none).rawValue)
            bytes.append(bigEndian: (last?.lastOffset ?? .none).rawValue)
            bytes.append(bigEndian: last?.offsetDelta ?? 0)
            bytes.append(bigEndian: state.lastTimestamp.rawValue)
            bytes.append(bigEndian: state.coordinatorEpoch)
            bytes.append(bigEndian: (state.transactionFirstOffset ?? .none).rawValue)
        }
        appendOlderBatches(of: sorted, to: &bytes)
        let crc = unsafe bytes.withUnsafeBytes {
            unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: $0[entriesStart...]))
        }
        for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
        return bytes
    }

    private static func appendOlderBatches(
        of producers: [(key: ProducerID, value: ProducerState)], to bytes: inout [UInt8]
    ) {
        let count = producers.reduce(0) { $0 + max(0, $1.value.batches.count - 1) }
        bytes.append(bigEndian: extensionVersion)
        bytes.append(bigEndian: Int32(clamping: count))
        for (id, state) in producers where state.batches.count > 1 {
            for index in 0..<state.batches.count - 1 {
                let batch = state.batches[index]
                bytes.append(bigEndian: id.rawValue)
                bytes.append(bigEndian: batch.lastSequence.rawValue)
                bytes.append(bigEndian: batch.lastOffset.rawValue)
                bytes.append(bigEndian: batch.offsetDelta)
                bytes.append(bigEndian: batch.timestamp.rawValue)
            }
        }
    }

    /// nil where the bytes are no whole, unharmed snapshot.
    static func decode(_ bytes: [UInt8]) -> [ProducerID: ProducerState]? {
        guard bytes.number(at: 0, as: Int16.self) == version, let stored = bytes.number(at: 2, as: UInt32.self),
            let count = bytes.number(at: entriesStart, as: Int32.self), count >= 0,
            Int(count) <= (bytes.count - entriesStart - 4) / entrySize
        else { return nil }
        let crc = unsafe bytes.withUnsafeBytes {
            unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: $0[entriesStart...]))
        }
        guard crc == stored else { return nil }
        let entriesEnd = entriesStart + 4 + Int(count) * entrySize
        guard let older = olderBatches(in: bytes, from: entriesEnd) else { return nil }
        var producers: [ProducerID: ProducerState] = [:]
        for start in stride(from: entriesStart + 4, to: entriesEnd, by: entrySize) {
            guard let (id, state) = entry(in: bytes, at: start, older: older) else { return nil }
            producers[id] = state
        }
        return producers
    }

    private static func entry(
        in bytes: [UInt8], at start: Int, older: [ProducerID: [ProducerBatch]]
    ) -> (ProducerID, ProducerState)? {
        guard let id = bytes.number(at: start, as: Int64.self), let epoch = bytes.number(at: start + 8, as: Int16.self),
            let sequence = bytes.number(at: start + 10, as: Int32.self),
            let offset = bytes.number(at: start + 14, as: Int64.self),
            let delta = bytes.number(at: start + 22, as: Int32.self),
            let timestamp = bytes.number(at: start + 26, as: Int64.self),
            let coordinator = bytes.number(at: start + 34, as: Int32.self),
            let first = bytes.number(at: start + 38, as: Int64.self)
        else { return nil }
        var state = ProducerState()
        state.epoch = ProducerEpoch(epoch)
        state.lastTimestamp = Timestamp(timestamp)
        state.coordinatorEpoch = coordinator
        state.transactionFirstOffset = first < 0 ? nil : Offset(first)
        for batch in older[ProducerID(id)] ?? [] { state.batches.add(batch) }
        if sequence >= 0 {
            state.batches.add(
                ProducerBatch(
                    lastSequence: SequenceNumber(sequence), lastOffset: Offset(offset), offsetDelta: delta,
                    timestamp: Timestamp(timestamp)))
        }
        return (ProducerID(id), state)
    }

    /// The batches behind the entries; none in a snapshot that Kafka wrote.
    private static func olderBatches(in bytes: [UInt8], from start: Int) -> [ProducerID: [ProducerBatch]]? {
        guard bytes.number(at: start, as: Int16.self) == extensionVersion,
            let count = bytes.number(at: start + 2, as: Int32.self), count >= 0
        else { return [:] }
        let first = start + 6
        guard Int(count) <= (bytes.count - first) / batchSize else { return nil }
        var batches: [ProducerID: [ProducerBatch]] = [:]
        for place in stride(from: first, to: first + Int(count) * batchSize, by: batchSize) {
            guard let id = bytes.number(at: place, as: Int64.self),
                let sequence = bytes.number(at: place + 8, as: Int32.self),
                let offset = bytes.number(at: place + 12, as: Int64.self),
                let delta = bytes.number(at: place + 20, as: Int32.self),
                let timestamp = bytes.number(at: place + 24, as: Int64.self)
            else { return nil }
            batches[ProducerID(id), default: []].append(
                ProducerBatch(
                    lastSequence: SequenceNumber(sequence), lastOffset: Offset(offset), offsetDelta: delta,
                    timestamp: Timestamp(timestamp)))
        }
        return batches
    }
}
