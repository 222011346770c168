import Dispatch
import Glibc

/// Reads a file in UTF-8 some blocks ahead on a thread of its own, which also finds their structural bytes and checks
/// their text, so that the thread that takes records apart need not.
///
/// Blocks end with a line where there is one.
final class ReadAhead {
    private struct Shared {
        var full: [TextBlock] = []
        var free: [TextBlock]
        var error: DeltaError?
        var isAborted = false
    }

    private let shared: Monitor<Shared>
    private let queue = DispatchQueue(label: "weir.delta.read")
    private static let blockCount = 8

    /// - Parameter input: used by nobody else from now on.
    init(_ input: TextInput, separator: UInt8, size: Int) {
        let room = size / 4
        shared = Monitor(Shared(free: (0..<Self.blockCount).map { _ in TextBlock(size: size, room: room) }))
        let reader = BlockReader(input, separator: separator, size: size, room: room)
        queue.async { [shared] in
            while true {
                let block: TextBlock? = shared.wait { state in
                    state.isAborted ? .some(nil) : state.free.popLast().map { .some($0) }
                }
                guard let block else { return }
                do throws(DeltaError) { try reader.fill(block) } catch {
                    return shared.change { $0.error = error }
                }
                let isLast = block.isLast
                shared.change { $0.full.append(block) }
                if isLast { return }
            }
        }
    }

    deinit {
        shared.change { $0.isAborted = true }
        queue.sync {}
    }

    /// The next block; not to be called behind the last one.
    func next() throws(DeltaError) -> TextBlock {
        let (block, error): (TextBlock?, DeltaError?) = shared.wait { state in
            if !state.full.isEmpty { return (state.full.removeFirst(), nil) }
            return state.error.map { (nil, $0) }
        }
        if let error { throw error }
        guard let block else { preconditionFailure("there is a block or an error") }
        return block
    }

    /// Gives a block back.
    func release(_ block: TextBlock) { shared.change { $0.free.append(block) } }
}
