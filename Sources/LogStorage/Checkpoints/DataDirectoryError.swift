package import SystemPackage

/// Why a data directory cannot be used. The description is for the operator, on one line.
package enum DataDirectoryError: Error, Hashable, Sendable, CustomStringConvertible {
    case lockedByAnotherProcess(FilePath)
    case newerFormat(FilePath, found: String)
    case damagedProperties(FilePath, reason: String)
    case wrongNode(FilePath, found: String, configured: String)
    case wrongCluster(FilePath, found: String, expected: String)
    case storage(FileSystemError)

    package var description: String {
        switch self {
        case .lockedByAnotherProcess(let path):
            "The data directory \(path) is locked by another process. Stop that broker or choose another directory."
        case .newerFormat(let path, let found):
            "The data directory \(path) was written by a newer version (\(found)). Start that version, or a later one."
        case .damagedProperties(let path, let reason):
            "\(path) cannot be read: \(reason)."
        case .wrongNode(let path, let found, let configured):
            "The data directory \(path) belongs to node.id \(found), but node.id is configured as \(configured)."
        case .wrongCluster(let path, let found, let expected):
            "The data directory \(path) belongs to cluster \(found), but the others belong to cluster \(expected)."
        case .storage(let error): "The data directory cannot be used: \(error)."
        }
    }
}
