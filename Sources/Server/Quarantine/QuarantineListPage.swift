/// What one connector's last run set aside: its rejected rows, or what is kept because of them.
struct QuarantineListPage: Sendable {
    static let name = "quarantine-list"

    /// Names of optional values differ from those around it: a template looks for one that is nil there.
    struct Item: Sendable {
        var place: String
        var offset: String
        var mapping: String
        var reason: String
        /// nil: not readable.
        var rowKey: String?
        var raw: String
        /// nil: `raw` is all of it.
        var whole: String?
        var first: Moment
    }

    struct Carried: Sendable {
        var mapping: String
        var key: String
        /// Of a link pair.
        var second: String?
        var reason: String
        var since: Moment
    }

    struct Filter: Sendable {
        var title: String
        var path: String
        var isCurrent: Bool
    }

    var layout: Layout
    var connector: String
    var summary: String
    var runPath: String?
    /// Set where fewer are listed than were counted.
    var cut: String?
    var lists: [Filter]
    var tables: [Filter]
    var reasons: [Filter]
    var showsCarried: Bool
    var items: [Item]
    var carried: [Carried]
    var isEmpty: Bool
    var firstPath: String?
    var nextPath: String?
    var csvPath: String

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/quarantine">Quarantine</a></nav>
        <div class="head">
          <div><h1>Quarantine of <bdi>{{connector}}</bdi></h1><p class="sub">{{summary}}{{#runPath}} · <a href="{{runPath}}">the run</a>{{/runPath}}</p></div>
          <a class="button" href="{{csvPath}}">Download as CSV</a>
        </div>
        {{#cut}}<p class="notice">{{cut}}</p>{{/cut}}
        <nav class="filters" aria-label="List">{{#lists}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{title}}</a>{{/lists}}</nav>
        <nav class="filters" aria-label="Table">{{#tables}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}><bdi>{{title}}</bdi></a>{{/tables}}</nav>
        <nav class="filters" aria-label="Reason">{{#reasons}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}><bdi>{{title}}</bdi></a>{{/reasons}}</nav>
        <ul class="card changes quarantine">
        {{#items}}
          <li><strong>{{place}}</strong> <span class="sub">byte {{offset}} · <bdi>{{mapping}}</bdi> · since {{#first}}\(Moment.html){{/first}}</span>
            <p><span class="bad-text"><bdi>{{reason}}</bdi></span>{{#rowKey}} · key <bdi>{{rowKey}}</bdi>{{/rowKey}}{{^rowKey}} <span class="sub">· its key cannot be read</span>{{/rowKey}}</p>
            <pre class="raw" tabindex="0"><bdi>{{raw}}</bdi></pre>{{#whole}}<p class="sub">{{whole}}</p>{{/whole}}
          </li>
        {{/items}}
        {{#carried}}
          <li><strong><bdi>{{key}}</bdi>{{#second}} – <bdi>{{second}}</bdi>{{/second}}</strong> <span class="sub">{{#second}}link {{/second}}<bdi>{{mapping}}</bdi> · since {{#since}}\(Moment.html){{/since}}</span>
            <p><bdi>{{reason}}</bdi></p>
          </li>
        {{/carried}}
        {{#isEmpty}}<li class="sub">{{#showsCarried}}Nothing is kept because of a rejected row.{{/showsCarried}}{{^showsCarried}}No rejected row is listed here.{{/showsCarried}}</li>{{/isEmpty}}
        </ul>
        <p class="pager">{{#firstPath}}<a class="button" href="{{firstPath}}">First page</a>{{/firstPath}} {{#nextPath}}<a class="button" href="{{nextPath}}">Next page</a>{{/nextPath}}</p>
        {{/content}}{{/layout}}
        """
}
