// IncrementalAlterConfigs: v0-1
// Authorization: AlterConfigs on Topic, Group or Cluster
// Behaviour: sets, deletes, appends to and subtracts from single values of a resource (KIP-339). Checked, durable and in
//   force when the answer leaves. Levels of the broker's loggers (KIP-412) last until it ends.
// Version notes: v1 flexible.
import Coordination
import KafkaProtocol
import NIOCore

struct IncrementalAlterConfigsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...1

    let writer: ConfigurationWriter

    func handle(
        _ request: IncrementalAlterConfigsRequest, _ context: RequestContext
    ) -> Handling<IncrementalAlterConfigsResponse> {
        let items = request.resources.map { resource in
            let changes = resource.configs.compactMap { config in
                ConfigurationChange.Operation(rawValue: config.configOperation).map {
                    ConfigurationChange(config.name, $0, config.value)
                }
            }
            return ConfigurationWriter.Item(
                type: resource.resourceType, name: resource.resourceName, values: .changes(changes),
                refusal: changes.count == resource.configs.count ? nil : Self.unknownOperation)
        }
        let future = writer.alter(items, validateOnly: request.validateOnly, context)
        return .eventually(
            future.map { outcomes in
                Answer(.with { $0.responses = outcomes.map { outcome in .with { $0.tell(outcome) } } })
            })
    }

    private static let unknownOperation = Refusal(
        .invalidRequest, "The operations are 0 (set), 1 (delete), 2 (append) and 3 (subtract).")
}
