import ProcessSupport

/// Values that try to become more than text on a page.
enum HostileValues {
    static let script = "<script>document.title='owned'</script>"
    static let picture = #"<img src=x onerror="document.title='owned'">"#
    static let template = "{{layout.formToken}}"
    /// Shown as `user‹U+202E›gpj.exe`: the mark would turn around what follows.
    static let reversed = "user\u{202E}gpj.exe"
    /// Shown as `ad‹U+200B›min`.
    static let split = "ad\u{200B}min"
    static let jobTitle = "HR: <b>everything</b> & \"more\""

    /// A job's display name, and people whose names are markup.
    static func plant(_ company: Company) throws {
        let jobs = try company.read("Conf/HR/Jobs.xml")
        try company.write(
            jobs.replacing(
                #"DisplayName_L1="HR: synchronize everything""#,
                with: #"DisplayName_L1="HR: &lt;b&gt;everything&lt;/b&gt; &amp; &quot;more&quot;""#),
            to: "Conf/HR/Jobs.xml")
        try plantPeople(company)
    }

    static func plantPeople(_ company: Company) throws {
        let quoted = "\"" + picture.replacing("\"", with: "\"\"") + "\""
        let rows = [
            "X00001;\"\(script)\";\(quoted);\(template);;\(reversed);CONTOSO;S16;X00002;2020-01-01;;true",
            "X00002;\(split);\(quoted);;;\"<b>Head</b>\";CONTOSO;S16;E00001;2020-01-01;;true",
        ]
        let file = "sources/current/people.csv"
        let people = try company.read(file)
        try company.write(people.trimmingSuffix("\n") + "\n" + rows.joined(separator: "\n") + "\n", to: file)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
