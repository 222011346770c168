import WeirConfiguration

/// A configuration of files `Conf/1.xml`, `Conf/2.xml`…; each text stands from line 2 on within its root element.
func configure(_ texts: String...) -> LoadedConfiguration {
    configure(texts)
}

func configure(_ texts: [String]) -> LoadedConfiguration {
    var reader = ConfigurationReader()
    for (number, text) in texts.enumerated() {
        reader.read(bytes: document(text), file: "Conf/\(number + 1).xml")
    }
    return ConfigurationFolder.load(elements: reader.elements, readingProblems: reader.problems)
}

func document(_ text: String) -> [UInt8] {
    [UInt8]("<ConfigurationFile xmlns=\"\(ConfigurationReader.namespace)\">\n\(text)\n</ConfigurationFile>\n".utf8)
}

extension LoadedConfiguration {
    var errorTexts: [String] { errors.map(\.description) }
    var noticeTexts: [String] { notices.map(\.description) }
}
