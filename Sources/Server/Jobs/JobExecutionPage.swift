/// Administration › Job Execution: all jobs by display name (REFERENCE §16).
struct JobExecutionPage: Sendable {
    static let name = "jobs"

    struct Item: Sendable {
        var title: String
        var identifier: String
        var path: String
        var agent: String
        var badge: StateBadge
        var last: Moment?
        var lastPath: String?
        var next: Moment?
        var cron: String?
        /// nil: this visitor may not launch it, or nobody may.
        var launch: Launch?
        var remark: String?
    }

    /// What the Launch button sends. The instance's id is made with the page, so that a double click is one launch.
    struct Launch: Sendable {
        var path: String
        var instance: String
        /// Whether the job has something that can stop before its apply.
        var canSimulate: Bool
    }

    var layout: Layout
    var search: String
    var items: [Item]

    static let template = """
        {{<layout}}{{$content}}
        <div class="head">
          <h1>Job Execution</h1>
          <form method="get" action="/jobs" role="search" class="search">
            <label for="q" class="hidden">Find a job</label>
            <input id="q" name="q" type="search" value="{{search}}" placeholder="Find a job">
            <button>Find</button>
          </form>
        </div>
        <div class="card scroll">
        <table class="jobs">
          <thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Last run</th><th scope="col">Next run</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
          <tbody>
          {{#items}}
          <tr>
            <th scope="row"><a href="{{path}}"><bdi>{{title}}</bdi></a><span class="sub"><bdi>{{identifier}}</bdi></span></th>
            <td data-label="State">{{#lastPath}}<a class="bare" href="{{lastPath}}">{{#badge}}\(StateBadge.html){{/badge}}</a>{{/lastPath}}{{^lastPath}}{{#badge}}\(StateBadge.html){{/badge}}{{/lastPath}}</td>
            <td data-label="Last run">{{#last}}\(Moment.html){{/last}}{{^last}}<span class="sub">—</span>{{/last}}</td>
            <td data-label="Next run">{{#next}}\(Moment.html){{/next}}{{^next}}<span class="sub">by hand</span>{{/next}}{{#cron}}<span class="sub mono">{{cron}}</span>{{/cron}}</td>
            <td class="actions">{{#launch}}<form method="post" action="{{path}}"><input type="hidden" name="formToken" value="{{layout.formToken}}"><input type="hidden" name="instance" value="{{instance}}"><button class="primary" aria-label="Launch {{title}}">Launch</button></form>{{/launch}}{{#remark}}<span class="sub">{{remark}}</span>{{/remark}}</td>
          </tr>
          {{/items}}
          {{^items}}<tr><td colspan="5" class="empty">No job is named like that.</td></tr>{{/items}}
          </tbody>
        </table>
        </div>
        {{/content}}{{/layout}}
        """
}
