import Foundation

/// One line of a task instance's log: an item of `GET /api/Jobs/RunJob/GetLog`.
package struct TaskLogLine: Sendable, Equatable, Codable {
    /// From 1, without gaps.
    package var line: Int
    package var writtenAt: Date
    package var text: String
}

/// `POST /api/Jobs/RunJob/Launch/Cancel`: the running task is finished, nothing more starts.
package struct CancelLaunch: Sendable, Equatable, Codable {
    /// The job instance's id.
    package var instance: String
}
