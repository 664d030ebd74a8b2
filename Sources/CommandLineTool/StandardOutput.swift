#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hands on what `print` has collected: a program that reads our output through a pipe waits for it.
func flushStandardOutput() {
    fflush(nil)
}
