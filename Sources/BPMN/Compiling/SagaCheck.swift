/// What a job does to the world, as its host declares it.
public enum SideEffect: Sendable, Equatable {
    /// Nothing that anybody would have to undo.
    case none
    /// Must be undone when the process fails: needs a compensation handler.
    case compensable
    /// The point of no return.
    case pivot
    /// Happens only after the point of no return; is never undone.
    case afterPivot
}

/// Every compensable job that can run before the pivot needs a compensation handler.
///
/// The pivot is a job declared as such, or an element with the `zeebe:property` named `pivot` of value `true` (a
/// process may wait for its pivot rather than do it).
enum SagaCheck {
    static func problems(of compiler: ModelCompiler, _ sideEffects: (String) -> SideEffect) -> [LoadError] {
        let elements = compiler.elements
        let effects = elements.map { element in element.job.map { sideEffects($0.type) } ?? .none }
        let reached = reachedBeforePivot(compiler, effects)
        var problems: [LoadError] = []
        for (index, element) in elements.enumerated() {
            guard effects[index] == .compensable, reached.contains(index), element.handler < 0, !element.isHandler
            else {
                continue
            }
            problems.append(
                LoadError(
                    .saga, element: element.id, line: compiler.lines[index],
                    "'\(element.id)' (job type '\(element.job?.type ?? "")') has side effects before the pivot and no "
                        + "compensation handler"))
        }
        return problems
    }

    private static func reachedBeforePivot(_ compiler: ModelCompiler, _ effects: [SideEffect]) -> Set<Int> {
        let elements = compiler.elements
        var reached: Set<Int> = []
        var pending = compiler.processes.values.sorted()
        func visit(_ index: Int) { if index >= 0, reached.insert(index).inserted { pending.append(index) } }
        reached.formUnion(pending)
        while let index = pending.popLast() {
            let element = elements[index]
            element.boundaries.forEach(visit)
            visit(element.handler)
            visit(element.start)
            for start in element.eventStarts { visit(elements[start].container) }
            guard effects[index] != .pivot, !element.isPivot else { continue }
            // A sub-process is left when one of its ends was reached; the end visits what follows.
            if element.operation != .subProcess { element.outgoing.forEach { visit(compiler.flows[$0].target) } }
            if element.outgoing.isEmpty { leaveContainer(of: index, elements, compiler.flows, visit) }
        }
        return reached
    }

    private static func leaveContainer(
        of index: Int, _ elements: [CompiledElement], _ flows: [CompiledFlow], _ visit: (Int) -> Void
    ) {
        var container = elements[index].container
        while container >= 0, elements[container].operation != .process {
            elements[container].outgoing.forEach { visit(flows[$0].target) }
            guard elements[container].outgoing.isEmpty || elements[container].operation == .eventSubProcess else {
                return
            }
            container = elements[container].container
        }
    }
}
