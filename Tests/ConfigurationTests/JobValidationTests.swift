import Testing
import WeirConfiguration

struct JobValidationTests {
    private func job(_ tasks: String, agent: String = "Agent=\"Local\"") -> LoadedConfiguration {
        configure(
            Example.synchronized + Example.client,
            "<Job Identifier=\"J\" DisplayName_L1=\"J\" \(agent)>\n\(tasks)\n</Job>")
    }

    @Test(arguments: [
        (
            "<ExportTask Identifier=\"E\" Connection=\"HRPeple\" />",
            "ExportTask \"E\" of Job \"J\" names the Connection \"HRPeple\" in Connection, which does not exist; did you mean "
                + "\"HRPeople\"?"
        ),
        ("<ExportTask Identifier=\"E\" />", "ExportTask \"E\" names neither Connection nor Connector; add one"),
        (
            "<PrepareSynchronizationTask Identifier=\"P\" Connector=\"HR\" />",
            "PrepareSynchronizationTask \"P\" has no SynchronizationMode; add Initial, Complete or Incremental"
        ),
        (
            "<PrepareSynchronizationTask Identifier=\"P\" Connector=\"HR\" SynchronizationMode=\"Full\" />",
            "PrepareSynchronizationTask \"P\" of Job \"J\" has SynchronizationMode=\"Full\"; it must be one of Initial (0), Complete (1), "
                + "Incremental (2)"
        ),
        (
            "<SynchronizeTask Identifier=\"S\" Connector=\"HR\"><TaskDependsOnTask ParentTask=\"P\" /></SynchronizeTask>",
            "SynchronizeTask \"S\" depends on the task \"P\", which is not in Job \"J\"; did you mean \"S\"?"
        ),
        (
            "<SynchronizeTask Identifier=\"S\" Connector=\"HR\" OpenIdClient=\"Jb\" />",
            "SynchronizeTask \"S\" of Job \"J\" names the OpenIdClient \"Jb\" in OpenIdClient, which does not exist; did you mean "
                + "\"Job\"?"
        ),
        (
            "<ExportTask Identifier=\"E\" Connector=\"HR\" Agent=\"Other\" />",
            "ExportTask \"E\" of Job \"J\" names the Agent \"Other\" in Agent, which does not exist; declare it"
        ),
        (
            "<Step Identifier=\"Nothing\" />",
            "Step of Job \"J\" calls the task \"Nothing\", which does not exist; declare it"
        ),
        ("<Step Level=\"1\" />", "Step of Job \"J\" names no task; add Identifier"),
        (
            "<SynchronizeTaskOverride Identifier=\"S\" Connector=\"HR\" />",
            "SynchronizeTaskOverride \"S\" of Job \"J\" names no existing SynchronizeTask; declare it"
        ),
    ])
    func `a task that cannot run is an error`(task: String, message: String) {
        #expect(job(task).errorTexts.contains("Conf/2.xml:3: " + message), "\(job(task).errorTexts)")
    }

    @Test func `a job without agent holds server tasks only`() {
        let loaded = job(
            """
            <ExportTask Identifier="E" Connector="HR" />
            <SynchronizeTask Identifier="S" Connector="HR" />
            <FulfillTask Identifier="F" />
            """, agent: "")
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:3: ExportTask \"E\" runs on an agent, but Job \"J\" has no Agent; give the job one"
            ])
    }

    @Test func `all tasks of a job run on one agent`() {
        let loaded = job(
            "<ExportTask Identifier=\"E\" Connector=\"HR\" Agent=\"Second\" /></Job><Agent Identifier=\"Second\" /><Job Identifier=\"K\" DisplayName_L1=\"K\">"
        )
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:3: ExportTask \"E\" has the Agent \"Second\", but Job \"J\" runs on \"Local\"; all tasks of a job run on "
                    + "the same agent or on the server"
            ])
    }

    @Test func `a cycle of dependencies is an error that shows it`() {
        func task(_ name: String, _ parent: String) -> String {
            "<SynchronizeTask Identifier=\"\(name)\" Connector=\"HR\"><TaskDependsOnTask ParentTask=\"\(parent)\" /></SynchronizeTask>\n"
        }
        #expect(
            job(task("A", "B") + task("B", "C") + task("C", "A")).errorTexts == [
                "Conf/2.xml:3: SynchronizeTask \"A\" of Job \"J\" waits for itself: A → B → C → A; remove one TaskDependsOnTask"
            ])
        #expect(
            job(task("A", "A")).errorTexts == [
                "Conf/2.xml:3: SynchronizeTask \"A\" of Job \"J\" waits for itself: A → A; remove one TaskDependsOnTask"
            ])
    }

    @Test(arguments: [
        ("1", "2", "after it"), ("1", "1", "together with it"),
    ])
    func `a parent starts before its child`(level: String, parentLevel: String, when: String) {
        let loaded = job(
            """
            <SynchronizeTask Identifier="S" Connector="HR" Level="\(level)"><TaskDependsOnTask ParentTask="P" /></SynchronizeTask>
            <SetRecentlyModifiedFlagTask Identifier="P" Level="\(parentLevel)" />
            """)
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:3: SynchronizeTask \"S\" of Job \"J\" depends on the task \"P\", which starts \(when); give the parent "
                    + "a lower Level"
            ])
    }

    @Test func `a task is declared once, and called by steps elsewhere`() {
        let loaded = configure(
            Example.synchronized,
            """
            <Job Identifier="J" DisplayName_L1="J"><SynchronizeTask Identifier="S" Connector="HR" /></Job>
            <Job Identifier="K" DisplayName_L1="K"><SynchronizeTask Identifier="S" Connector="HR" /></Job>
            <Job Identifier="L" DisplayName_L1="L"><Step Identifier="S" /><Step Identifier="S" /></Job>
            """)
        #expect(
            loaded.errorTexts == [
                "Conf/2.xml:3: SynchronizeTask \"S\" is declared twice: here and at Conf/2.xml:2; call it with a Step, or give it "
                    + "another identifier"
            ])
    }

    @Test func `the flag task wants a synchronization that keeps its changes`() {
        let loaded = job(
            "<SynchronizeTask Identifier=\"S\" Connector=\"HR\" />\n<SetRecentlyModifiedFlagTask Identifier=\"F\" />")
        #expect(loaded.errorTexts == [])
        #expect(
            loaded.noticeTexts == [
                "Conf/2.xml:4: SetRecentlyModifiedFlagTask \"F\" finds no changes, since no SynchronizeTask of Job \"J\" has "
                    + "DoNotDeleteChanges; set it"
            ])
    }

    @Test func `a wrong cron expression says why`() {
        #expect(
            configure("<Job Identifier=\"J\" DisplayName_L1=\"J\" CronTabExpression=\"0 25 * * *\" />").errorTexts == [
                "Conf/1.xml:2: Job \"J\" has CronTabExpression=\"0 25 * * *\"; it must be a cron expression of five fields, or six "
                    + "with seconds first (\"25\" is no value for hours (0 to 23))"
            ])
    }
}
