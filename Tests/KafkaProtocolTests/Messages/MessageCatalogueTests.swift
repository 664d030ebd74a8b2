import Foundation
import NIOCore
import Testing

@testable import KafkaProtocol

/// Every message of the catalogue against the vectors that real clients wrote, and against the protocol's definition.
struct MessageCatalogueTests {
    static let types: [String: any KafkaMessage.Type] = {
        var types: [String: any KafkaMessage.Type] = [:]
        func add(_ type: any KafkaMessage.Type) { types[type.messageName] = type }
        func addResponse<Request: RequestMessage>(_ type: Request.Type) { add(Request.Response.self) }
        for request in MessageCatalogue.requests {
            add(request)
            addResponse(request)
        }
        for data in MessageCatalogue.data { add(data) }
        for record in MessageCatalogue.metadataRecords { add(record) }
        return types
    }()

    @Test func `every golden vector decodes to its values and encodes to the same bytes`() throws {
        var seen: Set<String> = []
        for vector in try Fixtures.objects("messages.jsonl.gz") {
            let name = try #require(vector["name"] as? String)
            let version = try #require(vector["version"] as? Int)
            let hex = try #require(vector["hex"] as? String)
            let type = try #require(Self.types[name], "no layout for \(name)")
            let label = "\(name) v\(version) \(vector["variant"] ?? "")"
            try Self.check(type, version: Int16(version), hex: hex, value: vector["value"], label: label)
            seen.insert(name)
        }
        // No client's encoder is at hand for the assignors' user data; the layout test covers them.
        let withoutVector: Set = ["StickyAssignorUserData", "CooperativeStickyAssignorUserData"]
        #expect(Set(Self.types.keys).subtracting(seen) == withoutVector)
    }

    private static func check<Message: KafkaMessage>(
        _ type: Message.Type, version: Int16, hex: String, value: Any?, label: String
    ) throws {
        let bytes = ByteBuffer(hex: hex)
        let isFlexible = Message.isFlexible(version)
        var reader = MessageReader(bytes, version: version, isFlexible: isFlexible, keepsUnknownTags: true)
        var message = Message()
        do {
            try reader.structure(&message)
            #expect(reader.buffer.readableBytes == 0, "\(label): bytes left")
            var writer = MessageWriter(
                into: ByteBuffer(), version: version, isFlexible: isFlexible, unknownTags: reader.unknownTags)
            var copy = message
            try writer.structure(&copy)
            #expect(writer.buffer.hex == hex, "\(label): other bytes")
        } catch {
            Issue.record("\(label): \(error)")
            return
        }
        let printed = try JSONSerialization.jsonObject(with: Data(message.json(version: version).utf8))
        if let difference = difference(value as Any, printed, path: "") { Issue.record("\(label): \(difference)") }
    }

    /// Where `expected` says something else than `actual`; fields that `expected` leaves out are not compared.
    private static func difference(_ expected: Any, _ actual: Any, path: String) -> String? {
        switch (expected, actual) {
        case (let left as [String: Any], let right as [String: Any]):
            for (key, value) in left {
                guard let other = right[key] else { return "\(path).\(key) is missing" }
                if let found = difference(value, other, path: "\(path).\(key)") { return found }
            }
            return nil
        case (let left as [Any], let right as [Any]):
            guard left.count == right.count else { return "\(path) has \(right.count) elements" }
            for (index, pair) in zip(left, right).enumerated() {
                if let found = difference(pair.0, pair.1, path: "\(path)[\(index)]") { return found }
            }
            return nil
        case (let left as NSObject, let right as NSObject):
            return left == right ? nil : "\(path) is \(right), not \(left)"
        default:
            return "\(path) has another type"
        }
    }

    @Test func `every layout is the protocol's own`() throws {
        var facts: [String: [String]] = [:]
        var name = ""
        for line in try Fixtures.lines("layouts.txt.gz") {
            if line.hasPrefix("M ") {
                name = String(line.split(separator: " ")[1])
                let versions = try #require(line.split(separator: " ").first { $0.hasPrefix("v=") }).dropFirst(2)
                let bounds = versions.split(separator: "-").compactMap { Int16($0) }
                let type = try #require(Self.types[name])
                #expect(type.versions == bounds[0]...(bounds.last ?? bounds[0]), "\(name)")
                let flexible = try #require(line.split(separator: " ").first { $0.hasPrefix("flex=") }).dropFirst(5)
                #expect(type.firstFlexibleVersion == Int16(flexible.dropLast()), "\(name)")
                facts[name] = []
            } else {
                facts[name, default: []].append(Self.normalised(line))
            }
        }
        #expect(facts.count == Self.types.count)
        for (name, lines) in facts {
            let type = try #require(Self.types[name])
            let ours = Self.treeLines(type.schema().map { $0[...] })
            #expect(ours == Self.treeLines(lines.map { $0[...] }), "\(name)")
        }
    }

    /// A line of the definition in the recorder's form.
    private static func normalised(_ line: Substring) -> String {
        let indent = line.prefix { $0 == " " }
        let words = line.split(separator: " ")
        let primitives: Set<Substring> = [
            "bool", "int8", "int16", "int32", "int64", "uint16", "float64", "uuid", "string", "bytes", "records",
        ]
        let isArray = words[1].hasPrefix("[]")
        let element = isArray ? words[1].dropFirst(2) : words[1]
        let type = (isArray ? "[]" : "") + (primitives.contains(element) ? String(element) : "struct")
        var text = "\(indent)\(words[0]) \(type) \(words[2])"
        func attribute(_ name: String) -> Substring? {
            words.dropFirst(3).first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
        }
        let nullable = attribute("null")
        let fallback = attribute("def")
        if attribute("flex") == "none" { return text + " legacy" }
        if let nullable { text += " null=\(nullable)" }
        if let tag = attribute("tag")?.split(separator: "@").first { text += " tag=\(tag)" }
        if let fallback {
            let isZero = ["0", "false", "null", ""].contains(fallback)
            if !isZero { text += element == "string" ? " def=\"\(fallback)\"" : " def=\(fallback)" }
        } else if nullable != nil, type != "records" {
            switch type {
            case "string", "bytes": text += " def=\"\""
            case "struct": text += " def=struct"
            default: text += " def=[]"
            }
        }
        if words.contains("ign") { text += " ign" }
        return text
    }

    /// The lines with untagged fields in order and tagged ones, which have no place of their own, sorted behind them;
    /// defaults of structures are shown as such.
    private static func treeLines(_ lines: [Substring]) -> [String] {
        struct Node {
            var line: String
            var children: [Substring] = []
        }
        var nodes: [Node] = []
        let depth = lines.first?.prefix { $0 == " " }.count ?? 0
        for line in lines {
            if line.prefix(while: { $0 == " " }).count == depth {
                nodes.append(Node(line: String(line).replacing(/def=\{.*\}/, with: "def=struct")))
            } else {
                nodes[nodes.count - 1].children.append(line)
            }
        }
        let tagged = nodes.filter { $0.line.contains(" tag=") }.sorted { $0.line < $1.line }
        return (nodes.filter { !$0.line.contains(" tag=") } + tagged).flatMap { [$0.line] + treeLines($0.children) }
    }
}
