import BPMN

/// An expression is refused, or it has a value.
func fuzzFEEL(_ bytes: [UInt8]) {
    do throws(FEELSyntaxError) {
        let expression = try FEELExpression(String(decoding: bytes, as: UTF8.self))
        let list: FEELValue = [1, "two", true, ["three"]]
        _ = expression.evaluate { $0 == "x" ? list : nil }
    } catch {
        return
    }
}
