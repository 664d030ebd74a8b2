import Foundation
import Testing

@testable import Coordination

/// Scripts of events with what comes of them (Scripts/*.txt); `MARTLET_REWRITE=1` writes them anew.
@Suite struct ClassicGroupTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts")

    @Test(arguments: [
        "forming", "rebalancing", "leaving", "static-members", "timeouts", "wrong-requests", "restart", "offsets",
        "expiry",
    ])
    func `every state and transition of a classic group`(name: String) throws {
        let file = Self.folder.appendingPathComponent("\(name).txt")
        let script = try String(contentsOf: file, encoding: .utf8)
        let result = try GroupScript.run(script)
        if ProcessInfo.processInfo.environment["MARTLET_REWRITE"] != nil {
            try result.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(result == script, "\(name).txt")
        }
    }

    @Test func `without an initial delay a group begins with its first member`() throws {
        var settings = GroupSettings()
        settings.initialRebalanceDelay = .zero
        let result = try GroupScript.run("join a v=3", settings: settings)
        #expect(result.hasSuffix("> a: joined generation 1 range as <a> leader <a> members 1"))
    }

    @Test func `a full group refuses who is new, and keeps who is there`() throws {
        var settings = GroupSettings()
        settings.maxSize = 1
        let result = try GroupScript.run(
            "join a v=3\nafter 3000\nsync a assign=a:x\njoin b v=3\njoin a", settings: settings)
        #expect(result.contains("> b: joined GROUP_MAX_SIZE_REACHED -"))
        #expect(result.contains("> a: joined generation 2"))
    }
}
