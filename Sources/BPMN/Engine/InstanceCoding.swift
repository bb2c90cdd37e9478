import Kernel

/// The compact binary form of an instance: what a host stores as one small row.
///
/// Layout: format byte, fingerprint (8 bytes), then the state field by field; whole numbers as zig-zag varints, names
/// sorted. An unknown format byte is a fault: formats are only ever added.
extension ProcessInstance {
    private static let format: UInt8 = 1

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.append(Self.format)
        writer.fixed(model.fingerprint)
        writer.state(state)
        return writer.bytes
    }

    /// - Parameter model: the version that the instance runs on; see ``fingerprint(of:)``.
    /// - Throws: `Fault` `process_instance_corrupt` for bytes that are no instance, `process_instance_version` for an
    ///   instance of another version. Neither is retryable.
    public init(decoding bytes: [UInt8], model: CompiledModel) throws(Fault) {
        guard let fingerprint = Self.fingerprint(of: bytes) else {
            throw Fault(
                "process_instance_corrupt", retryable: false, "\(bytes.count) bytes, format \(bytes.first ?? 0)")
        }
        guard fingerprint == model.fingerprint else {
            throw Fault(
                "process_instance_version", retryable: false,
                "instance of version \(fingerprint), model \(model.fingerprint)")
        }
        var reader = ByteReader(bytes: bytes, position: 9, elements: model.elements.count)
        guard let state = reader.state(), reader.position == bytes.count else {
            throw Fault(
                "process_instance_corrupt", retryable: false, "at byte \(reader.position) of \(bytes.count)")
        }
        self.model = model
        self.state = state
    }

    /// The version that stored bytes belong to; `nil` for bytes that are no instance.
    public static func fingerprint(of bytes: [UInt8]) -> UInt64? {
        guard bytes.count > 9, bytes[0] == format else { return nil }
        return bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func fixed(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func number(_ value: Int64) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ value: Int32) { number(Int64(value)) }

    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 {
            number(Int64($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    mutating func state(_ state: InstanceState) {
        bytes.append(state.lifecycle.rawValue)
        number(state.process)
        number(state.lastKey)
        number(Int64(state.ends.count))
        for end in state.ends { number(end) }
        number(Int64(state.completed.count))
        for word in state.completed { number(Int64(bitPattern: word)) }
        variables(state.finalVariables)
        number(Int64(state.activations.count))
        for activation in state.activations { self.activation(activation) }
        number(Int64(state.subscriptions.count))
        for subscription in state.subscriptions { self.subscription(subscription) }
    }

    private mutating func activation(_ activation: Activation) {
        number(activation.key)
        number(activation.element)
        number(activation.parent)
        // Most activations have none of the rare parts: one byte says which are there.
        var parts: UInt8 = 0
        if activation.tokens != 0 { parts |= 1 }
        if activation.flow != -1 { parts |= 2 }
        if activation.isInterrupted { parts |= 4 }
        if !activation.variables.isEmpty { parts |= 8 }
        if !activation.records.isEmpty { parts |= 16 }
        if activation.loop != nil { parts |= 32 }
        if activation.incident != nil { parts |= 64 }
        bytes.append(activation.state.rawValue)
        bytes.append(parts)
        if activation.tokens != 0 { number(activation.tokens) }
        if activation.flow != -1 { number(activation.flow) }
        if !activation.variables.isEmpty { variables(activation.variables) }
        if !activation.records.isEmpty { records(activation.records) }
        if let loop = activation.loop {
            values(loop.items)
            number(loop.next)
            number(loop.completed)
            values(loop.outputs)
        }
        if let incident = activation.incident {
            bytes.append(incident.kind.rawValue)
            text(incident.message)
        }
    }

    private mutating func records(_ records: [CompensationRecord]) {
        number(Int64(records.count))
        for record in records {
            number(record.element)
            number(record.handler)
            variables(record.variables)
            self.records(record.nested)
        }
    }

    private mutating func subscription(_ subscription: Subscription) {
        number(subscription.key)
        number(subscription.owner)
        number(subscription.element)
        switch subscription.event {
        case .message(nil): bytes.append(0)
        case .message(let key?):
            bytes.append(1)
            value(key)
        case .timer(let due, let remaining, let interval):
            bytes.append(2)
            number(due.milliseconds)
            number(remaining)
            number(interval.months)
            number(interval.milliseconds)
        }
    }

    private mutating func variables(_ variables: [String: FEELValue]) {
        number(Int64(variables.count))
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            text(name)
            self.value(value)
        }
    }

    private mutating func values(_ values: [FEELValue]) {
        number(Int64(values.count))
        for value in values { self.value(value) }
    }

    private mutating func value(_ value: FEELValue) {
        switch value {
        case .null: bytes.append(0)
        case .boolean(false): bytes.append(1)
        case .boolean(true): bytes.append(2)
        case .integer(let number): tagged(3, number)
        case .decimal(let number):
            bytes.append(4)
            fixed(number.bitPattern)
        case .string(let string):
            bytes.append(5)
            text(string)
        case .list(let items):
            bytes.append(6)
            values(items)
        case .context(let entries):
            bytes.append(7)
            variables(entries)
        case .duration(let milliseconds): tagged(8, milliseconds)
        case .months(let months): tagged(9, months)
        case .date(let days): tagged(10, days)
        case .dateTime(let instant): tagged(11, instant.milliseconds)
        }
    }

    private mutating func tagged(_ tag: UInt8, _ number: Int64) {
        bytes.append(tag)
        self.number(number)
    }
}
