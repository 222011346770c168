import CDelta

/// A piece of an input in memory, and where its structural bytes are. Owned by one thread at a time, which `ReadAhead`
/// sees to.
///
/// The text stands from `start` to `end`; in front of it is room for the end of the block before.
final class TextBlock: @unchecked Sendable {
    let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    /// Places of structural bytes behind `base`, ascending, from `firstPosition` to `lastPosition`.
    let positions: UnsafeMutablePointer<UInt32>
    private(set) var start: Int
    private(set) var end: Int
    private(set) var firstPosition: Int
    private(set) var lastPosition: Int
    /// Whether all of it is UTF-8 without U+0000, from the start of a line to the end of one.
    private(set) var isPlain = false
    /// Whether it ends where a line or the input ends.
    private(set) var endsLine = false
    /// Whether the input ends with it.
    private(set) var isLast = false
    /// Where `start` is in the input's text.
    private(set) var textOffset = 0
    /// Whether `ReadAhead` may fill it again.
    private(set) var isReusable = true

    /// - Parameter room: bytes that can be put in front of the text.
    init(size: Int, room: Int) {
        capacity = room + size
        base = .allocate(capacity: capacity)
        positions = .allocate(capacity: capacity + 64)
        start = room
        end = room
        firstPosition = room
        lastPosition = room
    }

    deinit {
        base.deallocate()
        positions.deallocate()
    }

    /// Takes the text that was written behind `room` bytes, up to its last line end where there is one and more text
    /// follows. Returns how many bytes that is.
    func take(room: Int, count: Int, textOffset: Int, startsLine: Bool, isLast: Bool, separator: UInt8) -> Int {
        start = room
        end = room + count
        firstPosition = room
        lastPosition = room + delta_index(base, start, end, separator, positions + room)
        endsLine = isLast
        if !isLast {
            var last = lastPosition
            while last > room, base[Int(positions[last - 1])] != .lineFeed { last -= 1 }
            if last > room {
                end = Int(positions[last - 1]) + 1
                lastPosition = last
                endsLine = true
            }
        }
        isPlain = startsLine && endsLine && delta_isPlain(base + start, end - start) != 0
        self.isLast = isLast
        self.textOffset = textOffset
        return end - start
    }

    /// Puts the end of `block`, from `place` and its position `index` on, in front. False: there is no room.
    func prepend(_ block: TextBlock, from place: Int, index: Int) -> Bool {
        let count = block.end - place
        let positionCount = block.lastPosition - index
        guard count <= start, positionCount <= firstPosition else { return false }
        (base + start - count).update(from: block.base + place, count: count)
        move(block, index, to: firstPosition - positionCount, by: start - block.end)
        start -= count
        textOffset -= count
        firstPosition -= positionCount
        isPlain = isPlain && block.isPlain
        return true
    }

    /// Puts the text of `block` behind this one's. False: there is no room.
    func append(_ block: TextBlock) -> Bool {
        let count = block.end - block.start
        guard count <= capacity - end else { return false }
        (base + end).update(from: block.base + block.start, count: count)
        move(block, block.firstPosition, to: lastPosition, by: end - block.start)
        end += count
        lastPosition += block.lastPosition - block.firstPosition
        isPlain = isPlain && block.isPlain
        isLast = block.isLast
        return true
    }

    /// This block's text from `place` and its position `index` on in a block with room for twice as much and `extra`.
    func grown(from place: Int, index: Int, extra: Int) -> TextBlock {
        let larger = TextBlock(size: 2 * (end - place) + extra, room: 0)
        larger.textOffset = textOffset + place - start
        larger.isPlain = isPlain
        larger.isReusable = false
        (larger.base).update(from: base + place, count: end - place)
        larger.move(self, index, to: 0, by: -place)
        larger.end = end - place
        larger.isLast = isLast
        larger.lastPosition = lastPosition - index
        return larger
    }

    private func move(_ block: TextBlock, _ index: Int, to target: Int, by distance: Int) {
        for number in index..<block.lastPosition {
            positions[target + number - index] = UInt32(Int(block.positions[number]) + distance)
        }
    }
}
