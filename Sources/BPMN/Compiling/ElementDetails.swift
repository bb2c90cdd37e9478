import Kernel

/// Expressions, jobs, messages, timers, loops and mappings of single elements.
extension ModelCompiler {
    static func withoutEquals(_ text: String) -> String { text.hasPrefix("=") ? String(text.dropFirst()) : text }

    mutating func feel(_ text: String, _ node: FlowNode, _ what: String) -> FEELExpression? {
        do {
            return try FEELExpression(Self.withoutEquals(text))
        } catch {
            refuse(.expression, node, "\(what) of '\(node.id)': \(error)")
            return nil
        }
    }

    /// With a leading `=` an expression, without it the text itself.
    private mutating func feelOrText(_ text: String, _ node: FlowNode, _ what: String) -> FEELExpression? {
        text.hasPrefix("=") ? feel(text, node, what) : FEELExpression(value: .string(text))
    }

    mutating func mappings(_ mappings: [ZeebeExtensions.Mapping], _ node: FlowNode) -> [CompiledMapping] {
        var result: [CompiledMapping] = []
        for mapping in mappings {
            guard !mapping.target.isEmpty, !mapping.target.contains(".") else {
                unsupported(node, "mapping to '\(mapping.target)'")
                continue
            }
            if let source = feelOrText(mapping.source, node, "mapping") {
                result.append(CompiledMapping(source: source, target: mapping.target))
            }
        }
        return result
    }

    mutating func job(of node: FlowNode) -> CompiledJob? {
        var type = node.zeebe.jobType
        if type == nil, node.kind == .userTask { type = "io.camunda.zeebe:userTask" }
        guard let type, !type.isEmpty else {
            refuse(.structure, node, "'\(node.id)' (\(node.kind.rawValue)) has no job type (zeebe:taskDefinition)")
            return nil
        }
        guard !type.hasPrefix("=") else {
            unsupported(node, "job type as an expression")
            return nil
        }
        return CompiledJob(
            type: type, headers: node.zeebe.headers, retries: node.zeebe.jobRetries.flatMap { Int($0) } ?? 3)
    }

    mutating func message(_ reference: String?, _ node: FlowNode) -> CompiledMessage? {
        guard let reference, let message = model.messages[reference], !message.name.isEmpty else {
            refuse(.structure, node, "'\(node.id)' waits for a message without name")
            return nil
        }
        guard !message.name.hasPrefix("=") else {
            unsupported(node, "message name as an expression")
            return nil
        }
        return CompiledMessage(
            name: message.name, key: message.correlationKey.flatMap { feel($0, node, "correlation key") })
    }

    mutating func timer(_ event: EventDefinition, _ node: FlowNode) -> CompiledTimer? {
        switch event.timer {
        case .duration(let text):
            if !text.hasPrefix("="), ISODuration(text) == nil { break }
            return feelOrText(text, node, "duration").map(CompiledTimer.duration)
        case .date(let text):
            if !text.hasPrefix("="), Instant(rfc3339: text) == nil { break }
            return feelOrText(text, node, "date").map(CompiledTimer.date)
        case .cycle(let text):
            if !text.hasPrefix("="), TimerCycle(text) == nil { break }
            return feelOrText(text, node, "cycle").map(CompiledTimer.cycle)
        case nil: break
        }
        refuse(.structure, node, "the timer of '\(node.id)' is no duration, date or cycle of ISO 8601")
        return nil
    }

    mutating func loop(of node: FlowNode) -> CompiledLoop? {
        guard let loop = node.loop else { return nil }
        guard loop.kind != .standard else {
            unsupported(node, "standard loop")
            return nil
        }
        guard loop.inputCollection != nil || loop.cardinality != nil else {
            refuse(.structure, node, "multi-instance '\(node.id)' has neither collection nor cardinality")
            return nil
        }
        return CompiledLoop(
            isSequential: loop.kind == .sequential,
            cardinality: loop.inputCollection == nil ? loop.cardinality.flatMap { feel($0, node, "cardinality") } : nil,
            collection: loop.inputCollection.flatMap { feel($0, node, "collection") }, element: loop.inputElement,
            outputCollection: loop.outputCollection,
            outputElement: loop.outputElement.flatMap { feel($0, node, "output element") },
            completionCondition: loop.completionCondition.flatMap { feel($0, node, "completion condition") })
    }
}

/// `R3/PT1H`: how often, and how far apart. Without a number for ever.
struct TimerCycle: Sendable, Hashable {
    /// 1 or more; `nil` for ever.
    let repetitions: Int32?
    let interval: ISODuration

    init?(_ text: some StringProtocol) {
        guard text.first == "R", let slash = text.firstIndex(of: "/") else { return nil }
        let count = text[text.index(after: text.startIndex)..<slash]
        guard let interval = ISODuration(text[text.index(after: slash)...]),
            interval.months >= 0, interval.milliseconds >= 0, interval.months + interval.milliseconds > 0
        else { return nil }
        if count.isEmpty {
            repetitions = nil
        } else {
            guard let number = Int32(count), number > 0 else { return nil }
            repetitions = number
        }
        self.interval = interval
    }
}
