/// The computed changes of a session, with before and after; where it waits for a decision, the two ways out.
struct ChangeReviewPage: Sendable {
    static let name = "review"
    static let listName = "change-list"

    struct Changes: Sendable {
        var resources: [Change]
        var links: [Link]
        /// Stored, because templates see nothing else.
        var isEmpty: Bool

        init(resources: [Change], links: [Link]) {
            self.resources = resources
            self.links = links
            isEmpty = resources.isEmpty && links.isEmpty
        }
    }

    struct Change: Sendable {
        /// `insert`, `update` or `delete`; also a class of the stylesheet.
        var operation: String
        /// An update shows before and after; an insert or a deletion has one of them, which is shown alone.
        var isUpdate: Bool
        var mapping: String
        var key: String
        var values: [Value]
    }

    struct Value: Sendable {
        var property: String
        /// nil: it was, or becomes, empty.
        var before: String?
        var after: String?
        /// Of an insert or a deletion: the one that there is.
        var only: String?
    }

    struct Link: Sendable {
        var operation: String
        var mapping: String
        var key1: String
        var key2: String
    }

    struct Filter: Sendable {
        var title: String
        var path: String
        var isCurrent: Bool
    }

    var layout: Layout
    var connector: String
    var badge: StateBadge
    var runPath: String?
    var detail: String?
    var decision: RunPage.Decision?
    var filters: [Filter]
    var changes: Changes
    var nextPath: String?
    var csvPath: String

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/jobs">Job Execution</a>{{#runPath}} <span aria-hidden="true">›</span> <a href="{{runPath}}">Run</a>{{/runPath}}</nav>
        <div class="head"><h1>Changes of <bdi>{{connector}}</bdi></h1>{{#badge}}\(StateBadge.html){{/badge}}</div>
        {{#detail}}<p class="notice">{{detail}}</p>{{/detail}}
        {{#decision}}{{> decision}}{{/decision}}
        <section aria-labelledby="changes">
          <div class="head"><h2 id="changes">All changes</h2><a class="button" href="{{csvPath}}">Download as CSV</a></div>
          <nav class="filters" aria-label="Filter">{{#filters}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{title}}</a>{{/filters}}</nav>
          {{#changes}}{{> change-list}}{{/changes}}
          {{#nextPath}}<p class="pager"><a class="button" href="{{nextPath}}">More</a></p>{{/nextPath}}
        </section>
        {{/content}}{{/layout}}
        """

    static let list = """
        <ul class="changes">
        {{#resources}}
          <li><span class="op {{operation}}">{{operation}}</span> <strong><bdi>{{key}}</bdi></strong> <span class="sub"><bdi>{{mapping}}</bdi></span>
            {{#isUpdate}}<dl class="values">{{#values}}<div><dt><bdi>{{property}}</bdi></dt><dd>{{#before}}<del><bdi>{{before}}</bdi></del>{{/before}}{{^before}}<span class="sub">empty</span>{{/before}} <span aria-hidden="true">→</span> {{#after}}<ins><bdi>{{after}}</bdi></ins>{{/after}}{{^after}}<span class="sub">empty</span>{{/after}}</dd></div>{{/values}}</dl>{{/isUpdate}}
            {{^isUpdate}}<dl class="values whole">{{#values}}<div><dt><bdi>{{property}}</bdi></dt><dd><bdi>{{only}}</bdi></dd></div>{{/values}}</dl>{{/isUpdate}}
          </li>
        {{/resources}}
        {{#links}}
          <li><span class="op {{operation}}">{{operation}}</span> <strong><bdi>{{key1}}</bdi> – <bdi>{{key2}}</bdi></strong> <span class="sub">link <bdi>{{mapping}}</bdi></span></li>
        {{/links}}
        </ul>
        {{#isEmpty}}<p class="sub">No change is listed here.</p>{{/isEmpty}}
        """
}
