/// One run of a job: its tasks by level as they run, what it holds when it is blocked, the tail of its log.
struct RunPage: Sendable {
    static let name = "run"
    static let liveName = "run-live"
    static let decisionName = "decision"

    struct Level: Sendable {
        var title: String
        /// That of its most notable task, for the dot of the time line.
        var tone = "calm"
        var tasks: [TaskCard]
    }

    /// A template looks for a name that is nil in what is around it: names of optional values differ from those of
    /// ``Live``.
    struct TaskCard: Sendable {
        var title: String
        var element: String
        var badge: StateBadge
        var took: String?
        var remark: String?
        var counters: [Counter]
        var progress: Progress?
        var logPath: String?
        /// The list of the connector, where this task rejected rows and the visitor may see them.
        var quarantinePath: String?
        var isBusy: Bool
    }

    struct Counter: Sendable {
        var name: String
        var value: String
    }

    struct Progress: Sendable {
        var phase: String
        var rows: String
        /// nil: how many there are in all is not known.
        var total: String?
        var percent: Int?
        var rate: String?
        var left: String?
    }

    struct LogLine: Sendable {
        var written: Moment
        var task: String
        var text: String
    }

    /// What changes while the job runs; sent again with every event.
    struct Live: Sendable {
        var badge: StateBadge
        var message: String?
        var started: Moment?
        var duration: String?
        var requestedBy: String
        var agent: String
        var levels: [Level]
        var log: [LogLine]
    }

    /// A blocked session: why, what it would change, and the two ways out.
    struct Decision: Sendable {
        var session: String
        var connector: String
        var changeSet: String
        var shortChangeSet: String
        var violations: [String]
        var counts: [Count]
        /// The first changes; nil where the page lists them all anyway.
        var preview: ChangeReviewPage.Changes?
        var reviewPath: String
        var approvedBy: String?
        var mayDecide: Bool
    }

    struct Count: Sendable {
        var mapping: String
        var kind: String
        var inserted: String
        var updated: String
        var deleted: String
        var stored: String
    }

    var layout: Layout
    var title: String
    var jobPath: String
    var path: String
    var isOpen: Bool
    var mayCancel: Bool
    var state: String
    var live: Live
    var decision: Decision?
    /// Other runs that wait for a decision, where this one could not do all: perhaps for that reason.
    var held: [HeldRun] = []

