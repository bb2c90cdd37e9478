import Contracts
import Kernel
import Orders

extension OrdersBatch {
    func placeOrder(_ command: PlaceOrder, _ slot: Int) throws(Fault) {
        let number = command.number.map { ClientNumber(client: command.client, number: $0) }
        let placed: PlacedOrder
        do throws(PlaceOrderRejection) {
            placed = try command.decide(
                id: ids.next(now: now),
                products: { [logic, products] sku in
                    let known = products.created[sku] ?? logic.products[sku]
                    return known.map { ($0.id, $0.sku) }
                },
                numberIsTaken: number.map(takenNumbers.contains) ?? false, now: now)
        } catch {
            return outbox.reject(slot, error)
        }
        if let number { takenNumbers.insert(number) }
        outbox.publish(.orders(.orderCreated(placed.created)))
        let saga = try OrderSaga(placing: placed, logic.versions.current, self)
        self.placed.append(placed)
        add(saga)
        outbox.reply(slot, .placed(OrderReceipt(saga.order, lines: placed.lines)))
    }
}
