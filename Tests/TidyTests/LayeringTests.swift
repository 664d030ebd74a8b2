import Testing

/// What the compiler's import check does not see: system modules, and rules for single files.
@Suite struct LayeringTests {
    private static let systemModules: Set<String> = ["Glibc", "Musl", "Darwin", "Dispatch", "NIOPosix"]

    @Test func `sources import no full Foundation`() {
        let found = SourceTree.files(under: "Sources").filter { $0.imports.contains("Foundation") }.map(\.path)
        #expect(found == [], "FoundationEssentials at most: Foundation brings tens of megabytes into the executable")
    }

    @Test func `state machines import no input and output`() {
        let machines = SourceTree.files(under: "Sources").filter { $0.name.hasSuffix("StateMachine") }
        #expect(machines.filter { !Self.systemModules.isDisjoint(with: $0.imports) }.map(\.path) == [])
    }

    @Test func `Coordination imports no input and output`() {
        let banned = Self.systemModules.union(["SystemPackage", "FoundationEssentials"])
        let found = SourceTree.files(under: "Sources/Coordination").filter { !banned.isDisjoint(with: $0.imports) }
        #expect(found.map(\.path) == [])
    }

    @Test func `tests are written with Swift Testing`() {
        #expect(SourceTree.files(under: "Tests").filter { $0.imports.contains("XCTest") }.map(\.path) == [])
    }
}
