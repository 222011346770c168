extension ModelBuilder {
    /// `Transformation`: its attributes depend on its Type (REFERENCE §4).
    mutating func readTransformation(_ element: Element, of connection: Element) -> Transformation? {
        guard let declaration = ElementTable.declared("Connection").child("Transformation") else { return nil }
        let values = element.values(declaration)
        let title = "Transformation of \(connection.title)"
        let operation: Transformation.Operation?
        var allowed: Set<String> = ["Type", "Table", "Column"]
        switch values["Type"] {
        case "TransformDate":
            allowed.formUnion(["InputColumn", "AddedDays", "MinYear", "MaxYear", "DatePattern"])
            let (minimum, maximum) = (values["MinYear"].flatMap { Int($0) }, values["MaxYear"].flatMap { Int($0) })
            if let minimum, let maximum, minimum > maximum {
                error(element, "\(title) has MinYear \(minimum) above MaxYear \(maximum); exchange them")
            }
            operation = .date(
                inputColumn: values["InputColumn"], addedDays: values.double("AddedDays") ?? 0, minimumYear: minimum,
                maximumYear: maximum, datePattern: values["DatePattern"])
        case "WhereValue":
            allowed.formUnion(["WhereOperator", "WhereValue"])
            let comparison = values["WhereOperator"].flatMap(Transformation.WhereOperator.init(rawValue:))
            if element["WhereOperator"] == nil {
                error(element, "\(title) is a WhereValue and has no WhereOperator; add it, for instance Equals")
            }
            if element["WhereValue"] == nil {
                error(element, "\(title) is a WhereValue and has no WhereValue attribute; add it, it may be empty")
            }
            operation = .keepWhere(comparison ?? .equals, value: element["WhereValue"] ?? "")
        case "ConcatColumns":
            let inputs = ["InputColumn", "InputColumn2", "InputColumn3", "InputColumn4", "InputColumn5"]
            allowed.formUnion(inputs + ["ConcatSeparator", "RemoveEmpty", "RemoveDuplicates", "SortValues"])
            let columns = inputs.compactMap { values[$0] }
            if columns.isEmpty {
                error(element, "\(title) is a ConcatColumns and names no InputColumn; add one to five")
            }
            operation = .concatenate(
                inputColumns: columns, separator: element["ConcatSeparator"] ?? "",
                removeEmpty: values.bool("RemoveEmpty"), removeDuplicates: values.bool("RemoveDuplicates"),
                sortValues: values.bool("SortValues"))
        default:
            return nil
        }
        for attribute in element.attributes
        where declaration.attribute(attribute.name) != nil && !allowed.contains(attribute.name) {
            error(
                element,
                "\(title) is a \(values.text("Type")) and has \(attribute.name), which belongs to another Type; remove it"
            )
        }
        return operation.map {
            Transformation(
                table: ConnectionTableName.canonical(values.text("Table")), column: values.text("Column"), operation: $0
            )
        }
    }
}
