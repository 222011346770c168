import Testing

@testable import Delta

struct ConversionTests {
    /// nil: does not fit.
    private func stored(_ conversion: Conversion, _ value: String) -> String? {
        var output = ByteBuffer(capacity: 16)
        let bytes = Array(value.utf8)
        let fits = bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { conversion.append($0, bytes.count, to: &output) } ?? true
        }
        return fits ? String(decoding: output.bytes, as: UTF8.self) : nil
    }

    @Test(
        arguments: [
            ("0", "0"), ("-0", "0"), ("+7", "7"), ("007", "7"), ("2147483647", "2147483647"), ("2147483648", nil),
            ("-2147483648", "-2147483648"), ("-2147483649", nil), ("1.0", nil), (" 1", nil), ("-", nil), ("1e3", nil),
            ("99999999999999999999", nil),
        ] as [(String, String?)])
    func `an Int32 is stored without sign and zeros`(value: String, expected: String?) {
        #expect(stored(.int32, value) == expected)
    }

    @Test(
        arguments: [
            (Conversion.byte, "255", "255"), (.byte, "256", nil), (.byte, "-1", nil), (.int16, "-32768", "-32768"),
            (.int16, "32768", nil), (.int64, "9223372036854775807", "9223372036854775807"),
            (.int64, "-9223372036854775808", "-9223372036854775808"), (.int64, "9223372036854775808", nil),
        ] as [(Conversion, String, String?)])
    func `whole numbers keep to their type's range`(conversion: Conversion, value: String, expected: String?) {
        #expect(stored(conversion, value) == expected)
    }

    @Test(
        arguments: [
            ("1.50", "1.5"), ("100", "100"), ("1e2", "100"), ("-0.0", "0"), ("0.1", "0.1"), ("1e300", "1e+300"),
            ("1,5", nil),
            ("inf", nil), ("nan", nil), ("0x10", nil), ("1e999", nil),
        ] as [(String, String?)])
    func `a double is stored in its shortest form`(value: String, expected: String?) {
        #expect(stored(.double, value) == expected)
    }

    @Test(
        arguments: [
            ("true", "1"), ("FALSE", "0"), ("1", "1"), ("0", "0"), ("yes", nil), ("2", nil), ("tru", nil),
        ] as [(String, String?)])
    func `a boolean is stored as 0 or 1`(value: String, expected: String?) {
        #expect(stored(.bool, value) == expected)
    }

    @Test(
        arguments: [
            ("20240229123456", "20240229123456"), ("20240229123456Z", "20240229123456"),
            ("20240229123456.789Z", "20240229123456"), ("2024-02-29", "20240229000000"), ("20240229", "20240229000000"),
            ("2024-02-29T12:34", "20240229123400"), ("2024-02-29 12:34:56.5+01:30", "20240229110456"),
            ("2023-12-31T23:30:00-0200", "20240101013000"), ("2024-02-29T12:34:56+02", "20240229103456"),
            ("2023-02-29", nil), ("2024-13-01", nil), ("20240229240000", nil), ("2024-02-29T12", nil),
            ("29.02.2024", nil),
            ("2024-02-29T12:34:56x", nil), ("0001-01-01T00:00:00+01:00", nil),
            ("9999-12-31T23:59:59", "99991231235959"),
        ] as [(String, String?)])
    func `a date is stored as UTC`(value: String, expected: String?) {
        #expect(stored(.dateTime, value) == expected)
    }

    @Test(
        arguments: [
            ("{6B29FC40-CA47-1067-B31D-00DD010662DA}", "6b29fc40-ca47-1067-b31d-00dd010662da"),
            ("6B29FC40CA471067B31D00DD010662DA", "6b29fc40-ca47-1067-b31d-00dd010662da"),
            ("(6b29fc40-ca47-1067-b31d-00dd010662da)", "6b29fc40-ca47-1067-b31d-00dd010662da"),
            ("6b29fc40-ca47-1067-b31d-00dd010662d", nil), ("6b29fc40-ca47-1067-b31d-00dd010662dg", nil),
            ("6b29fc40ca47-1067-b31d-00dd-010662da", nil), ("{", nil), ("{}", nil),
        ] as [(String, String?)])
    func `a GUID is stored in lower case with dashes`(value: String, expected: String?) {
        #expect(stored(.guid, value) == expected)
    }

    @Test(
        arguments: [
            ("aGk=", "aGk="), ("aGk", "aGk="), ("aG\r\nk=", "aGk="), ("aGl=", "aGk="), ("aGkh", "aGkh"), ("a", nil),
            ("aGk==", nil),
            ("a-_b", nil), ("=", nil), ("aGk=aGk=", nil),
        ] as [(String, String?)])
    func `Base64 is stored with padding`(value: String, expected: String?) {
        #expect(stored(.base64(limit: nil), value) == expected)
    }

    @Test func `the limit of Base64 counts the stored form`() {
        #expect(stored(.base64(limit: 8), "aG kh\r\naGk") == "aGkhaGk=")
        #expect(stored(.base64(limit: 7), "aGkhaGk") == nil)
    }

    @Test func `a text's limit counts Unicode scalars`() {
        #expect(stored(.text(limit: 3), "äöü") == "äöü")
        #expect(stored(.text(limit: 3), "äöü!") == nil)
        #expect(stored(.text(limit: nil), String(repeating: "x", count: 5000))?.count == 5000)
    }

    @Test(
        arguments: [
            ("dd/MM/yyyy", "29/02/2024", "20240229000000"), ("d.M.yyyy H:mm", "9.2.2024 7:05", "20240209070500"),
            ("yyyy-MM-dd'T'HH:mm:ss.fffK", "2024-02-29T01:02:03.004+01:00", "20240229000203"),
            ("yyyyMMddHHmmss", "20240229010203", "20240229010203"),
            ("MM/dd/yy hh:mm tt", "02/29/24 12:30 AM", "20240229003000"),
            ("MM/dd/yy hh:mm tt", "02/29/49 01:30 pm", nil), ("MM/dd/yy", "12/31/49", "20491231000000"),
            ("MM/dd/yy", "12/31/50", "19501231000000"),
            ("dd/MM/yyyy", "2/3/2024", nil), ("yyyy\\Mdd", "2024M07", "20240107000000"),
        ] as [(String, String, String?)])
    func `dates are read by a NET pattern`(pattern: String, text: String, expected: String?) throws {
        let parsed = try #require(DatePattern(pattern)).timestamp(text)
        var buffer = ByteBuffer(capacity: 16)
        parsed?.append(to: &buffer)
        #expect((parsed == nil ? nil : String(decoding: buffer.bytes, as: UTF8.self)) == expected)
    }
}
