import ArgumentParser

@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet", abstract: "A durable log broker that speaks Kafka's protocol.",
        subcommands: [Serve.self])
}
