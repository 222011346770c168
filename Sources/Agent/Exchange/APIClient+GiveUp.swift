import API

extension APIClient {
    /// Gives up a session that nobody will have applied, best effort and without patience; one that is being applied goes
    /// on.
    ///
    /// From a task of its own, because a cancelled one, of a process that was told to end, would send nothing.
    func giveUp(_ session: String, _ leaseToken: Int, because reason: String) async {
        let client = patient(for: .zero)
        await Task {
            _ = try? await client.abort(session: session, AbortSession(leaseToken: leaseToken, reason: reason))
        }.value
    }
}
