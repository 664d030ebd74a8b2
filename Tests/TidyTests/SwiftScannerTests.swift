import Testing

/// The other tests here can only fail if the scanner sees what it should.
@Suite struct SwiftScannerTests {
    @Test func `code, comments and literals are told apart`() {
        let text = """
            let a = "// no { comment" // yes "quoted
            let b = #"raw " \\(x)"# /* block /* nested */ still */ + c
            let d = "before \\(map["}"] ?? "(") after" + e
            func `a name with { braces }`() {}
            """
        let (code, comments) = SwiftScanner.separate(text)
        #expect(!code.contains("comment") && !code.contains("quoted") && !code.contains("still"))
        #expect(code.contains("+ c") && code.contains("+ e"))
        #expect(comments.contains("// yes \"quoted") && comments.contains("still"))
        #expect(!comments.contains("no {") && !comments.contains("+ c"))
        #expect(code.count { $0 == "{" } == 1)
    }

    @Test func `a multi-line literal is blank to its end`() {
        let text = "let a = \"\"\"\n    func no() {\n    \"quoted\" \\(b(\"\"))\n    \"\"\"\nlet c = 1"
        let (code, _) = SwiftScanner.separate(text)
        #expect(!code.contains("func"))
        #expect(code.hasSuffix("let c = 1"))
        #expect(code.count { $0 == "\n" } == 4)
    }

    @Test func `functions are found with their lengths`() {
        let text = """
            protocol P {
                func required() -> Int
                init(a: Int)
                var b: Int { get }
            }
            struct S: P {
                init(a: Int) {
                    self.init(b: a)
                }
                func required(
                    with closure: () -> Int = { 1 }
                ) -> Int
                where Int: Sendable {
                    let s = S.init(a: 1)
                    return [1].map { $0 }.count
                }
                subscript(i: Int) -> Int { i }
            }
            """
        #expect(
            SourceFile(path: "S.swift", text: text).functions == [
                ScannedFunction(name: "init", line: 7, length: 3),
                ScannedFunction(name: "required", line: 10, length: 7),
                ScannedFunction(name: "subscript", line: 17, length: 1),
            ])
    }

    @Test func `imports are found behind attributes and access levels`() {
        let text =
            "package import NIOCore\n@testable import Broker\nimport struct Foundation.Data\n// import Dispatch\n"
        #expect(SourceFile(path: "S.swift", text: text).imports == ["NIOCore", "Broker", "Foundation"])
    }

    @Test func `a banned word counts only where it begins a word`() {
        let file = SourceFile(path: "S.swift", text: "blueprint(1)\nprint(1)\n\"print(1)\"\n")
        #expect(file.occurrences(of: "print(") == ["S.swift:2: print(1)"])
    }
}
