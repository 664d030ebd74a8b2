import BrokerTesting
import Foundation
import KafkaProtocol
import Testing

@testable import Broker

/// The README's tables are the broker's own word. Run with MARTLET_REWRITE=1 to write them anew.
@Suite(.timeLimit(.minutes(5)))
struct SupportTableTests {
    private static let readme = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../README.md").standardizedFileURL

    /// Replaces the table that begins with `head` and compares.
    private static func hold(_ table: String, beginningWith head: String) throws {
        let text = try String(contentsOf: readme, encoding: .utf8)
        let start = try #require(text.range(of: head)).lowerBound
        let end = text[start...].range(of: "\n\n")?.lowerBound ?? text.endIndex
        if ProcessInfo.processInfo.environment["MARTLET_REWRITE"] != nil, text[start..<end] != table {
            let rewritten = text.replacingCharacters(in: start..<end, with: table)
            try rewritten.write(to: readme, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[start..<end] == table, "run this test with MARTLET_REWRITE=1 and look at the difference")
    }

    @Test func `the support table is the ApiVersions answer`() async throws {
        let apis = try await withBroker { bootstrap in
            let client = try await TestClient.connect(to: bootstrap)
            let request = ApiVersionsRequest.with {
                $0.clientSoftwareName = "test"
                $0.clientSoftwareVersion = "1"
            }
            let answer = try await client.exchange(request, version: 4)
            await client.close()
            return answer.apiKeys
        }
        let rows = apis.map { api in
            let versions =
                api.minVersion == api.maxVersion ? "\(api.maxVersion)" : "\(api.minVersion)-\(api.maxVersion)"
            let note = api.apiKey == ApiKey.produce.rawValue ? " (0-2 are refused, as by Kafka 4)" : ""
            return "| \(ApiKey(rawValue: api.apiKey)) | \(versions)\(note) |"
        }
        let head = "| API | versions |"
        try Self.hold(([head, "| --- | --- |"] + rows).joined(separator: "\n"), beginningWith: head)
    }

    @Test func `the table of our own defaults is the catalogue's`() throws {
        let table = OwnDefault.markdownTable()
        try Self.hold(table, beginningWith: "| key | our default |")
    }
}
