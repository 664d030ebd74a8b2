import Coordination
import KafkaProtocol

/// What is known of a client that a metrics subscription may be meant for (KIP-714).
struct ClientAttributes: Hashable, Sendable {
    var instanceID: KafkaUUID
    var clientID: String
    var softwareName: String
    var softwareVersion: String
    var sourceAddress: String
    var sourcePort: Int
}

/// Which clients a metrics subscription is meant for: those of whom every selector's pattern matches.
struct ClientMatch: Sendable {
    enum Selector: String {
        case clientInstanceID = "client_instance_id"
        case clientID = "client_id"
        case softwareName = "client_software_name"
        case softwareVersion = "client_software_version"
        case sourceAddress = "client_source_address"
        case sourcePort = "client_source_port"
    }

    /// No longer ones are compiled: one change of the metadata must not keep all others waiting.
    static let maximumElements = 64

    private var patterns: [Selector: SubscriptionPattern] = [:]

    /// Reads `SELECTOR=PATTERN,…`; an empty text means all clients. Of two patterns for one selector the later counts.
    init(_ text: String) throws(Refusal) {
        let elements = text.listElements()
        guard elements.count <= Self.maximumElements else {
            throw Refusal(.invalidConfig, "match can have at most \(Self.maximumElements) patterns")
        }
        for element in elements {
            let parts = element.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
            guard parts.count == 2, !parts[1].isEmpty, let selector = Selector(rawValue: parts[0]) else {
                throw Self.refusal(element)
            }
            do { patterns[selector] = try SubscriptionPattern(parts[1]) } catch { throw Self.refusal(element) }
        }
    }

    private static func refusal(_ element: String) -> Refusal {
        Refusal(.invalidConfig, "Illegal client matching pattern: \(element.prefix(256))")
    }

    func matches(_ client: ClientAttributes) -> Bool {
        patterns.allSatisfy { selector, pattern in pattern.matches(client[selector]) }
    }
}

extension ClientAttributes {
    fileprivate subscript(selector: ClientMatch.Selector) -> String {
        switch selector {
        case .clientInstanceID: "\(instanceID)"
        case .clientID: clientID
        case .softwareName: softwareName
        case .softwareVersion: softwareVersion
        case .sourceAddress: sourceAddress
        case .sourcePort: "\(sourcePort)"
        }
    }
}
