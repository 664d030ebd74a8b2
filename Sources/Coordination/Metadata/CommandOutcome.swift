/// What became of one part of a request: each part succeeds or is refused on its own.
package struct CommandOutcome<Subject: Hashable & Sendable, Success: Hashable & Sendable>: Hashable, Sendable {
    package let subject: Subject
    package let result: Result<Success, Refusal>

    package init(_ subject: Subject, _ result: Result<Success, Refusal>) {
        self.subject = subject
        self.result = result
    }

    init(_ subject: Subject, catching body: () throws(Refusal) -> Success) {
        self.init(subject, Result(catching: body))
    }

    /// nil for a success.
    package var refusal: Refusal? {
        if case .failure(let refusal) = result { refusal } else { nil }
    }
}

extension Sequence where Element: Hashable {
    /// The elements in order without their repetitions, and those that were repeated.
    func separatingRepetitions() -> (distinct: [Element], repeated: Set<Element>) {
        var seen: Set<Element> = []
        var repeated: Set<Element> = []
        var distinct: [Element] = []
        for element in self {
            if seen.insert(element).inserted { distinct.append(element) } else { repeated.insert(element) }
        }
        return (distinct, repeated)
    }
}
