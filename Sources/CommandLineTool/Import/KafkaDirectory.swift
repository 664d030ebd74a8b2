import Broker
import KafkaProtocol
import LogStorage
import SystemPackage

/// The topics of a directory that Apache Kafka wrote, and what is to become of each.
struct KafkaDirectory {
    /// A topic with the logs that lie here.
    struct Topic {
        var name: String
        var id: TopicID
        var partitionCount: Int32
        var configuration: [String: String]
        var logs: [DirectorySurvey.Log]
    }

    private(set) var topics: [Topic] = []
    /// Sentences for the person: what is left out, and why.
    private(set) var notes: [String] = []
    /// What keeps topics from being taken in.
    private(set) var faults: [String] = []

    private let metadata: KafkaMetadataLog?
    private let fileSystem: any FileSystem

    /// - Parameters:
    ///   - isWanted: by the topic's name.
    ///   - allowsMissing: whether partitions that do not lie here begin empty.
    init(
        _ survey: DirectorySurvey, fileSystem: any FileSystem, allowsMissing: Bool, isWanted: (String) -> Bool
    ) throws {
        self.fileSystem = fileSystem
        metadata = try KafkaMetadataLog(in: survey.path, fileSystem: fileSystem)
        let byTopic = Dictionary(grouping: survey.logs, by: \.partition.topic)
        for name in byTopic.keys.sorted() where isWanted(name) {
            if TopicAdoption.isInternal(name) {
                notes.append("\(name) is Kafka's own and left out: consumer groups begin anew")
            } else {
                try add(name, byTopic[name] ?? [], allowsMissing: allowsMissing)
            }
        }
        if metadata == nil, !topics.isEmpty {
            notes.append("there is no \(KafkaMetadataLog.folder) here: topics get default settings")
        }
    }

    private mutating func add(_ name: String, _ logs: [DirectorySurvey.Log], allowsMissing: Bool) throws {
        let ids = Set(try logs.compactMap { try topicID(of: $0) })
        guard ids.count <= 1 else {
            faults.append("\(name): its folders belong to \(ids.count) topics of that name")
            return
        }
        let known = metadata?.names.first { $0.value == name }?.key
        if let id = ids.first, let metadata, metadata.names[id] == nil, known != nil {
            faults.append("\(name): its folders are those of a deleted topic")
            return
        }
        let id = ids.first ?? known ?? TopicID(.random())
        let numbers = Set(logs.map(\.partition.partition.rawValue))
        let count = max(metadata?.partitionCounts[id] ?? 0, (numbers.max() ?? -1) + 1)
        let missing = (0..<count).filter { !numbers.contains($0) }
        if !missing.isEmpty {
            let text = "\(name): partitions \(missing) do not lie here"
            guard allowsMissing else {
                faults.append("\(text); on another broker? --allow-missing begins them empty")
                return
            }
            notes.append("\(text) and begin empty")
        }
        let (values, refused) = TopicAdoption.accepted(metadata?.configurations[name] ?? [:], of: name)
        for (key, reason) in refused.sorted(by: { $0.key < $1.key }) {
            notes.append("\(name): the setting \(key) is left out: \(reason)")
        }
        topics.append(Topic(name: name, id: id, partitionCount: count, configuration: values, logs: logs))
    }

    private func topicID(of log: DirectorySurvey.Log) throws(FileSystemError) -> TopicID? {
        try fileSystem.contents(of: log.directory.appending(FileInspector.partitionMetadataName))
            .flatMap { FileInspector.topicID($0) }
    }
}
