package import KafkaProtocol

/// What a log knows of one producer, for its operators (KIP-664).
package struct ActiveProducer: Hashable, Sendable {
    package let id: ProducerID
    package let epoch: ProducerEpoch
    package let lastSequence: SequenceNumber
    package let lastTimestamp: Timestamp
    /// -1 before the first transaction marker.
    package let coordinatorEpoch: Int32
    /// Where the open transaction begins.
    package let transactionFirstOffset: Offset?
}

extension PartitionLog {
    /// Every producer that has written and has not expired, by id.
    package var activeProducers: [ActiveProducer] {
        producers.producers.map { id, state in
            ActiveProducer(
                id: id, epoch: state.epoch, lastSequence: state.lastSequence, lastTimestamp: state.lastTimestamp,
                coordinatorEpoch: state.coordinatorEpoch, transactionFirstOffset: state.transactionFirstOffset)
        }.sorted { $0.id < $1.id }
    }
}
