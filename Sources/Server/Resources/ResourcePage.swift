/// One resource: its properties, and its links to walk along.
struct ResourcePage: Sendable {
    static let name = "resource"

    struct Property: Sendable {
        var title: String
        /// nil: empty.
        var text: String?
    }

    struct Links: Sendable {
        var title: String
        var links: [Link]
        /// nil: these are all.
        var morePath: String?
    }

    struct Link: Sendable {
        /// nil: the visitor may not look at that entity type.
        var path: String?
        var name: String
        var key: String
        /// Why the link is shown as of the last good run; nil: it is not.
        var kept: String?
    }

    /// Set where the source has no usable row for the resource.
    struct Kept: Sendable {
        var reason: String
        var since: Moment
        /// nil: the visitor may not look at rejected rows.
        var listPath: String?
    }

    var layout: Layout
    var title: String
    var typeTitle: String
    var typePath: String
    var keptRow: Kept?
    var properties: [Property]
    var links: [Links]

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="{{typePath}}"><bdi>{{typeTitle}}</bdi></a></nav>
        <h1><bdi>{{title}}</bdi></h1>
        {{#keptRow}}<p class="notice kept" role="status"><strong>Kept because a source row was rejected</strong>, since {{#since}}\(Moment.html){{/since}}; <bdi>{{reason}}</bdi>.{{#listPath}} <a href="{{listPath}}">See the rejected rows</a>{{/listPath}}</p>{{/keptRow}}
        <div class="columns">
          <section class="card" aria-labelledby="properties">
            <h2 id="properties">Properties</h2>
            <dl class="properties">{{#properties}}<div><dt><bdi>{{title}}</bdi></dt><dd>{{#text}}<bdi>{{text}}</bdi>{{/text}}{{^text}}<span class="sub">—</span>{{/text}}</dd></div>{{/properties}}</dl>
          </section>
          <div>
          {{#links}}
          <section class="card">
            <h2><bdi>{{title}}</bdi></h2>
            <ul class="links">
            {{#links}}<li>{{#path}}<a href="{{path}}"><bdi>{{name}}</bdi></a>{{/path}}{{^path}}<bdi>{{name}}</bdi>{{/path}} <span class="sub"><bdi>{{key}}</bdi></span>{{#kept}} <span class="badge held" title="{{kept}}">Kept</span>{{/kept}}</li>{{/links}}
            {{^links}}<li class="sub">None</li>{{/links}}
            </ul>
            {{#morePath}}<p><a href="{{morePath}}">Show all</a></p>{{/morePath}}
          </section>
          {{/links}}
          </div>
        </div>
        {{/content}}{{/layout}}
        """
}
