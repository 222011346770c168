import API
import Foundation
import Storage

/// A row of UJ_JobInstances: the instance as callers see it, and what only the server needs.
struct JobInstanceRecord: Sendable, Equatable {
    var instance: JobInstance
    /// Somebody asked it to stop; the task that runs is finished first.
    var cancelRequested = false
    /// It was launched forced by somebody who may approve change sets.
    var isForceGranted = false
    /// Its blocked change set was approved and nobody has gone on with it yet.
    var resumeApprovedAt: Date?
    /// When its runner last said something.
    var reportedAt: Date

    /// No other instance of the job may begin meanwhile.
    var occupiesJob: Bool {
        switch instance.state {
        case .requested, .running, .cancelling: true
        case .completed, .noProcessing, .skipped, .warning, .blocked, .planned, .error, .cancelled: false
        }
    }

    init(
        instance: JobInstance, cancelRequested: Bool = false, isForceGranted: Bool = false,
        resumeApprovedAt: Date? = nil, reportedAt: Date
    ) {
        self.instance = instance
        self.cancelRequested = cancelRequested
        self.isForceGranted = isForceGranted
        self.resumeApprovedAt = resumeApprovedAt
        self.reportedAt = reportedAt
    }

    mutating func end(_ state: RunState, _ message: String?, at now: Date) {
        instance.state = state
        instance.message = message ?? instance.message
        instance.endedAt = now
        resumeApprovedAt = nil
    }
}
