/// What all logs of a broker share: the disk, the clock, and the limits on what is kept open.
package struct LogEnvironment: Sendable {
    package let fileSystem: any FileSystem
    package let clock: any WallClock
    /// Open descriptors and index maps of sealed segments.
    package let openFiles: OpenFileCache
    /// What is kept free on each file system.
    package let diskGuards: DiskGuards

    /// - Parameters:
    ///   - maxOpenFiles: how many sealed segments' files stay open.
    ///   - maxMaps: how many sealed indexes stay mapped; the kernel allows 65,530 maps in a process.
    package init(
        fileSystem: any FileSystem, clock: any WallClock = SystemWallClock(), maxOpenFiles: Int = 4096,
        maxMaps: Int = 8192
    ) {
        self.fileSystem = fileSystem
        self.clock = clock
        diskGuards = DiskGuards(fileSystem)
        openFiles = OpenFileCache(maxOpenFiles: maxOpenFiles, maxMaps: maxMaps)
    }
}
