/// The resources of an entity type, by name.
struct ResourceTablePage: Sendable {
    static let name = "resources"

    struct Item: Sendable {
        var path: String
        var name: String
        var cells: [Cell]
        /// Why it is shown as of the last good run; nil: it is not.
        var kept: String?
    }

    struct Cell: Sendable {
        var label: String
        var text: String?
    }

    struct Crumb: Sendable {
        var title: String
        var path: String
    }

    var layout: Layout
    var title: String
    var crumbs: [Crumb]
    /// nil: this list is not searched.
    var searchPath: String?
    var search: String
    var total: String
    var columns: [String]
    var items: [Item]
    var nextPath: String?
    var firstPath: String?

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb">{{#crumbs}}<a href="{{path}}"><bdi>{{title}}</bdi></a> <span aria-hidden="true">›</span> {{/crumbs}}</nav>
        <div class="head">
          <div><h1><bdi>{{title}}</bdi></h1><p class="sub">{{total}}</p></div>
          {{#searchPath}}
          <form method="get" action="{{searchPath}}" role="search" class="search">
            <label for="q" class="hidden">Name or key begins with</label>
            <input id="q" name="q" type="search" value="{{search}}" placeholder="Name or key begins with">
            <button>Find</button>
          </form>
          {{/searchPath}}
        </div>
        <div class="card scroll">
        <table class="grid">
          <thead><tr><th scope="col">Name</th>{{#columns}}<th scope="col"><bdi>{{.}}</bdi></th>{{/columns}}</tr></thead>
          <tbody>
          {{#items}}
          <tr><th scope="row"><a href="{{path}}"><bdi>{{name}}</bdi></a>{{#kept}} <span class="badge held" title="{{kept}}">Kept</span>{{/kept}}</th>{{#cells}}<td data-label="{{label}}">{{#text}}<bdi>{{text}}</bdi>{{/text}}</td>{{/cells}}</tr>
          {{/items}}
          {{^items}}<tr><td class="empty">Nothing is listed here.</td></tr>{{/items}}
          </tbody>
        </table>
        </div>
        <p class="pager">{{#firstPath}}<a class="button" href="{{firstPath}}">First page</a>{{/firstPath}} {{#nextPath}}<a class="button" href="{{nextPath}}">Next page</a>{{/nextPath}}</p>
        {{/content}}{{/layout}}
        """
}
