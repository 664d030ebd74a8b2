import Foundation
import Simulation
import Synchronization

/// `Simulate [FIRST [COUNT]]`: runs that many seeds on all cores and tells how far it is. Ends with 1 after a failure.
@main struct Simulate {
    static func main() {
        let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        let first = numbers.first ?? 1
        let count = numbers.dropFirst().first ?? 1
        let next = Atomic<UInt64>(0)
        let failures = Atomic<Int>(0)
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: ProcessInfo.processInfo.activeProcessorCount) { _ in
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < count else { return }
                if let failure = LogSimulation.run(seed: first + number) {
                    failures.add(1, ordering: .relaxed)
                    say("\(failure)\nrepeat it: make simulate seed=\(first + number)\n")
                }
                if number.isMultiple(of: max(1, count / 100)), number > 0 {
                    say("\(number) of \(count) seeds, \(start.duration(to: .now).components.seconds) s")
                }
            }
        }
        say("\(count) seeds, \(failures.load(ordering: .relaxed)) failures, \(start.duration(to: .now))")
        exit(failures.load(ordering: .relaxed) == 0 ? 0 : 1)
    }

    /// At once, also into a file.
    private static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
