import KafkaProtocol

/// One of Kafka's configuration keys and what it sets in `Target`.
struct PropertyKey<Target>: Sendable {
    let name: String
    /// Sets the value; throws a sentence that says which values are allowed.
    let apply: @Sendable (inout Target, String) throws(KafkaError) -> Void

    /// The same key for a configuration that contains `Target`.
    func lifted<Outer>(_ path: any WritableKeyPath<Outer, Target> & Sendable) -> PropertyKey<Outer> {
        PropertyKey<Outer>(name: name) { (outer: inout Outer, value: String) throws(KafkaError) in
            try apply(&outer[keyPath: path], value)
        }
    }
}

enum Properties {
    /// Applies `properties` in order; an unknown key is an error that names the nearest known one.
    static func apply<Target>(
        _ properties: [(key: String, value: String)], to target: inout Target, keys: [PropertyKey<Target>],
        also ignored: Set<String>
    ) throws(KafkaError) {
        for (name, value) in properties {
            if let key = keys.first(where: { $0.name == name }) {
                try key.apply(&target, value)
            } else if !ignored.contains(name) {
                throw unknown(name, known: keys.map(\.name) + ignored)
            }
        }
    }

    private static func unknown(_ name: String, known: [String]) -> KafkaError {
        let nearest = known.min { (distance(name, $0), $0) < (distance(name, $1), $1) }
        let hint = nearest.flatMap { distance(name, $0) <= max(3, name.count / 3) ? "; did you mean '\($0)'?" : nil }
        return KafkaError(.invalidConfiguration, "unknown configuration key '\(name)'\(hint ?? "")")
    }

    /// How many letters must be inserted, removed or replaced to turn one word into the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, letter) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }

    static func integer<Target>(
        _ name: String, _ range: ClosedRange<Int>, _ path: any WritableKeyPath<Target, Int> & Sendable
    ) -> PropertyKey<Target> {
        PropertyKey(name: name) { (target: inout Target, text: String) throws(KafkaError) in
            target[keyPath: path] = try parse(text, of: name, range)
        }
    }

    static func milliseconds<Target>(
        _ name: String, _ path: any WritableKeyPath<Target, Duration> & Sendable
    ) -> PropertyKey<Target> {
        PropertyKey(name: name) { (target: inout Target, text: String) throws(KafkaError) in
            target[keyPath: path] = .milliseconds(try parse(text, of: name, 0...Int(Int32.max)))
        }
    }

    static func boolean<Target>(
        _ name: String, _ path: any WritableKeyPath<Target, Bool> & Sendable
    ) -> PropertyKey<Target> {
        choice(name, ["true": true, "false": false], path)
    }

    static func string<Target>(
        _ name: String, _ path: any WritableKeyPath<Target, String> & Sendable
    ) -> PropertyKey<Target> {
        PropertyKey(name: name) { (target: inout Target, text: String) in target[keyPath: path] = text }
    }

    static func choice<Target, Value: Sendable>(
        _ name: String, _ values: [String: Value], _ path: any WritableKeyPath<Target, Value> & Sendable
    ) -> PropertyKey<Target> {
        PropertyKey(name: name) { (target: inout Target, text: String) throws(KafkaError) in
            guard let value = values[text] else {
                let allowed = values.keys.sorted().joined(separator: ", ")
                throw KafkaError(.invalidConfiguration, "\(name) must be one of \(allowed), not '\(text)'")
            }
            target[keyPath: path] = value
        }
    }

    static func parse(_ text: String, of name: String, _ range: ClosedRange<Int>) throws(KafkaError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw KafkaError(
                .invalidConfiguration,
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return value
    }
}
