internal import API

/// A threshold that is exceeded, and the changes that it is about.
struct Exceeded: Sendable, Equatable {
    var violation: Violation
    var kinds: [HeldKind]
}
