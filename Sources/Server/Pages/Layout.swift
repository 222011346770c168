/// What every page has around its content: title, menu, who is signed in.
struct Layout: Sendable {
    static let name = "layout"

    struct MenuSection: Sendable {
        var title: String
        var links: [MenuLink]
    }

    struct MenuLink: Sendable {
        var title: String
        var path: String
        var isCurrent = false
    }

    var title: String
    /// nil: nobody is signed in, and there is no menu.
    var userName: String?
    /// What every form sends back, so that no other site can send it.
    var formToken: String
    var menu: [MenuSection] = []
    /// Reloads the page after some seconds where there is no JavaScript; nil: it is at rest.
    var refreshSeconds: Int?

    static let template = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{layout.title}} · Weir</title>
        <link rel="icon" href="/assets/weir.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/weir.css">
        <script src="/assets/weir.js" defer></script>
        {{#layout.refreshSeconds}}<noscript><meta http-equiv="refresh" content="{{.}}"></noscript>{{/layout.refreshSeconds}}
        </head>
        <body{{^layout.userName}} class="plain"{{/layout.userName}}>
        <a class="skip" href="#content">Skip to the content</a>
        {{#layout.userName}}
        <header class="side">
          <a class="brand" href="/"><img src="/assets/weir.svg" alt="" width="28" height="28"><span>Weir</span></a>
          <input type="checkbox" id="menu-open" class="menu-open" aria-label="Show the menu">
          <label for="menu-open" class="menu-button" aria-hidden="true">Menu</label>
          <nav aria-label="Main">
            {{#layout.menu}}
            <section>
              {{#title}}<h2>{{title}}</h2>{{/title}}
              <ul>
              {{#links}}<li><a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}><bdi>{{title}}</bdi></a></li>
              {{/links}}
              </ul>
            </section>
            {{/layout.menu}}
            <form method="post" action="/signout" class="who">
              <input type="hidden" name="formToken" value="{{layout.formToken}}">
              <span class="user"><bdi>{{layout.userName}}</bdi></span>
              <button class="quiet">Sign out</button>
            </form>
          </nav>
        </header>
        {{/layout.userName}}
        <main id="content" tabindex="-1">
        {{$content}}{{/content}}
        </main>
        </body>
        </html>
        """
}
