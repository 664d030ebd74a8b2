import Testing

@testable import Broker

struct RecencyCacheTests {
    @Test func `the one that was used least recently goes`() {
        var cache = RecencyCache<Int, String>(capacity: 2)
        #expect(cache.put("a", for: 1) == nil)
        #expect(cache.put("b", for: 2) == nil)
        #expect(cache.put("a2", for: 1) == nil)
        let evicted = cache.put("c", for: 3)
        #expect(evicted?.key == 2 && evicted?.value == "b")
        #expect(cache[1] == "a2" && cache[2] == nil && cache[3] == "c" && cache.count == 2)
    }

    @Test func `what was removed leaves its place`() {
        var cache = RecencyCache<Int, String>(capacity: 2)
        _ = cache.put("a", for: 1)
        _ = cache.put("b", for: 2)
        #expect(cache.remove(1) == "a")
        #expect(cache.remove(1) == nil)
        #expect(cache.put("c", for: 3) == nil)
        #expect(cache.put("d", for: 4)?.key == 2)
        #expect(cache.removeOldest()?.key == 3)
        #expect(cache.removeOldest()?.key == 4)
        #expect(cache.removeOldest() == nil)
    }

    @Test func `it does what a plain list does`() {
        var generator = SystemRandomNumberGenerator()
        var cache = RecencyCache<Int, Int>(capacity: 5)
        var model: [(key: Int, value: Int)] = []
        for step in 0..<5_000 {
            let key = Int.random(in: 0..<12, using: &generator)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                #expect(cache.remove(key) == model.first { $0.key == key }?.value)
                model.removeAll { $0.key == key }
            } else {
                var expected: (key: Int, value: Int)?
                if !model.contains(where: { $0.key == key }), model.count == 5 { expected = model.removeFirst() }
                model.removeAll { $0.key == key }
                model.append((key, step))
                let evicted = cache.put(step, for: key)
                #expect(evicted?.key == expected?.key && evicted?.value == expected?.value)
            }
            #expect(cache.count == model.count)
        }
    }
}
