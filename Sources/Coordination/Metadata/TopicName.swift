/// The rules for names of topics.
package enum TopicName {
    /// So that the folder's name, with the partition's number, fits into a file name.
    package static let maximumLength = 249

    /// The topics that the broker keeps for itself and clients may read.
    package static let groupOffsets = "__consumer_offsets"
    package static let transactionState = "__transaction_state"
    package static let shareState = "__share_group_state"
    /// The log of this very state machine; no client reads or writes it.
    package static let clusterMetadata = "__cluster_metadata"

    package static func isInternal(_ name: String) -> Bool {
        name == groupOffsets || name == transactionState || name == shareState
    }

    /// Why `name` cannot be a topic's; nil if it can.
    package static func fault(of name: String) -> String? {
        if name.isEmpty { return "the empty string is not allowed" }
        if name == "." || name == ".." { return "'.' or '..' is not allowed" }
        if name.utf8.count > maximumLength {
            return "the length of '\(name)' is longer than the max allowed length \(maximumLength)"
        }
        if !name.utf8.allSatisfy(isLegal) {
            return "'\(name)' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        }
        return nil
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Equal for names that cannot both exist: `.` and `_` are the same character in the names of metrics.
    static func collisionKey(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }
}
