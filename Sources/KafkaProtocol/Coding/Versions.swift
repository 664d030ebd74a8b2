/// The versions of a message in which a field exists (or is nullable), written `3...`, `0...12` or `.none`.
package struct Versions: Hashable, Sendable {
    package let lower: Int16
    package let upper: Int16

    package init(lower: Int16, upper: Int16) {
        self.lower = lower
        self.upper = upper
    }

    /// In no version.
    package static var none: Versions { Versions(lower: 1, upper: 0) }

    package func contains(_ version: Int16) -> Bool { version >= lower && version <= upper }
}

extension Versions: ExpressibleByIntegerLiteral {
    /// A single version.
    package init(integerLiteral version: Int16) { self.init(lower: version, upper: version) }
}

package func ... (lower: Int16, upper: Int16) -> Versions { Versions(lower: lower, upper: upper) }
package postfix func ... (lower: Int16) -> Versions { Versions(lower: lower, upper: .max) }
