import API
import Foundation
import Jobs
import Storage
import TestSupport
import WeirSynchronization

@testable import Agent
@testable import Server

/// One seed's run of the whole: what happens, and what the server must hold after each step.
struct WholeStory {
    let server: WholeServer
    private(set) var log: [String] = []
    var problems: [String] = []

    private let clock = WholeClock()
    private let folder: TemporaryFolder
    private let agents: [WholeAgent]
    private let misfortunes: Set<Misfortune>
    private var random: Seeded
    private var source = RandomSource()
    private var configuration = WholeConfiguration()
    /// What both sides shall hold.
    private var model = WholeModel()
    private var loaded: Set<String> = []
    private var counts: [String: Int] = [:]

    init(seed: Int, misfortunes: Set<Misfortune>) throws {
        random = Seeded(seed)
        self.misfortunes = misfortunes
        let folder = try TemporaryFolder()
        let server = WholeServer(folder: try folder.makeFolder("server"), clock: clock)
        let sources = try folder.makeFolder("sources")
        let clock = clock
        agents = try ["one", "two"].map {
            WholeAgent(
                server: server, clock: clock, name: $0, folder: try folder.makeFolder($0), sources: sources)
        }
        self.folder = folder
        self.server = server
    }

    /// What happened how often.
    var summary: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private mutating func note(_ text: String, counting kind: String) {
        log.append(text)
        counts[kind, default: 0] += 1
    }

    // MARK: Steps

    mutating func begin() async throws {
        try await deploy()
        source.change(60, &random)
    }

    mutating func step() async throws {
        clock.advance(by: 7200)
        let connector = random.pick(WholeConfiguration.connectors)
        // Drawn in any case, so that leaving a misfortune out changes nothing else.
        let (changes, defects) = (random.pick([0, 1, 3, 12]), random.pick([0, 0, 1, 3]))
        let (isMapping, isMeddling, isLoss, isDeath) = (
            random.once(in: 8), random.once(in: 3), random.once(in: 8), random.once(in: 2)
        )
        source.change(changes, &random)
        if isMapping { try await changeMapping() }
        let meddlings = counts["meddlings"]
        if isMeddling { try await meddle(connector) }
        let isUntouched = counts["meddlings"] == meddlings
        let agent = agents[random.once(in: 6) && misfortunes.contains(.losses) ? 1 : 0]
        if isLoss { try lose(connector, of: agent) }
        let tables = try write(connector, defects: misfortunes.contains(.defects) ? defects : 0)
        let isComplete = random.once(in: 4)
        let deaths = isDeath ? drawDeaths() : []
        let isMeddledAgain = random.once(in: 3)
        let laterDeaths = random.once(in: 3) ? drawDeaths() : []
        let isMortal = misfortunes.contains(.deaths)
        let job = "\(connector)_\(isComplete ? "Complete" : "Incremental")"
        if random.once(in: 4), isUntouched {
            try await simulate(connector, job, agent, tables)
        } else {
            try await run(connector, job, agent, tables, isMortal ? deaths : [])
        }
        guard problems.isEmpty else { return }
        if isMeddledAgain { try await meddle(connector) }
        try await verify(connector, agent, isMortal ? laterDeaths : [])
    }

    /// Without misfortunes the server ends with what the sources hold.
    mutating func end() async throws {
        for connector in WholeConfiguration.connectors {
            clock.advance(by: 7200)
            let tables = try write(connector, defects: 0)
            try await run(connector, "\(connector)_Incremental", agents[0], tables, [])
            var plain = WholeModel()
            plain.take(tables, of: connector, standingOn: WholeModel(), configuration)
            if plain.part(connector) != model.part(connector) {
                problems.append("the model of \(connector) is not its source")
            }
            try await verify(connector, agents[0], [])
        }
    }

    // MARK: The world

    private mutating func deploy() async throws {
        let process = try await server.process()
        let report = try await process.application.deployment.deploy(
            files: configuration.files, simulateOnly: false, forceCascadeDelete: true, by: "test")
        guard report.errors.isEmpty else { throw WholeFailure(report.errors.joined(separator: "\n")) }
    }

