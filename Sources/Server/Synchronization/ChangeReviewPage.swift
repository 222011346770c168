/// The computed changes of a session: why it is held or what became of it, counters by cause, each change with before and
/// after; where it waits for a decision, the two ways out (DESIGN §8).
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
        var cause: String
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
        var cause: String
        var key1: String
        var key2: String
    }

    struct Tab: Sendable {
        var title: String
        var number: String
        var path: String
        var isCurrent: Bool
    }

    struct Choice: Sendable {
        var value: String
        var title: String
        var isChosen: Bool
    }

    /// Something about the session: its job, when it was computed, its hash.
    struct Fact: Sendable {
        var term: String
        var text: String?
        var moment: Moment?
        var factPath: String?
        var isCode = false
    }

    /// Who approved, forced or rejected it, and when.
    struct Verdict: Sendable {
        var sentence: String
        var decided: Moment
        var because: String?
    }

    /// What the session left out of its apply, with what has become of it.
    struct HeldItem: Sendable {
        var title: String
        var heldBadge: StateBadge
        var heldPath: String
        var since: Moment
        var note: String?
    }

    var layout: Layout
    var connector: String
    var badge: StateBadge
    var runPath: String?
    /// What became of it, in a sentence; nil where it waits for a decision, which says it itself.
    var outcome: String?
    var decision: DecisionCard?
    /// nil where the decision has it.
    var summary: ChangeSummary?
    var facts: [Fact]
    var heldSets: [HeldItem]
    var verdicts: [Verdict]
    var tabs: [Tab]
    var wantsLinks: Bool
    var formPath: String
    var mappings: [Choice]
    var operations: [Choice]
    var causeChoices: [Choice]
    var searchedKey: String
    /// Leads back to all changes; nil: nothing is left out.
    var allPath: String?
    var changes: Changes
    /// Why there is no change to list; nil: there are some, or the filter says why.
    var emptyReason: String?
    var nextPath: String?
    var csvPath: String

    static let template = """
        {{<layout}}{{$content}}
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/jobs">Job Execution</a>{{#runPath}} <span aria-hidden="true">›</span> <a href="{{runPath}}">Run</a>{{/runPath}}</nav>
        <div class="head"><h1>Changes of <bdi>{{connector}}</bdi> {{#badge}}\(StateBadge.html){{/badge}}</h1></div>
        {{#outcome}}<p class="notice" role="status">{{outcome}}</p>{{/outcome}}
        {{#verdicts}}<p class="notice verdict"><bdi>{{sentence}}</bdi>{{#decided}} \(Moment.html){{/decided}}{{#because}}: <bdi>{{because}}</bdi>{{/because}}</p>{{/verdicts}}
        {{#decision}}{{> decision}}{{/decision}}
        {{#summary}}<section class="card" aria-label="Counters">{{> change-summary}}</section>{{/summary}}
        {{#heldSets}}<p class="notice held-run"><span>{{#heldBadge}}\(StateBadge.html){{/heldBadge}} <bdi>{{title}}</bdi>, held since {{#since}}\(Moment.html){{/since}}{{#note}}. <bdi>{{note}}</bdi>{{/note}}</span> <a class="button" href="{{heldPath}}">Look at them</a></p>{{/heldSets}}
        <dl class="session-facts">{{#facts}}<div><dt>{{term}}</dt><dd{{#isCode}} class="mono"{{/isCode}}>{{#factPath}}<a href="{{factPath}}">{{/factPath}}<bdi>{{text}}</bdi>{{#factPath}}</a>{{/factPath}}{{#moment}}\(Moment.html){{/moment}}</dd></div>{{/facts}}</dl>
        <section aria-labelledby="changes">
          <div class="head"><h2 id="changes">All changes</h2><a class="button" href="{{csvPath}}">Download all as CSV</a></div>
          <nav class="filters" aria-label="Kind">{{#tabs}}<a href="{{path}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{title}} {{number}}</a>{{/tabs}}</nav>
          <form method="get" action="{{formPath}}" class="change-filter" role="search">
            {{#wantsLinks}}<input type="hidden" name="of" value="links">{{/wantsLinks}}
            <label>Mapping <select name="mapping">{{#mappings}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>{{/mappings}}</select></label>
            <label>Operation <select name="operation">{{#operations}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>{{/operations}}</select></label>
            <label>Cause <select name="cause">{{#causeChoices}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>{{/causeChoices}}</select></label>
            <label>Key contains <input name="key" type="search" value="{{searchedKey}}" maxlength="200"></label>
            <button>Show</button>{{#allPath}} <a href="{{allPath}}">Show all</a>{{/allPath}}
          </form>
          {{#emptyReason}}<p class="sub">{{emptyReason}}</p>{{/emptyReason}}
          {{^emptyReason}}{{#changes}}{{> change-list}}{{/changes}}{{/emptyReason}}
          {{#nextPath}}<p class="pager"><a class="button" href="{{nextPath}}">More</a></p>{{/nextPath}}
        </section>
        {{/content}}{{/layout}}
        """

    static let list = """
        <ul class="changes">
        {{#resources}}
          <li><span class="op {{operation}}">{{operation}}</span> <strong><bdi>{{key}}</bdi></strong> <span class="sub"><bdi>{{mapping}}</bdi> · {{cause}}</span>
            {{#isUpdate}}<dl class="values">{{#values}}<div><dt><bdi>{{property}}</bdi></dt><dd>{{#before}}<del><bdi>{{before}}</bdi></del>{{/before}}{{^before}}<span class="sub">empty</span>{{/before}} <span aria-hidden="true">→</span> {{#after}}<ins><bdi>{{after}}</bdi></ins>{{/after}}{{^after}}<span class="sub">empty</span>{{/after}}</dd></div>{{/values}}</dl>{{/isUpdate}}
            {{^isUpdate}}<dl class="values whole">{{#values}}<div><dt><bdi>{{property}}</bdi></dt><dd><bdi>{{only}}</bdi></dd></div>{{/values}}</dl>{{/isUpdate}}
          </li>
        {{/resources}}
        {{#links}}
          <li><span class="op {{operation}}">{{operation}}</span> <strong><bdi>{{key1}}</bdi> – <bdi>{{key2}}</bdi></strong> <span class="sub">link <bdi>{{mapping}}</bdi> · {{cause}}</span></li>
        {{/links}}
        </ul>
        {{#isEmpty}}<p class="sub">No change is listed here.</p>{{/isEmpty}}
        """
}
