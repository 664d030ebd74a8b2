import KafkaProtocol

@testable import Coordination

/// A client of the consumer protocol, which follows its rules, if not always at once.
struct SimulatedConsumer {
    var memberID: String
    var instanceID: String?
    var topics: [String]
    var pattern: String
    var assignor: String?
    /// What the broker has told; 0 before that.
    var epoch: Int32 = 0
    /// What it has: it never has what it was not given, and drops everything when it is told that it is nobody.
    var owned = PartitionAssignment()
    /// What it was told to have; it gives back the rest in its own time.
    var target = PartitionAssignment()
    /// The broker does not know yet what it is subscribed to.
    var hasNewSubscription = false
    /// An answer has not come: everything is said, and asked for, again.
    var hasLostAnswer = false
    /// It sends nothing any more.
    var isSilent = false
    /// A static member that is away.
    var isAway = false

    func request(saysOwned: Bool) -> (inout ConsumerGroupHeartbeatRequest) -> Void {
        let member = self
        return { request in
            request.instanceID = member.instanceID
            let saysAll = member.epoch == 0 || member.hasLostAnswer
            if saysAll || member.hasNewSubscription {
                request.subscribedTopicNames = member.topics
                request.subscribedTopicRegex = member.pattern
            }
            if saysAll {
                request.rebalanceTimeoutMs = 20_000
                request.serverAssignor = member.assignor
            }
            if saysAll || saysOwned { request.topicPartitions = member.owned.reported }
        }
    }

    /// Takes in an answer.
    mutating func receive(_ response: ConsumerGroupHeartbeatResponse) {
        epoch = response.memberEpoch
        hasNewSubscription = false
        hasLostAnswer = false
        guard let assigned = response.assigned else { return }
        target = assigned
        // What is new can be begun with at once.
        owned = owned.union(assigned)
    }

    mutating func giveBack() { owned = owned.intersection(target) }

    /// The group does not know it any more, or not in this epoch.
    mutating func startAnew() {
        epoch = 0
        owned = PartitionAssignment()
        target = PartitionAssignment()
    }
}
