import KafkaProtocol

/// What a group does while an event is handled: answers and records that go out, timers that are armed.
struct GroupEffects {
    let now: CoordinatorTime
    let settings: GroupSettings
    var output = GroupOutput()
    /// Timers and when they are due from now on; nil cancels one. In order.
    var timers: [(timer: GroupTimer, delay: Duration?)] = []

    init(now: CoordinatorTime, settings: GroupSettings) {
        self.now = now
        self.settings = settings
    }

    mutating func answer<Response: Sendable>(_ reply: Reply<Response>, _ response: Response) {
        output.answer(reply, response)
    }

    mutating func write(_ record: GroupRecord) { output.records.append(record) }
    mutating func arm(_ timer: GroupTimer, in delay: Duration) { timers.append((timer, delay)) }
    mutating func cancel(_ timer: GroupTimer) { timers.append((timer, nil)) }
}
