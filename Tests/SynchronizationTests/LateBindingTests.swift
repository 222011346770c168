import API
import Synchronization
import Testing
import WeirConfiguration

@testable import WeirSynchronization

/// DESIGN §1, row 9: references bind whenever both ends are there, in whatever order the ends and the references come,
/// go and change their keys.
struct LateBindingTests {
    /// How the days are sent.
    enum Way: String, CaseIterable, Sendable {
        /// The first day that has everything is an Initial one; changes follow.
        case initial
        case complete
        /// Incremental without an image: everything is sent.
        case everything
        case changes
    }

    /// Cycles through three persons by a key that is not the primary one, and through two entity types.
    struct Story: Sendable {
        var days: [(title: String, content: Content)] = []
        /// The first day with all of the three.
        var whole = 0

        init(order: [String]) {
            var content = Content()
            func day(_ title: String, _ change: (inout Content) -> Void) {
                change(&content)
                days.append((title, content))
            }
            day("references only") { content in
                for (manager, managed) in [("a", "B"), ("b", "C"), ("c", "A")] {
                    content.link("Person_Manager", manager, managed)
                }
                for person in ["A", "B", "C"] {
                    content.link("Person_Organization", "IT", person)
                    content.link("Group_Members", "all", person)
                }
                content.link("Organization_Head", "IT", "B")
            }
            for person in order {
                day("\(person) comes") { $0.person(person, name: "N\(person)", login: person.lowercased()) }
            }
            whole = days.count
            day("their organization and group come") { content in
                content.set("HR_Organization", "IT", ["Label": "x"])
                content.set("HR_Group", "all")
            }
            let second = order[1]
            day("\(second) goes") { $0.remove("HR_Person", second) }
            day("\(second) returns") { $0.person(second, name: "again", login: second.lowercased()) }
            day("the organization goes, with the group") { content in
                content.remove("HR_Organization", "IT")
                content.remove("HR_Group", "all")
            }
            day("both return") { content in
                content.set("HR_Organization", "IT")
                content.set("HR_Group", "all")
            }
            day("A's bound key changes") { $0.person("A", name: "NA", login: "z") }
            day("D takes A's former key") { $0.person("D", name: "ND", login: "a") }
            day("A and D exchange their keys") { content in
                content.person("A", name: "NA", login: "a")
                content.person("D", name: "ND", login: "z")
            }
            day("A has a second manager, who comes first") { content in
                content.link("Person_Manager", "b", "A")
                content.set("HR_Organization", "AA")
                content.link("Person_Organization", "AA", "A")
                content.link("Organization_Head", "AA", "B")
            }
            day("the first manager's key goes") { $0.person("B", name: "NB", login: "") }
            day("and is somebody else's") { $0.person("D", name: "ND", login: "b") }
            day("the first organization goes") { $0.remove("HR_Organization", "AA") }
            day("all but the references go") { content in
                for person in ["A", "B", "C", "D"] { content.remove("HR_Person", person) }
            }
            day("all return at once") { content in
                for person in ["A", "B", "C"] { content.person(person, login: person.lowercased()) }
            }
        }
    }

    private static let orders = [
        ["A", "B", "C"], ["A", "C", "B"], ["B", "A", "C"], ["B", "C", "A"], ["C", "A", "B"], ["C", "B", "A"],
    ]

    @Test(arguments: Way.allCases, orders)
    func `row 9: references and their ends come in any order, and cycles bind`(way: Way, order: [String]) async throws {
        let story = Story(order: order)
        let world = try await World()
        try await follow(story, way, world) { content, old, mode, day in
            try await world.synchronize(content, since: old, mode: mode, job: "\(day)").state
        }
    }

    /// The same where the process dies once every day, each day at another point.
    @Test(arguments: Way.allCases, 0..<3)
    func `row 9: a death in between changes nothing of it`(way: Way, part: Int) async throws {
        let death = Mutex<StepPoint?>(nil)
        let faults: @Sendable (StepPoint) throws -> Void = { point in
            try death.withLock { planned in
                guard planned == point else { return }
                planned = nil
                throw Interruption(at: point)
            }
        }
        let story = Story(order: Self.orders[part * 2])
        let points: [StepPoint] = [
            .fileStaged, .changesComputed, .resourcesApplied, .linksApplied, .digestsKept, .runCommitted,
        ]
        var world = try await World(faults: faults)
        try await follow(story, way, world) { content, old, mode, day in
            death.withLock { $0 = points[(day + part) % points.count] }
            while true {
                do {
                    let token = try await world.lease("\(day)")
                    let session = try await world.open(
                        mode, old == nil ? .full : .delta, token: token, task: "\(day)", job: "\(day)")
                    if session.state == .open {
                        try await world.sendAndSeal(content, since: old, session.id, token: token)
                    }
                    return try await world.apply(session.id, token: token).state
                } catch is Interruption {
                    world = try await world.restarted(faults: faults)
                    try await world.engine.recover()
                }
            }
        }
    }

    private func follow(
        _ story: Story, _ way: Way, _ world: World,
        synchronize: (Content, Content?, SynchronizationMode, Int) async throws -> SessionState
    ) async throws {
        var old: Content?
        for (day, (title, content)) in story.days.enumerated() where way != .initial || day >= story.whole {
            let mode: SynchronizationMode =
                switch way {
                case .initial: old == nil ? .initial : .incremental
                case .complete: .complete
                case .everything, .changes: .incremental
                }
            let since: Content? =
                switch way {
                case .initial: old
                case .complete, .everything: nil
                case .changes: old ?? Content()
                }
            #expect(try await synchronize(content, since, mode, day) == .applied, "day \(day): \(title)")
            #expect(try await world.stored() == content.stored, "day \(day): \(title)")
            let roots = try await world.engine.state(of: Company.connector, in: world.model).roots
            #expect(roots == content.roots, "day \(day): \(title)")
            old = content
        }
    }

    /// The story itself is what it says: else the tests above would prove nothing.
    @Test func `the story has cycles, orphans and rivals`() {
        let story = Story(order: Self.orders[0])
        func links(_ title: String) -> Set<String> {
            story.days.first { $0.title == title }?.content.stored.links ?? []
        }
        let cycle: Set = ["Person_Manager A -> B", "Person_Manager B -> C", "Person_Manager C -> A"]
        #expect(links("references only") == [])
        #expect(links("C comes") == cycle)
        #expect(
            links("their organization and group come")
                == cycle.union(
                    ["A", "B", "C"].flatMap { ["Person_Organization IT -> \($0)", "Group_Members all -> \($0)"] }
                )
                .union(["Organization_Head IT -> B"]))
        #expect(links("B goes").filter { $0.hasPrefix("Person_Manager") } == ["Person_Manager C -> A"])
        #expect(links("A's bound key changes").contains("Person_Manager A -> B") == false)
        #expect(links("D takes A's former key").contains("Person_Manager D -> B"))
        #expect(links("A and D exchange their keys").contains("Person_Manager A -> B"))
        #expect(links("A has a second manager, who comes first").contains("Person_Manager B -> A"))
        #expect(links("A has a second manager, who comes first").contains("Organization_Head AA -> B"))
        #expect(links("the first manager's key goes").contains("Person_Manager C -> A"))
        #expect(links("and is somebody else's").contains("Person_Manager D -> A"))
        #expect(links("the first organization goes").contains("Organization_Head IT -> B"))
        #expect(links("all but the references go") == [])
    }
}
