#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

enum HostName {
    /// The name of this machine, as other machines may know it; `localhost` if it has none.
    static var current: String {
        var bytes = [CChar](repeating: 0, count: 256)
        let count = bytes.count
        let status = unsafe gethostname(&bytes, count - 1)
        guard status == 0, let end = bytes.firstIndex(of: 0), end > 0 else { return "localhost" }
        return String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
