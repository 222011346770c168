import Foundation
import Jobs
import Storage
import Testing
import WeirSynchronization

@testable import Agent
@testable import Server

/// The property test of the whole (DESIGN §1, rows 1 and 3): random sources with bad rows, random deployments, deaths of
/// agent and server, lost images, and SQL behind the server's back; through the real agent, routes, engine and database.
/// After each run the server holds what a plain model says, or a deep verification says exactly how much it does not.
///
/// A failure prints its seed and the steps so far. `WEIR_WHOLE_SEEDS=7` repeats one seed (`0-99` many),
/// `WEIR_WHOLE_STEPS` says how many steps each takes, and `WEIR_WHOLE_WITHOUT=deaths,meddling,defects,mappings,losses`
/// leaves kinds of misfortune out of the same run, which finds the one that matters.
struct WholePropertyTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static let seeds: [Int] = {
        guard let text = environment["WEIR_WHOLE_SEEDS"] else { return Array(0..<4) }
        let bounds = text.split(separator: "-").compactMap { Int($0) }
        guard let first = bounds.first, let last = bounds.last, first <= last else { return [] }
        return Array(first...last)
    }()

    private static let steps = environment["WEIR_WHOLE_STEPS"].flatMap { Int($0) } ?? 30

    private static let misfortunes = Set(Misfortune.allCases).subtracting(
        (environment["WEIR_WHOLE_WITHOUT"] ?? "").split(separator: ",").compactMap { Misfortune(rawValue: String($0)) })

    @Test(arguments: seeds)
    func `rows 1, 3, 7: whatever happens, verify says the truth, and a repair makes both sides equal`(seed: Int)
        async throws
    {
        var story = try WholeStory(seed: seed, misfortunes: Self.misfortunes)
        do {
            try await story.begin()
            for _ in 0..<Self.steps {
                try await story.step()
                if !story.problems.isEmpty { break }
            }
            if story.problems.isEmpty { try await story.end() }
        } catch {
            story.problems.append("\(error)")
        }
        await story.server.stop()
        let text = story.log.joined(separator: "\n  ")
        #expect(
            story.problems.isEmpty,
            "seed \(seed) (WEIR_WHOLE_SEEDS=\(seed)), after:\n  \(text)\n\(story.problems.joined(separator: "\n"))")
        print("whole, seed \(seed): \(story.summary)")
    }
}

/// What may go wrong in a story.
enum Misfortune: String, CaseIterable, Sendable {
    case deaths, meddling, defects, mappings, losses
}
