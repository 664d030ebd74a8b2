import NIOCore
package import KafkaProtocol

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Timestamp {
    /// The wall clock's time.
    package static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension Duration {
    /// Whole milliseconds, as the wire wants them; bounded by its 32 bits.
    var wireMilliseconds: Int32 {
        Int32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
