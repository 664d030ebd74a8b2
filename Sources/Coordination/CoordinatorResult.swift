/// What a state machine decided.
///
/// Obligations of whoever executes it, in this order:
/// 1. append ``records`` in ONE batch (all of them or none are in the log) and replay them at once, so that the next
///    decision sees them;
/// 2. release ``response`` when the last of them is committed (at or below the high watermark). A result without
///    records waits for the last record that the decision could have seen.
package struct CoordinatorResult<Record: Sendable, Response: Sendable>: Sendable {
    package let records: [Record]
    package let response: Response

    package init(records: [Record] = [], response: Response) {
        self.records = records
        self.response = response
    }
}

extension CoordinatorResult: Equatable where Record: Equatable, Response: Equatable {}
