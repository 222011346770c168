import Testing
import WeirConfiguration

struct StructureTests {
    @Test(arguments: [
        ("<EntityTyp Identifier=\"A\" />", "<EntityTyp> is no known element; did you mean \"EntityType\"?"),
        ("<conector Identifier=\"A\" />", "<conector> is no known element; did you mean \"Connector\"?"),
        (
            "<JobExcutionAccessControlRules Profile=\"Administrator\" />",
            "<JobExcutionAccessControlRules> is no known element; did you mean \"JobExecutionAccessControlRules\"?"
        ),
        ("<Zzzzzzzz />", "<Zzzzzzzz> is no known element; remove it"),
        (
            "<Agent Identifier=\"A\" Uri=\"x\" />", "Agent \"A\" has the unknown attribute Uri; did you mean \"URI\"?"
        ),
        (
            "<Agent Identifier=\"A\" Colour=\"x\" />", "Agent \"A\" has the unknown attribute Colour; remove it"
        ),
        ("<Agent />", "Agent has no Identifier; add the attribute"),
        ("<Agent Identifier=\"\" />", "Agent \"\" has no Identifier; add the attribute"),
        ("<Agent Identifier=\"A\">text</Agent>", "Agent \"A\" holds text; remove it, all values are attributes"),
        (
            "<Job Identifier=\"J\" DisplayName_L1=\"J\"><ExportTsk /></Job>",
            "<ExportTsk> is no known child of Job \"J\"; did you mean \"ExportTask\"?"
        ),
        (
            "<Job Identifier=\"J\" DisplayName_L1=\"J\" IsIncremental=\"yes\" />",
            "Job \"J\" has IsIncremental=\"yes\"; it must be true, false, 1 or 0"
        ),
        (
            "<Job Identifier=\"J\" DisplayName_L1=\"J\" CronTimeZone=\"2\" />",
            "Job \"J\" has CronTimeZone=\"2\"; it must be one of UTC (0), ServerTime (1)"
        ),
        ("<Job Identifier=\"J\" />", "Job \"J\" has no DisplayName_L1; add the attribute"),
        (
            "<OpenIdClient Identifier=\"C\" Profile=\"Administrator\" HashedSecret=\"c2VjcmV0\" />",
            "OpenIdClient \"C\" has HashedSecret=\"…\"; it must be the Base64 of a SHA-256 (44 characters), as "
                + "new-openid-secret prints it"
        ),
        (
            "<AssignedProfile User=\"u\" Profile=\"Administrator\" EndDate=\"2026-02-30\" />",
            "AssignedProfile has EndDate=\"2026-02-30\"; it must be a date such as 2026-12-31 or 2026-12-31T23:59:59Z"
        ),
    ])
    func `what the table does not know is named, with the nearest name`(xml: String, message: String) {
        #expect(configure(xml).errorTexts == ["Conf/1.xml:2: " + message])
    }

