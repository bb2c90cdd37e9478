/// Ends activations before they complete.
extension Execution {
    /// Ends an activation and everything within it. The token that it stood for is the caller's to move or to drop.
    mutating func terminate(_ key: Int32) { terminate(below: key, including: true) }

    /// Ends everything within a scope, tokens on their way included. The caller sets the token count.
    mutating func terminateChildren(of key: Int32) { terminate(below: key, including: false) }

    private mutating func terminate(below root: Int32, including isRootIncluded: Bool) {
        var doomed: Set<Int32> = [root]
        var order: [Int32] = isRootIncluded ? [root] : []
        // Parents come before their children.
        for activation in state.activations where doomed.contains(activation.parent) {
            doomed.insert(activation.key)
            order.append(activation.key)
        }
        for key in order.reversed() {
            guard let place = state.place(of: key) else { continue }
            announceEnd(place)
            giveBackRecords(of: place)
            if key == root, state.activations[place].parent == 0 {
                state.finalVariables = state.activations[place].variables
            }
            remove(key)
        }
        if head < queue.count {
            let waiting = queue[head...].filter { step in
                if case .enter(_, let scope, _) = step { return !doomed.contains(scope) }
                return true
            }
            queue = Array(waiting)
            head = 0
        }
    }

    private mutating func announceEnd(_ place: Int) {
        let activation = state.activations[place]
        let id = model.elements[Int(activation.element)].id
        if activation.state == .job, activation.incident == nil, let job = model.elements[Int(activation.element)].job {
            outputs.append(.jobCancelled(JobKey(rawValue: activation.key), type: job.type, elementID: id))
        }
        if activation.state != .joining, activation.state != .blocked { outputs.append(.elementTerminated(id)) }
    }
}
