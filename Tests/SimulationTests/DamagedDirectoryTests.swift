import BrokerTesting
import Simulation
import Testing

/// Recovery over files that hold anything; RecoveryFuzz looks for more of it.
struct DamagedDirectoryTests {
    @Test(arguments: 0..<20) func `whatever the files hold, a log is refused or sound and takes appends`(group: UInt64)
    {
        for seed in 100 * group..<100 * group + 100 {
            var random = SeededRandomNumberGenerator(seed: seed)
            let script = (0..<Int.random(in: 3...90, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let problem = DamagedDirectory.problem(after: script)
            #expect(problem == nil, "seed \(seed)")
        }
    }
}
