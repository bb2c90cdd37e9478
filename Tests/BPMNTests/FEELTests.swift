import BPMN
import Kernel
import Testing

@Suite("FEEL")
struct FEELTests {
    private static let variables: [String: FEELValue] = [
        "a": 1, "b": 2, "yes": true, "no": false, "name": "Ada", "nothing": .null, "list": [1, 2, 3],
        "order": .context(["total": 100, "lines": [.context(["sku": "x", "n": 1]), .context(["sku": "y", "n": 5])]]),
    ]

    private func evaluate(_ text: String) throws -> FEELValue {
        try FEELExpression(text).evaluate { Self.variables[$0] }
    }

    @Test(
        "Expressions have the values that DMN gives them",
        arguments: [
            ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("-a", -1), ("7 / 2", .decimal(3.5)), ("6 / 2", 3), ("2 ** 10", 1024),
            ("1 / 0", .null), ("0.1 + 0.9", 1), ("9223372036854775807 - 1", .integer(.max - 1)),
            ("\"a\" + \"b\"", "ab"), ("\"a\" + 1", .null), ("\"x\\\"\\n\"", "x\"\n"),
            ("a < b", true), ("a >= b", false), ("a = 1.0", true), ("name = \"Ada\"", true), ("name != \"Bob\"", true),
            ("a = \"1\"", .null), ("nothing = null", true), ("missing = null", true), ("missing = true", false),
            ("missing > 0", .null), ("a < name", .null),
            ("yes and no", false), ("no and missing", false), ("missing and no", false), ("yes and missing", .null),
            ("yes or missing", true), ("missing or yes", true), ("no or missing", .null), ("not(missing)", .null),
            ("not(yes)", false),
            ("if a > 0 then \"p\" else \"n\"", "p"), ("if missing then 1 else 2", 2),
            ("order.total", 100), ("order.lines.sku", ["x", "y"]), ("order.missing", .null), ("a.b", .null),
            ("list[1]", 1), ("list[-1]", 3), ("list[4]", .null), ("list[0]", .null), ("list[item > 1]", [2, 3]),
            ("order.lines[n > 2].sku", ["y"]), ("count(list)", 3), ("sum(list)", 6), ("sum([])", .null),
            ("min(3, 1, 2)", 1), ("max(list)", 3), ("mean(list)", 2), ("count(missing)", .null),
            ("some x in list satisfies x > 2", true), ("every x in list satisfies x > 2", false),
            ("every x in [] satisfies x > 2", true), ("some x in list, y in [3] satisfies x = y", true),
            ("for x in list return x * 2", [2, 4, 6]), ("some x in missing satisfies x", .null),
            ("a in (1, 2)", true), ("a in [0..1]", true), ("a in (1..2]", false), ("a in list", true),
            ("a in > 0", true),
            ("5 in list", false), ("a between 1 and 2", true), ("a between 2 and 3", false),
            ("missing between 1 and 2", .null),
            ("is defined(a)", true), ("is defined(missing)", false), ("is defined(nothing)", true),
            ("is defined(order.total)", true), ("is defined(order.nope)", false),
            ("get or else(missing, 7)", 7), ("get or else(a, 7)", 1), ("is empty([])", true),
            ("duration(\"PT1H\") + duration(\"PT30M\")", .duration(5_400_000)), ("duration(\"P1Y2M\")", .months(14)),
            ("duration(\"nope\")", .null), ("duration(\"PT1H\") < duration(\"P1D\")", true),
            (
                "date and time(\"2026-01-31T00:00:00Z\") + duration(\"P1M\") = date and time(\"2026-02-28T00:00:00Z\")",
                true
            ),
            ("date(\"2026-01-01\") < date(\"2026-01-02\")", true), ("@\"PT1S\"", .duration(1000)),
            ("string(duration(\"PT90M\"))", "PT1H30M"), ("string(1.5)", "1.5"), ("number(\"12\")", 12),
            ("starts with(name, \"A\")", true), ("contains(name, \"da\")", true), ("upper case(name)", "ADA"),
            ("string length(name)", 3), ("substring(name, 2)", "da"), ("substring(name, -2, 1)", "d"),
            ("list contains(list, 2)", true), ("append(list, 4)", [1, 2, 3, 4]), ("concatenate([1], [2])", [1, 2]),
            ("modulo(-1, 3)", 2), ("floor(1.5)", 1), ("ceiling(1.5)", 2), ("abs(-3)", 3),
            ("{x: 1, y: x + 1}.y", 2), ("`a` + 1", 2), ("a instance of number", true), ("all([yes, no])", false),
            ("// why\n a", 1),
        ] as [(String, FEELValue)])
    func values(text: String, expected: FEELValue) throws {
        #expect(try evaluate(text) == expected)
    }

    @Test(
        "What is no expression is refused",
        arguments: [
            "", "1 +", "a b", "(1", "\"open", "foo(1)", "count()", "if a then b", "a ? b", "[1, 2", "#", "1 < 2 < 3",
        ])
    func refused(text: String) {
        #expect(throws: FEELSyntaxError.self) { _ = try FEELExpression(text) }
    }

    @Test("Deep nesting is refused rather than overflowing the stack")
    func deep() {
        #expect(throws: FEELSyntaxError.self) {
            _ = try FEELExpression(String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000))
        }
        #expect(throws: FEELSyntaxError.self) { _ = try FEELExpression(String(repeating: "-", count: 10_000) + "1") }
    }

    @Test("Powers and products that overflow become decimals or null, never a trap")
    func overflow() throws {
        #expect(try evaluate("9223372036854775807 + 1") == .decimal(9.223372036854776e18))
        #expect(try evaluate("10 ** 400") == .null)
        #expect(try evaluate("duration(\"PT1S\") * 9223372036854775807") == .null)
        #expect(try evaluate("-(0 - 9223372036854775807 - 1)") == .decimal(9.223372036854776e18))
        #expect(try evaluate("(0 - 9223372036854775807 - 1) / (0 - 1)") == .decimal(9.223372036854776e18))
    }
}
