import KafkaProtocol

/// The last offset of each key in the dirty part of a log: 24 bytes a place, a bounded number of places, open addressing.
///
/// It knows keys by 128 bits of hash only. Memory is taken for as many keys as there can be, and never more than allowed.
@safe struct KeyOffsetMap: ~Copyable {
    private struct Entry {
        var hash = KeyHash(first: 0, second: 0)
        /// The offset and one; 0 where the place is free.
        var mark: UInt64 = 0
    }

    /// The bytes of one place.
    static let entrySize = MemoryLayout<Entry>.stride
    /// The fewest places that a map has, however little memory is allowed: with one key at least a cleaning gets on.
    private static let leastPlaces = 2

    private let hasher: KeyHasher
    private let places: UnsafeMutableBufferPointer<Entry>
    /// How many keys may be taken in.
    let limit: Int
    private(set) var count = 0
    /// Up to here (inclusive) the log was looked at.
    private(set) var latestOffset: Offset

    /// - Parameters:
    ///   - keys: how many keys there can be at most.
    ///   - memory: the bytes that the map may take.
    ///   - loadFactor: which share of the places may be used.
    ///   - start: where the dirty part of the log begins.
    init(keys: Int64, memory: Int, loadFactor: Double, start: Offset, hasher: KeyHasher = KeyHasher()) {
        let allowed = max(Self.leastPlaces, memory / Self.entrySize)
        let wanted = Double(max(keys, 1)) / loadFactor + 2
        let count = wanted < Double(allowed) ? Int(wanted) : allowed
        self.hasher = hasher
        unsafe places = .allocate(capacity: count)
        unsafe places.initialize(repeating: Entry())
        // One place stays free, at which a search ends.
        limit = max(1, min(Int(Double(count) * loadFactor), count - 1))
        latestOffset = start - 1
    }

    deinit { unsafe places.deallocate() }

    /// The bytes that the map takes.
    var byteCount: Int { unsafe places.count * Self.entrySize }

    /// Notes that `key` stands at `offset`, behind all that came before; false, and nothing done, where the key is new
    /// and the map is full.
    mutating func put(_ key: UnsafeRawBufferPointer, at offset: Offset) -> Bool {
        let hash = unsafe hasher.hash(key)
        let place = place(of: hash)
        if unsafe places[place].mark == 0 {
            guard count < limit else { return false }
            count += 1
        }
        unsafe places[place] = Entry(hash: hash, mark: UInt64(bitPattern: offset.rawValue) &+ 1)
        latestOffset = offset
        return true
    }

    /// The last offset at which `key` stands; nil where it was not seen.
    func offset(of key: UnsafeRawBufferPointer) -> Offset? {
        let entry = unsafe places[place(of: hasher.hash(key))]
        return entry.mark == 0 ? nil : Offset(Int64(bitPattern: entry.mark &- 1))
    }

    /// The log was looked at up to `offset`, keys or not.
    mutating func advance(to offset: Offset) { latestOffset = max(latestOffset, offset) }

    /// Where the hash stands, or the free place where it would.
    @inline(__always)
    private func place(of hash: KeyHash) -> Int {
        let count = unsafe places.count
        var place = Int(truncatingIfNeeded: hash.first.multipliedFullWidth(by: UInt64(count)).high)
        while true {
            let entry = unsafe places[place]
            if entry.mark == 0 || entry.hash == hash { return place }
            place += 1
            if place == count { place = 0 }
        }
    }
}
