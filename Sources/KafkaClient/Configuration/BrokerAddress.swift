/// Where a broker listens.
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[::1]:port` or `host` (port 9092).
    public init(_ text: some StringProtocol) throws(KafkaError) {
        let text = String(text)
        let (host, port) = Self.split(text)
        guard !host.isEmpty, let port = port.map({ Int($0) }) ?? 9092, (1...65535).contains(port) else {
            throw KafkaError(.invalidConfiguration, "'\(text)' is not a broker's address; write HOST:PORT")
        }
        self.init(host: host, port: port)
    }

    private static func split(_ text: String) -> (host: String, port: String?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            let host = String(text[text.index(after: text.startIndex)..<end])
            return (host, rest.isEmpty ? nil : rest.hasPrefix(":") ? String(rest.dropFirst()) : "")
        }
        let colons = text.filter { $0 == ":" }.count
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return (colons > 1 ? "" : text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// Reads a list separated by commas, as `bootstrap.servers` has it.
    public static func list(_ text: some StringProtocol) throws(KafkaError) -> [BrokerAddress] {
        var addresses: [BrokerAddress] = []
        for part in text.split(separator: ",") {
            let trimmed = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            addresses.append(try BrokerAddress(String(trimmed)))
        }
        guard !addresses.isEmpty else {
            throw KafkaError(.invalidConfiguration, "bootstrap.servers is empty; give at least one HOST:PORT")
        }
        return addresses
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
