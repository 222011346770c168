/// SplitMix64: the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        // Mixed once: the states of one run follow each other at a fixed distance, and neighbouring seeds at that distance
        // would give the same run again, one draw later.
        state = UInt64(truncatingIfNeeded: seed)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Random changes of a small company: few keys, so that everything collides with everything sooner or later.
struct RandomCompany {
    var generator: SeededGenerator
    var content = Content()

    private static let people = ["1", "10", "é", "a,b", "q\"\nq"]
    private static let organizations = ["IT", "RH", "it"]
    private static let groups = ["all", "vpn"]
    private static let logins = ["", "", "x", "y", "z"]
    private static let names = ["", "Élodie", "O'Neill", "Zoë", "名", "a, \"b\"\nc"]

    init(seed: Int) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func change() {
        // The first day brings a company, the others change it: often by very little, where everything else must stay.
        let most = content == Content() ? 80 : Bool.random(using: &generator) ? 3 : 20
        for _ in 0..<Int.random(in: 0...most, using: &generator) { changeOnce() }
    }

    private mutating func pick(_ list: [String]) -> String {
        list[Int.random(in: 0..<list.count, using: &generator)]
    }

    private mutating func changeOnce() {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0, 1, 2:
            content.person(pick(Self.people), name: pick(Self.names), login: pick(Self.logins), mail: pick(Self.names))
        case 3: content.remove("HR_Person", pick(Self.people))
        case 4: content.set("HR_Organization", pick(Self.organizations), ["Label": pick(Self.names)])
        case 5: content.remove("HR_Organization", pick(Self.organizations))
        case 6:
            if Bool.random(using: &generator) {
                content.set("HR_Group", pick(Self.groups))
            } else {
                content.remove("HR_Group", pick(Self.groups))
            }
        default:
            let association = pick(Content.associations)
            let key1 =
                switch association {
                case "Group_Members": pick(Self.groups)
                case "Person_Manager": pick(Array(Self.logins.dropFirst(2)))
                default: pick(Self.organizations)
                }
            let key2 = pick(Self.people)
            if Int.random(in: 0..<3, using: &generator) == 0 {
                content.unlink(association, key1, key2)
            } else {
                content.link(association, key1, key2)
            }
        }
    }
}
