import KafkaProtocol
import Testing

@testable import Coordination

/// A group whose members, topics and broker do at random what they may do.
private struct ConsumerSimulation {
    var fixture: ConsumerGroupFixture
    var generator: SeededGenerator
    var members: [SimulatedConsumer] = []
    let assignor: String
    let isHomogeneous: Bool
    private var nextID = 0
    private var nextTopic = 0
    private var lastEpoch: Int32 = 0
    private var memberEpochs: [String: Int32] = [:]

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        assignor = Bool.random(using: &generator) ? "uniform" : "range"
        isHomogeneous = Bool.random(using: &generator)
        fixture = try ConsumerGroupFixture(topics: ["ta": 3, "tb": 5, "u": 1])
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    // MARK: - Steps

    mutating func step() throws {
        switch number(0...30) {
        case 0...2: join()
        case 3: try leave()
        case 4: if let position = position(where: { !$0.isSilent }) { members[position].isSilent = true }
        case 5: subscribe()
        case 6: try changeTopics()
        case 7: try fixture.restart(compacted: Bool.random(using: &generator))
        case 8...9: try fixture.matchPatterns()
        case 10...12: try fixture.pass(.milliseconds(number(1...9_000)))
        default: try heartbeatOfAnybody()
        }
    }

    private mutating func position(where condition: (SimulatedConsumer) -> Bool) -> Int? {
        members.indices.filter { condition(members[$0]) }.randomElement(using: &generator)
    }

    private mutating func join() {
        // Somebody who was away comes back, under another id.
        if let position = position(where: { $0.isAway }), Bool.random(using: &generator) {
            members[position].isAway = false
            members[position].memberID = newID()
            members[position].startAnew()
            return
        }
        guard members.count < 12 else { return }
        let (topics, pattern) = subscription()
        let id = newID()
        members.append(
            SimulatedConsumer(
                memberID: id, instanceID: number(0...3) == 0 ? "i\(id)" : nil, topics: topics, pattern: pattern,
                assignor: assignor))
    }

    private mutating func newID() -> String {
        nextID += 1
        return "\(number(10...99))-\(nextID)"
    }

    private mutating func subscription() -> ([String], String) {
        if isHomogeneous { return (["ta", "tb", "u"], "") }
        let topics = ["ta", "tb", "tc", "u"].filter { _ in Bool.random(using: &generator) }
        return (topics, ["", "", "t", "u", "."].randomElement(using: &generator) ?? "")
    }

    private mutating func subscribe() {
        guard let position = position(where: { !$0.isSilent && !$0.isAway }) else { return }
        (members[position].topics, members[position].pattern) = subscription()
        members[position].hasNewSubscription = true
    }

    private mutating func leave() throws {
        guard let position = position(where: { !$0.isSilent && !$0.isAway && $0.epoch > 0 }) else { return }
        let member = members[position]
        let comesBack = member.instanceID != nil && Bool.random(using: &generator)
        let result = try fixture.heartbeat(member.memberID, comesBack ? -2 : -1) { $0.instanceID = member.instanceID }
        members[position].startAnew()
        if comesBack, result.code == .none {
            members[position].isAway = true
        } else {
            members.remove(at: position)
        }
    }

    private mutating func changeTopics() throws {
        switch number(0...4) {
        case 0:
            nextTopic += 1
            try fixture.createTopic("t\(nextTopic)", Int32(number(1...4)))
        case 1: try fixture.createTopic("tc", Int32(number(1...4)))
        case 2: try fixture.deleteTopic(["ta", "tc", "t\(nextTopic)"].randomElement(using: &generator) ?? "")
        case 3: try fixture.createTopic("ta", Int32(number(1...6)))
        default:
            let count = fixture.image.topic(named: "tb")?.partitions.count ?? 0
            if count < 12 { try fixture.addPartitions("tb", Int32(count + number(1...3))) }
        }
    }

    private mutating func heartbeatOfAnybody() throws {
        guard let position = position(where: { !$0.isSilent && !$0.isAway }) else { return }
        if number(0...2) > 0 { members[position].giveBack() }
        try heartbeat(position, isLost: number(0...9) == 0, saysOwned: number(0...3) > 0)
    }

