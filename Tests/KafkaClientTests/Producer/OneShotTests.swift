import Testing

@testable import KafkaClient

@Suite struct OneShotTests {
    @Test func `a value that is known is handed out at once, every time`() async throws {
        let shot = OneShot<Int>()
        shot.complete(.success(5))
        shot.complete(.success(6))
        #expect(try await shot.value() == 5)
        #expect(try await shot.value() == 5)
    }

    @Test func `everybody who waits gets the value`() async throws {
        let shot = OneShot<Int>()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { try await shot.value() } }
            group.addTask {
                shot.complete(.success(3))
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 30)
    }

    @Test func `a cancelled task stops waiting`() async {
        let shot = OneShot<Int>()
        let result = await withTaskGroup(of: Result<Int, any Error>.self) { group in
            group.addTask {
                do { return .success(try await shot.value()) } catch { return .failure(error) }
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(throws: CancellationError.self) { try result?.get() }
        shot.complete(.success(1))
    }

    @Test func `an error is thrown to all`() async {
        let shot = OneShot<Int>()
        shot.complete(.failure(KafkaError(.closed, "")))
        await #expect(throws: KafkaError.self) { try await shot.value() }
    }
}
