package import KafkaProtocol

extension ClusterMetadataStateMachine {
    /// Decides on a broker that begins its work.
    /// - Returns: the registration's epoch, which fences the broker's earlier lives.
    package func registerBroker(_ registration: BrokerRegistration) -> Decision<Int64> {
        if let known = image.brokers[registration.id], known.incarnationID == registration.incarnationID {
            return Decision(response: known.epoch)
        }
        let epoch = image.lastBrokerEpoch + 1
        let record = RegisterBrokerRecord.with {
            $0.brokerID = registration.id
            $0.incarnationID = registration.incarnationID
            $0.brokerEpoch = epoch
            $0.endPoints = registration.endpoints.map { endpoint in
                .with {
                    $0.name = endpoint.listener
                    $0.host = endpoint.host
                    $0.port = endpoint.port
                    $0.securityProtocol = endpoint.securityProtocol
                }
            }
            $0.rack = registration.rack
            $0.fenced = false
            $0.logDirs = registration.directories
        }
        return Decision(records: [.registerBroker(record)], response: epoch)
    }

    /// Decides on the directories that a broker can still use: new partitions go to no others.
    package func changeDirectories(of broker: BrokerID, to directories: [KafkaUUID]) -> Decision<Void> {
        guard let known = image.brokers[broker], known.directories != directories, !directories.isEmpty else {
            return Decision(response: ())
        }
        let record = BrokerRegistrationChangeRecord.with {
            $0.brokerID = broker
            $0.brokerEpoch = known.epoch
            $0.logDirs = directories
        }
        return Decision(records: [.brokerChange(record)], response: ())
    }

    /// Decides on the end of a registration.
    /// - Parameter running: the brokers that work; their registrations stay.
    /// - Returns: why it stays.
    package func unregisterBroker(_ broker: BrokerID, running: Set<BrokerID>) -> Decision<Refusal?> {
        guard let known = image.brokers[broker] else {
            return Decision(
                response: Refusal(.brokerIDNotRegistered, "Broker ID \(broker) is not currently registered"))
        }
        guard !running.contains(broker) else {
            return Decision(
                response: Refusal(
                    .invalidRequest, "Broker \(broker) is running: stop it before its registration is removed."))
        }
        let record = UnregisterBrokerRecord.with {
            $0.brokerID = broker
            $0.brokerEpoch = known.epoch
        }
        return Decision(records: [.unregisterBroker(record)], response: nil)
    }

    /// Decides on the next block of producer ids. No id may be handed out before the decision is committed: after a
    /// crash the next block begins behind it.
    package func allocateProducerIDs(
        for broker: BrokerID, epoch: Int64
    ) -> Decision<Result<ProducerIDBlock, Refusal>> {
        guard let registration = image.brokers[broker] else {
            return Decision(
                response: .failure(Refusal(.brokerIDNotRegistered, "There is no broker with the id \(broker).")))
        }
        guard registration.epoch == epoch else {
            return Decision(
                response: .failure(
                    Refusal(
                        .staleBrokerEpoch, "Broker \(broker) has epoch \(registration.epoch), not \(epoch).")))
        }
        let first = image.nextProducerID
        guard first.rawValue >= 0, first.rawValue <= Int64.max - ProducerIDBlock.length else {
            return Decision(response: .failure(Refusal(.unknownServerError, "No producer id is left.")))
        }
        let block = ProducerIDBlock(first: first, count: ProducerIDBlock.length)
        let record = ProducerIdsRecord.with {
            $0.brokerID = broker
            $0.brokerEpoch = epoch
            $0.nextProducerID = block.end
        }
        return Decision(records: [.producerIDs(record)], response: .success(block))
    }

    /// Decides on a new term for the leaders of `partitions`, after a stop that may have cut logs (KIP-320): each epoch
    /// rises by one, and at least to the given one. Partitions that do not exist are left out.
    /// - Returns: the new epochs.
    package func bumpLeaderEpochs(
        _ partitions: [TopicPartition: LeaderEpoch]
    ) -> Decision<[TopicPartition: LeaderEpoch]> {
        var records: [ClusterMetadataRecord] = []
        var epochs: [TopicPartition: LeaderEpoch] = [:]
        for (name, least) in partitions.sorted(by: {
            ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition)
        }) {
            guard let topic = image.topic(named: name.topic), let partition = topic.partition(name.partition) else {
                continue
            }
            let epoch = max(partition.leaderEpoch.next, least)
            epochs[name] = epoch
            records.append(partition.record(raising: epoch, at: name.partition, of: topic.id))
        }
        return Decision(records: records, response: epochs)
    }
}

extension PartitionImage {
    /// The same leader in a new term: a change record raises the epoch by one, more takes the whole partition.
    fileprivate func record(
        raising epoch: LeaderEpoch, at index: PartitionIndex, of topic: TopicID
    ) -> ClusterMetadataRecord {
        if epoch == leaderEpoch.next {
            return .partitionChange(
                .with {
                    $0.partitionID = index.rawValue
                    $0.topicID = topic
                    $0.leader = leader
                })
        }
        return .partition(
            .with {
                $0.partitionID = index.rawValue
                $0.topicID = topic
                $0.replicas = replicas
                $0.inSyncReplicas = inSyncReplicas
                $0.addingReplicas = addingReplicas
                $0.removingReplicas = removingReplicas
                $0.directories = directories
                $0.leader = leader
                $0.leaderEpoch = epoch
                $0.partitionEpoch = partitionEpoch &+ 1
            })
    }
}
