import Testing

@testable import Jobs

/// Random plans, outcomes and orders of events against the rules, written down a second time as a check of the whole
/// trace.
@Suite struct JobRunPropertyTests {
    @Test(arguments: 0..<400)
    func `every run of a random plan keeps the rules`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let plan = try Self.plan(&random)
        let size = Int.random(in: 1...4, using: &random)
        let restored = seed % 3 == 0 ? Self.prefix(of: plan, &random) : [:]
        let cancelsAfter = seed % 5 == 0 ? Int.random(in: 0...6, using: &random) : Int.max

        var run = JobRun(plan: plan, maxBatchSize: size, restored: restored)
        var pending = run.received(.started)
        var running: [String] = []
        var launched: [String] = []
        var skipped: [String: SkipReason] = [:]
        var ended = restored.filter { !$0.value.isOpen }
        var outcome: JobOutcome?
        var events = 0
        var stopped = false
        while outcome == nil {
            for action in pending {
                switch action {
                case .launch(let id):
                    #expect(!stopped, "\(id) started after the job was stopping")
                    #expect(!launched.contains(id) && ended[id] == nil, "\(id) ran twice")
                    #expect(Self.mayRun(id, plan: plan, ended: ended), "\(id) should have been skipped")
                    launched.append(id)
                    running.append(id)
                case .skip(let id, let reason):
                    #expect(ended[id] == nil, "\(id) ended twice")
                    #expect(!Self.mayRun(id, plan: plan, ended: ended), "\(id) should have run")
                    skipped[id] = reason
                    ended[id] = .skipped(reason)
                case .finish(let end): outcome = end
                }
            }
            #expect(running.count <= size)
            #expect(Set(running) == run.running)
            Self.expectOrder(running, plan: plan)
            guard outcome == nil else { break }
            events += 1
            try #require(events < 200, "the run does not end")
            if events > cancelsAfter, !stopped {
                stopped = true
                pending = run.received(.cancelRequested)
                continue
            }
            let index = try #require(running.indices.randomElement(using: &random), "nothing runs, nothing ends")
            let id = running.remove(at: index)
            let result = Self.outcome(&random)
            pending = run.received(.stepFinished(id: id, outcome: result))
            ended[id] = run.outcomes[id]
            let step = try #require(plan.steps.first { $0.id == id })
            if case .error = result, step.continueOnError {
                #expect(ended[id]?.stopsJob == false)
            } else {
                stopped = stopped || result.stopsJob
            }
        }
        #expect(running.isEmpty)
        #expect(ended == run.outcomes)
        if !stopped { #expect(Set(ended.keys) == Set(plan.steps.map(\.id)), "a step was forgotten") }
        #expect(outcome == Self.expectedOutcome(ended.values, cancelled: events > cancelsAfter))
        #expect(run.received(.started).isEmpty && run.received(.cancelRequested).isEmpty)
    }

    /// REFERENCE §5, in the model's words.
    private static func mayRun(_ id: String, plan: JobPlan, ended: [String: StepOutcome]) -> Bool {
        guard let step = plan.steps.first(where: { $0.id == id }), step.isExecutable else { return false }
        var produced = step.parents.isEmpty
        for parent in step.parents {
            guard plan.steps.contains(where: { $0.id == parent }) else {
                produced = true
                continue
            }
            switch ended[parent] {
            case nil, .warning, .error, .blocked, .cancelled: return false
            case .completed, .held: produced = true
            case .noProcessing, .skipped: continue
            }
        }
        return produced
    }

    /// What runs together has one level, or is alone.
    private static func expectOrder(_ running: [String], plan: JobPlan) {
        let steps = plan.steps.filter { running.contains($0.id) }
        guard steps.count > 1 else { return }
        #expect(Set(steps.map(\.level)).count == 1 && steps[0].level != nil)
    }

    private static func expectedOutcome(_ outcomes: some Collection<StepOutcome>, cancelled: Bool) -> JobOutcome {
        var names: Set<String> = cancelled ? ["cancelled"] : []
        for outcome in outcomes {
            switch outcome {
            case .completed(let remark): names.formUnion(remark == nil ? ["completed"] : ["completed", "warning"])
            case .noProcessing(let remark): names.formUnion(remark == nil ? [] : ["warning"])
            case .skipped(.connectorBlocked), .warning: names.insert("warning")
            case .skipped: continue
            case .blocked, .held: names.insert("blocked")
            case .error: names.insert("error")
            case .cancelled: names.insert("cancelled")
            }
        }
        let worst = ["error", "blocked", "cancelled", "warning", "completed"].first(where: names.contains)
        return worst.flatMap(JobOutcome.init(rawValue:)) ?? .noProcessing
    }

    private static func plan(_ random: inout SeededRandom) throws -> JobPlan {
        var steps: [JobStep] = []
        var level = 0
        for index in 0..<Int.random(in: 0...10, using: &random) {
            level += Int.random(in: 0...3, using: &random) / 2
            let parents = steps.map(\.id).filter { _ in Int.random(in: 0...3, using: &random) == 0 }
            steps.append(
                JobStep(
                    id: "s\(index)", element: "ExportTask", level: Bool.random(using: &random) ? level : nil,
                    parents: parents, continueOnError: Bool.random(using: &random),
                    notExecutedReason: Int.random(in: 0...5, using: &random) == 0 ? "no" : nil))
        }
        let plan = try JobPlan(job: "J", steps: steps)
        guard steps.count > 3, Bool.random(using: &random) else { return plan }
        return try plan.selecting(StepSelection(begin: "1", end: "\(steps.count - 2)"))
    }

    /// Outcomes of the first steps, as a process that died would have left them.
    private static func prefix(of plan: JobPlan, _ random: inout SeededRandom) -> [String: StepOutcome] {
        var restored: [String: StepOutcome] = [:]
        for step in plan.steps.prefix(Int.random(in: 0...3, using: &random)) {
            let mayRun = mayRun(step.id, plan: plan, ended: restored)
            restored[step.id] = mayRun ? outcome(&random) : .skipped(.leftOut("before"))
            if restored[step.id]?.stopsJob == true { break }
        }
        return restored
    }

    private static func outcome(_ random: inout SeededRandom) -> StepOutcome {
        switch Int.random(in: 0...15, using: &random) {
        case 0: .error("it broke")
        case 1: .blocked("600 deletes")
        case 2: .cancelled
        case 3: .warning("no file")
        case 4: .skipped(.connectorBlocked("blocked since 08:00"))
        case 5: .completed(remark: "3 rows rejected")
        case 6...8: .noProcessing()
        case 9: .held("600 deletes of 650 changes")
        default: .completed()
        }
    }
}

/// SplitMix64: the same sequence for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
