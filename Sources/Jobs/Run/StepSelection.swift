/// Which steps of a job shall run: the arguments of `invoke-job` (REFERENCE §15). All that are given must hold.
package struct StepSelection: Sendable, Equatable {
    /// `-t`: this step alone. Identifier or order number.
    package var task: String?
    /// `-b`: from this step on. Identifier or order number.
    package var begin: String?
    /// `-e`: up to and with this step. Identifier or order number.
    package var end: String?
    /// `-c`: steps of this element, for instance `ExportTask`, in any case, with or without `Task`.
    package var taskType: String?
    /// `-s`: steps whose identifier contains this, case included.
    package var identifierContains: String?

    package init(
        task: String? = nil, begin: String? = nil, end: String? = nil, taskType: String? = nil,
        identifierContains: String? = nil
    ) {
        self.task = task
        self.begin = begin
        self.end = end
        self.taskType = taskType
        self.identifierContains = identifierContains
    }
}