    private mutating func changeMapping() async throws {
        let name = random.pick(WholeConfiguration.optional)
        guard misfortunes.contains(.mappings) else { return }
        let parts = name.split(separator: ":").map(String.init)
        if configuration.unmapped.remove(name) == nil {
            configuration.unmapped.insert(name)
            model.unmap(parts[0], parts[1])
            note("\(name) is not mapped any more", counting: "deployments")
        } else {
            note("\(name) is mapped again", counting: "deployments")
        }
        try await deploy()
    }

    private mutating func meddle(_ connector: String) async throws {
        for _ in 0...random.below(3) {
            let meddling = random.pick(Meddling.allCases)
            var drawn = Seeded(random.below(1 << 30))
            guard misfortunes.contains(.meddling), loaded.contains(connector) else { continue }
            do {
                let generator = drawn
                let text = try await server.process().database.write { transaction in
                    var generator = generator
                    return try meddling.apply(to: connector, transaction, &generator)
                }
                note("SQL: \(text)", counting: "meddlings")
            } catch is StorageError {
                // A key that exists already: nothing was done.
                _ = drawn.next()
            }
        }
    }

    private mutating func lose(_ connector: String, of agent: WholeAgent) throws {
        let collect = "\(agent.folder)/Work/Collect/\(connector)"
        let isWhole = random.once(in: 2)
        let files = FileManager.default
        guard misfortunes.contains(.losses), files.fileExists(atPath: collect) else { return }
        if isWhole {
            try files.removeItem(atPath: collect)
        } else {
            try? files.removeItem(atPath: "\(collect)/current")
        }
        note("the image of \(connector) is lost", counting: "lost images")
    }

    private mutating func write(_ connector: String, defects: Int) throws -> [String: SourceTable] {
        var tables: [String: SourceTable] = [:]
        for name in RandomSource.tables(of: connector) {
            var drawn = Seeded(random.below(1 << 30))
            let table = source.table(name, defects: drawn.once(in: 2) ? defects : 0, &drawn)
            let bytes = table.bytes(lineEnd: drawn.once(in: 3) ? "\r\n" : "\n", mark: drawn.once(in: 5))
            try Data(bytes).write(to: URL(fileURLWithPath: "\(agents[0].sources)/\(name).csv"))
            let bad = table.lines.compactMap(\.defect).map(\.rawValue)
            if !bad.isEmpty { note("\(name): \(bad.joined(separator: ", "))", counting: "tables with bad rows") }
            tables[name] = table
        }
        return tables
    }

    private enum Misadventure {
        case server(StepPoint, passes: Int)
        case agent(WholeAgent.AgentDeath)
    }

    private mutating func drawDeaths() -> [Misadventure] {
        (0...random.below(2)).map { _ in
            switch random.below(5) {
            case 0, 1: .server(random.pick(StepPoint.allCases), passes: random.below(3))
            case 2: .agent(.beforeRequest(random.below(30)))
            case 3: .agent(.afterAnswer(random.below(30)))
            default: .agent(.inFolders(random.pick(AgentPoint.allCases), passes: 0))
            }
        }
    }

    // MARK: Running

