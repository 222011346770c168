import API
import Crypto
import Foundation
import Storage
import Synchronization
import TestSupport
import WeirConfiguration

@testable import WeirSynchronization

/// A server's engine with its database and files, and an agent that sends whatever a test says.
final class World: Sendable {
    let database: any Database
    let files: String
    let folder: TemporaryFolder
    let clock = TestClock()
    let engine: SynchronizationEngine
    let model: Model

    private struct Counter {
        var identifiers = 0
    }

    init(
        model: Model = Company.model(), on other: World? = nil,
        recordingPlans: Bool = false,
        faults: @escaping @Sendable (StepPoint) throws -> Void = { _ in }
    ) async throws {
        self.model = model
        if let other {
            folder = other.folder
            database = other.database
        } else {
            folder = try TemporaryFolder()
            let file = try SQLiteDatabase(path: folder.path("weir.db"))
            database = recordingPlans ? PlanRecorder(file) : file
            try await Migrator.migrate(database)
        }
        files = folder.path("Synchronization")
        let clock = clock
        engine = SynchronizationEngine(
            database: database, filesDirectory: files, clock: { clock.now },
            makeIdentifier: { UUID().uuidString.lowercased() }, faults: faults)
        if other == nil { try await deploy(from: nil, to: model) }
    }

    /// The same database and files, seen by a process that was started again.
    func restarted(
        model: Model? = nil, faults: @escaping @Sendable (StepPoint) throws -> Void = { _ in }
    ) async throws -> World {
        try await World(model: model ?? self.model, on: self, faults: faults)
    }

    func deploy(from old: Model?, to new: Model) async throws {
        let engine = engine
        try await database.write { transaction in
            _ = try engine.applyModelChange(from: old, to: new, transaction)
        }
    }

    // MARK: The agent's steps

    func lease(_ job: String = "job", installation: String = "here") async throws -> Int {
        try await engine.lease(
            LeaseRequest(connector: Company.connector, installation: installation, agent: "Local", jobInstance: job)
        ).token
    }

    func open(
        _ mode: SynchronizationMode, _ content: SessionContent = .full, token: Int, task: String = UUID().uuidString,
        job: String = "job", base: ImageVersion?? = nil, isSimulation: Bool = false
    ) async throws -> Session {
        let state = try await engine.state(of: Company.connector, in: model)
        let base: ImageVersion? =
            switch base {
            case .some(let given): given
            case nil: state.version
            }
        return try await engine.open(
            OpenSession(
                connector: Company.connector, mode: mode, content: content, base: base, fingerprint: state.fingerprint,
                leaseToken: token, jobInstance: job, taskInstance: task), in: model, caller: "client Job",
            isSimulation: isSimulation)
    }

    static func csv(_ rows: [[String]]) -> [UInt8] {
        Array(
            rows.map { row in
                row.map { value in
                    value.contains(where: { "\",\n\r".contains($0) })
                        ? "\"" + value.replacing("\"", with: "\"\"") + "\"" : value
                }.joined(separator: ",") + "\n"
            }.joined().utf8)
    }

    static func sha256(_ bytes: [UInt8]) -> String { bytes.digest }

