// InitProducerId: v0-5
// Authorization: Write on some Topic (KIP-679), which Produce checks
// Behaviour: a producer without a transactional id gets a new id with epoch 0, from a durable block. A transactional id
//   is refused with INVALID_REQUEST: this broker has no transaction coordinator.
// Version notes: v3 the producer's present id and epoch (KIP-360), which only matter to a coordinator.
import KafkaProtocol
import NIOCore

struct InitProducerIdHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...5

    let producerIDs: ProducerIDs

    func handle(_ request: InitProducerIdRequest, _ context: RequestContext) -> Handling<InitProducerIdResponse> {
        guard request.transactionalID == nil else { return .answer(Self.refusal(.invalidRequest)) }
        let future = producerIDs.next(on: context.eventLoop)
        return .eventually(
            future.map { id in Answer(.with { $0.producerID = id }) }
                .flatMapErrorThrowing { _ in Answer(Self.refusal(.coordinatorNotAvailable)) })
    }

    /// No id, and no epoch that could be taken for one.
    private static func refusal(_ code: ErrorCode) -> InitProducerIdResponse {
        .with {
            $0.errorCode = code
            $0.producerEpoch = .none
        }
    }
}
