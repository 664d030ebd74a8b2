import KafkaProtocol

/// A feature whose level the cluster has agreed on (KIP-584).
package struct ClusterFeature: Hashable, Sendable {
    package let name: String
    /// What this software can do.
    package let levels: ClosedRange<Int16>
    /// What a new cluster begins with.
    package let initialLevel: Int16

    /// The records of the metadata log: those of Kafka 4.3.
    package static let metadataVersion = ClusterFeature(name: "metadata.version", levels: 7...30, initialLevel: 30)
    /// At level 1 there are groups whose broker assigns the partitions (KIP-848).
    package static let groupVersion = ClusterFeature(name: "group.version", levels: 0...1, initialLevel: 1)

    /// By name.
    package static let all = [groupVersion, metadataVersion]
}

/// The wish to have a feature at another level.
package struct FeatureUpdate: Hashable, Sendable {
    package enum Direction: Int8, Sendable {
        case upgrade = 1
        /// Loses nothing.
        case safeDowngrade = 2
        case unsafeDowngrade = 3
    }

    package var feature: String
    package var level: Int16
    /// nil: one that nobody knows.
    package var direction: Direction?

    package init(feature: String, level: Int16, direction: Direction?) {
        self.feature = feature
        self.level = level
        self.direction = direction
    }
}

extension ClusterMetadataImage {
    /// What kinds of groups there may be: 0 classic ones, 1 also consumer groups (KIP-848).
    package var groupVersion: Int16 { features[ClusterFeature.groupVersion.name] ?? 0 }
}

extension ClusterMetadataStateMachine {
    /// Decides on the levels of a cluster that has none yet.
    package func finalizeInitialFeatures() -> Decision<Void> {
        guard image.features[ClusterFeature.metadataVersion.name] == nil else { return Decision(response: ()) }
        let missing = ClusterFeature.all.filter { image.features[$0.name] == nil }
        return Decision(records: missing.map { Self.record($0.name, $0.initialLevel) }, response: ())
    }

    /// Decides on new levels of features: all of them or, with a reason, none. Of two for one feature the later counts.
    package func updateFeatures(_ updates: [FeatureUpdate], validateOnly: Bool = false) -> Decision<Refusal?> {
        let latest = Dictionary(updates.map { ($0.feature, $0) }, uniquingKeysWith: { _, later in later })
        var records: [ClusterMetadataRecord] = []
        for update in latest.values.sorted(by: { $0.feature < $1.feature }) {
            do throws(Refusal) { try check(update) } catch { return Decision(response: error) }
            guard update.level != image.features[update.feature] ?? 0 else { continue }
            records.append(Self.record(update.feature, update.level))
        }
        return Decision(records: validateOnly ? [] : records, response: nil)
    }

    private func check(_ update: FeatureUpdate) throws(Refusal) {
        guard let direction = update.direction else {
            throw update.refusal("The controller does not support the given upgrade type.")
        }
        guard update.level >= 0 else { throw update.refusal("A feature version cannot be less than 0.") }
        guard let feature = ClusterFeature.all.first(where: { $0.name == update.feature }) else {
            throw update.refusal("This broker does not support this feature.")
        }
        guard feature.levels.contains(update.level) else {
            throw update.refusal(
                "This broker only supports versions \(feature.levels.lowerBound)-\(feature.levels.upperBound).")
        }
        let current = image.features[update.feature] ?? 0
        if update.level < current, direction == .upgrade {
            throw update.refusal(
                "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe "
                    + "downgrade.")
        }
        if update.level > current, direction != .upgrade {
            throw update.refusal("Can't downgrade to a newer version.")
        }
        // The log holds records that an earlier level does not have, and Kafka has no way to take them back either.
        if feature == .metadataVersion, update.level < current {
            throw Refusal(
                .invalidUpdateVersion,
                "Invalid metadata.version \(update.level). "
                    + (direction == .unsafeDowngrade
                        ? "Unsafe metadata downgrade is not supported in this version."
                        : "Refusing to perform the requested downgrade because it might delete metadata information."))
        }
    }

    private static func record(_ name: String, _ level: Int16) -> ClusterMetadataRecord {
        .featureLevel(
            .with {
                $0.name = name
                $0.featureLevel = level
            })
    }
}

extension FeatureUpdate {
    fileprivate func refusal(_ reason: String) -> Refusal {
        Refusal(.invalidUpdateVersion, "Invalid update version \(level) for feature \(feature). \(reason)")
    }
}
