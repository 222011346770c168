import Glibc

/// A row as the sorter stores it: a head of 12 bytes, the text (canonical, line end included), and behind it the keys
/// that do not stand in the text as they are.
///
/// The head: length of the text, place of the sort key from the text's start, length of the key with the kind in the
/// upper three bits, each 32 bits.
struct StoredRow {
    static let headSize = 12
    static let longestKey = (1 << 29) - 1

    var kind: RowKind
    var text: UnsafePointer<UInt8>
    var textCount: Int
    var key: UnsafePointer<UInt8>
    var keyCount: Int
    /// The bytes behind the text.
    var tail: UnsafePointer<UInt8>
    var tailCount: Int

    /// Of a stored row whose bytes start at `base`.
    @inline(__always)
    init(at base: UnsafePointer<UInt8>) {
        let raw = UnsafeRawPointer(base)
        textCount = Int(raw.loadUnaligned(as: UInt32.self))
        let keyOffset = Int(raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let packed = raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        text = base + Self.headSize
        key = text + keyOffset
        keyCount = Int(packed & 0x1FFF_FFFF)
        kind = RowKind(rawValue: packed >> 29) ?? .kept
        tail = text + textCount
        tailCount = keyOffset + keyCount > textCount ? keyOffset + keyCount - textCount : 0
    }

    /// The bytes of a stored row.
    @inline(__always)
    static func size(at base: UnsafePointer<UInt8>) -> Int {
        let row = StoredRow(at: base)
        return headSize + row.textCount + row.tailCount
    }

    @inline(__always)
    static func writeHead(
        at base: UnsafeMutablePointer<UInt8>, textCount: Int, keyOffset: Int, keyCount: Int, kind: RowKind
    ) {
        let raw = UnsafeMutableRawPointer(base)
        raw.storeBytes(of: UInt32(textCount), as: UInt32.self)
        raw.storeBytes(of: UInt32(keyOffset), toByteOffset: 4, as: UInt32.self)
        raw.storeBytes(of: UInt32(keyCount) | kind.rawValue << 29, toByteOffset: 8, as: UInt32.self)
    }
}

/// Byte order, a shorter text before its continuations.
@inline(__always)
func compareBytes(
    _ left: UnsafePointer<UInt8>, _ leftCount: Int, _ right: UnsafePointer<UInt8>, _ rightCount: Int
) -> Int {
    let order = memcmp(left, right, min(leftCount, rightCount))
    return order != 0 ? Int(order) : leftCount - rightCount
}
