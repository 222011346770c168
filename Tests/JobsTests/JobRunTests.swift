import Testing

@testable import Jobs

@Suite struct JobRunTests {
    /// Runs a plan to its end, answering each launch with the outcome given (completed where none is), and says what
    /// happened, in order.
    private func trace(
        _ steps: [JobStep], _ outcomes: [String: StepOutcome] = [:], maxBatchSize: Int = 5,
        restored: [String: StepOutcome] = [:]
    ) throws -> [String] {
        var run = JobRun(plan: try JobPlan(job: "J", steps: steps), maxBatchSize: maxBatchSize, restored: restored)
        var trace: [String] = []
        var queue = run.received(.started)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .launch(let id):
                trace.append("launch \(id)")
                queue += run.received(.stepFinished(id: id, outcome: outcomes[id] ?? .completed()))
            case .skip(let id, let reason): trace.append("skip \(id): \(reason)")
            case .finish(let outcome): trace.append("\(outcome)")
            }
        }
        return trace
    }

    private func step(
        _ id: String, level: Int? = nil, after parents: [String] = [], continueOnError: Bool = false,
        notExecuted: String? = nil, hasWorkLeft: Bool = false
    ) -> JobStep {
        JobStep(
            id: id, element: "ExportTask", level: level, parents: parents, continueOnError: continueOnError,
            notExecutedReason: notExecuted, hasWorkLeft: hasWorkLeft)
    }

    /// The job of the guide: two exports, prepare, synchronize, flag, expressions, and what is not executed.
    private var incremental: [JobStep] {
        [
            step("people", level: 0, continueOnError: true), step("sites", level: 0, continueOnError: true),
            step("prepare", level: 1, after: ["people", "sites"]),
            step("synchronize", level: 2, after: ["prepare"]), step("flag", level: 3, after: ["synchronize"]),
            step("expressions", level: 4), step("roles", level: 5, notExecuted: "not executed by this version"),
        ]
    }

    @Test func `a job without trouble runs level by level`() throws {
        #expect(
            try trace(incremental) == [
                "launch people", "launch sites", "launch prepare", "launch synchronize", "launch flag",
                "launch expressions", "skip roles: not executed by this version", "completed",
            ])
    }

    @Test func `a prepare without a difference skips what depends on it and nothing else`() throws {
        #expect(
            try trace(incremental, ["prepare": .noProcessing()]) == [
                "launch people", "launch sites", "launch prepare", "skip synchronize: nothing to do after prepare",
                "skip flag: nothing to do after synchronize", "launch expressions",
                "skip roles: not executed by this version", "completed",
            ])
    }

    @Test func `a failed export under ContinueOnError is a warning that cuts its chain`() throws {
        #expect(
            try trace(incremental, ["sites": .error("no file")]) == [
                "launch people", "launch sites", "skip prepare: sites, on which it depends, failed",
                "skip synchronize: nothing to do after prepare", "skip flag: nothing to do after synchronize",
                "launch expressions", "skip roles: not executed by this version", "warning",
            ])
    }

    @Test func `one parent that produced is enough, if none failed`() throws {
        #expect(
            try trace(incremental, ["people": .noProcessing()]).contains("launch prepare"))
        #expect(
            try trace(incremental, ["people": .noProcessing(), "sites": .noProcessing()]).contains(
                "skip prepare: nothing to do after people, sites"))
    }

    @Test(arguments: [
        (StepOutcome.error("it broke"), "error"), (.blocked("600 deletes"), "blocked"), (.cancelled, "cancelled"),
    ])
    func `an error, a block and an interruption stop the job`(outcome: StepOutcome, end: String) throws {
        #expect(
            try trace(incremental, ["synchronize": outcome]) == [
                "launch people", "launch sites", "launch prepare", "launch synchronize", end,
            ])
    }

    @Test func `without levels tasks run one by one, in order`() throws {
        var run = JobRun(plan: try JobPlan(job: "J", steps: [step("a"), step("b")]))
        #expect(run.received(.started) == [.launch(id: "a")])
        #expect(run.received(.stepFinished(id: "a", outcome: .completed())) == [.launch(id: "b")])
        #expect(run.received(.stepFinished(id: "b", outcome: .completed())) == [.finish(.completed)])
    }

    @Test func `a level larger than the batch size is split`() throws {
        let steps = (1...7).map { step("e\($0)", level: 0) } + [step("p", level: 1)]
        var run = JobRun(plan: try JobPlan(job: "J", steps: steps))
        #expect(run.received(.started) == (1...5).map { .launch(id: "e\($0)") })
        for number in 1...4 {
            #expect(run.received(.stepFinished(id: "e\(number)", outcome: .completed())) == [])
        }
        #expect(
            run.received(.stepFinished(id: "e5", outcome: .completed())) == [.launch(id: "e6"), .launch(id: "e7")])
        #expect(run.received(.stepFinished(id: "e6", outcome: .completed())) == [])
        #expect(run.received(.stepFinished(id: "e7", outcome: .completed())) == [.launch(id: "p")])
    }

    @Test func `when a step fails, those beside it end and nothing more starts`() throws {
        let steps = [step("a", level: 0), step("b", level: 0), step("c", level: 1)]
        var run = JobRun(plan: try JobPlan(job: "J", steps: steps))
        #expect(run.received(.started) == [.launch(id: "a"), .launch(id: "b")])
        #expect(run.received(.stepFinished(id: "a", outcome: .error("it broke"))) == [])
        #expect(run.received(.stepFinished(id: "b", outcome: .completed())) == [.finish(.error)])
    }

    @Test func `a cancel request lets the current step finish and starts nothing more`() throws {
        var run = JobRun(plan: try JobPlan(job: "J", steps: incremental))
        #expect(run.received(.started) == [.launch(id: "people"), .launch(id: "sites")])
        #expect(run.received(.cancelRequested) == [])
        #expect(run.received(.stepFinished(id: "people", outcome: .completed())) == [])
        #expect(run.received(.stepFinished(id: "sites", outcome: .completed())) == [.finish(.cancelled)])
        #expect(run.received(.cancelRequested) == [])
    }

    @Test func `a job that is cancelled before it starts runs nothing`() throws {
        var run = JobRun(plan: try JobPlan(job: "J", steps: incremental))
        #expect(run.received(.cancelRequested) == [.finish(.cancelled)])
        #expect(run.received(.started) == [])
    }

    @Test func `an error is told even where a cancel request came too`() throws {
        var run = JobRun(plan: try JobPlan(job: "J", steps: [step("a")]))
        _ = run.received(.started)
        _ = run.received(.cancelRequested)
        #expect(run.received(.stepFinished(id: "a", outcome: .error("it broke"))) == [.finish(.error)])
    }

    @Test func `a step that an earlier run left work for runs although its parents produced nothing`() throws {
        let steps = [
            step("prepare"), step("synchronize", after: ["prepare"]),
            step("flag", after: ["synchronize"], hasWorkLeft: true), step("next", after: ["flag"]),
        ]
        #expect(
            try trace(steps, ["prepare": .noProcessing()]) == [
                "launch prepare", "skip synchronize: nothing to do after prepare", "launch flag", "launch next",
                "completed",
            ])
        #expect(try trace(steps, ["prepare": .error("disk")]) == ["launch prepare", "error"])
    }

    @Test func `late and repeated events change nothing`() throws {
        var run = JobRun(plan: try JobPlan(job: "J", steps: [step("a"), step("b")]))
        _ = run.received(.started)
        #expect(run.received(.started) == [])
        _ = run.received(.stepFinished(id: "a", outcome: .completed()))
        #expect(run.received(.stepFinished(id: "a", outcome: .error("late"))) == [])
        #expect(run.received(.stepFinished(id: "unknown", outcome: .error("late"))) == [])
        #expect(run.outcomes == ["a": .completed()])
        #expect(run.running == ["b"])
    }

    @Test func `after a crash the run continues at the step that was running`() throws {
        let restored: [String: StepOutcome] = [
            "people": .completed(), "sites": .warning("no file"),
            "prepare": .skipped(.parentFailed("sites")), "synchronize": .skipped(.nothingToDo(parents: ["prepare"])),
            "flag": .skipped(.nothingToDo(parents: ["synchronize"])),
        ]
        #expect(
            try trace(incremental, restored: restored) == [
                "launch expressions", "skip roles: not executed by this version", "warning",
            ])
    }

    @Test func `a blocked job is resumed at the blocked step`() throws {
        let restored: [String: StepOutcome] = [
            "people": .completed(), "sites": .completed(), "prepare": .completed(), "synchronize": .blocked("600"),
        ]
        #expect(
            try trace(incremental, restored: restored) == [
                "launch synchronize", "launch flag", "launch expressions",
                "skip roles: not executed by this version", "completed",
            ])
    }

    @Test func `a step of which a part is held stops nothing, and its job ends blocked`() throws {
        let steps = [step("prepare"), step("synchronize", after: ["prepare"]), step("flag", after: ["synchronize"])]
        let held: [String: StepOutcome] = ["synchronize": .held("600 deletes")]
        #expect(
            try trace(steps, held) == ["launch prepare", "launch synchronize", "launch flag", "blocked"])
        let restored = held.merging(["prepare": .completed(), "flag": .completed()]) { held, _ in held }
        #expect(try trace(steps, restored: restored) == ["launch synchronize", "completed"])
    }

    @Test func `a step all of whose parents are not executed is skipped, one with a productive parent runs`() throws {
        let steps = [
            step("correlate", notExecuted: "no"), step("orders", after: ["correlate"]), step("sync"),
            step("both", after: ["correlate", "sync"]),
        ]
        #expect(
            try trace(steps) == [
                "skip correlate: no", "skip orders: nothing to do after correlate", "launch sync", "launch both",
                "completed",
            ])
    }

    @Test func `a connector that is blocked leaves its chain out and the job ends in warning`() throws {
        let steps = [step("export"), step("prepare", after: ["export"]), step("expressions")]
        #expect(
            try trace(steps, ["export": .skipped(.connectorBlocked("HR is blocked since 08:00"))]) == [
                "launch export", "skip prepare: nothing to do after export", "launch expressions", "warning",
            ])
    }

    @Test func `a remark makes the job end in warning and cuts nothing short`() throws {
        let steps = [step("prepare"), step("synchronize", after: ["prepare"])]
        #expect(
            try trace(steps, ["prepare": .completed(remark: "3 rows rejected")]) == [
                "launch prepare", "launch synchronize", "warning",
            ])
    }

    @Test func `a job that produced nothing says so`() throws {
        #expect(try trace([step("a")], ["a": .noProcessing()]) == ["launch a", "noProcessing"])
        #expect(try trace([]) == ["noProcessing"])
    }

    @Test func `only a failure under ContinueOnError counts as something else than it is`() {
        let step = step("export", continueOnError: true)
        #expect(step.effective(.error("no file")) == .warning("no file"))
        #expect(step.effective(.blocked("600 deletes")) == .blocked("600 deletes"))
        #expect(self.step("export").effective(.error("no file")) == .error("no file"))
    }

    @Test func `steps of one level wait for their parents in it`() throws {
        let steps = [step("child", level: 0, after: ["parent"]), step("parent", level: 0)]
        var run = JobRun(plan: try JobPlan(job: "J", steps: steps))
        #expect(run.received(.started) == [.launch(id: "parent")])
        #expect(run.received(.stepFinished(id: "parent", outcome: .completed())) == [.launch(id: "child")])
    }

    @Test(
        arguments: [
            (JobOutcome.completed, 0), (.noProcessing, 0), (.error, 1), (.blocked, 3), (.warning, 4), (.cancelled, 5),
        ] as [(JobOutcome, Int32)])
    func `each outcome has its exit code`(outcome: JobOutcome, code: Int32) {
        #expect(outcome.exitCode == code)
    }
}
