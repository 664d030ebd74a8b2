import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerCostTests {
    @Test func `a thousand members settle with few records, and then write none`() throws {
        var machine = GroupCoordinatorStateMachine(generator: SeededGenerator(seed: 1))
        var metadata = try MetadataFixture()
        try metadata.create(NewTopic(name: "t", partitionCount: 2000))
        let client = GroupClient(clientID: "c", clientHost: "/127.0.0.1")
        var now = CoordinatorTime(wall: 1, uptime: .zero)
        var members = (0..<1000).map { number in
            SimulatedConsumer(memberID: "member-\(number)-abcdefghij", topics: ["t"], pattern: "")
        }
        var recordCount = 0
        func beat(_ position: Int) throws {
            var request = ConsumerGroupHeartbeatRequest()
            request.groupID = "g"
            request.memberID = members[position].memberID
            request.memberEpoch = members[position].epoch
            members[position].request(saysOwned: true)(&request)
            let box = ReplyBox<ConsumerGroupHeartbeatResponse>()
            let output = machine.consumerGroupHeartbeat(
                request, version: 1, from: client, image: metadata.image, isValidPattern: { _ in true }, at: now,
                reply: box.reply)
            recordCount += output.records.count
            for record in output.records { try machine.replay(record) }
            for answer in output.answers { answer.release() }
            members[position].receive(try #require(try box.value?.get()))
            members[position].giveBack()
        }
        for position in members.indices { try beat(position) }
        // Four of each newcomer's own, and one for each member that gives it a partition: the n-th takes 2000 / n.
        #expect(recordCount < 20 * members.count)
        var rounds = 0
        while case .consumer(let group)? = machine.groups["g"], group.state != .stable, rounds < 10 {
            rounds += 1
            for position in members.indices { try beat(position) }
        }
        #expect(rounds <= 2)
        recordCount = 0
        now.uptime += .seconds(1)
        for position in members.indices { try beat(position) }
        #expect(recordCount == 0)
    }
}
