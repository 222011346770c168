/// The places at which a process may die. Tests throw `Interruption` there, which ends a step as a killed process
/// would: nothing more is written.
package enum StepPoint: String, Sendable, CaseIterable {
    case receivedBeforeRename, receivedBeforeRecord
    case openBeforeCommit, sealBeforeCommit, closeBeforeCommit, synchronizeBeforeCommit, approveBeforeCommit
    case runStarted, fileStaged, stagingDone
    case changesComputed, changesHashed, digestsLeft, resourcesApplied, linksApplied, digestsKept, applyBeforeCommit,
        blockBeforeCommit
    case changesHeld, heldKept, releaseChecked, heldApproveBeforeCommit
    case runCommitted, filesRemoved
    case contentRead, recomputeBeforeCommit
}

/// What an injected fault throws.
package struct Interruption: Error, Sendable, Equatable {
    package var point: StepPoint

    package init(at point: StepPoint) {
        self.point = point
    }
}
