import Testing
import WeirConfiguration

struct OrderTests {
    /// Children whose order means something stay.
    private func shuffled(_ element: Element, _ random: inout Seeded) -> Element {
        var element = element
        element.attributes.shuffle(using: &random)
        element.children = element.children.map { shuffled($0, &random) }
        if ["EntityTypeMapping", "AccessControlRule"].contains(element.name) {
            element.children.shuffle(using: &random)
        }
        return element
    }

    @Test(arguments: 1...20)
    func `the order of elements and attributes changes nothing`(seed: UInt64) throws {
        let reader = ConfigurationReader.read(folder: ContosoTests.folder)
        let wanted = ConfigurationFolder.load(elements: reader.elements)
        var random = Seeded(state: seed)
        let elements = reader.elements.map { shuffled($0, &random) }.shuffled(using: &random)
        let loaded = ConfigurationFolder.load(elements: elements)
        #expect(loaded.items == wanted.items)
        #expect(loaded.model == wanted.model)
        #expect(loaded.model != nil)
    }
}
