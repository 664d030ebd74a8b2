/// What the broker listens on, from the keys that must agree about it.
extension StaticConfiguration {
    /// The listeners for clients, and what an operator should know about them besides ``warnings``.
    func listeners() throws(ConfigurationFileError) -> ([Listener], warnings: [String]) {
        let all = try addresses("listeners")
        let binds = all.filter(isForClients)
        if binds.isEmpty { throw error(at: "listeners", "names nothing but listeners of the controller") }
        let unopened = all.filter { !isForClients($0) }.map { address in
            "listener \(address) is not opened: this node is its own controller"
        }
        try checkProtocols(of: binds)
        let advertised = try values["advertised.listeners"] == nil ? [] : addresses("advertised.listeners")
        do {
            return (try Listener.joined(binds, advertised: advertised.filter(isForClients)), warnings + unopened)
        } catch {
            throw self.error(at: "advertised.listeners", error.description)
        }
    }

    private func isForClients(_ address: ListenerAddress) -> Bool {
        !controllerListeners.contains { $0.uppercased() == address.name }
    }

    private func addresses(_ key: String) throws(ConfigurationFileError) -> [ListenerAddress] {
        do {
            return try ListenerAddress.list(ConfigurationResolver(fixed: values).brokerValue(key) ?? "")
        } catch {
            throw self.error(at: key, error.description)
        }
    }

    /// Only PLAINTEXT is served so far; a listener that was meant to be encrypted must not be opened without.
    private func checkProtocols(of listeners: [ListenerAddress]) throws(ConfigurationFileError) {
        let key = "listener.security.protocol.map"
        var protocols: [String: String] = [:]
        for element in (ConfigurationResolver(fixed: values).brokerValue(key) ?? "").listElements() {
            let parts = element.split(separator: ":").map { $0.trimmingBlanks().uppercased() }
            guard parts.count == 2 else { throw error(at: key, "'\(element)' is not NAME:PROTOCOL") }
            protocols[parts[0]] = parts[1]
        }
        for listener in listeners {
            switch protocols[listener.name] {
            case "PLAINTEXT": continue
            case nil: throw error(at: key, "names no protocol for \(listener.name); add \(listener.name):PLAINTEXT")
            case .some(let other):
                throw error(at: key, "gives \(listener.name) \(other), but only PLAINTEXT is available yet")
            }
        }
    }
}
