/// What the synchronization task says about a run.
package struct SynchronizeOptions: Sendable, Equatable, Codable {
    /// Write the links whose reference resolves to nothing to a file.
    package var orphans: Bool
    /// Keep the change rows after the apply, for SetRecentlyModifiedFlag.
    package var doNotDeleteChanges: Bool
    /// Who lets the run pass its thresholds; nil: they are checked.
    package var forcedBy: String?
    /// Of a simulation: the run that it stands for would be forced, so that no threshold would hold it. nil is false.
    package var passesThresholds: Bool?

    package init(
        orphans: Bool = false, doNotDeleteChanges: Bool = false, forcedBy: String? = nil, passesThresholds: Bool? = nil
    ) {
        self.orphans = orphans
        self.doNotDeleteChanges = doNotDeleteChanges
        self.forcedBy = forcedBy
        self.passesThresholds = passesThresholds
    }
}
