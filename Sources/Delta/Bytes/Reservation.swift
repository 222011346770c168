import CDelta
import Glibc

/// Disk space that a growing file has ahead of what is written.
struct Reservation {
    private static let step = 16 << 20
    /// Files shorter than this never ask.
    private static let least = 1 << 20
    private var end = 0

    init() {}

    /// To be told before bytes are written from `offset` on.
    mutating func prepare(_ descriptor: Descriptor, offset: Int, count: Int) {
        guard offset + count > max(end, Self.least) else { return }
        let larger = offset + count + Self.step
        delta_reserve(descriptor.number, Int64(max(end, offset)), Int64(larger - max(end, offset)))
        end = larger
    }

    /// Gives back what was not needed. False with errno set on an error.
    func finish(_ descriptor: Descriptor, size: Int) -> Bool {
        end <= size || ftruncate(descriptor.number, off_t(size)) == 0
    }
}