    @Test func `references inside kept elements are never resolved, a menu item's entity type is`() {
        let loaded = configure(
            """
            <DisplayTable Identifier="T" EntityType="Nothing" Connector="Nothing" />
            <MenuItem Identifier="M" ParentMenuItem="Nothing">
              <MenuItem Identifier="N" EntityType="Nothing" Profile="Nothing" />
            </MenuItem>
            """)
        #expect(
            loaded.errorTexts == [
                "Conf/1.xml:4: MenuItem \"N\" names the EntityType \"Nothing\" in EntityType, which does not exist; declare it"
            ])
    }

    @Test func `all problems of all files are said at once, by file and line`() {
        let loaded = configure("<Agent />\n<EntityTyp />", "<Agnt />\n\n<Job Identifier=\"J\" Colour=\"1\" />")
        #expect(
            loaded.errors.map { $0.location?.description } == [
                "Conf/1.xml:2", "Conf/1.xml:3", "Conf/2.xml:2", "Conf/2.xml:4", "Conf/2.xml:4",
            ])
        #expect(loaded.model == nil)
        #expect(loaded.items == [])
    }

    @Test(arguments: ["true", "True", "TRUE", "1"])
    func `booleans are true in any case, or 1`(text: String) throws {
        let model = try #require(
            configure("<Job Identifier=\"J\" DisplayName_L1=\"J\" IsIncremental=\"\(text)\" />").model)
        #expect(model.jobs.map(\.isIncremental) == [true])
    }

    @Test(arguments: ["DateTime", "4", "datetime"])
    func `enumerations take their name or their number`(text: String) throws {
        let model = try #require(
            configure(
                """
                <EntityType Identifier="A"><Property Identifier="K" IsKey="1" TargetColumnIndex="4" />
                <Property Identifier="D" Type="\(text)" TargetColumnIndex="5" /></EntityType>
                """
            ).model)
        #expect(model.entityTypes[0].property("D")?.type == .dateTime)
    }

    @Test func `kept elements are listed once a name, with their number`() {
        let loaded = configure(
            """
            <DisplayTable Identifier="T" Any="x"><Column Property="a"><Tile /></Column>text</DisplayTable>
            <ResourceScalarRule /><ResourceFunnyRule /><NotificationX /><WorkflowFoo /><MyAspect /><SomeForm />
            <UniverseY /><SelectXQueryHandlerSetting /><AccessCertificationZ /><MailSetting />
            <DisplayTable Identifier="U" />
            """, "<EntityTypeDisplayName EntityType=\"Nothing\" />")
        #expect(loaded.errorTexts == [])
        #expect(loaded.noticeTexts.count == 12)
        #expect(
            loaded.noticeTexts.contains(
                "Conf/1.xml:2: DisplayTable is kept, not used (it stands 2 times in the folder)"))
        #expect(
            loaded.noticeTexts.contains(
                "Conf/2.xml:2: EntityTypeDisplayName is kept, not used (it stands once in the folder)"))
    }

    @Test(arguments: [
        ("0 2 * * *", true), ("*/15 7-19 * * MON-FRI", true), ("0 0 2 1,15 JAN,jul ?", true), ("0 0 29 2 7", true),
        ("@daily", false), ("0 2 * *", false), ("60 2 * * *", false), ("0 24 * * *", false), ("0 0 0 * *", false),
        ("0 0 1 13 *", false), ("0 0 * * 8", false), ("*/0 * * * *", false), ("5-1 * * * *", false),
        ("1,,2 * * * *", false), ("1-2-3 * * * *", false), ("0 0 * FOO *", false), ("0 0 0 0 0 0 0", false),
        ("", false),
    ])
    func `a cron expression has five or six fields within their ranges`(text: String, isValid: Bool) {
        #expect((CronSyntax.problem(in: text) == nil) == isValid)
    }

    @Test(
        arguments: [
            ("2026-12-31", "2026-12-31T00:00:00Z"), ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"), ("2026-12-31 23:30", "2026-12-31T23:30:00Z"),
            ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"), ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2026-05-01T10:00:00.123Z", "2026-05-01T10:00:00Z"), ("2023-02-29", nil), ("2026-13-01", nil),
            ("31.12.2026", nil), ("2026-12-31T24:00", nil), ("2026-12-31T", nil), ("2026-12-31x", nil),
            ("1900-02-29", nil),
        ] as [(String, String?)])
    func `dates become UTC`(text: String, canonical: String?) {
        #expect(DateText.canonical(text) == canonical)
    }

    @Test(
        arguments: [
            ("EntityTyp", "EntityType"), ("ENTITYTYPE", "EntityType"), ("EntiytType", "EntityType"), ("xyz", nil),
        ] as [(String, String?)])
    func `the nearest name is found`(name: String, nearest: String?) {
        #expect(NearestName.find(name, among: ["EntityType", "Connector", "Property"]) == nearest)
    }
}
