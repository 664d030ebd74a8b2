/// A replicated state machine over its own log: cluster metadata, the groups or the transactions of one partition.
///
/// A request is *decided* against the current state into records and a response; deciding changes nothing. The
/// records are appended and replayed, and ``replay(_:)`` is the ONLY way in which durable state changes, so that
/// loading after a restart takes the same path as living. Nothing here does I/O, reads a clock or draws a random
/// number by itself.
///
/// Isolation: a value, owned by whoever serialises decide, append and replay (one `Mutex` per coordinator partition).
package protocol CoordinatorStateMachine: Sendable {
    associatedtype Record: Sendable

    /// Applies one record, in the order of the log. An error means that the log does not fit together (damage, or a
    /// newer format); the state is then not to be used any more.
    mutating func replay(_ record: Record) throws(CoordinatorReplayError)
}

extension CoordinatorStateMachine {
    /// Applies what was decided, once it is appended.
    package mutating func replay(
        _ result: CoordinatorResult<Record, some Sendable>
    ) throws(CoordinatorReplayError) {
        for record in result.records { try replay(record) }
    }
}

/// A record that the state before it does not allow.
package struct CoordinatorReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
