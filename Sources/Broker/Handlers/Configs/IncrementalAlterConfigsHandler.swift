// IncrementalAlterConfigs: v0-1
// Authorization: AlterConfigs on Topic, Group or Cluster
// Behaviour: sets, deletes, appends to and subtracts from single values of a resource (KIP-339). Checked, durable and in
//   force when the answer leaves.
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
        let known = request.resources.map { resource in
            let changes = resource.configs.compactMap { config in
                ConfigurationChange.Operation(rawValue: config.configOperation).map {
                    ConfigurationChange(config.name, $0, config.value)
                }
            }
            return (resource, changes: changes)
        }
        let items = known.map { resource, changes in
            ConfigurationWriter.Item(
                // A resource with an operation that does not exist is refused as a whole.
                type: changes.count == resource.configs.count ? resource.resourceType : -1,
                name: resource.resourceName, values: .changes(changes))
        }
        let types = request.resources.map(\.resourceType)
        let future = writer.alter(items, validateOnly: request.validateOnly, context)
        return .eventually(
            future.map { outcomes in
                Answer(
                    .with { response in
                        response.responses = zip(types, outcomes).map { type, outcome in
                            .with {
                                $0.resourceType = type
                                $0.resourceName = outcome.name
                                $0.errorCode = outcome.refusal?.code ?? .none
                                $0.errorMessage = outcome.refusal?.message
                            }
                        }
                    })
            })
    }
}
