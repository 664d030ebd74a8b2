import Simulation

/// Takes the input as a script that damages a partition's folder, and opens it as a log. What it looks for: traps, memory
/// beyond the limits, a recovery that ends in a log that does not verify, cannot be read or takes no append.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecovery(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe UnsafeRawBufferPointer(start: start, count: count)
    let problem = unsafe DamagedDirectory.problem(after: Array(input))
    precondition(problem == nil, problem ?? "")
    return 0
}
