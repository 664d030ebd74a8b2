import KafkaClient

/// Where a group is to go on.
enum OffsetGoal: Equatable {
    case earliest
    case latest
    case current
    case offset(Offset)
    case shift(Int64)
    case time(Timestamp)
    /// What a file says, partition by partition.
    case listed([TopicPartition: Offset])

    /// What has to be looked up for it besides the ends of the log.
    var timestamp: Timestamp? { if case .time(let time) = self { time } else { nil } }
}

/// A partition as it is before offsets are set.
struct OffsetSituation: Equatable {
    var first: Offset
    var end: Offset
    var committed: Offset?
    /// The first record of the wanted time or later; nil where there is none, or where no time is wanted.
    var atTime: Offset?
}

/// The new offset of one partition.
struct OffsetStep: Equatable {
    var partition: TopicPartition
    var old: Offset?
    var new: Offset
    /// What was asked for, if it lies outside the log.
    var clampedFrom: Offset?

    init(_ partition: TopicPartition, toward goal: OffsetGoal, from now: OffsetSituation) throws(CommandFailure) {
        let wanted: Offset
        switch goal {
        case .earliest: wanted = now.first
        case .latest: wanted = now.end
        case .current: wanted = now.committed ?? now.end
        case .offset(let offset): wanted = offset
        case .time: wanted = now.atTime ?? now.end
        case .listed(let offsets): wanted = offsets[partition] ?? now.committed ?? now.end
        case .shift(let count):
            guard let committed = now.committed else {
                throw CommandFailure(
                    message: "there is no committed offset in \(partition) that could be shifted; "
                        + "leave the partition out, or set it with --to-offset")
            }
            wanted = committed + count
        }
        self.partition = partition
        old = now.committed
        new = min(max(wanted, now.first), now.end)
        clampedFrom = new == wanted ? nil : wanted
    }
}

// MARK: - Files

/// Lines of `topic,partition,offset` or `group,topic,partition,offset`, as `--export` and Kafka's own tool write them.
enum OffsetFile {
    static func text(_ steps: [OffsetStep]) -> String {
        steps.map { "\($0.partition.topic),\($0.partition.partition),\($0.new)\n" }.joined()
    }

    /// - Parameter group: lines of other groups are left out.
    static func parse(_ text: String, group: String) throws(CommandFailure) -> [TopicPartition: Offset] {
        var offsets: [TopicPartition: Offset] = [:]
        for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.filter { $0 != "\"" && $0 != " " }
            if line.isEmpty || line.hasPrefix("#") { continue }
            var fields = line.split(separator: ",", omittingEmptySubsequences: false)[...]
            if fields.count == 4, fields.removeFirst() != group { continue }
            let parts = Array(fields)
            guard parts.count == 3, !parts[0].isEmpty, let partition = Int32(parts[1]), partition >= 0,
                let offset = Int64(parts[2]), offset >= 0
            else {
                throw CommandFailure(
                    message: "line \(place + 1) of the file is '\(line)'; write topic,partition,offset")
            }
            let name = TopicPartition(topic: String(parts[0]), partition: PartitionIndex(partition))
            guard offsets.updateValue(Offset(offset), forKey: name) == nil else {
                throw CommandFailure(message: "line \(place + 1) of the file names \(name) again")
            }
        }
        guard !offsets.isEmpty else { throw CommandFailure(message: "the file has no offsets for group '\(group)'") }
        return offsets
    }
}

// MARK: - Times

/// A point in time: `2026-01-31T12:00:00.000+01:00`, shorter forms of it (UTC where no zone stands), or `@` and
/// milliseconds since 1970.
struct PointInTime: Equatable {
    var timestamp: Timestamp

    init?(_ text: String) {
        if text.hasPrefix("@") {
            guard let milliseconds = Int64(text.dropFirst()), milliseconds >= 0 else { return nil }
            timestamp = Timestamp(milliseconds)
            return
        }
        var rest = text[...]
        guard let day = Self.day(&rest) else { return nil }
        var milliseconds = day * 86_400_000
        if rest.first == "T" || rest.first == " " {
            rest.removeFirst()
            guard let time = Self.timeOfDay(&rest), let zone = Self.zone(&rest) else { return nil }
            milliseconds += time - zone
        }
        guard rest.isEmpty else { return nil }
        timestamp = Timestamp(milliseconds)
    }

    private static func digits(_ count: Int, _ range: ClosedRange<Int64>, _ rest: inout Substring) -> Int64? {
        let text = rest.prefix(count)
        guard text.utf8.count == count, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(text),
            range.contains(number)
        else { return nil }
        rest = rest.dropFirst(count)
        return number
    }

    private static func skip(_ character: Character, _ rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Days since 1970, by the rule for the proleptic Gregorian calendar.
    private static func day(_ rest: inout Substring) -> Int64? {
        guard let year = digits(4, 1970...9999, &rest), skip("-", &rest), let month = digits(2, 1...12, &rest),
            skip("-", &rest), let day = digits(2, 1...31, &rest)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[Int(month) - 1] else { return nil }
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400 - 477
        return (year - 1970) * 365 + leapDays + lengths.prefix(Int(month) - 1).reduce(0, +) + day - 1
    }

    private static func timeOfDay(_ rest: inout Substring) -> Int64? {
        guard let hour = digits(2, 0...23, &rest), skip(":", &rest), let minute = digits(2, 0...59, &rest) else {
            return nil
        }
        var milliseconds = hour * 3_600_000 + minute * 60_000
        guard skip(":", &rest) else { return milliseconds }
        guard let second = digits(2, 0...59, &rest) else { return nil }
        milliseconds += second * 1000
        guard skip(".", &rest) else { return milliseconds }
        let fraction = rest.prefix { $0.isASCII && $0.isNumber }
        guard !fraction.isEmpty, fraction.count <= 9, let thousandths = Int64((fraction + "00").prefix(3)) else {
            return nil
        }
        rest = rest.dropFirst(fraction.count)
        return milliseconds + thousandths
    }

    /// Milliseconds ahead of UTC.
    private static func zone(_ rest: inout Substring) -> Int64? {
        if rest.isEmpty || skip("Z", &rest) { return 0 }
        let sign: Int64 = rest.first == "-" ? -1 : 1
        guard skip("+", &rest) || skip("-", &rest), let hours = digits(2, 0...18, &rest) else { return nil }
        _ = skip(":", &rest)
        guard let minutes = rest.isEmpty ? 0 : digits(2, 0...59, &rest) else { return nil }
        return sign * (hours * 3_600_000 + minutes * 60_000)
    }
}

extension TimeSpan {
    /// Reads ISO 8601's `PnDTnHnMnS`, as Kafka's tools have it, or the forms of ``init(argument:)``.
    init?(iso8601OrShort text: String) {
        guard text.hasPrefix("P") else {
            self.init(argument: text)
            return
        }
        var rest = text.dropFirst()
        var seconds = 0.0
        var isTime = false
        var units = 0
        while let first = rest.first {
            if first == "T", !isTime {
                isTime = true
                rest.removeFirst()
                continue
            }
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            guard let value = Double(number), let unit = rest.popFirst() else { return nil }
            switch (unit, isTime) {
            case ("W", false): seconds += value * 604_800
            case ("D", false): seconds += value * 86_400
            case ("H", true): seconds += value * 3600
            case ("M", true): seconds += value * 60
            case ("S", true): seconds += value
            default: return nil
            }
            units += 1
        }
        guard units > 0, seconds < 1e10 else { return nil }
        self.init(duration: .seconds(seconds))
    }
}
