import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct AssignmentChangesTests {
    private static let one = TopicPartition(topic: "t", partition: 0)
    private static let two = TopicPartition(topic: "t", partition: 1)

    @Test func `wishes are granted in order, by one task at a time`() throws {
        let changes = AssignmentChanges()
        #expect(!changes.hasNews && changes.take() == nil)
        changes.post(.own([Self.one, Self.two]))
        changes.post(.revoke([Self.one]))
        let first = try #require(changes.take())
        #expect(first.wish == .own([Self.one, Self.two]))
        #expect(changes.take() == nil)
        #expect(!changes.hasNews)
        changes.granted(first)
        #expect(changes.wasAssigned)
        let second = try #require(changes.take())
        #expect(second.wish == .revoke([Self.one]))
        #expect(second.held == [Self.one, Self.two])
        changes.granted(second)
        #expect(changes.held == [Self.two])
        #expect(!changes.hasNews)
    }

    @Test func `what could not be granted is tried again`() throws {
        let changes = AssignmentChanges()
        changes.post(.own([Self.one]))
        _ = try #require(changes.take())
        changes.putBack()
        #expect(changes.take()?.wish == .own([Self.one]))
    }

    @Test func `a loss makes void what was wished for before it`() throws {
        let changes = AssignmentChanges()
        changes.post(.own([Self.one]))
        changes.granted(try #require(changes.take()))
        changes.post(.revoke([Self.one]))
        let turn = try #require(changes.take())
        changes.post(.lose([Self.one]))
        changes.post(.own([Self.two]))
        #expect(changes.round != turn.round)
        changes.putBack()
        let loss = try #require(changes.take())
        #expect(loss.wish == .lose([Self.one]))
        changes.granted(loss)
        #expect(changes.held.isEmpty)
        #expect(changes.take()?.wish == .own([Self.two]))
    }

    @Test func `a failure is news`() {
        let changes = AssignmentChanges()
        changes.fail(KafkaError(.closed, ""))
        #expect(changes.hasNews)
        #expect(changes.failure?.code == .closed)
    }
}
