/// All connectors with rows that were set aside.
struct QuarantinePage: Sendable {
    static let name = "quarantine"

    struct Item: Sendable {
        var path: String
        var connector: String
        var tables: String
        var rejected: String
        var carried: String
        var oldest: Moment?
        var seen: Moment
    }

    var layout: Layout
    var items: [Item]

    static let template = """
        {{<layout}}{{$content}}
        <h1>Quarantine</h1>
        <p class="sub">Rows that the last run could not use. The resources that they stand for are kept as of the last good run; a row that is mended at its source clears itself with the next run that reads it.</p>
        <div class="card scroll">
        <table>
          <thead><tr><th scope="col">Connector</th><th scope="col" class="number">Rejected rows</th><th scope="col" class="number">Kept meanwhile</th><th scope="col">Oldest</th><th scope="col">Last run</th></tr></thead>
          <tbody>
          {{#items}}
          <tr><th scope="row"><a href="{{path}}"><bdi>{{connector}}</bdi></a><span class="sub"><bdi>{{tables}}</bdi></span></th><td class="number" data-label="Rejected rows">{{rejected}}</td><td class="number" data-label="Kept meanwhile">{{carried}}</td><td data-label="Oldest">{{#oldest}}\(Moment.html){{/oldest}}</td><td data-label="Last run">{{#seen}}\(Moment.html){{/seen}}</td></tr>
          {{/items}}
          {{^items}}<tr><td class="empty" colspan="5">No row is set aside: the last run of every connector could use them all.</td></tr>{{/items}}
          </tbody>
        </table>
        </div>
        {{/content}}{{/layout}}
        """
}
