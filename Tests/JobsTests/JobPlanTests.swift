import Testing

@testable import Jobs

@Suite struct JobPlanTests {
    private func step(_ id: String, element: String = "ExportTask", level: Int? = nil, after parents: [String] = [])
        -> JobStep
    {
        JobStep(id: id, element: element, level: level, parents: parents)
    }

    private func plan() throws -> JobPlan {
        try JobPlan(
            job: "J",
            steps: [
                step("J_Export_1", level: 0), step("J_Export_2", level: 0),
                step(
                    "J_Prepare", element: "PrepareSynchronizationTask", level: 1, after: ["J_Export_1", "J_Export_2"]),
                step("J_Synchronize", element: "SynchronizeTask", level: 2, after: ["J_Prepare"]),
            ])
    }

    @Test(arguments: [
        (StepSelection(), ["J_Export_1", "J_Export_2", "J_Prepare", "J_Synchronize"]),
        (StepSelection(task: "J_Prepare"), ["J_Prepare"]),
        (StepSelection(task: "2"), ["J_Prepare"]),
        (StepSelection(begin: "J_Prepare"), ["J_Prepare", "J_Synchronize"]),
        (StepSelection(end: "1"), ["J_Export_1", "J_Export_2"]),
        (StepSelection(begin: "1", end: "J_Prepare"), ["J_Export_2", "J_Prepare"]),
        (StepSelection(taskType: "exporttask"), ["J_Export_1", "J_Export_2"]),
        (StepSelection(taskType: "Synchronize"), ["J_Synchronize"]),
        (StepSelection(identifierContains: "S"), ["J_Synchronize"]),
        (StepSelection(begin: "1", taskType: "ExportTask"), ["J_Export_2"]),
    ])
    func `a selection leaves the other steps out`(selection: StepSelection, ids: [String]) throws {
        #expect(try plan().selecting(selection).steps.map(\.id) == ids)
    }

    @Test func `a parent that was left out counts as done and productive`() throws {
        var run = JobRun(plan: try plan().selecting(StepSelection(begin: "J_Prepare")))
        #expect(run.received(.started) == [.launch(id: "J_Prepare")])
        var mixed = JobRun(plan: try plan().selecting(StepSelection(begin: "1", end: "2")))
        #expect(mixed.received(.started) == [.launch(id: "J_Export_2")])
        #expect(
            mixed.received(.stepFinished(id: "J_Export_2", outcome: .noProcessing())) == [.launch(id: "J_Prepare")])
    }

    @Test func `levels stay apart when what was between them is left out`() throws {
        let whole = try JobPlan(
            job: "J", steps: [step("a", level: 0), step("b", element: "SynchronizeTask"), step("c", level: 0)])
        let plan = try whole.selecting(StepSelection(taskType: "ExportTask"))
        #expect(plan.batches(ofAtMost: 5).map { $0.map(\.id) } == [["a"], ["c"]])
    }

    @Test(arguments: [
        (
            StepSelection(task: "J_Nothing"),
            "job \"J\" has no task \"J_Nothing\"; it has 0 J_Export_1, 1 J_Export_2, 2 J_Prepare, 3 J_Synchronize"
        ),
        (
            StepSelection(task: "4"),
            "job \"J\" has no task \"4\"; it has 0 J_Export_1, 1 J_Export_2, 2 J_Prepare, 3 J_Synchronize"
        ),
        (
            StepSelection(begin: "3", end: "0"),
            "job \"J\": the first task \"J_Synchronize\" comes after the last one \"J_Export_1\"; exchange -b and -e"
        ),
        (
            StepSelection(taskType: "FulfillTask"),
            "job \"J\" has no task that fits all of the given -t, -b, -e, -c and -s; get-job-steps lists its tasks"
        ),
    ])
    func `a selection that fits nothing is refused`(selection: StepSelection, message: String) throws {
        let plan = try plan()
        let error = #expect(throws: JobPlanError.self) { try plan.selecting(selection) }
        #expect(error?.description == message)
    }

    @Test func `steps that could never start are refused`() {
        #expect(throws: JobPlanError.duplicateStep(job: "J", id: "a")) {
            try JobPlan(job: "J", steps: [step("a"), step("a")])
        }
        #expect(throws: JobPlanError.levelsOutOfOrder(job: "J", id: "b")) {
            try JobPlan(job: "J", steps: [step("a", level: 2), step("b", level: 1)])
        }
        #expect(throws: JobPlanError.parentComesLater(job: "J", id: "a", parent: "b")) {
            try JobPlan(job: "J", steps: [step("a", after: ["b"]), step("b")])
        }
        #expect(throws: JobPlanError.parentComesLater(job: "J", id: "a", parent: "b")) {
            try JobPlan(job: "J", steps: [step("a", level: 1, after: ["b"]), step("b", level: 2)])
        }
        #expect(throws: JobPlanError.cycle(job: "J", ids: ["a", "b"])) {
            try JobPlan(
                job: "J", steps: [step("a", level: 0, after: ["b"]), step("b", level: 0, after: ["a"])])
        }
        #expect(throws: JobPlanError.cycle(job: "J", ids: ["a"])) {
            try JobPlan(job: "J", steps: [step("a", after: ["a"])])
        }
    }

    @Test func `a batch size under one counts as one`() throws {
        #expect(try plan().batches(ofAtMost: 0).map(\.count) == [1, 1, 1, 1])
    }
}
