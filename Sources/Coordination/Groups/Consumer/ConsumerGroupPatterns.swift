import KafkaProtocol

/// How a heartbeat changes a member's pattern.
enum PatternChange {
    case unchanged
    /// The topics of the new one are not known yet.
    case changed
    case changedAndResolved
}

extension ConsumerGroupDecision {
    /// Patterns are not matched again within this time.
    private static let minMatchingInterval = Duration.seconds(10)
    /// Whoever was asked to match them has it done by then, or will not.
    private static let matchingTimeout = Duration.seconds(60)
    /// Different patterns that a group may have: each is matched against the names of all topics.
    static let maxPatterns = 100

    /// Takes a member from one pattern to another, and sees whether the group's patterns have to be matched.
    /// - Parameter subscriptions: those of the group with the new pattern.
    mutating func updatePatterns(
        from old: String, to new: String, _ subscriptions: [MemberSubscription: Int], _ isValid: (String) -> Bool
    ) throws(Refusal) -> PatternChange {
        // Nearly all groups.
        if old.isEmpty, new.isEmpty, group.resolvedPatterns.isEmpty, !subscriptions.hasPatterns { return .unchanged }
        var change = PatternChange.unchanged
        var isNew = false
        if old != new {
            change = .changed
            if !old.isEmpty, group.subscriberCount(ofPattern: old) == 1 {
                records.append(ConsumerGroup.patternRecord(group.id, old, nil))
            }
            if new.isEmpty {
                change = .changedAndResolved
            } else if group.subscriberCount(ofPattern: new) == 0 {
                guard isValid(new) else {
                    throw Refusal(
                        .invalidRegularExpression, "SubscribedTopicRegex `\(new)` is not a valid regular expression.")
                }
                guard subscriptions.patterns.count <= Self.maxPatterns else {
                    throw Refusal(
                        .invalidRegularExpression,
                        "The group \(group.id) has \(Self.maxPatterns) different expressions, which is the limit.")
                }
                isNew = true
            } else if group.resolvedPatterns[new] != nil {
                change = .changedAndResolved
            }
        }
        requestMatching(of: subscriptions.patterns, force: isNew)
        return change
    }

    /// Asks for the patterns to be matched: a new one, topics that have come or gone, or nothing heard for long.
    private mutating func requestMatching(of patterns: Set<String>, force: Bool) {
        guard !patterns.isEmpty, !isMatching else { return }
        let age = group.patternAge(at: now.wall)
        if let age, age <= Self.minMatchingInterval { return }
        guard
            force || patterns.count != group.resolvedPatterns.count || topicsHaveChanged
                || age.map({ $0 > settings.patternRefreshInterval }) ?? true
        else { return }
        self.patterns = patterns.sorted()
        let (image, uptime) = (image, now.uptime)
        changeSoft {
            $0.patternImage = image
            $0.matchingSince = uptime
        }
    }

    private var isMatching: Bool {
        group.soft.matchingSince.map { now.uptime < $0 + Self.matchingTimeout } ?? false
    }

    private var topicsHaveChanged: Bool { !(group.soft.patternImage?.hasSameTopics(as: image) ?? false) }
}

extension ConsumerGroup {
    /// How long ago the patterns were matched; nil if never, or if the clock has gone back since then.
    fileprivate func patternAge(at now: Timestamp) -> Duration? {
        guard let last = resolvedPatterns.values.map(\.time).max(), last <= now else { return nil }
        return .milliseconds(now.rawValue - last.rawValue)
    }
}

extension [MemberSubscription: Int] {
    fileprivate var hasPatterns: Bool { keys.contains { !$0.pattern.isEmpty } }
    fileprivate var patterns: Set<String> { Set(keys.lazy.map(\.pattern).filter { !$0.isEmpty }) }
}

extension GroupCoordinatorStateMachine {
    /// The topics that match a group's patterns are known (``GroupOutput/patterns``).
    /// - Parameter matches: names of topics by pattern. What could not be matched stays as it was.
    package mutating func patternsMatched(
        groupID: String, _ matches: [String: Result<Set<String>, Refusal>], image: ClusterMetadataImage,
        at now: CoordinatorTime
    ) -> GroupOutput {
        guard case .consumer(let group)? = groups[groupID] else { return GroupOutput() }
        var decision = ConsumerGroupDecision(group, image, settings, at: now)
        decision.changeSoft { $0.matchingSince = nil }
        decision.resolve(matches)
        return finish(decision)
    }
}

extension ConsumerGroupDecision {
    fileprivate mutating func resolve(_ matches: [String: Result<Set<String>, Refusal>]) {
        var resolved = group.resolvedPatterns
        var hasChanged = false
        let version = (resolved.values.map(\.version).max() ?? 0) &+ 1
        for (pattern, match) in matches.sorted(by: { $0.key < $1.key }) {
            // Members may have gone while it was matched.
            guard case .success(let topics) = match, group.subscriberCount(ofPattern: pattern) > 0 else { continue }
            if topics != resolved[pattern]?.topics ?? [] { hasChanged = true }
            let new = ResolvedPattern(topics: topics, version: version, time: now.wall)
            resolved[pattern] = new
            records.append(ConsumerGroup.patternRecord(group.id, pattern, new))
        }
        guard !records.isEmpty else { return }
        let topics = group.subscriptions.keys.topics(in: image, resolved)
        if writeTopics(topics) || hasChanged { _ = bumpEpoch() }
    }
}
