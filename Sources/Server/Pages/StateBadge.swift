import API
import Foundation

/// The state of a job, task or session as a word in a colour; the word alone suffices.
struct StateBadge: Sendable, Equatable {
    var text: String
    /// `good`, `busy`, `calm`, `held`, `plan`, `bad`: a class of the stylesheet.
    var tone: String

    static let html = #"<span class="badge {{tone}}">{{text}}</span>"#

    init(text: String, tone: String) {
        self.text = text
        self.tone = tone
    }

    init(_ state: RunState) {
        switch state {
        case .requested: self.init(text: "Requested", tone: "busy")
        case .running: self.init(text: "Running", tone: "busy")
        case .cancelling: self.init(text: "Cancelling", tone: "busy")
        case .completed: self.init(text: "Completed", tone: "good")
        case .noProcessing: self.init(text: "No changes", tone: "calm")
        case .skipped: self.init(text: "Skipped", tone: "calm")
        case .cancelled: self.init(text: "Cancelled", tone: "calm")
        case .warning: self.init(text: "Warning", tone: "held")
        case .blocked: self.init(text: "Blocked", tone: "held")
        case .planned: self.init(text: "Planned", tone: "plan")
        case .error: self.init(text: "Error", tone: "bad")
        }
    }

    init(_ state: SessionState) {
        switch state {
        case .open, .sealed, .applying: self.init(text: state.rawValue.capitalized, tone: "busy")
        case .applied: self.init(text: "Applied", tone: "good")
        case .unchanged, .superseded, .rejected, .abandoned, .cancelled:
            self.init(text: state.rawValue.capitalized, tone: "calm")
        case .blocked: self.init(text: "Blocked", tone: "held")
        case .planned: self.init(text: "Planned", tone: "plan")
        case .diverged, .stale, .failed: self.init(text: state.rawValue.capitalized, tone: "bad")
        }
    }

    init(_ state: HeldState) {
        switch state {
        case .held: self.init(text: "Held", tone: "held")
        case .approved: self.init(text: "Approved", tone: "busy")
        case .released: self.init(text: "Applied", tone: "good")
        case .rejected, .superseded, .cleared: self.init(text: state.rawValue.capitalized, tone: "calm")
        }
    }

    static let never = StateBadge(text: "Never run", tone: "calm")
    static let waiting = StateBadge(text: "Not started", tone: "calm")
}
