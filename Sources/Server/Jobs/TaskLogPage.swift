/// The whole log of one task of a run.
struct TaskLogPage: Sendable {
    static let name = "task-log"

    struct Line: Sendable {
        var number: Int
        var written: Moment
        var text: String
    }

    var layout: Layout
    var title: String
    var runPath: String
    var lines: [Line]
    var nextPath: String?

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/jobs">Job Execution</a> <span aria-hidden="true">›</span> <a href="{{runPath}}">Run</a></nav>
        <h1><bdi>{{title}}</bdi></h1>
        <ol class="card log">{{#lines}}<li value="{{number}}">{{#written}}\(Moment.clockHTML){{/written}} <bdi>{{text}}</bdi></li>{{/lines}}{{^lines}}<li class="sub">Nothing was written.</li>{{/lines}}</ol>
        {{#nextPath}}<p class="pager"><a class="button" href="{{nextPath}}">Next lines</a></p>{{/nextPath}}
        {{/content}}{{/layout}}
        """
}
