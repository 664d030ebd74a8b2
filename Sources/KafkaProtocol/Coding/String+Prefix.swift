extension String {
    /// At most so many bytes of it, and what is left of a character that is cut through.
    package func prefix(utf8 count: Int) -> String {
        utf8.count <= count ? self : String(decoding: utf8.prefix(max(0, count)), as: UTF8.self)
    }
}
