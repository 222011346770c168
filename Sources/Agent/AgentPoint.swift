/// The places between two changes of the agent's folders at which its process may die. Tests throw there, which ends the
/// run as a killed process would: nothing more is written.
package enum AgentPoint: String, Sendable, CaseIterable {
    /// The version's manifest is written, its folder still the candidate's.
    case manifestWritten
    /// The folder that had the version's name has another one, and nothing has that name.
    case versionMovedAway
    /// The folder has its final name, and `current` is the version before.
    case versionNamed
    /// `current` is the new version, older ones are still there.
    case versionLinked
}
