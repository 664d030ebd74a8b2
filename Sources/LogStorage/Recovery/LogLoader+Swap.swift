import KafkaProtocol
import SystemPackage

extension LogLoader {
    /// Completes the swap of a cleaned segment that a stop has interrupted, and undoes what had not come so far.
    mutating func completeSwaps() throws(LogError) {
        let leftovers = [SegmentFile.Suffix.cleaned, .swap]
        guard names.contains(where: { name in leftovers.contains { name.hasSuffix($0.rawValue) } }) else { return }
        let suffix = SegmentFile.Suffix.swap.rawValue
        do throws(FileSystemError) {
            for name in try fileSystem.list(directory) where name.hasSuffix(SegmentFile.Suffix.cleaned.rawValue) {
                try fileSystem.remove(directory.appending(name))
            }
        } catch { throw .storage(error) }
        let names = try list()
        let swapped = names.filter { $0.hasSuffix(suffix) }
        for name in swapped {
            guard let (file, base) = SegmentFile.parse(String(name.dropLast(suffix.utf8.count))), file == .log else {
                continue
            }
            try completeSwap(of: base, names)
        }
        do throws(FileSystemError) {
            // Indexes whose log was not renamed: the old segments are all there.
            for name in try fileSystem.list(directory) where name.hasSuffix(suffix) {
                try fileSystem.remove(directory.appending(name))
            }
        } catch { throw .storage(error) }
        self.names = Set(try list())
    }

    private func list() throws(LogError) -> [String] {
        do { return try fileSystem.list(directory) } catch { throw .storage(error) }
    }

    /// A log under the name of a swap is whole, and takes the place of every segment that begins inside it.
    private func completeSwap(of base: Offset, _ names: [String]) throws(LogError) {
        let file: any LogFile
        let size: Int
        do throws(FileSystemError) {
            file = try fileSystem.open(SegmentFile.log.path(base, in: directory, .swap), .readOnly)
            size = try file.size()
        } catch { throw .storage(error) }
        var end = base
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        while let batch = try scanner.next() { end = batch.header.nextOffset }
        let others = names.compactMap { SegmentFile.parse($0) }
            .filter { $0.file == .log && $0.offset > base && $0.offset < end }.map(\.offset)
        do throws(FileSystemError) {
            let swap = SegmentSwap(baseOffset: base, directory: directory, fileSystem: fileSystem)
            try swap.complete(removing: others, names: Set(names))
        } catch { throw .storage(error) }
    }
}
