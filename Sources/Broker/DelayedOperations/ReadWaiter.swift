/// A delayed fetch: told when a partition that it reads may have more to give, or has ended.
///
/// Called from any thread and often; it must return at once.
protocol ReadWaiter: AnyObject, Sendable {
    func partitionAdvanced()
}
