/// One address of `listeners` or `advertised.listeners`: `NAME://HOST:PORT`.
package struct ListenerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The listener's name, in capitals, such as `PLAINTEXT` or `INTERNAL`.
    package let name: String
    /// Without brackets around an IPv6 address; empty for all addresses.
    package let host: String
    /// 0: any free port.
    package let port: Int

    package init(name: String, host: String, port: Int) {
        self.name = name
        self.host = host
        self.port = port
    }

    /// Whether the listener accepts on all addresses of the machine, none of which a client could be told.
    package var isWildcard: Bool { ["", "0.0.0.0", "::", "[::]", "*", "0:0:0:0:0:0:0:0"].contains(host) }

    package var description: String { "\(name)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// A text that is not an address, or addresses that contradict each other.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Reads `NAME://HOST:PORT,…`; names and, apart from port 0, pairs of host and port must be unique.
    package static func list(_ text: String) throws(ParseError) -> [ListenerAddress] {
        var addresses: [ListenerAddress] = []
        for element in text.listElements() where !element.isEmpty {
            let address = try ListenerAddress(element)
            if addresses.contains(where: { $0.name == address.name }) {
                throw ParseError(description: "listener name \(address.name) stands twice in \(text)")
            }
            addresses.append(address)
        }
        if addresses.isEmpty { throw ParseError(description: "no listener in '\(text)'") }
        return addresses
    }

    /// Reads one `NAME://HOST:PORT`; a host in brackets may be an IPv6 address.
    package init(_ text: String) throws(ParseError) {
        let wanted = ParseError(description: "'\(text)' is not NAME://HOST:PORT with a port from 0 to 65535")
        guard let mark = text.firstRange(of: "://"), let colon = text.lastIndex(of: ":"), colon >= mark.upperBound
        else { throw wanted }
        let name = text[..<mark.lowerBound].uppercased()
        var host = String(text[mark.upperBound..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw wanted
        }
        guard let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port), !name.isEmpty,
            name.utf8.allSatisfy({ $0.isWordByte }), !host.contains(where: { $0.isWhitespace || $0 == "/" })
        else { throw wanted }
        self.init(name: name, host: host, port: port)
    }
}

extension UInt8 {
    /// Letters, digits, `_`, `-` and `.`.
    var isWordByte: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}

/// What one listener accepts on and what clients that came by it are told.
package struct Listener: Hashable, Sendable {
    /// Where a client is sent when it asks for the broker's address.
    package enum Advertised: Hashable, Sendable {
        /// This host and port, as configured.
        case address(host: String, port: Int)
        /// This host with the port that was really opened (port 0).
        case boundPort(host: String)
        /// The listener is a wildcard without an advertised address: the machine's own name, with the opened port.
        case hostName
    }

    package let bind: ListenerAddress
    package let advertised: Advertised
    package var name: String { bind.name }

    package init(bind: ListenerAddress, advertised: Advertised) {
        self.bind = bind
        self.advertised = advertised
    }

    /// The address for clients.
    /// - Parameters:
    ///   - boundPort: the port that was opened.
    ///   - hostName: the name of the machine.
    package func endpoint(boundPort: Int, hostName: String) -> (host: String, port: Int) {
        switch advertised {
        case .address(let host, let port): (host, port)
        case .boundPort(let host): (host, boundPort)
        case .hostName: (hostName, boundPort)
        }
    }

    /// Joins what is listened on with what is advertised, by name.
    static func joined(
        _ binds: [ListenerAddress], advertised: [ListenerAddress]
    ) throws(ListenerAddress.ParseError) -> [Listener] {
        if let wildcard = advertised.first(where: \.isWildcard) {
            throw .init(description: "must name a host that clients can reach, not \(wildcard)")
        }
        for address in advertised where !binds.contains(where: { $0.name == address.name }) {
            throw .init(description: "names \(address.name), which is not in listeners")
        }
        return binds.map { bind in
            let named = advertised.first { $0.name == bind.name }
            return Listener(bind: bind, advertised: named.map { Advertised($0) } ?? Advertised(boundBy: bind))
        }
    }
}

extension Listener.Advertised {
    fileprivate init(_ address: ListenerAddress) {
        self = address.port == 0 ? .boundPort(host: address.host) : .address(host: address.host, port: address.port)
    }

    fileprivate init(boundBy bind: ListenerAddress) {
        self = bind.isWildcard ? .hostName : .boundPort(host: bind.host)
    }
}

/// `max.connections.per.ip.overrides`: how many connections one host may have.
enum AddressCounts {
    /// Reads `HOST:COUNT,…`; nil if it is something else.
    static func parse(_ text: String) -> [String: Int]? {
        var counts: [String: Int] = [:]
        for element in text.listElements() {
            guard let colon = element.lastIndex(of: ":"), let count = Int(element[element.index(after: colon)...]),
                count >= 0
            else { return nil }
            let host = element[..<colon].trimmingBlanks()
            guard !host.isEmpty, counts.updateValue(count, forKey: host) == nil else { return nil }
        }
        return counts
    }
}
