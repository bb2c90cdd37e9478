/// A carrier did not answer for longer than we are patient.
extension Shipment {
    /// Asks the current attempt back. What comes of it is an outcome or a withdrawal, and only then another carrier
    /// is asked.
    public mutating func runOutOfPatience() -> [ShipmentAction] {
        // The timer and the outcome may meet in one batch; then the outcome has decided already.
        guard label == .asked else { return [] }
        label = .changingCarrier
        return [.withdraw(attempt: attempt)]
    }
}