    private mutating func run(
        _ connector: String, _ job: String, _ agent: WholeAgent, _ tables: [String: SourceTable],
        _ deaths: [Misadventure]
    ) async throws {
        var deaths = deaths
        for attempt in 0... {
            // What cannot be read now stands as it stands in the agent's image, or on the server where there is none.
            let before = try await ServerView(connector, agent, try await server.process())
            let old =
                before.hasImage
                ? model
                : try await StoredContent.read(try await server.process().database, configuration).content.carriable
            var death: WholeAgent.AgentDeath?
            switch deaths.popLast() {
            case .server(let point, let passes): server.planDeath(at: point, after: passes)
            case .agent(let planned): death = planned
            case nil: break
            }
            let process = try await server.process()
            let end = try await agent.run(job, dying: death)
            let isServerDead = process.death.isDead
            server.forgetDeath()
            note(
                "\(job) by \(agent.name), \(before.hasImage ? "with" : "without") image: \(Self.text(end))"
                    + (isServerDead ? ", the server died" : ""), counting: "runs")
            if isServerDead { counts["deaths of the server", default: 0] += 1 }
            switch end {
            case .died:
                counts["deaths of the agent", default: 0] += 1
                let after = try await ServerView(connector, agent, try await server.process())
                if after.version != before.version || (after.hasImage && !before.hasImage) {
                    model.take(tables, of: connector, standingOn: old, configuration)
                }
                clock.advance(by: 7200)
            case .ended(.completed, _), .ended(.noProcessing, _), .ended(.warning, _):
                model.take(tables, of: connector, standingOn: old, configuration)
                loaded.insert(connector)
                return
            case .ended(let outcome, let message):
                if attempt == 0, message?.contains("damaged image") == true { continue }
                problems.append("\(job) ended as \(outcome): \(message ?? "")")
                return
            }
        }
    }

    /// Plan = apply (DESIGN §1, row 10): a simulation changes nothing, and what it says is what its approval, or a run
    /// of the same source, makes of the content.
    private mutating func simulate(
        _ connector: String, _ job: String, _ agent: WholeAgent, _ tables: [String: SourceTable]
    ) async throws {
        let isApproved = random.once(in: 2)
        let view = try await ServerView(connector, agent, try await server.process())
        let before = try await read()
        let planned = try await agent.simulate(job)
        let now = try await read()
        note("\(job) by \(agent.name) is simulated: \(planned?.id ?? "nothing")", counting: "simulations")
        if now.content != before.content || now.links != before.links {
            problems.append("the simulation changed something")
        }
        guard let planned, let changeSet = planned.changeSet else {
            return try await run(connector, job, agent, tables, [])
        }
        let changes = try await PlannedChanges.read(
            session: planned.id, try await server.process().database, configuration)
        let expected = changes.applied(to: before.content)
        if isApproved {
            let end = try await agent.approve(job, changeSet: changeSet)
            note("and approved: \(Self.text(end))", counting: "approvals")
            model.take(
                tables, of: connector, standingOn: view.hasImage ? model : before.content.carriable, configuration)
            loaded.insert(connector)
        } else {
            try await run(connector, job, agent, tables, [])
        }
        let after = try await read()
        let differences = after.content.differences(from: expected, of: connector)
        if differences != (0, 0) {
            let texts = after.part(connector).differences(from: StoredContent(of: expected).part(connector))
            problems.append("the plan was another one, in \(differences):\n" + texts.joined(separator: "\n"))
            problems.append("\(changes)")
        }
    }

    private static func text(_ end: WholeAgent.End) -> String {
        switch end {
        case .died: "died"
        case .ended(let outcome, let message): "\(outcome)\(message.map { " (\($0.prefix(200)))" } ?? "")"
        }
    }

    // MARK: What must be

    /// A deep verification says the truth, and after a repair there is nothing to say.
    private mutating func verify(_ connector: String, _ agent: WholeAgent, _ deaths: [Misadventure]) async throws {
        let stored = try await read()
        let truth = model.differences(from: stored.content, of: connector)
        guard let report = try await agent.verify(connector, repairs: false) else { return }
        let rows = Self.rows(report)
        let rebound = report.comparison.mappings.values.reduce(0) { $0 + $1.rebound }
        note("verify \(connector): \(report.sentence), \(rebound) of them bound anew", counting: "verifications")
        if report.resources != truth.resources || rows != truth.links {
            let texts = stored.part(connector).differences(from: StoredContent(of: model).part(connector))
            problems.append(
                "verify found \(report.resources) resources and \(rows) pairs; the truth is \(truth):\n"
                    + texts.joined(separator: "\n"))
        }
        // Links are looked at where resources are equal: else their repair binds anew. Where pairs and links contradict
        // each other, more may be bound anew than is wrong in the end.
        let expected = StoredContent(of: model).part(connector)
        let isBound = stored.part(connector).isBoundAs(expected)
        let isContradictory = stored.part(connector).oddities != []
        if truth == (0, 0), isBound ? rebound > 0 && !isContradictory : rebound == 0 {
            problems.append(
                "verify found \(rebound) links bound wrongly; they are \(isBound ? "right" : "wrong"):\n"
                    + stored.part(connector).differences(from: expected).joined(separator: "\n"))
        }
        let isEqual = truth == (0, 0) && rebound == 0
        if (report.outcome == .equal) != isEqual { problems.append("verify ended as \(report.outcome)") }
        guard problems.isEmpty else { return }
        if !isEqual {
            counts["drifts", default: 0] += 1
            try await repair(connector, agent, report, deaths)
        }
        problems += try await read().part(connector).differences(from: StoredContent(of: model).part(connector))
    }

