import ArgumentParser

@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A durable log broker that speaks Kafka's protocol, and the tools around it.",
        discussion: """
            Every command but 'serve', 'log', 'backup' and 'restore' talks to any Kafka-compatible cluster; say which one with --bootstrap \
            HOST:PORT.

            Exit codes:
              0  it worked
              1  it failed: a broker refused, a file is damaged, a record was not delivered
              2  the command line is wrong
              3  no broker can be reached
              4  the time was up before everything had happened
            """,
        subcommands: [
            Serve.self, TopicCommand.self, ProduceCommand.self, ConsumeCommand.self, GroupCommand.self,
            ConfigCommand.self, ClusterCommand.self, LogCommand.self, BackupCommand.self, RestoreCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            ExitReason(error).exit()
        }
    }
}
