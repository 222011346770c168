/// One job: its runs, newest first.
struct JobPage: Sendable {
    static let name = "job"

    struct Run: Sendable {
        var path: String
        var badge: StateBadge
        var isSimulation: Bool
        var requested: Moment
        var duration: String?
        var requestedBy: String
        var message: String?
    }

    /// How a connector that the job works on stands with its agent's image.
    struct Connector: Sendable {
        var title: String
        var badge: StateBadge
        var detail: String
        var since: Moment?
        /// A job that verifies it and nothing else; nil: none is deployed, or the viewer may launch none.
        var verify: JobExecutionPage.Launch?
    }

    var layout: Layout
    var title: String
    var identifier: String
    var agent: String
    var cron: String?
    var next: Moment?
    var launch: JobExecutionPage.Launch?
    var connectors: [Connector]
    var runs: [Run]
    var olderPath: String?

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/jobs">Job Execution</a></nav>
        <div class="head">
          <div><h1><bdi>{{title}}</bdi></h1>
          <p class="sub"><bdi>{{identifier}}</bdi> · agent <bdi>{{agent}}</bdi>{{#cron}} · <span class="mono">{{cron}}</span>{{/cron}}{{#next}} · next run \(Moment.html){{/next}}</p></div>
          {{#launch}}<form method="post" action="{{path}}"><input type="hidden" name="formToken" value="{{layout.formToken}}"><input type="hidden" name="instance" value="{{instance}}"><button class="primary">Launch</button>{{#canSimulate}} <button name="simulate" value="1" title="Runs up to the apply, shows what it would change, and changes nothing">Simulate</button>{{/canSimulate}}</form>{{/launch}}
        </div>
        {{#connectors}}
        <div class="card verification"><p>{{#badge}}\(StateBadge.html){{/badge}} <strong><bdi>{{title}}</bdi></strong>{{#since}} <span class="sub">\(Moment.html)</span>{{/since}} <span class="sub">{{detail}}</span></p>
          {{#verify}}<form method="post" action="{{path}}"><input type="hidden" name="formToken" value="{{layout.formToken}}"><input type="hidden" name="instance" value="{{instance}}"><button title="Compares what the server holds with what its agent holds">Verify</button></form>{{/verify}}</div>
        {{/connectors}}
        <h2>History</h2>
        <div class="card scroll">
        <table>
          <thead><tr><th scope="col">Started</th><th scope="col">State</th><th scope="col">Took</th><th scope="col">By</th><th scope="col">Message</th></tr></thead>
          <tbody>
          {{#runs}}
          <tr>
            <th scope="row"><a href="{{path}}">{{#requested}}\(Moment.html){{/requested}}</a></th>
            <td data-label="State">{{#badge}}\(StateBadge.html){{/badge}}{{#isSimulation}}<span class="sub">simulation</span>{{/isSimulation}}</td>
            <td data-label="Took">{{duration}}</td>
            <td data-label="By"><bdi>{{requestedBy}}</bdi></td>
            <td data-label="Message">{{#message}}<span class="clamp">{{message}}</span>{{/message}}</td>
          </tr>
          {{/runs}}
          {{^runs}}<tr><td colspan="5" class="empty">This job has never run.</td></tr>{{/runs}}
          </tbody>
        </table>
        </div>
        {{#olderPath}}<p class="pager"><a class="button" href="{{olderPath}}">Older runs</a></p>{{/olderPath}}
        {{/content}}{{/layout}}
        """
}