    struct HeldRun: Sendable {
        var title: String
        var path: String
        var since: Moment
    }

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/jobs">Job Execution</a> <span aria-hidden="true">›</span> <a href="{{jobPath}}"><bdi>{{title}}</bdi></a></nav>
        <div class="head">
          <h1><bdi>{{title}}</bdi> {{#live}}{{#badge}}\(StateBadge.html){{/badge}}{{/live}}</h1>
          {{#mayCancel}}<form method="post" action="{{path}}/cancel"><input type="hidden" name="formToken" value="{{layout.formToken}}"><button>Cancel</button></form>{{/mayCancel}}
        </div>
        {{#decision}}{{> decision}}{{/decision}}
        {{#held}}<p class="notice held-run"><span>A run of <bdi>{{title}}</bdi> has waited for a decision since {{#since}}\(Moment.html){{/since}}; until then its connector is left out.</span> <a class="button" href="{{path}}">Review what is held</a></p>{{/held}}
        <div id="live"{{#isOpen}} data-events="{{path}}/events" data-state="{{state}}"{{/isOpen}}>
        {{#live}}{{> run-live}}{{/live}}
        </div>
        {{/content}}{{/layout}}
        """

    static let liveTemplate = """
        <p class="facts"><span class="sub">{{#started}}started \(Moment.html){{/started}}{{^started}}waits for its agent <bdi>{{agent}}</bdi>{{/started}}{{#duration}} · {{duration}}{{/duration}} · by <bdi>{{requestedBy}}</bdi></span></p>
        {{#message}}<p class="notice">{{message}}</p>{{/message}}
        <ol class="levels">
        {{#levels}}
          <li class="{{tone}}">
            <h2 class="level">{{title}}</h2>
            {{#tasks}}
            <div class="card task{{#isBusy}} busy{{/isBusy}}">
              <div class="row">
                <div class="grow"><strong><bdi>{{title}}</bdi></strong><span class="sub">{{element}}</span></div>
                {{#logPath}}<a class="sub" href="{{logPath}}" aria-label="Log of {{title}}">Log</a>{{/logPath}}
                {{#took}}<span class="sub number">{{took}}</span>{{/took}}
                {{#badge}}\(StateBadge.html){{/badge}}
              </div>
              {{#progress}}
              <div class="progress">
                {{#percent}}<progress max="100" value="{{percent}}" aria-label="{{phase}}"></progress>{{/percent}}
                {{^percent}}<progress aria-label="{{phase}}"></progress>{{/percent}}
                <span class="sub">{{phase}} · {{rows}}{{#total}} of {{total}}{{/total}} rows{{#rate}} · {{rate}} rows/s{{/rate}}{{#left}} · about {{left}} left{{/left}}</span>
              </div>
              {{/progress}}
              {{#remark}}<p class="sub">{{remark}}</p>{{/remark}}
              {{#quarantinePath}}<p><a href="{{quarantinePath}}">See the rejected rows</a></p>{{/quarantinePath}}
              <dl class="counters">{{#counters}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/counters}}</dl>
            </div>
            {{/tasks}}
          </li>
        {{/levels}}
        </ol>
        <section aria-labelledby="log"><h2 id="log">Log</h2>
        <ol class="card log">{{#log}}<li>{{#written}}\(Moment.clockHTML){{/written}} <span class="sub"><bdi>{{task}}</bdi></span> <bdi>{{text}}</bdi></li>{{/log}}{{^log}}<li class="sub">Nothing has been written yet.</li>{{/log}}</ol>
        </section>
        """

    static let decisionTemplate = """
        <section class="card held" aria-labelledby="held">
          <h2 id="held">Held by a safeguard</h2>
          {{#approvedBy}}<p class="notice" role="status">Approved by <bdi>{{approvedBy}}</bdi>; the job goes on as soon as its agent takes it.</p>{{/approvedBy}}
          <ul class="violations">{{#violations}}<li>{{.}}</li>{{/violations}}</ul>
          <div class="scroll"><table class="plain">
            <thead><tr><th scope="col">Mapping</th><th scope="col">Of</th><th scope="col" class="number">Inserts</th><th scope="col" class="number">Updates</th><th scope="col" class="number">Deletes</th><th scope="col" class="number">Stored before</th></tr></thead>
            <tbody>{{#counts}}<tr><th scope="row"><bdi>{{mapping}}</bdi></th><td data-label="Of">{{kind}}</td><td class="number" data-label="Inserts">{{inserted}}</td><td class="number" data-label="Updates">{{updated}}</td><td class="number" data-label="Deletes">{{deleted}}</td><td class="number" data-label="Stored before">{{stored}}</td></tr>{{/counts}}</tbody>
          </table></div>
          {{#mayDecide}}
          <div class="decide">
            <form method="post" action="{{reviewPath}}/approve">
              <input type="hidden" name="formToken" value="{{layout.formToken}}">
              <input type="hidden" name="changeSet" value="{{changeSet}}">
              <button class="primary">Resume: apply these changes</button>
              <span class="sub">change set <span class="mono" title="{{changeSet}}">{{shortChangeSet}}</span></span>
            </form>
            <form method="post" action="{{reviewPath}}/reject">
              <input type="hidden" name="formToken" value="{{layout.formToken}}">
              <label for="reason">Reason</label>
              <input id="reason" name="reason" required maxlength="500" placeholder="Why it shall not be applied">
              <button class="danger">Reject</button>
            </form>
          </div>
          {{/mayDecide}}
          {{#preview}}<h3>The first changes</h3>{{> change-list}}<p><a href="{{reviewPath}}">See all changes, with before and after</a></p>{{/preview}}
        </section>
        """
}
