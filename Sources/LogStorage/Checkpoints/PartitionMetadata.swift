import KafkaProtocol

/// `partition.metadata` in a partition's folder: whose topic it is, so that a topic of the same name gets no old data.
enum PartitionMetadata {
    static let name = "partition.metadata"

    static func encode(_ id: TopicID) -> [UInt8] { Array("version: 0\ntopic_id: \(id)\n".utf8) }

    /// nil where the text is no such file.
    static func decode(_ bytes: [UInt8]) -> TopicID? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, lines[0] == "version: 0", lines[1].hasPrefix("topic_id: "),
            let id = KafkaUUID(lines[1].dropFirst("topic_id: ".count))
        else { return nil }
        return TopicID(id)
    }
}