    func send(_ bytes: [UInt8], as mapping: String, to session: String, token: Int) async throws {
        let half = bytes.count / 2
        let body = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array(bytes[..<half]))
            continuation.yield(Array(bytes[half...]))
            continuation.finish()
        }
        try await engine.receive(
            session: session, mapping: mapping, leaseToken: token, body: body, sha256: Self.sha256(bytes))
    }

    /// - Parameter imageRows: nil: as many as the file has.
    func sealed(
        _ mapping: String, _ bytes: [UInt8], rows: Int, _ content: SessionContent, imageRows: Int? = nil
    ) -> SealedFile {
        SealedFile(
            mapping: mapping, isEntityType: Content.columns[mapping] != nil, content: content, rows: rows,
            bytes: bytes.count, sha256: Self.sha256(bytes), imageRows: imageRows ?? rows)
    }

    /// Sends the content (or its difference to `old`) into an open session.
    ///
    /// - Returns: what its seal says of the files.
    func send(_ new: Content, since old: Content? = nil, to session: String, token: Int) async throws -> [SealedFile] {
        var seals: [SealedFile] = []
        for mapping in Content.columns.keys.sorted() + Content.associations {
            let rows = old.map { new.delta(mapping, since: $0) } ?? new.file(mapping)
            let bytes = Self.csv(rows)
            try await send(bytes, as: mapping, to: session, token: token)
            seals.append(
                sealed(
                    mapping, bytes, rows: rows.count - 1, old == nil ? .full : .delta,
                    imageRows: new.file(mapping).count - 1))
        }
        return seals
    }

    /// Sends the content (or its difference to `old`) into an open session and seals it.
    @discardableResult
    func sendAndSeal(_ new: Content, since old: Content?, _ session: String, token: Int) async throws -> Session {
        let seals = try await send(new, since: old, to: session, token: token)
        return try await engine.seal(
            session: session, SealSession(leaseToken: token, files: seals, roots: new.roots), in: model)
    }

    func apply(
        _ session: String, token: Int, options: SynchronizeOptions = SynchronizeOptions()
    ) async throws -> Session {
        let asked = try await engine.synchronize(
            session: session, SynchronizeSession(leaseToken: token, taskInstance: "synchronize"), options: options,
            in: model)
        if asked.state == .applying { try await engine.execute(session) }
        return try await engine.session(session)
    }

    /// One whole synchronization.
    @discardableResult
    func synchronize(
        _ new: Content, since old: Content? = nil, mode: SynchronizationMode, job: String = "job",
        options: SynchronizeOptions = SynchronizeOptions(), isSimulation: Bool = false
    ) async throws -> Session {
        let token = try await lease(job)
        let session = try await open(
            mode, old == nil ? .full : .delta, token: token, job: job, isSimulation: isSimulation)
        try await sendAndSeal(new, since: old, session.id, token: token)
        return try await apply(session.id, token: token, options: options)
    }

    // MARK: What is stored

    func stored() async throws -> Content.Stored {
        try await database.read { transaction in
            var stored = Content.Stored()
            var keys: [Int: String] = [:]
            for row in try transaction.rows("SELECT * FROM UR_Resources") {
                let type = try row.string("Type")
                let columns =
                    ["HR_Group": ["C0"], "HR_Organization": ["C4", "C5"]][type] ?? ["C4", "C5", "C14", "C3V"]
                let values = try columns.map { try row.optionalString($0) }
                let key = values[0] ?? "∅"
                keys[try row.int("Id")] = key
                let shown = try row.optionalString("InternalDisplayName") ?? "∅"
                stored.resources.insert(
                    "\(type) \(key) [\(shown)] " + values.map { $0 ?? "∅" }.joined(separator: "|"))
            }
            func link(_ association: String, _ one: Int, _ two: Int) {
                stored.links.insert("\(association) \(keys[one] ?? "gone") -> \(keys[two] ?? "gone")")
            }
            for row in try transaction.rows("SELECT Type, R1_Id, R2_Id FROM UR_ResourceLinks") {
                link(try row.string("Type"), try row.int("R1_Id"), try row.int("R2_Id"))
            }
            var heads: [[Int]] = []
            for row in try transaction.rows("SELECT Id, Type, I40, I42, I4O, C18 FROM UR_Resources") {
                let id = try row.int("Id")
                if let organization = try row.optionalInt("I40") { link("Person_Organization", organization, id) }
                if let manager = try row.optionalInt("I4O") { link("Person_Manager", manager, id) }
                if let head = try row.optionalInt("I42") {
                    link("Organization_Head", id, head)
                    heads.append([id, head])
                }
            }
            // The other side of the one-to-one relation says the same.
            for row in try transaction.rows("SELECT Id, C18 FROM UR_Resources WHERE C18 IS NOT NULL") {
                let pair = [Int(try row.string("C18")) ?? 0, try row.int("Id")]
                if !heads.contains(pair) { stored.links.insert("Organization_Head only on one side: \(pair)") }
                heads.removeAll { $0 == pair }
            }
            if !heads.isEmpty { stored.links.insert("Organization_Head only on one side: \(heads)") }
            for association in Content.associations {
                stored.orphans[association] = try transaction.count(
                    "SELECT count(*) FROM US_Pairs WHERE Mapping = \(association) AND R1_Id IS NULL")
            }
            return stored
        }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { try $0.count(sql) }
    }
}

/// A clock that stands until a test moves it.
final class TestClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(by seconds: TimeInterval) {
        time.withLock { $0 += seconds }
    }
}
