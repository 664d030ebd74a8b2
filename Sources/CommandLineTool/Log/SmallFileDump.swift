import KafkaProtocol
import LogStorage

/// Prints the files that lie beside a segment, and those of a data directory.
enum SmallFileDump {
    /// By the file's name; nil for a name that is none of them.
    static func run(_ name: String, _ bytes: [UInt8], base: Offset, to output: inout DumpOutput) throws -> Bool? {
        switch name {
        case let name where name.hasSuffix(".index"):
            try write(FileInspector.offsetIndex(bytes, baseOffset: base), to: &output) { entry in
                DumpItem(
                    "offsetIndexEntry",
                    [("offset", .number(entry.lastOffset.rawValue)), ("position", .number(entry.position))])
            }
        case let name where name.hasSuffix(".timeindex"):
            try write(FileInspector.timeIndex(bytes, baseOffset: base), to: &output) { entry in
                DumpItem(
                    "timeIndexEntry",
                    [("timestamp", .number(entry.timestamp.rawValue)), ("offset", .number(entry.lastOffset.rawValue))])
            }
        case let name where name.hasSuffix(".txnindex"):
            try write(FileInspector.transactionIndex(bytes), to: &output, item)
        case let name where name.hasSuffix(".snapshot"):
            try write(FileInspector.snapshot(bytes), to: &output, item)
        case FileInspector.leaderEpochCheckpointName:
            try write(FileInspector.leaderEpochs(bytes), to: &output) { entry in
                DumpItem(
                    "leaderEpoch",
                    [
                        ("epoch", .number(entry.epoch.rawValue)),
                        ("startOffset", .number(entry.startOffset.rawValue)),
                    ])
            }
        case let name where FileInspector.offsetCheckpointNames.contains(name):
            try write(FileInspector.offsets(bytes), to: &output) { entry in
                DumpItem(
                    "checkpoint",
                    [
                        ("topic", .string(entry.partition.topic)),
                        ("partition", .number(entry.partition.partition.rawValue)),
                        ("offset", .number(entry.offset.rawValue)),
                    ])
            }
        case FileInspector.partitionMetadataName:
            guard let id = FileInspector.topicID(bytes) else {
                try output.problem(at: 0, "This is no version and topic id.")
                return false
            }
            try output.write(DumpItem("partitionMetadata", [("version", .number(0)), ("topicId", .string("\(id)"))]))
        case FileInspector.propertiesName:
            return try properties(bytes, to: &output)
        default: return nil
        }
        return true
    }

    private static func write<Entry>(
        _ found: FileInspection<Entry>, to output: inout DumpOutput, _ item: (Entry) -> DumpItem
    ) throws {
        for entry in found.entries { try output.write(item(entry)) }
        if let problem = found.problem { try output.problem(at: found.soundByteCount, problem) }
    }

    private static func item(_ entry: AbortedTransaction) -> DumpItem {
        DumpItem(
            "abortedTransaction",
            [
                ("version", .number(0)), ("producerId", .number(entry.producerID.rawValue)),
                ("firstOffset", .number(entry.firstOffset.rawValue)),
                ("lastOffset", .number(entry.lastOffset.rawValue)),
                ("lastStableOffset", .number(entry.lastStableOffset.rawValue)),
            ])
    }

    private static func item(_ entry: ProducerSnapshotEntry) -> DumpItem {
        DumpItem(
            "producer",
            [
                ("producerId", .number(entry.producerID.rawValue)), ("producerEpoch", .number(entry.epoch.rawValue)),
                ("coordinatorEpoch", .number(entry.coordinatorEpoch)),
                ("currentTxnFirstOffset", entry.transactionFirstOffset.map { .number($0.rawValue) } ?? .null),
                ("lastTimestamp", .number(entry.lastTimestamp.rawValue)),
            ],
            records: entry.batches.map { batch in
                DumpItem(
                    "producerBatch",
                    [
                        ("firstSequence", .number(batch.firstSequence.rawValue)),
                        ("lastSequence", .number(batch.lastSequence.rawValue)),
                        ("lastOffset", .number(batch.lastOffset.rawValue)),
                        ("offsetDelta", .number(batch.offsetDelta)),
                        ("timestamp", .number(batch.timestamp.rawValue)),
                    ])
            })
    }

    private static func properties(_ bytes: [UInt8], to output: inout DumpOutput) throws -> Bool {
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { try output.write(DumpItem("property", [(parts[0], .string(parts[1]))])) }
        }
        guard let problem = FileInspector.propertiesProblem(bytes) else { return true }
        try output.problem(at: nil, problem)
        return false
    }
}
