import Testing
import WeirConfiguration

struct AccessTests {
    @Test func `nobody may have everything`() {
        #expect(
            configure(
                """
                <AccessControlRule Identifier="R" Profile="Administrator" EntityType="Job">
                  <Entry Permission="/" CanExecute="1" />
                  <Entry Permission="//" CanExecute="true" />
                  <Entry Permission="/" />
                  <Entry Permission="Jobs" />
                </AccessControlRule>
                """
            ).errorTexts == [
                "Conf/1.xml:3: AccessControlRule \"R\" has an Entry with Permission=\"/\" and CanExecute=\"true\"; no profile may have "
                    + "everything, name the permissions",
                "Conf/1.xml:4: AccessControlRule \"R\" has an Entry with Permission=\"/\" and CanExecute=\"true\"; no profile may have "
                    + "everything, name the permissions",
                "Conf/1.xml:6: AccessControlRule \"R\" has an Entry for the permission \"Jobs\"; a permission starts with /",
            ])
    }

    @Test func `a user has ten profiles at most`() {
        let profiles = (1...11).map {
            "<Profile Identifier=\"P\($0)\" /><AssignedProfile User=\"u\" Profile=\"P\($0)\" />"
        }
        #expect(configure(Array(profiles.prefix(10))).errorTexts == [])
        #expect(
            configure(profiles).errorTexts == [
                "Conf/11.xml:2: User \"u\" has more than 10 AssignedProfile; remove some"
            ])
    }

    @Test func `what a profile or a client names must exist`() {
        #expect(
            configure(
                """
                <Profile Identifier="Operator" />
                <AssignedProfile User="u" Profile="Operater" StartDate="2026-02-01" EndDate="2026-01-01" />
                <OpenIdClient Identifier="C" Profile="Administrator" HashedSecret="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=" />
                <ViewAccessControlRules Profile="Operator" EntityType="Nothing" />
                """
            ).errorTexts == [
                "Conf/1.xml:3: AssignedProfile names the Profile \"Operater\" in Profile, which does not exist; did you mean "
                    + "\"Operator\"?",
                "Conf/1.xml:3: AssignedProfile of User \"u\" has its EndDate before its StartDate; exchange them",
                "Conf/1.xml:5: ViewAccessControlRules names the EntityType \"Nothing\" in EntityType, which does not exist; declare "
                    + "it",
            ])
    }

    private static func model(_ rules: [(type: String, entries: [(String, Bool)])], blocks: [String] = []) -> Model {
        var model = Model()
        model.accessControlRules = rules.enumerated().map { number, rule in
            AccessControlRule(
                identifier: "R\(number)", displayName: "", profile: "P", entityType: rule.type,
                entries: rule.entries.map { .init(permission: $0.0, canExecute: $0.1) })
        }
        model.accessControlPermissions = blocks.map { AccessControlPermission(identifier: $0, blocksInheritance: true) }
        return model
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rules: [(type: String, entries: [(String, Bool)])]
        var blocks: [String] = []
        var allowed: [String]
        var refused: [String]
    }

    @Test(arguments: [
        Case(testDescription: "nothing is granted", rules: [], allowed: [], refused: ["/Jobs", "/", ""]),
        Case(
            testDescription: "a grant covers what is below it, by whole names", rules: [("Job", [("/Jobs/Job", true)])],
            allowed: ["/Jobs/Job", "/Jobs/Job/Query", "Jobs/Job/Query/", "/Jobs/Job/a/b"],
            refused: ["/Jobs", "/Jobs/JobInstance/Query", "/", "/jobs/job"]),
        Case(
            testDescription: "a node that blocks inheritance needs a grant of its own",
            rules: [("Job", [("/Jobs", true), ("/Jobs/RunJob/Repair", true)])], blocks: ["/Jobs/RunJob", "/Jobs/Task"],
            allowed: ["/Jobs/Job/Query", "/Jobs/RunJob/Repair"],
            refused: ["/Jobs/RunJob", "/Jobs/RunJob/Launch", "/Jobs/Task/Query"]),
        Case(
            testDescription: "a grant at the blocking node holds", rules: [("Job", [("/Jobs/RunJob", true)])],
            blocks: ["/Jobs/RunJob"], allowed: ["/Jobs/RunJob", "/Jobs/RunJob/Launch"], refused: ["/Jobs/Job"]),
        Case(
            testDescription: "an entry without CanExecute denies within its entity type",
            rules: [("Job", [("/Jobs", true)]), ("Job", [("/Jobs/RunJob", false)])], allowed: ["/Jobs/Job/Query"],
            refused: ["/Jobs/RunJob/Launch"]),
        Case(
            testDescription: "one entity type that allows is enough",
            rules: [("Job", [("/Jobs", true), ("/Jobs/RunJob", false)]), ("Task", [("/Jobs/RunJob", true)])],
            allowed: ["/Jobs/RunJob/Launch"], refused: []),
        Case(
            testDescription: "a denial of everything beside grants, as the reference generates it, takes none away",
            rules: [("Connector", [("/Connectors/Connector/Query", true), ("/", false)])],
            allowed: ["/Connectors/Connector/Query"], refused: ["/Connectors/Connector/Update"]),
        Case(
            testDescription: "of entries equally near a denial decides",
            rules: [("Job", [("/Jobs/Job", true)]), ("Job", [("/Jobs/Job", false), ("/Jobs/Job/Query", true)])],
            allowed: ["/Jobs/Job/Query"], refused: ["/Jobs/Job", "/Jobs/Job/Update"]),
        Case(
            testDescription: "a grant of everything grants nothing", rules: [("Job", [("/", true)])], allowed: [],
            refused: ["/Jobs", "/Configuration/Deploy"]),
    ])
    func `permissions are a tree, and denied by default`(_ each: Case) {
        let model = Self.model(each.rules, blocks: each.blocks)
        for path in each.allowed {
            #expect(Permissions.isAllowed(path, profiles: ["Q", "P"], model: model), "\(path)")
        }
        for path in each.refused { #expect(!Permissions.isAllowed(path, profiles: ["P"], model: model), "\(path)") }
        for path in each.allowed { #expect(!Permissions.isAllowed(path, profiles: ["Q"], model: model), "\(path)") }
    }

    @Test func `a rule with filters grants nothing until filters are evaluated`() {
        var model = Self.model([("Job", [("/Jobs", true)])])
        model.accessControlRules[0].isFiltered = true
        #expect(!Permissions.isAllowed("/Jobs/Job/Query", profiles: ["P"], model: model))
    }

    @Test func `a user's profiles begin, end and can be denied`() {
        var model = Model()
        func assign(_ profile: String, _ start: String?, _ end: String?, denied: Bool = false) {
            model.assignedProfiles.append(
                AssignedProfile(
                    identifier: "\(profile)\(model.assignedProfiles.count)", user: "u", profile: profile,
                    startDate: start, endDate: end, isDenied: denied))
        }
        assign("Always", nil, nil)
        assign("Past", nil, "2026-01-01T00:00:00Z")
        assign("Future", "2027-01-01T00:00:00Z", nil)
        assign("Now", "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z")
        assign("Denied", nil, nil)
        assign("Denied", nil, nil, denied: true)
        #expect(Permissions.profiles(of: "u", at: "2026-06-01T00:00:00Z", model: model) == ["Always", "Now"])
        #expect(Permissions.profiles(of: "v", at: "2026-06-01T00:00:00Z", model: model) == [])
    }

    @Test(arguments: [
        "/Jobs/RunJob/Launch", "/Jobs/RunJob/Repair", "/Jobs/RunJob/GetLog", "/Jobs/TaskInstance/Update",
        "/Jobs/TaskInstance/Create", "/Connectors/SynchronizeSession", "/Connectors/ResourceChange/Query",
        "/Configuration/Query", "/Configuration/Deploy", "/Custom/Resources/HR_Person/View",
    ])
    func `the built-in Administrator may do this without being declared`(permission: String) throws {
        let model = try #require(configure("<Agent Identifier=\"A\" />").model)
        #expect(model.profiles == [Profile(identifier: "Administrator", displayName: "Administrator")])
        #expect(Permissions.isAllowed(permission, profiles: ["Administrator"], model: model))
    }

    @Test func `CreateAdministratorProfile gives what is built in`() throws {
        let declared = try #require(configure("<CreateAdministratorProfile />").model)
        let builtIn = try #require(configure("<Agent Identifier=\"A\" />").model)
        #expect(declared.accessControlRules == builtIn.accessControlRules)
        #expect(declared.profiles == builtIn.profiles)
    }
}