    mutating func heartbeat(_ position: Int, isLost: Bool = false, saysOwned: Bool = true) throws {
        let member = members[position]
        let result = try fixture.heartbeat(
            member.memberID, member.epoch, member.request(saysOwned: saysOwned))
        if isLost {
            members[position].hasLostAnswer = true
            return
        }
        switch result {
        case .success(let response): members[position].receive(response)
        case .failure(let refusal):
            #expect(
                [.unknownMemberID, .fencedMemberEpoch, .groupIDNotFound, .unreleasedInstanceID].contains(refusal.code),
                "\(refusal)")
            members[position].startAnew()
        }
    }

    // MARK: - What holds at any time

    mutating func check(_ place: String) {
        guard let group = fixture.group() else { return }
        #expect(group.epoch >= lastEpoch && group.assignmentEpoch <= group.epoch, "\(place)")
        lastEpoch = group.epoch
        var owners: [TopicPartitionID: String] = [:]
        for member in group.members.values {
            member.assigned.union(member.pendingRevocation).forEach { partition in
                let other = owners.updateValue(member.id, forKey: partition)
                #expect(other == nil, "\(place): \(partition) is \(member.id)'s and \(other ?? "")'s")
            }
            let last = memberEpochs[member.id] ?? 0
            #expect(member.epoch >= last || member.epoch < 0, "\(place): \(member.id) went back")
            #expect(member.epoch <= group.assignmentEpoch, "\(place)")
            memberEpochs[member.id] = max(member.epoch, 0)
        }
        #expect(owners == group.owners, "\(place)")
        #expect(Set(group.targets.keys).isSubset(of: group.members.keys), "\(place)")
        #expect(group.memberIDs == group.members.keys.sorted(), "\(place)")
        // Who is still a member has nothing that the group does not know of.
        for client in members where !client.isAway && client.epoch > 0 {
            guard let member = group.members[client.memberID], member.epoch >= client.epoch else { continue }
            let known = member.assigned.union(member.pendingRevocation)
            #expect(client.owned.subtracting(known).isEmpty, "\(place): \(client.memberID) has too much")
        }
    }

    func checkReplay(_ place: String) throws {
        for records in [
            fixture.log, try fixture.compacted(keepingTombstones: true),
            try fixture.compacted(keepingTombstones: false),
        ] {
            guard case .consumer(let group)? = try fixture.loaded(records).groups["g"] else {
                #expect(fixture.group() == nil, "\(place)")
                return
            }
            #expect(group == fixture.group(), "\(place)")
        }
    }

    // MARK: - Rest

    /// Everybody who still speaks does as told, until nothing changes.
    mutating func settle() throws {
        for _ in 1...40 {
            for position in members.indices where !members[position].isSilent && !members[position].isAway {
                members[position].giveBack()
                try heartbeat(position)
            }
            try fixture.matchPatterns()
            try fixture.pass(.seconds(3))
        }
    }

    func checkSettled(_ place: String) {
        guard let group = fixture.group(), !group.isEmpty else { return }
        #expect(group.state == .stable, "\(place)")
        #expect(
            group.memberIDs == members.filter { !$0.isSilent && !$0.isAway }.map(\.memberID).sorted(), "\(place)")
        var subscribers: [TopicPartitionID: [String]] = [:]
        for member in group.members.values {
            #expect(member.assigned == group.targets[member.id] ?? PartitionAssignment(), "\(place)")
            for topic in fixture.image.sortedTopics where wants(member.subscription, topic.name) {
                for index in topic.partitions.indices {
                    let partition = TopicPartitionID(topic: topic.id, partition: PartitionIndex(Int32(index)))
                    subscribers[partition, default: []].append(member.id)
                }
            }
        }
        #expect(Set(subscribers.keys) == Set(group.owners.keys), "\(place)")
        for (partition, owner) in group.owners {
            #expect(subscribers[partition]?.contains(owner) == true, "\(place)")
            guard assignor == "uniform", let load = group.members[owner]?.assigned.count else { continue }
            for other in subscribers[partition] ?? [] {
                #expect(load - (group.members[other]?.assigned.count ?? 0) <= 1, "\(place): not balanced")
            }
        }
        for client in members where !client.isSilent && !client.isAway {
            #expect(client.owned == group.members[client.memberID]?.assigned, "\(place)")
        }
    }

    private func wants(_ subscription: MemberSubscription, _ topic: String) -> Bool {
        subscription.topicNames.contains(topic)
            || !subscription.pattern.isEmpty && ConsumerGroupFixture.matches(topic, subscription.pattern)
    }
}

@Suite struct ConsumerSimulationTests {
    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `whatever happens, nobody has what another has, and all comes to rest`(seed: UInt64) throws {
        var simulation = try ConsumerSimulation(seed: seed)
        for step in 1...150 {
            try simulation.step()
            simulation.check("seed \(seed), step \(step)")
        }
        try simulation.checkReplay("seed \(seed)")
        try simulation.settle()
        simulation.check("seed \(seed), at rest")
        simulation.checkSettled("seed \(seed), at rest")
        try simulation.checkReplay("seed \(seed), at rest")
    }
}
