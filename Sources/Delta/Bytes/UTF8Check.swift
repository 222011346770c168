import CDelta

/// Whether the bytes are UTF-8 without U+0000.
@inline(__always)
func isDecodable(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    delta_check(text, count) == 0
}
