extension Session {
    /// Why no change row is kept.
    package var reasonWithoutChanges: String {
        switch state {
        case .applied:
            "The changes were applied, and their list was emptied then; the counters stay. A first load has no list but "
                + "its file."
        case .rejected, .superseded, .stale, .diverged, .failed:
            "The list was discarded with the session; the counters stay."
        case .open, .sealed, .applying: "Nothing is computed yet."
        case .blocked, .planned, .unchanged, .abandoned, .cancelled: "There is no change."
        }
    }
}
