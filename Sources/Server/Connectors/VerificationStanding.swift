import API
import Foundation

/// How a connector's content stands with its agent's image, in words.
struct VerificationStanding: Sendable, Equatable {
    let badge: StateBadge
    let detail: String
    /// When that was found out; nil: never.
    let since: Moment?
    let needsAttention: Bool

    /// Every run that changes something verifies, and a run without changes too: after this time none of them did.
    static let longAgo: TimeInterval = 48 * 3600

    init(_ state: VerificationState, now: Date) {
        if let last = state.last, last.isDrifting {
            badge = StateBadge(text: "Drifting", tone: "bad")
            detail =
                "\(Self.counts(last)) than in the agent's image. The connector's next run repairs it, or weir verify "
                + "--repair."
            since = Moment(last.checkedAt)
            needsAttention = true
            return
        }
        guard let verifiedAt = state.verifiedAt else {
            badge = StateBadge(text: "Not verified", tone: "held")
            detail =
                "The server's content was never proven equal to the agent's image; run weir verify, or the connector."
            since = nil
            needsAttention = true
            return
        }
        since = Moment(verifiedAt)
        needsAttention = now.timeIntervalSince(verifiedAt) > Self.longAgo
        badge =
            needsAttention
            ? StateBadge(text: "Not verified for long", tone: "held") : StateBadge(text: "Verified", tone: "good")
        var found = "Both sides hold the same."
        if let last = state.last, last.repairedAt != nil {
            found = "\(Self.counts(last)) than in the agent's image; that is repaired."
        }
        detail =
            needsAttention
            ? "No run has proven for long that the server holds what the agent does; look whether its job still runs."
            : found
    }

    private static func counts(_ found: Verification) -> String {
        let resources = "\(found.resources.grouped) \(found.resources == 1 ? "resource" : "resources")"
        let links = "\(found.links.grouped) \(found.links == 1 ? "link" : "links")"
        return "\(found.isDeep ? "A deep comparison" : "A comparison") found \(resources) and \(links) other"
    }
}
