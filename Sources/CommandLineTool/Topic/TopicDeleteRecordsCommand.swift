import ArgumentParser
import KafkaClient

struct TopicDeleteRecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-records",
        abstract: "Delete the oldest records of a topic.",
        discussion: """
            They cannot be read any more at once; their files go with the next round of retention. A topic that is only
            compacted refuses.

            Examples:
              martlet topic delete-records events --partition 0 --before 42000
              martlet topic delete-records events --all
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topic's name.") var name: String
    @Option(name: .shortAndLong, help: "The partition; without it, with --all, every one.") var partition: Int32?
    @Option(help: ArgumentHelp("Delete the records below this offset.", valueName: "offset")) var before: Int64?
    @Flag(help: "Delete all records that are there now.") var all = false

    func validate() throws {
        if all == (before != nil) { throw ValidationError("say which records: --before OFFSET or --all") }
        if before != nil, partition == nil {
            throw ValidationError("offsets are a partition's own: say which one with --partition")
        }
        if let before, before < 0 { throw ValidationError("an offset is 0 or more") }
        if let partition, partition < 0 { throw ValidationError("a partition is 0 or more") }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        var wanted: [TopicPartition: RecordsToDelete] = [:]
        if let partition {
            wanted[TopicPartition(topic: name, partition: PartitionIndex(partition))] =
                before.map { .before(Offset($0)) } ?? .all
        } else if let described = try await admin.describeTopics([name])[name]?.get() {
            for partition in described.partitions {
                wanted[TopicPartition(topic: name, partition: partition.index)] = .all
            }
        }
        let outcomes = try await admin.deleteRecords(wanted)
        var failures: [KafkaError] = []
        for partition in wanted.keys.sorted(by: { $0.partition < $1.partition }) {
            switch outcomes[partition] {
            case .success(let start): OutputBuffer.write("\(partition) begins at offset \(start)\n")
            case .failure(let error): failures.append(error)
            case nil:
                failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out \(partition)"))
            }
        }
        try Failures.throwAll(failures)
    }
}
