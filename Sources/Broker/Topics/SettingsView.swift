import Coordination
import KafkaProtocol
import LogStorage

/// The settings in force, for whoever describes or applies them.
struct SettingsView: Sendable {
    /// What the broker was started with.
    let fixed: [String: String]
    let nodeID: BrokerID
    let image: @Sendable () -> ClusterMetadataImage

    /// Finds values among what the metadata says now.
    var resolver: ConfigurationResolver { Self.resolver(fixed, nodeID, image()) }

    static func resolver(
        _ fixed: [String: String], _ nodeID: BrokerID, _ image: ClusterMetadataImage
    ) -> ConfigurationResolver {
        ConfigurationResolver(
            fixed: fixed, dynamicDefault: image.configuration(of: .broker(nil)),
            dynamicBroker: image.configuration(of: .broker(nodeID)))
    }
}
