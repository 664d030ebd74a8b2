import KafkaProtocol
import SystemPackage

/// `leader-epoch-checkpoint` in a partition's folder: `epoch start-offset` lines.
enum LeaderEpochCheckpoint {
    static let name = "leader-epoch-checkpoint"

    static func encode(_ epochs: LeaderEpochs) -> [UInt8] {
        CheckpointFile.encode(epochs.entries.map { "\($0.epoch) \($0.startOffset)" })
    }

    static func decode(_ bytes: [UInt8]) -> LeaderEpochs? {
        guard let lines = CheckpointFile.decode(bytes, wordsPerLine: 2) else { return nil }
        var entries: [LeaderEpochs.Entry] = []
        for words in lines {
            guard let epoch = Int32(words[0]), let start = Int64(words[1]) else { return nil }
            entries.append(LeaderEpochs.Entry(epoch: LeaderEpoch(epoch), startOffset: Offset(start)))
        }
        return LeaderEpochs(entries: entries)
    }
}
