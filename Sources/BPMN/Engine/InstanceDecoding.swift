import Kernel

/// Reads what ``ByteWriter`` wrote. Every read gives `nil` at bytes that cannot have been written.
struct ByteReader {
    let bytes: [UInt8]
    var position: Int
    /// Element indices must be below.
    let elements: Int
    private var depth = 0

    init(bytes: [UInt8], position: Int, elements: Int) {
        self.bytes = bytes
        self.position = position
        self.elements = elements
    }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    private mutating func number() -> Int64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = byte() else { return nil }
            result |= UInt64(byte & 127) << shift
            if byte < 128 { return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1) }
        }
        return nil
    }

    private mutating func small() -> Int32? { number().flatMap { Int32(exactly: $0) } }

    /// A count of things that take at least a byte each.
    private mutating func count() -> Int? {
        guard let value = number(), value >= 0, value <= Int64(bytes.count - position) else { return nil }
        return Int(value)
    }

    private mutating func element(orNone: Bool = false) -> Int32? {
        guard let value = small(), value >= (orNone ? -1 : 0), value < Int32(elements) else { return nil }
        return value
    }

    private mutating func list<T>(_ read: (inout ByteReader) -> T?) -> [T]? {
        guard let count = count() else { return nil }
        var result: [T] = []
        result.reserveCapacity(count)
        for _ in 0..<count {
            guard let item = read(&self) else { return nil }
            result.append(item)
        }
        return result
    }

    private mutating func text() -> String? {
        guard let count = count() else { return nil }
        let slice = bytes[position..<position + count]
        position += count
        return String(validating: slice, as: UTF8.self)
    }

    mutating func state() -> InstanceState? {
        var result = InstanceState()
        guard let lifecycle = byte().flatMap(InstanceState.Lifecycle.init), let process = element(),
            let lastKey = small(), let ends = list({ $0.element() }),
            let completed = list({ $0.number().map { UInt64(bitPattern: $0) } }),
            completed.count == (elements + 63) / 64, let variables = variables(),
            let activations = list({ $0.activation() }), let subscriptions = list({ $0.subscription() })
        else { return nil }
        let keys = activations.map(\.key)
        guard zip(keys, keys.dropFirst()).allSatisfy(<) else { return nil }
        guard lifecycle != .running || activations.first?.parent == 0 else { return nil }
        result.lifecycle = lifecycle
        result.process = process
        result.lastKey = lastKey
        result.ends = ends
        result.completed = completed
        result.finalVariables = variables
        result.activations = activations
        result.subscriptions = subscriptions
        return result
    }

    private mutating func activation() -> Activation? {
        guard let key = small(), let element = element(), let parent = small(), parent < key,
            let state = byte().flatMap(Activation.State.init), let parts = byte()
        else { return nil }
        var result = Activation(key: key, element: element, parent: parent, state: state)
        if parts & 1 != 0 {
            guard let tokens = small() else { return nil }
            result.tokens = tokens
        }
        if parts & 2 != 0 {
            guard let flow = small() else { return nil }
            result.flow = flow
        }
        result.isInterrupted = parts & 4 != 0
        if parts & 8 != 0 {
            guard let variables = variables() else { return nil }
            result.variables = variables
        }
        if parts & 16 != 0 {
            guard let records = records() else { return nil }
            result.records = records
        }
        if parts & 32 != 0 {
            guard let items = list({ $0.value() }), let next = small(), let completed = small(),
                let outputs = list({ $0.value() })
            else { return nil }
            result.loop = LoopProgress(items: items, next: next, completed: completed, outputs: outputs)
        }
        if parts & 64 != 0 {
            guard let kind = byte().flatMap(Incident.Kind.init), let message = text() else { return nil }
            result.incident = IncidentCause(kind: kind, message: message)
        }
        return result
    }

    private mutating func nested<T>(_ read: (inout ByteReader) -> T?) -> T? {
        guard depth < 256 else { return nil }
        depth += 1
        defer { depth -= 1 }
        return read(&self)
    }

    private mutating func records() -> [CompensationRecord]? {
        list { reader in
            guard let element = reader.element(), let handler = reader.element(orNone: true),
                let variables = reader.variables(), let nested = reader.nested({ $0.records() })
            else { return nil }
            return CompensationRecord(element: element, handler: handler, variables: variables, nested: nested)
        }
    }

    private mutating func subscription() -> Subscription? {
        guard let key = small(), let owner = small(), let element = element(), let kind = byte() else { return nil }
        let event: Subscription.Event
        switch kind {
        case 0: event = .message(key: nil)
        case 1:
            guard let value = value() else { return nil }
            event = .message(key: value)
        case 2:
            guard let due = number(), let remaining = small(), let months = number(), let milliseconds = number() else {
                return nil
            }
            event = .timer(
                due: Instant(milliseconds: due), remaining: remaining,
                interval: ISODuration(months: months, milliseconds: milliseconds))
        default: return nil
        }
        return Subscription(key: key, owner: owner, element: element, event: event)
    }

    private mutating func variables() -> [String: FEELValue]? {
        guard let count = count() else { return nil }
        var result: [String: FEELValue] = [:]
        for _ in 0..<count {
            guard let name = text(), let value = value() else { return nil }
            result[name] = value
        }
        return result
    }

    private mutating func value() -> FEELValue? {
        guard let tag = byte() else { return nil }
        switch tag {
        case 0: return .null
        case 1, 2: return .boolean(tag == 2)
        case 3: return number().map(FEELValue.integer)
        case 4:
            guard position + 8 <= bytes.count else { return nil }
            let pattern = bytes[position..<position + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            position += 8
            return .decimal(Double(bitPattern: pattern))
        case 5: return text().map(FEELValue.string)
        case 6: return nested { $0.list { $0.value() } }.map(FEELValue.list)
        case 7: return nested { $0.variables() }.map(FEELValue.context)
        case 8: return number().map(FEELValue.duration)
        case 9: return number().map(FEELValue.months)
        case 10: return number().map(FEELValue.date)
        case 11: return number().map { .dateTime(Instant(milliseconds: $0)) }
        default: return nil
        }
    }
}
