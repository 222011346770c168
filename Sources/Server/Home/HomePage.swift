import API

/// Home: what needs attention first, then the sections (DESIGN §10).
struct HomePage: Sendable {
    static let name = "home"

    struct Attention: Sendable {
        var badge: StateBadge
        var title: String
        var detail: String
        var since: Moment?
        var path: String
    }

    struct Section: Sendable {
        var title: String
        var text: String
        var path: String
    }

    var layout: Layout
    var attention: [Attention]
    var sections: [Section]

    static let template = """
        {{<layout}}{{$content}}
        <h1>Home</h1>
        <section aria-labelledby="attention">
          <h2 id="attention">Needs attention</h2>
          {{#attention}}
          <a class="card attention" href="{{path}}">
            {{#badge}}\(StateBadge.html){{/badge}}
            <span class="grow"><strong><bdi>{{title}}</bdi></strong><span class="sub">{{detail}}</span></span>
            {{#since}}<span class="sub">\(Moment.html)</span>{{/since}}
          </a>
          {{/attention}}
          {{^attention}}<p class="card calm-note"><span class="dot good" aria-hidden="true"></span>Nothing is blocked, failed or set aside. The river flows.</p>{{/attention}}
        </section>
        <section aria-labelledby="sections">
          <h2 id="sections">Sections</h2>
          <div class="tiles">
          {{#sections}}
            <a class="card tile" href="{{path}}"><strong><bdi>{{title}}</bdi></strong><span class="sub">{{text}}</span></a>
          {{/sections}}
          </div>
        </section>
        {{/content}}{{/layout}}
        """
}
