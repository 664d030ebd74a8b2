import Testing

@Suite struct BudgetTests {
    static let functionLimit = 70
    static let functionAim = 30
    static let fileLimit = 600

    @Test func `the scanner finds the project`() {
        #expect(SourceTree.files(under: "Sources").count > 10)
        #expect(SourceTree.files(under: "Sources").flatMap(\.functions).count > 20)
    }

    @Test func `no function is longer than 70 lines`() {
        let long = SourceTree.swiftFiles.flatMap { file in
            file.functions.filter { $0.length > Self.functionLimit }
                .map { "\(file.path):\($0.line): \($0.name) has \($0.length) lines" }
        }
        #expect(long == [], "split them; aim at \(Self.functionAim) lines")
    }

    @Test func `nine of ten functions have at most 30 lines`() {
        let lengths = SourceTree.files(under: "Sources").flatMap(\.functions).map(\.length).sorted()
        #expect(lengths[lengths.count * 9 / 10] <= Self.functionAim)
    }

    @Test func `no file is longer than 600 lines`() {
        let long = SourceTree.swiftFiles.filter { $0.lines.count > Self.fileLimit }
            .map { "\($0.path) has \($0.lines.count) lines" }
        #expect(long == [], "a noun is missing")
    }
}