    /// Pairs that a repair inserts or deletes.
    private static func rows(_ report: VerificationReport) -> Int {
        report.comparison.mappings.values.filter(\.isLinks).reduce(0) { $0 + $1.inserted + $1.updated + $1.deleted }
    }

    private mutating func repair(
        _ connector: String, _ agent: WholeAgent, _ found: VerificationReport, _ deaths: [Misadventure]
    ) async throws {
        var deaths = deaths
        var hasDied = false
        while true {
            var death: WholeAgent.AgentDeath?
            switch deaths.popLast() {
            case .server(let point, let passes): server.planDeath(at: point, after: passes)
            case .agent(let planned): death = planned
            case nil: break
            }
            let process = try await server.process()
            let report = try await agent.verify(connector, repairs: true, dying: death)
            server.forgetDeath()
            if process.death.isDead { counts["deaths of the server", default: 0] += 1 }
            guard let report else {
                note("the repair died", counting: "deaths of the agent")
                hasDied = true
                clock.advance(by: 7200)
                // What it had asked for may still be at work.
                _ = try await ServerView(connector, agent, try await server.process())
                continue
            }
            note("repair \(connector): \(report.sentence)", counting: "repairs")
            // The first look wrote down what it found, so that fewer links may be left to bind anew.
            let isSame = report.resources == found.resources && Self.rows(report) == Self.rows(found)
            let mayBeEqual = hasDied || (found.resources == 0 && Self.rows(found) == 0)
            let isTrue = report.outcome == .repaired ? isSame || hasDied : report.outcome == .equal && mayBeEqual
            if !isTrue { problems.append("the repair ended as \(report.outcome) with \(report.sentence)") }
            break
        }
        let again = try await agent.verify(connector, repairs: false)
        if again?.outcome != .equal { problems.append("after the repair: \(again?.sentence ?? "died")") }
    }

    private func read() async throws -> StoredContent {
        try await StoredContent.read(try await server.process().database, configuration)
    }
}

/// What server and agent say of a connector between two runs.
private struct ServerView {
    var version: ImageVersion?
    /// Whether the agent has, or will promote, the image of that version, be it of other mappings.
    var hasImage = false

    init(_ connector: String, _ agent: WholeAgent, _ process: ServerProcess) async throws {
        let engine = process.application.engine
        let model = try await process.application.configuration.model()
        var state = try await engine.state(of: connector, in: model)
        // An agent that died leaves a server that still works.
        while let last = state.lastSession, last.state == .applying {
            _ = try await engine.waitForChange(of: last.id, after: last, timeout: .seconds(60))
            state = try await engine.state(of: connector, in: model)
        }
        version = state.version
        guard let version else { return }
        let images = ImageStore(folder: "\(agent.folder)/Work/Collect/\(connector)")
        // A folder of that version is found again where only the link to it is lost.
        let folder = "\(images.folder)/\(version.number)-\(version.session)/manifest.json"
        hasImage =
            try FileManager.default.fileExists(atPath: folder) || images.candidate(session: version.session) != nil
    }
}
