import API
import WeirConfiguration

/// A session that waits for a decision, on the page of its run and on its own: why, what it would change, and the two
/// ways out.
struct DecisionCard: Sendable {
    static let name = "decision"

    /// Behind the ids of the HTML, where a page has several cards.
    var suffix: String
    var heading: String
    var explanation: String
    var connector: String
    var changeSet: String
    var shortChangeSet: String
    var violations: [String]
    var summary: ChangeSummary
    /// The first changes; nil where the page lists them all anyway.
    var preview: ChangeReviewPage.Changes?
    var reviewPath: String
    var approvedBy: String?
    /// What applies it once it is approved.
    var wayOn: String
    var mayDecide: Bool
    var approveTitle: String
    /// What the two forms name: the session, and of a held set also its hash.
    var decidePath: String
    /// The held set that a rejection names; nil: the session as a whole.
    var rejectedSet: String?

    init(
        _ review: ChangeReview, in model: Model, number: Int = 1, preview: ChangeReviewPage.Changes?,
        mayReadLinks: Bool, mayDecide: Bool
    ) {
        let session = review.session
        suffix = number == 1 ? "" : "-\(number)"
        connector = session.connector
        changeSet = review.changeSet ?? ""
        shortChangeSet = String(changeSet.prefix(12))
        violations = review.violations.map(\.sentence)
        summary = ChangeSummary(review, in: model, mayReadLinks: mayReadLinks)
        self.preview = preview
        reviewPath = PagePath.review(review.id)
        decidePath = PagePath.review(session.id)
        rejectedSet = review.heldSet?.changeSet
        approvedBy = review.approvedBy
        wayOn = WaitingChangeSet.wayOn(isRunOver: review.isRunOver, connector: session.connector)
        self.mayDecide = review.waitsForDecision && mayDecide
        if let set = review.heldSet {
            heading = "Held by a safeguard: \(set.operation)s of \(model.mappingTitle(set.mapping))"
            explanation =
                (set.detail.map { "\($0) " } ?? "")
                + "The rest of the run was applied, and later runs go on. These changes wait since "
                + "\(Moment(set.since).text); what a run finds of them anew stays held."
            approveTitle = "Approve: apply these changes"
        } else if session.state == .planned {
            heading = "Simulated: this would change"
            explanation =
                session.violations.isEmpty
                ? "Nothing was changed, and no safeguard would hold it. Approved, exactly this is applied, unless "
                    + "another run of the connector changes something first."
                : session.detail == nil
                    ? "Nothing was changed. The job forces its runs, so that no safeguard would hold one, though:"
                    : "Nothing was changed. A run would be held, because:"
            approveTitle = "Approve: apply these changes"
        } else {
            heading = "Held by a safeguard"
            explanation =
                "Nothing was changed. Until somebody decides, incremental runs leave the connector "
                + "\u{201C}\(session.connector)\u{201D} out."
            approveTitle = "Resume: apply these changes"
        }
        if review.isRunOver, review.approvedBy == nil { explanation += " Approved, \(wayOn)." }
    }

    static let template = """
        <section class="card held" aria-labelledby="held{{suffix}}">
          <h2 id="held{{suffix}}">{{heading}}</h2>
          {{#approvedBy}}<p class="notice" role="status">Approved by <bdi>{{approvedBy}}</bdi>; <bdi>{{wayOn}}</bdi>.</p>{{/approvedBy}}
          <p>{{explanation}}</p>
          <ul class="violations">{{#violations}}<li>{{.}}</li>{{/violations}}</ul>
          {{#summary}}{{> change-summary}}{{/summary}}
          {{#mayDecide}}
          <div class="decide">
            <form method="post" action="{{decidePath}}/approve">
              <input type="hidden" name="formToken" value="{{layout.formToken}}">
              <input type="hidden" name="changeSet" value="{{changeSet}}">
              <button class="primary">{{approveTitle}}</button>
              <span class="sub">change set <span class="mono" title="{{changeSet}}">{{shortChangeSet}}</span></span>
            </form>
            <form method="post" action="{{decidePath}}/reject">
              <input type="hidden" name="formToken" value="{{layout.formToken}}">
              {{#rejectedSet}}<input type="hidden" name="heldSet" value="{{rejectedSet}}">{{/rejectedSet}}
              <label for="reason{{suffix}}">Reason</label>
              <input id="reason{{suffix}}" name="reason" required maxlength="500" placeholder="Why it shall not be applied">
              <button class="danger">Reject</button>
            </form>
          </div>
          {{/mayDecide}}
          {{#preview}}<h3>The first changes</h3>{{> change-list}}<p><a href="{{reviewPath}}">See all changes, with before and after</a></p>{{/preview}}
        </section>
        """
}
