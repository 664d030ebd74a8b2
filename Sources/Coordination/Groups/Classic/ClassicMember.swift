import KafkaProtocol
package import NIOCore

/// One member of a classic group.
package struct ClassicMember: Hashable, Sendable {
    package let id: String
    /// The static member that it is (KIP-345); nil for a dynamic one.
    package let instanceID: String?
    package var client: GroupClient
    package var rebalanceTimeout: Duration
    package var sessionTimeout: Duration
    /// What it can be assigned by, the preferred first, and what it tells the leader for each.
    package var protocols: [AssignmentProtocol]
    package var assignment = ByteBuffer()
    /// It waits for its first answer, so that it cannot send heartbeats yet.
    var isNew = false

    /// One way of assigning that a member supports.
    package struct AssignmentProtocol: Hashable, Sendable {
        package var name: String
        package var metadata: ByteBuffer

        package init(name: String, metadata: ByteBuffer) {
            self.name = name
            self.metadata = metadata
        }

        /// What a request says, in memory of its own: a slice would keep the whole frame.
        init(_ wire: JoinGroupRequest.JoinGroupRequestProtocol) {
            self.init(name: wire.name, metadata: ByteBuffer(bytes: wire.metadata.readableBytesView))
        }
    }

    package init(
        id: String, instanceID: String? = nil, client: GroupClient, rebalanceTimeout: Duration,
        sessionTimeout: Duration, protocols: [AssignmentProtocol]
    ) {
        self.id = id
        self.instanceID = instanceID
        self.client = client
        self.rebalanceTimeout = rebalanceTimeout
        self.sessionTimeout = sessionTimeout
        self.protocols = protocols
    }

    /// The same static member under a new id.
    func renamed(_ id: String) -> ClassicMember {
        var member = ClassicMember(
            id: id, instanceID: instanceID, client: client, rebalanceTimeout: rebalanceTimeout,
            sessionTimeout: sessionTimeout, protocols: protocols)
        member.assignment = assignment
        return member
    }

    /// What it says for `name`; empty if it does not support that.
    package func metadata(for name: String) -> ByteBuffer {
        protocols.first { $0.name == name }?.metadata ?? ByteBuffer()
    }

    var metadataByteCount: Int { protocols.reduce(0) { $0 + $1.name.utf8.count + $1.metadata.readableBytes } }
}
