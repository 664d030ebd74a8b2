/// One configuration key: what it means, what it accepts, and what Martlet does with it.
package struct ConfigurationDefinition: Sendable {
    /// The key's type, with the number that DescribeConfigs uses.
    package enum ValueType: Int8, Sendable {
        case boolean = 1
        case string = 2
        case int = 3
        case short = 4
        case long = 5
        case double = 6
        case list = 7
        case className = 8
        case password = 9
    }

    /// Whether and how a running broker takes a new value (KIP-226).
    package enum UpdateMode: Sendable {
        case readOnly
        case perBroker
        case clusterWide
        /// Never stands in a file.
        case dynamicOnly
    }

    /// What Martlet does with a value.
    package enum Use: Sendable, Equatable {
        /// The broker acts on it.
        case acted
        /// Checked, kept and described; what it steers is not there yet.
        case kept
        /// Only the default is true of this broker. A file may say otherwise and gets a warning, since nothing is lost.
        case ignored(UnusedReason)
        /// Only the default is true of this broker, and who sets it counts on more: another value is an error.
        case refused(UnusedReason)
    }

    package let name: String
    package let type: ValueType
    package let defaultValue: String?
    package let validator: ConfigurationValidator
    package let use: Use
    package let updateMode: UpdateMode
    package let isInternal: Bool
    /// The broker keys that the value comes from when it is not set here, the strongest first.
    package let synonyms: [String]
    private let meaning: String

    /// One line on what the key means.
    package var documentation: String {
        switch use {
        case .acted: meaning
        case .kept: "\(meaning) Kept; no effect yet."
        case .ignored(let reason), .refused(let reason): "\(meaning) Not used: \(reason.rawValue)."
        }
    }

    package var isReadByMartlet: Bool { use == .acted }
    package var isSensitive: Bool { type == .password }

    /// Whether another value than the default can be set at all.
    package var isSettable: Bool { use == .acted || use == .kept }

    private init(
        _ name: String, _ type: ValueType, _ defaultValue: String?, _ validator: ConfigurationValidator, _ use: Use,
        _ updateMode: UpdateMode, _ isInternal: Bool, _ synonyms: [String], _ meaning: String
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.validator = validator
        self.use = use
        self.updateMode = updateMode
        self.isInternal = isInternal
        self.synonyms = synonyms
        self.meaning = meaning
    }
}

/// Why Martlet has no use for a key.
package enum UnusedReason: String, Sendable {
    case directories = "every log directory takes new partitions"
    case groupCommit = "records are written at once, and share their flushes"
    case metrics = "Martlet has no Java metrics reporters"
    case plugins = "Martlet does not load Java classes"
    case preview = "Martlet has no previews of unfinished features"
    case purgatory = "waits leave Martlet's memory when they end"
    case quorum = "this node is its own controller"
    case quotas = "quotas are not enforced yet"
    case replication = "this node is the only broker"
    case sasl = "SASL is not available yet"
    case share = "share groups are not available yet"
    case threads = "requests run on the event loops, see num.network.threads"
    case tiering = "remote storage is not available yet"
    case tls = "TLS is not available yet"
    case tokens = "delegation tokens are not available"
}

/// The words that the tables of keys are written in.
extension ConfigurationDefinition {
    static func acted(
        _ name: String, _ type: ValueType, _ defaultValue: String?, _ validator: ConfigurationValidator,
        updated: UpdateMode = .readOnly, isInternal: Bool = false, from synonyms: [String] = [], _ meaning: String
    ) -> ConfigurationDefinition {
        .init(name, type, defaultValue, validator, .acted, updated, isInternal, synonyms, meaning)
    }

    static func kept(
        _ name: String, _ type: ValueType, _ defaultValue: String?, _ validator: ConfigurationValidator,
        updated: UpdateMode = .readOnly, isInternal: Bool = false, from synonyms: [String] = [], _ meaning: String
    ) -> ConfigurationDefinition {
        .init(name, type, defaultValue, validator, .kept, updated, isInternal, synonyms, meaning)
    }

    static func ignored(
        _ name: String, _ type: ValueType, _ defaultValue: String?, _ validator: ConfigurationValidator,
        because reason: UnusedReason, updated: UpdateMode = .readOnly, isInternal: Bool = false,
        from synonyms: [String] = [], _ meaning: String
    ) -> ConfigurationDefinition {
        .init(name, type, defaultValue, validator, .ignored(reason), updated, isInternal, synonyms, meaning)
    }

    static func refused(
        _ name: String, _ type: ValueType, _ defaultValue: String?, _ validator: ConfigurationValidator,
        because reason: UnusedReason, updated: UpdateMode = .readOnly, isInternal: Bool = false,
        from synonyms: [String] = [], _ meaning: String
    ) -> ConfigurationDefinition {
        .init(name, type, defaultValue, validator, .refused(reason), updated, isInternal, synonyms, meaning)
    }
}
