import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Storage
import Synchronization
import WeirSynchronization

@testable import Server

/// The real server without a socket: its router, its engine, its database file. It dies where a test says, and is
/// started again on what it left.
final class WholeServer: Sendable {
    let folder: String
    private let clock: WholeClock
    private let state = Mutex<State>(State())
    private let plan = Mutex<(point: StepPoint, passes: Int)?>(nil)

    private struct State {
        var process: ServerProcess?
    }

    init(folder: String, clock: WholeClock) {
        self.folder = folder
        self.clock = clock
    }

    /// Dies when the point is reached after so many passes.
    func planDeath(at point: StepPoint, after passes: Int) { plan.withLock { $0 = (point, passes) } }

    /// - Returns: whether the planned death never came.
    @discardableResult
    func forgetDeath() -> Bool {
        plan.withLock { plan in
            defer { plan = nil }
            return plan != nil
        }
    }

    /// The process that answers; a dead one is started again first.
    func process() async throws -> ServerProcess {
        if let process = state.withLock({ $0.process }) {
            if !process.death.isDead { return process }
            await process.ended()
        }
        let database = try openDatabase("sqlite:\(folder)/weir.db")
        try await Migrator.migrate(database)
        let death = Death()
        var settings = ServerSettings()
        settings.workFolderPath = "\(folder)/Work"
        settings.tempFolderPath = "\(folder)/Temp"
        let application = try ServerApplication(
            settings: settings, database: database, logger: Logger(label: "whole") { _ in SwiftLogNoOpLogHandler() },
            clock: { [clock] in clock.now },
            faults: { [weak self] point in
                guard let self, !death.isDead else { throw Interruption(at: point) }
                let strikes = plan.withLock { plan in
                    guard let (planned, passes) = plan, planned == point else { return false }
                    plan = passes == 0 ? nil : (planned, passes - 1)
                    return passes == 0
                }
                guard strikes else { return }
                death.strike()
                throw Interruption(at: point)
            })
        let process = try await ServerProcess.start(application, database, death)
        state.withLock { $0.process = process }
        return process
    }

    func stop() async {
        guard let process = state.withLock({ $0.process }) else { return }
        process.death.strike()
        await process.ended()
    }
}

/// One life of the server.
final class ServerProcess: Sendable {
    let application: ServerApplication
    let database: any Database
    let client: any TestClientProtocol
    let death: Death
    private let life: Task<Void, Never>

    private init(
        _ application: ServerApplication, _ database: any Database, _ client: any TestClientProtocol, _ death: Death,
        _ life: Task<Void, Never>
    ) {
        self.application = application
        self.database = database
        self.client = client
        self.death = death
        self.life = life
    }

    static func start(
        _ application: ServerApplication, _ database: any Database, _ death: Death
    ) async throws -> ServerProcess {
        let (clients, found) = AsyncStream.makeStream(of: (any TestClientProtocol).self)
        let life = Task {
            do {
                try await application.listener().test(.router) { client in
                    found.yield(client)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await application.engine.run() }
                        group.addTask { await death.come() }
                        defer { group.cancelAll() }
                        try await group.next()
                    }
                }
            } catch {
                // However it ended, it is dead.
            }
            death.strike()
            found.finish()
        }
        for await client in clients { return ServerProcess(application, database, client, death, life) }
        throw WholeFailure("the server did not start")
    }

    func ended() async { await life.value }
}

/// Whether a process is dead, for those who wait for it.
final class Death: Sendable {
    private struct State {
        var isDead = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var isDead: Bool { state.withLock { $0.isDead } }

    func strike() {
        let waiting = state.withLock { state in
            state.isDead = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the process dies, or when the caller is cancelled.
    func come() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isDead = state.withLock { state in
            if !state.isDead { state.waiting.append(continuation) }
            return state.isDead
        }
        if isDead { return }
        for await _ in stream {}
    }
}

/// A clock that stands until a test moves it.
final class WholeClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(by seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// Something that the test itself needs did not happen.
struct WholeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
