package import KafkaProtocol
package import SystemPackage

/// What a small file of a log says, as far as it is sound: what dumps print.
package struct FileInspection<Entry: Sendable>: Sendable {
    package var entries: [Entry] = []
    /// The bytes of ``entries``.
    package var soundByteCount = 0
    /// What is wrong with the bytes behind; nil where all are sound.
    package var problem: String?
}

/// An entry of an offset index.
package struct OffsetIndexEntry: Hashable, Sendable {
    /// Of the batch at ``position``.
    package let lastOffset: Offset
    package let position: Int
}

/// An entry of a time index.
package struct TimeIndexEntry: Hashable, Sendable {
    package let timestamp: Timestamp
    package let lastOffset: Offset
}

/// One producer of a snapshot.
package struct ProducerSnapshotEntry: Hashable, Sendable {
    package struct Batch: Hashable, Sendable {
        package let firstSequence: SequenceNumber
        package let lastSequence: SequenceNumber
        package let lastOffset: Offset
        package let offsetDelta: Int32
        package let timestamp: Timestamp
    }

    package let producerID: ProducerID
    package let epoch: ProducerEpoch
    package let coordinatorEpoch: Int32
    package let transactionFirstOffset: Offset?
    package let lastTimestamp: Timestamp
    /// The last batches, at most five, oldest first.
    package let batches: [Batch]
}

/// Reads the files that lie beside a segment and in a data directory, without trust in any of them.
package enum FileInspector {
    package static func offsetIndex(_ bytes: [UInt8], baseOffset: Offset) -> FileInspection<OffsetIndexEntry> {
        unsafe bytes.withUnsafeBytes { memory in
            let view = unsafe OffsetIndexView(bytes: memory, baseOffset: baseOffset)
            var found = FileInspection<OffsetIndexEntry>()
            for index in unsafe 0..<view.count {
                let entry = unsafe view[index]
                if let last = found.entries.last, entry.lastOffset <= last.lastOffset || entry.position <= last.position
                {
                    found.problem = "The entries do not rise."
                    break
                }
                found.entries.append(OffsetIndexEntry(lastOffset: entry.lastOffset, position: entry.position))
            }
            found.end(entrySize: unsafe OffsetIndexView.entrySize, of: bytes.count)
            return found
        }
    }

    package static func timeIndex(_ bytes: [UInt8], baseOffset: Offset) -> FileInspection<TimeIndexEntry> {
        unsafe bytes.withUnsafeBytes { memory in
            let view = unsafe TimeIndexView(bytes: memory, baseOffset: baseOffset)
            var found = FileInspection<TimeIndexEntry>()
            for index in unsafe 0..<view.count {
                let entry = unsafe view[index]
                if let last = found.entries.last,
                    entry.timestamp <= last.timestamp || entry.lastOffset <= last.lastOffset
                {
                    found.problem = "The entries do not rise."
                    break
                }
                found.entries.append(TimeIndexEntry(timestamp: entry.timestamp, lastOffset: entry.lastOffset))
            }
            found.end(entrySize: unsafe TimeIndexView.entrySize, of: bytes.count)
            return found
        }
    }

    package static func transactionIndex(_ bytes: [UInt8]) -> FileInspection<AbortedTransaction> {
        let (transactions, end) = TransactionIndex.read(bytes)
        var found = FileInspection(entries: transactions, soundByteCount: end)
        if end < bytes.count { found.problem = "The entry is cut off, or makes no sense behind the one before." }
        return found
    }

    /// A snapshot has one checksum: it is sound as a whole or not at all.
    package static func snapshot(_ bytes: [UInt8]) -> FileInspection<ProducerSnapshotEntry> {
        guard let producers = ProducerSnapshot.decode(bytes) else {
            return FileInspection(problem: "This is no whole snapshot of version 1 with a right checksum.")
        }
        let entries = producers.sorted { $0.key < $1.key }.map { id, state in
            ProducerSnapshotEntry(
                producerID: id, epoch: state.epoch, coordinatorEpoch: state.coordinatorEpoch,
                transactionFirstOffset: state.transactionFirstOffset, lastTimestamp: state.lastTimestamp,
                batches: (0..<state.batches.count).map { index in
                    let batch = state.batches[index]
                    return ProducerSnapshotEntry.Batch(
                        firstSequence: batch.firstSequence, lastSequence: batch.lastSequence,
                        lastOffset: batch.lastOffset, offsetDelta: batch.offsetDelta, timestamp: batch.timestamp)
                })
        }
        return FileInspection(entries: entries, soundByteCount: bytes.count)
    }

    package static func leaderEpochs(
        _ bytes: [UInt8]
    ) -> FileInspection<(epoch: LeaderEpoch, startOffset: Offset)> {
        guard let epochs = LeaderEpochCheckpoint.decode(bytes) else {
            return FileInspection(problem: "This is no whole checkpoint of rising epochs.")
        }
        return FileInspection(entries: epochs.entries.map { ($0.epoch, $0.startOffset) }, soundByteCount: bytes.count)
    }

    /// A checkpoint file of a data directory.
    package static func offsets(_ bytes: [UInt8]) -> FileInspection<(partition: TopicPartition, offset: Offset)> {
        guard let offsets = OffsetCheckpoint.decode(bytes) else {
            return FileInspection(problem: "This is no whole checkpoint.")
        }
        let sorted = offsets.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
        return FileInspection(entries: sorted.map { ($0.key, $0.value) }, soundByteCount: bytes.count)
    }

    /// `partition.metadata`: nil where it cannot be read.
    package static func topicID(_ bytes: [UInt8]) -> TopicID? { PartitionMetadata.decode(bytes) }

    /// The broker that a data directory belongs to; nil for one that is new or cannot be read.
    package static func nodeID(of directory: FilePath, _ fileSystem: any FileSystem) -> BrokerID? {
        let bytes = try? fileSystem.contents(of: directory.appending(MetaProperties.name))
        return bytes.flatMap { try? MetaProperties.decode($0) }?.nodeID
    }

    /// `meta.properties`: what is wrong with it; nil for nothing.
    package static func propertiesProblem(_ bytes: [UInt8]) -> String? {
        do throws(MetaProperties.Problem) { _ = try MetaProperties.decode(bytes) } catch { return error.description }
        return nil
    }

    /// The names of the files that ``offsets(_:)`` reads.
    package static let offsetCheckpointNames =
        Set(OffsetCheckpoint.allCases.map(\.rawValue)).union([CleanerCheckpoint.name])
    package static let leaderEpochCheckpointName = LeaderEpochCheckpoint.name
    package static let partitionMetadataName = PartitionMetadata.name
    package static let propertiesName = MetaProperties.name
}

extension FileInspection {
    /// Notes where the sound entries end.
    fileprivate mutating func end(entrySize: Int, of count: Int) {
        soundByteCount = entries.count * entrySize
        if problem == nil, soundByteCount < count { problem = "The entry is cut off." }
    }
}
