import KafkaProtocol
import OrderedCollections
import Testing

@testable import Coordination

/// A group that goes from one protocol to the other and back, while its members join, leave and are replaced.
private struct MixedGroupSimulation {
    private static let topics = ["ta", "tb"]

    var fixture: ConsumerGroupFixture
    var generator: SeededGenerator
    var consumers: [SimulatedConsumer] = []
    var classics: [SimulatedClassicConsumer] = []
    private var nextID = 0

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        var settings = GroupSettings()
        settings.initialRebalanceDelay = .zero
        settings.migrationPolicy = Bool.random(using: &generator) ? .bidirectional : .upgrade
        fixture = try ConsumerGroupFixture(topics: ["ta": 3, "tb": 4], settings: settings)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func step() throws {
        switch number(0...40) {
        case 0...1: if consumers.count < 5 { addConsumer(instanceID: newInstanceID()) }
        case 2...3: if classics.count < 5 { addClassic(instanceID: newInstanceID()) }
        case 4...5: try upgradeMember()
        case 6...7: try downgradeMember()
        case 8: try removeConsumer()
        case 9: try removeClassic()
        case 10: try fixture.restart(compacted: Bool.random(using: &generator))
        case 11...14: try fixture.pass(.milliseconds(number(1...4000)))
        case 15:
            let count = fixture.image.topic(named: "ta")?.partitions.count ?? 0
            if count < 6 { try fixture.addPartitions("ta", Int32(count + 1)) }
        case 16...26: if !consumers.isEmpty { try act(consumer: number(0...(consumers.count - 1))) }
        default: if !classics.isEmpty { try act(classic: number(0...(classics.count - 1))) }
        }
    }

    // MARK: - Members

    private mutating func newInstanceID() -> String? {
        nextID += 1
        return number(0...1) == 0 ? "i\(nextID)" : nil
    }

    private mutating func addConsumer(instanceID: String?) {
        nextID += 1
        consumers.append(
            SimulatedConsumer(
                memberID: "\(number(10...99))-\(nextID)", instanceID: instanceID, topics: Self.topics, pattern: ""))
    }

    private mutating func addClassic(instanceID: String?) {
        classics.append(
            SimulatedClassicConsumer(
                instanceID: instanceID, isEager: Bool.random(using: &generator), topics: Self.topics))
    }

    /// One of the old protocol is started anew with the new one.
    private mutating func upgradeMember() throws {
        guard !classics.isEmpty else { return }
        let instanceID = classics[0].instanceID
        if instanceID == nil { try removeClassic() } else { classics.removeFirst() }
        addConsumer(instanceID: instanceID)
    }

    private mutating func downgradeMember() throws {
        guard !consumers.isEmpty else { return }
        let consumer = consumers[0]
        try removeConsumer(epoch: consumer.instanceID == nil ? -1 : -2)
        addClassic(instanceID: consumer.instanceID)
    }

    private mutating func removeConsumer(epoch: Int32 = -1) throws {
        guard !consumers.isEmpty else { return }
        let consumer = consumers.removeFirst()
        _ = try fixture.heartbeat(consumer.memberID, epoch) { $0.instanceID = consumer.instanceID }
    }

    private mutating func removeClassic() throws {
        guard !classics.isEmpty else { return }
        let classic = classics.removeFirst()
        _ = try fixture.classicLeave((classic.memberID, classic.instanceID))
    }

    mutating func act(consumer position: Int) throws {
        consumers[position].giveBack()
        let consumer = consumers[position]
        switch try fixture.heartbeat(consumer.memberID, consumer.epoch, consumer.request(saysOwned: true)) {
        case .success(let response): consumers[position].receive(response)
        case .failure: consumers[position].startAnew()
        }
    }

    mutating func act(classic position: Int) throws {
        try classics[position].act(&fixture)
    }

    // MARK: - What holds

    func check(_ place: String) {
        guard let group = fixture.group() else { return }
        var owners: [TopicPartitionID: String] = [:]
        for member in group.members.values {
            member.assigned.union(member.pendingRevocation).forEach { partition in
                #expect(owners.updateValue(member.id, forKey: partition) == nil, "\(place): two owners")
            }
        }
        #expect(owners == group.owners, "\(place)")
        #expect(group.classicMemberCount == group.members.values.count(where: \.usesClassicProtocol), "\(place)")
        for client in consumers where client.epoch > 0 {
            guard let member = group.members[client.memberID], member.epoch >= client.epoch else { continue }
            let known = member.assigned.union(member.pendingRevocation)
            #expect(client.owned.subtracting(known).isEmpty, "\(place): \(client.memberID) has too much")
        }
        for client in classics where client.isOfConsumerGroup {
            guard case .stable = client.phase, let member = group.members[client.memberID] else { continue }
            let known = member.assigned.union(member.pendingRevocation)
            #expect(client.owned.subtracting(known).isEmpty, "\(place): \(client.memberID) has too much")
        }
    }

    mutating func settle() throws {
        for _ in 1...80 {
            for position in consumers.indices { try act(consumer: position) }
            for _ in 1...3 { for position in classics.indices { try act(classic: position) } }
            try fixture.pass(.seconds(1))
        }
    }

    func checkSettled(_ place: String) throws {
        guard !(consumers.isEmpty && classics.isEmpty) else { return }
        let owned = consumers.map(\.owned) + classics.map(\.owned)
        let everything = PartitionAssignment(
            fixture.image.sortedTopics.map { topic in
                (id: topic.id, partitions: topic.partitions.indices.map { PartitionIndex(Int32($0)) })
            })
        #expect(owned.reduce(PartitionAssignment()) { $0.union($1) } == everything, "\(place)")
        #expect(owned.reduce(0) { $0 + $1.count } == everything.count, "\(place): two have the same")
        if let group = fixture.group() {
            #expect(group.state == .stable, "\(place)")
            #expect(group.members.count == consumers.count + classics.count, "\(place)")
            #expect(group.classicMemberCount == classics.count, "\(place)")
            #expect(!consumers.isEmpty || !fixture.machine.settings.migrationPolicy.allowsDowngrade, "\(place)")
            guard case .consumer(let loaded)? = try fixture.loaded(fixture.log).groups["g"] else {
                Issue.record("\(place): not there after a restart")
                return
            }
            #expect(loaded == group, "\(place)")
        } else {
            #expect(consumers.isEmpty && fixture.classicGroup()?.isStable == true, "\(place)")
            #expect(fixture.classicGroup()?.members.count == classics.count, "\(place)")
        }
    }
}

@Suite struct MixedGroupSimulationTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `members of both protocols share a group, and all comes to rest`(seed: UInt64) throws {
        var simulation = try MixedGroupSimulation(seed: seed)
        for step in 1...200 {
            try simulation.step()
            simulation.check("seed \(seed), step \(step)")
        }
        try simulation.settle()
        simulation.check("seed \(seed), at rest")
        try simulation.checkSettled("seed \(seed), at rest")
    }
}
