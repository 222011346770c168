/// One run of a job: its tasks by level as they run, what it holds when it is blocked, the tail of its log.
struct RunPage: Sendable {
    static let name = "run"
    static let liveName = "run-live"

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
        /// The changes that its session computed.
        var changesPath: String?
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

    var layout: Layout
    var title: String
    var jobPath: String
    var path: String
    var isOpen: Bool
    var mayCancel: Bool
    var state: String
    var live: Live
    /// Simulated: nothing of it is applied.
    var isSimulation = false
    /// Its sessions that wait for a decision.
    var decisions: [DecisionCard] = []
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
        {{#isSimulation}}<p class="notice">A simulation: it stops before the apply, and changes nothing.</p>{{/isSimulation}}
        {{#decisions}}{{> decision}}{{/decisions}}
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
                {{#changesPath}}<a class="sub" href="{{changesPath}}" aria-label="Changes of {{title}}">Changes</a>{{/changesPath}}
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
}
