import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage

/// What the metadata log of a Kafka broker (KRaft) says of topics: names by id, and settings.
struct KafkaMetadataLog {
    private(set) var names: [TopicID: String] = [:]
    private(set) var configurations: [String: [String: String]] = [:]
    private(set) var partitionCounts: [TopicID: Int32] = [:]

    static let folder = "__cluster_metadata-0"
    private static let decompressionLimit = 256 << 20

    /// Reads the newest snapshot and the log behind it. nil where there is no such log.
    init?(in directory: FilePath, fileSystem: any FileSystem) throws {
        let folder = directory.appending(Self.folder)
        guard try fileSystem.isDirectory(folder) else { return nil }
        let names = try fileSystem.list(folder)
        var start = Offset.zero
        let snapshots = names.compactMap { name in Self.snapshotEnd(name).map { (name, $0) } }
        if let (name, end) = snapshots.max(by: { $0.1 < $1.1 }) {
            try read(folder.appending(name), from: .zero, fileSystem)
            start = end
        }
        for name in names where SegmentFile.parse(name)?.file == .log {
            try read(folder.appending(name), from: start, fileSystem)
        }
    }

    /// The offset at which a snapshot ends: `<20 digits>-<10 digits>.checkpoint`.
    private static func snapshotEnd(_ name: String) -> Offset? {
        guard name.hasSuffix(".checkpoint"), let dash = name.firstIndex(of: "-") else { return nil }
        return Int64(name[..<dash]).map { Offset($0) }
    }

    private mutating func read(_ path: FilePath, from start: Offset, _ fileSystem: any FileSystem) throws {
        let file = try fileSystem.open(path, .readOnly)
        var decompressor = Decompressor()
        var scanner = SegmentScanner(file, to: try file.size(), window: SegmentScanner.walkWindow)
        while let batch = try? scanner.next() {
            guard !batch.header.isControl, batch.header.baseOffset >= start else { continue }
            try scanner.checkCRC(of: batch)
            let view = try RecordBatchView(ByteBuffer(bytes: file.read(batch.position..<batch.end)))
            var records = try view.records(using: &decompressor, limit: Self.decompressionLimit).makeIterator()
            while let record = try records.next() {
                if let value = record.value { try take(MetadataRecordFrame(value)) }
            }
        }
    }

    private mutating func take(_ frame: MetadataRecordFrame) throws(ProtocolError) {
        switch frame.recordType {
        case TopicRecord.recordType:
            let topic = try TopicRecord.decode(frame.body, version: frame.version)
            names[topic.topicID] = topic.name
        case PartitionRecord.recordType:
            let partition = try PartitionRecord.decode(frame.body, version: frame.version)
            partitionCounts[partition.topicID] = max(
                partitionCounts[partition.topicID] ?? 0, partition.partitionID &+ 1)
        case RemoveTopicRecord.recordType:
            let id = try RemoveTopicRecord.decode(frame.body, version: frame.version).topicID
            if let name = names.removeValue(forKey: id) { configurations[name] = nil }
            partitionCounts[id] = nil
        case ConfigRecord.recordType:
            let config = try ConfigRecord.decode(frame.body, version: frame.version)
            guard config.resourceType == 2 else { return }
            configurations[config.resourceName, default: [:]][config.name] = config.value
        default: break
        }
    }
}
