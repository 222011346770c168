/// Fills blocks one after the other from a file. Used by one thread.
final class BlockReader: @unchecked Sendable {
    private let input: TextInput
    private let separator: UInt8
    private let size: Int
    private let room: Int
    /// What was read behind the last line of the block before.
    @exclusivity(unchecked) private var rest = ByteBuffer(capacity: 4096)
    @exclusivity(unchecked) private var textOffset = 0
    @exclusivity(unchecked) private var startsLine = true

    /// - Parameters:
    ///   - size: bytes of a block, at least 64.
    ///   - room: bytes to leave free in front of a block's text.
    init(_ input: TextInput, separator: UInt8, size: Int, room: Int) {
        self.input = input
        self.separator = separator
        self.size = size
        self.room = room
    }

    func fill(_ block: TextBlock) throws(DeltaError) {
        let text = block.base + room
        text.update(from: rest.base, count: rest.count)
        var count = rest.count
        var isLast = false
        while count < size {
            let got = try input.read(into: text + count, count: size - count)
            if got == 0 {
                isLast = true
                break
            }
            count += got
        }
        let used = block.take(
            room: room, count: count, textOffset: textOffset, startsLine: startsLine, isLast: isLast,
            separator: separator)
        rest.count = 0
        rest.append(text + used, count - used)
        textOffset += used
        startsLine = block.endsLine
    }
}
