// AlterConfigs: v0-2
// Authorization: AlterConfigs on Topic, Group or Cluster
// Behaviour: the values of a resource become those of the request, and all others go back to their defaults. Checked,
//   durable and in force when the answer leaves.
// Version notes: v2 flexible.
import Coordination
import KafkaProtocol
import NIOCore

struct AlterConfigsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    let writer: ConfigurationWriter

    func handle(_ request: AlterConfigsRequest, _ context: RequestContext) -> Handling<AlterConfigsResponse> {
        let items = request.resources.map { resource in
            ConfigurationWriter.Item(
                type: resource.resourceType, name: resource.resourceName,
                values: .all(resource.configs.map { .init($0.name, $0.value) }),
                refusal: resource.configs.first { $0.value == nil }.map { config in
                    Refusal(.invalidRequest, "\(config.name) has no value; leave it out to set its default.")
                })
        }
        let future = writer.alter(items, validateOnly: request.validateOnly, context)
        return .eventually(
            future.map { outcomes in
                Answer(.with { $0.responses = outcomes.map { outcome in .with { $0.tell(outcome) } } })
            })
    }
}
