import Coordination
import KafkaProtocol

/// Rules that know two keys: `a`, any text, and `list`, a list.
struct TwoKeyRules: ConfigurationRules {
    func validated(
        _ values: [(name: String, value: String?)], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in values {
            guard name == "a" || name == "list" else { throw Refusal(.invalidConfig, "unknown \(name)") }
            result[name] = value
        }
        return result
    }

    func edited(
        _ current: [String: String], by changes: [ConfigurationChange], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String] {
        var result = current
        for change in changes {
            _ = try validated([(change.name, change.value)], for: resource)
            result[change.name] = change.operation == .delete ? nil : change.value
        }
        return result
    }
}

/// A small reproducible generator (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A state machine with its log: what is decided is encoded, kept, read back and replayed.
struct MetadataFixture {
    var machine: ClusterMetadataStateMachine
    var generator = SeededGenerator(seed: 1)
    private(set) var log: [ClusterMetadataRecord] = []

    /// With these brokers registered.
    init(brokers: [BrokerID] = [1], limits: ClusterMetadataLimits = ClusterMetadataLimits()) throws {
        machine = ClusterMetadataStateMachine(rules: TwoKeyRules(), limits: limits)
        for broker in brokers {
            let incarnation = KafkaUUID(high: 1, low: UInt64(broker.rawValue))
            _ = try apply(
                machine.registerBroker(
                    BrokerRegistration(
                        id: broker, incarnationID: incarnation,
                        endpoints: [.init(listener: "L", host: "h", port: 9092)],
                        directories: [KafkaUUID(high: 2, low: UInt64(broker.rawValue))])))
        }
    }

    var image: ClusterMetadataImage { machine.image }

    mutating func apply<Response: Sendable>(
        _ decision: CoordinatorResult<ClusterMetadataRecord, Response>
    ) throws -> Response {
        for record in decision.records {
            let read = try ClusterMetadataRecord(record.encoded())
            try machine.replay(read)
            log.append(read)
        }
        return decision.response
    }

    @discardableResult mutating func create(
        _ topics: NewTopic..., defaults: TopicDefaults = TopicDefaults(), validateOnly: Bool = false
    ) throws -> [CommandOutcome<String, CreatedTopic>] {
        try apply(
            machine.createTopics(topics, defaults: defaults, validateOnly: validateOnly, using: &generator))
    }

    /// A machine that has seen nothing but the log.
    func reloaded() throws -> ClusterMetadataStateMachine {
        var machine = ClusterMetadataStateMachine(rules: TwoKeyRules())
        for record in log { try machine.replay(record) }
        return machine
    }
}
