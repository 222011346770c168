/// What the demo prints when it is ready. The first line is a contract: scripts read it.
struct Welcome: Sendable {
    let directory: String
    let password: String

    func lines(address: String) -> [String] {
        [
            "Weir demo: \(address)  user: admin  password: \(password)",
            "  Sign in, open Administration › Job Execution and launch \"HR: synchronize changes\".",
            "  A second day: cp \(directory)/sources/day2/* \(directory)/sources/current/  then launch it again.",
            "  A cut file:   cp \(directory)/sources/day3/* \(directory)/sources/current/  then launch it, and review what is held.",
        ]
    }
}
