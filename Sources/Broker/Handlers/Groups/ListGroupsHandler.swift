// ListGroups: v0-5
// Authorization: Describe on Cluster for all groups, else Describe on each Group
// Behaviour: the groups of all shards by name. While one of them loads: COORDINATOR_LOAD_IN_PROGRESS, and no list that
//   would be taken for a whole one.
// Version notes: v4 filters by state (KIP-518); v5 filters by type (KIP-848).
import Coordination
import KafkaProtocol
import NIOCore

struct ListGroupsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...5

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: ListGroupsRequest, _ context: RequestContext) -> Handling<ListGroupsResponse> {
        let states = request.statesFilter.isEmpty ? nil : request.statesFilter
        let types = request.typesFilter.isEmpty ? nil : request.typesFilter
        let future = groups.askAll(on: context.eventLoop) { $0.listGroups(states: states, types: types) }
        return .eventually(
            future.map { lists, codes in
                Answer(
                    .with {
                        $0.errorCode = codes.first ?? .none
                        guard codes.isEmpty else { return }
                        $0.groups = lists.flatMap { $0 }.filter { isVisible($0.groupID, context) }
                            .sorted { $0.groupID < $1.groupID }
                    })
            })
    }

    private func isVisible(_ groupID: String, _ context: RequestContext) -> Bool {
        authorizer.allows(.describe, on: .cluster, for: context)
            || authorizer.allows(.describe, on: .group(groupID), for: context)
    }
}
