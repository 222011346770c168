import Dispatch
import Glibc

/// Brings the rows of the new image from the thread that merges them to the one that writes and compares them. Row
/// hashes are computed by whichever of the two has nothing better to do.
final class ImagePipeline {
    private struct Shared {
        var free: [ImageBlock] = []
        var toCompare: [ImageBlock] = []
        var toHash: [ImageBlock] = []
        var error: DeltaError?
        /// No more blocks come.
        var isClosed = false
        /// What has come is of no use any more.
        var isAborted = false
        var isWorkerDone = false
    }

    private enum Step {
        case compare(ImageBlock)
        case hash(ImageBlock)
        case fill(ImageBlock)
        case fail(DeltaError)
        case end
    }

    private let shared: Monitor<Shared>
    private let digesters: (mine: RowDigester, theirs: RowDigester)?
    private let queue = DispatchQueue(label: "weir.delta.compare")
    private var block: ImageBlock
    // The block being filled, as pointers: a reference count a row would cost more than the row.
    @exclusivity(unchecked) private var text: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var textCount = 0
    @exclusivity(unchecked) private var textCapacity: Int
    @exclusivity(unchecked) private var keys: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var keyBytes = 0
    @exclusivity(unchecked) private var keyCapacity: Int
    @exclusivity(unchecked) private var rows: UnsafeMutablePointer<ImageBlock.Row>
    @exclusivity(unchecked) private var count = 0
    private static let blockCount = 6

    /// - Parameter digester: makes a digester for each of the threads; nil: no digests.
    init(_ comparison: Comparison, digester: (() -> RowDigester)?) {
        block = ImageBlock()
        text = block.text.base
        textCapacity = block.text.capacity
        keys = block.keys.base
        keyCapacity = block.keys.capacity
        rows = block.rows
        shared = Monitor(Shared(free: (1..<Self.blockCount).map { _ in ImageBlock() }))
        digesters = digester.map { ($0(), $0()) }
        queue.async { [shared, digesters] in
            Self.work(shared, comparison, digesters?.theirs)
        }
    }

    deinit { abort() }

    /// One row of the new image. Keys must ascend.
    @inline(__always)
    func add(
        _ row: UnsafePointer<UInt8>, _ length: Int, key: UnsafePointer<UInt8>, _ keyCount: Int
    ) throws(DeltaError) {
        if textCapacity - textCount < length || keyCapacity - keyBytes < keyCount { grow(length, keyCount) }
        memcpy(text + textCount, row, length)
        memcpy(keys + keyBytes, key, keyCount)
        textCount += length
        keyBytes += keyCount
        rows[count] = ImageBlock.Row(textCount: UInt32(length), keyCount: UInt32(keyCount))
        count += 1
        if textCount >= ImageBlock.textTarget || count == ImageBlock.mostRows { try submit() }
    }

    @inline(never)
    private func grow(_ length: Int, _ keyCount: Int) {
        block.take(rows: count, textCount: textCount, keyCount: keyBytes)
        block.reserve(text: length, keys: keyCount)
        open(block)
    }

    /// Goes on filling the block.
    private func open(_ block: ImageBlock) {
        self.block = block
        text = block.text.base
        textCount = block.text.count
        textCapacity = block.text.capacity
        keys = block.keys.base
        keyBytes = block.keys.count
        keyCapacity = block.keys.capacity
        rows = block.rows
        count = block.count
    }

    private func submit() throws(DeltaError) {
        let full = block
        full.take(rows: count, textCount: textCount, keyCount: keyBytes)
        shared.change { $0.toCompare.append(full) }
        while true {
            let step: Step = shared.wait { state in
                if let error = state.error { return .fail(error) }
                if let block = state.free.popLast() { return .fill(block) }
                return state.toHash.popLast().map { .hash($0) }
            }
            switch step {
            case .fill(let next):
                open(next)
                return
            case .hash(let block):
                hash(block)
            case .fail(let error):
                throw error
            case .compare, .end:
                preconditionFailure("the merging thread neither compares nor waits for the end here")
            }
        }
    }

    private func hash(_ block: ImageBlock) {
        digesters?.mine.add(block)
        block.removeAll()
        shared.change { $0.free.append(block) }
    }

    /// Waits until all rows are written and compared; the digest of the image where there is one.
    func finish() throws(DeltaError) -> Digest? {
        let last = block
        last.take(rows: count, textCount: textCount, keyCount: keyBytes)
        shared.change { state in
            state.toCompare.append(last)
            state.isClosed = true
        }
        while true {
            let step: Step = shared.wait { state in
                if let error = state.error { return .fail(error) }
                if let block = state.toHash.popLast() { return .hash(block) }
                return state.isWorkerDone ? .end : nil
            }
            switch step {
            case .hash(let block):
                hash(block)
            case .fail(let error):
                throw error
            case .end:
                guard let digesters else { return nil }
                return digesters.mine.digest.combined(with: digesters.theirs.digest)
            case .compare, .fill:
                preconditionFailure("the merging thread only hashes at the end")
            }
        }
    }

    /// Stops the other thread and waits for it.
    private func abort() {
        shared.change { state in
            state.isAborted = true
            state.isClosed = true
        }
        // Behind the work, so that it has let go of its files too: what is not committed is removed by then.
        queue.sync {}
    }

    private static func work(_ shared: Monitor<Shared>, _ comparison: Comparison, _ digester: RowDigester?) {
        while true {
            let step: Step = shared.wait { state in
                if state.isAborted || state.error != nil { return .end }
                if !state.toCompare.isEmpty { return .compare(state.toCompare.removeFirst()) }
                if let block = state.toHash.popLast() { return .hash(block) }
                return state.isClosed ? .end : nil
            }
            switch step {
            case .compare(let block):
                do {
                    try comparison.add(block)
                    let hashes = digester != nil
                    if !hashes { block.removeAll() }
                    shared.change { if hashes { $0.toHash.append(block) } else { $0.free.append(block) } }
                } catch {
                    shared.change { $0.error = error }
                }
            case .hash(let block):
                digester?.add(block)
                block.removeAll()
                shared.change { $0.free.append(block) }
            case .end:
                shared.change { $0.isWorkerDone = true }
                return
            case .fill, .fail:
                preconditionFailure("the comparing thread neither fills nor fails here")
            }
        }
    }
}
