/// `config/broker.properties`: every key that the broker reads, with its default and one line of meaning.
package enum BrokerPropertiesText {
    private static let header = """
        # Martlet's configuration: Kafka's keys in Kafka's format. Every key stands here with its default; remove the #
        # of a line to change it. `martlet serve --config FILE --set key=value` overrides single keys.
        """

    /// The whole file; a test holds it and the tables of keys together.
    package static func render() -> String {
        let sections: [(title: String, keys: [ConfigurationDefinition])] = [
            ("Addresses, connections and requests", ConfigurationDefinition.networkKeys),
            ("The broker and its topics", ConfigurationDefinition.clusterKeys),
            ("Logs", ConfigurationDefinition.logKeys),
            ("Groups, offsets and transactions", ConfigurationDefinition.coordinatorKeys),
            ("Security", ConfigurationDefinition.securityKeys),
        ]
        var text = header
        for section in sections {
            let keys = section.keys.filter { $0.isSettable && !$0.isInternal }
            if keys.isEmpty { continue }
            text += "\n\n## \(section.title)\n"
            text += keys.map { "\n# \($0.documentation)\n#\($0.name)=\($0.defaultValue ?? "")\n" }.joined()
        }
        return text
    }
}
