import Testing

@testable import Server

@Suite struct SafeHTMLTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onmouseover='x'", "&quot; onmouseover=&#39;x&#39;"),
        // A quote with a combining mark is one Character; it must be escaped all the same.
        ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"),
        ("<\u{338}img src=x>", "&lt;\u{338}img src=x&gt;"),
        ("a\u{202E}txt.exe", "a‹U+202E›txt.exe"),
        ("ad\u{200B}min", "ad‹U+200B›min"),
        ("bell\u{7}", "bell‹U+0007›"),
        ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ("Ångström & O'Neill", "Ångström &amp; O&#39;Neill"),
        ("two\nlines", "two\nlines"),
    ])
    func `a value is shown as text`(value: String, html: String) {
        #expect(SafeHTML().escapeText(value) == html)
    }

    @Test func `templates write every value so, in partials and blocks too`() throws {
        let templates = try Templates()
        let evil = "\"\u{301}<b>\u{202E}"
        let page = SignInPage(
            layout: Layout(title: evil, formToken: evil), next: evil, userName: evil, error: evil, notice: evil)
        let html = try templates.render(SignInPage.name, page)
        let openQuote = "\"\u{301}"
        #expect(!html.contains(openQuote))
        #expect(!html.contains("<b>"))
        #expect(!html.unicodeScalars.contains { $0.value == 0x202E })
    }
}
