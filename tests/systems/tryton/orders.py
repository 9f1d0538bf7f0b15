"""Orders of a world, moved through Tryton's own workflow: quoted, processed, shipped, billed, paid, returned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.systems.tryton.masters import Masters, Record, get, make


def naive(text: str) -> datetime:
    """An instant as Tryton keeps it: UTC without saying so."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def status(order: Record, axis: str) -> str | None:
    """The order's word on an axis."""
    return next((word["normalized"] for word in order["statuses"] if word["axis"] == axis), None)


class Orders:
    """Makes one order at a time."""

    def __init__(self, masters: Masters) -> None:
        self._masters = masters

    def make(self, order: Record) -> None:
        """The order with all that became of it."""
        sale = self._sale(order)
        for record, line in zip(order["lines"], sale.line_lines, strict=True):
            self._masters.note(record["external_id"], line)
        model = get("sale.sale")
        wanted = status(order, "ORDER")
        if wanted == "CANCELED":
            model.cancel([sale])
        elif wanted != "DRAFT":
            _process(sale)
            self._ship(sale, order)
            self._bill(sale, order)
            for record in order["returns"]:
                self._return(sale, record)

    def _sale(self, order: Record) -> Any:
        masters, header = self._masters, order["header"]
        person = masters.customer(order["customer"]["person"])
        company = order["customer"]["company"]
        party = masters.company(company) if company else person
        plans = order["fulfillment"]["fulfillment_orders"]
        place = masters.ids[plans[0]["location"]["external_id"]] if plans else None
        sale = make(
            "sale.sale",
            number=header["number"],
            reference=next((key["value"] for key in order["references"]), None),
            company=1,
            currency=masters.currency(header["currency"]).id,
            party=party.id,
            contact=person.contact_mechanisms[0].id if company else None,
            invoice_address=masters.address(party, order["addresses"]["billing"]).id,
            shipment_address=masters.address(party, order["addresses"]["shipping"]).id,
            payment_term=masters.terms(order["invoices"]["payment_terms"]).id,
            invoice_method="order" if order["invoices"]["invoices"] else "manual",
            shipment_method="order",
            shipment_cost_method=None,
            sale_date=naive(header["placed_at"]).date(),
            lines=[("create", [self._line(line) for line in order["lines"]])],
            **({"warehouse": int(place)} if place else {}),
        )
        masters.note(order["external_id"], sale)
        return sale

    def _line(self, line: Record) -> Record:
        product = self._masters.by_sku(line["sku"])
        return {
            "type": "line",
            "product": product.id,
            "unit": product.default_uom.id,
            "quantity": float(line["quantity"]["ordered"]),
            "unit_price": Decimal(line["unit_price"]["amount"]),
        }

    def _ship(self, sale: Any, order: Record) -> None:
        """Send each shipment of the record; Tryton itself plans the rest anew after a partial one."""
        model, masters = get("stock.shipment.out"), self._masters
        sent = {record["external_id"] for record in order["fulfillment"]["shipments"]}
        for record in order["fulfillment"]["shipments"]:
            shipment = _waiting(sale)
            masters.note(record["external_id"], shipment)
            model.draft([shipment])
            self._keep_only(shipment, record["lines"])
            model.write([shipment], {"carrier": masters.carrier(record["packages"][0]["carrier"]["name"]).id})
            model.wait([shipment])
            model.assign_force([_fresh(shipment)])
            model.pick([_fresh(shipment)])
            for package in record["packages"]:
                self._pack(_fresh(shipment), package)
            for step in (model.pack, model.ship, model.do):
                step([_fresh(shipment)])
            get("sale.sale").process([_fresh(sale)])
        for plan in order["fulfillment"]["fulfillment_orders"]:
            if plan["external_id"] not in sent:
                masters.note(plan["external_id"], _waiting(sale))
                model.write([_waiting(sale)], {"carrier": masters.carrier("Carrier").id})

    def _keep_only(self, shipment: Any, goods: list[Record]) -> None:
        wanted = {self._masters.ids[line["line_id"]]: float(line["quantity"]) for line in goods}
        move = get("stock.move")
        for outgoing in shipment.outgoing_moves:
            quantity = wanted.get(str(outgoing.origin.id))
            if quantity is None:
                move.delete([outgoing])
            elif quantity != outgoing.quantity:
                move.write([outgoing], {"quantity": quantity})

    def _pack(self, shipment: Any, record: Record) -> None:
        package = make(
            "stock.package",
            company=1,
            type=self._masters.box().id,
            shipment=str(shipment),
            shipping_reference=record["tracking_number"],
            moves=[("add", [move.id for move in shipment.outgoing_moves if not move.package])],
        )
        self._masters.note(record["external_id"], package)

    def _bill(self, sale: Any, order: Record) -> None:
        model = get("account.invoice")
        for record, invoice in zip(order["invoices"]["invoices"], _fresh(sale).invoices, strict=True):
            self._masters.note(record["external_id"], invoice)
            model.write([invoice], {"invoice_date": date.fromisoformat(record["issued_at"])})
            model.post([_fresh(invoice)])
            paid = Decimal(record["paid"]["amount"])
            if paid:
                _pay(_fresh(invoice), paid)
        get("sale.sale").process([_fresh(sale)])

    def _return(self, sale: Any, record: Record) -> None:
        """As Tryton's own return wizard does it: a copy of the sale that names it as its origin."""
        model = get("sale.sale")
        (made,) = model.copy([sale], default={"origin": str(sale), "number": record["number"], "lines": []})
        lines = [
            {
                "type": "line",
                "product": self._masters.by_sku(line["sku"]).id,
                "unit": self._masters.by_sku(line["sku"]).default_uom.id,
                "quantity": -float(line["quantity"]),
                "unit_price": Decimal(1),
            }
            for line in record["lines"]
        ]
        model.write([made], {"lines": [("create", lines)], "sale_date": sale.sale_date})
        _process(made)
        self._masters.note(record["external_id"], made)


def _fresh(record: Any) -> Any:
    """The record as it stands now; one in hand keeps what it read."""
    return get(record.__name__)(record.id)


def _process(sale: Any) -> None:
    model = get("sale.sale")
    for step in (model.quote, model.confirm, model.process):
        step([_fresh(sale)])


def _waiting(sale: Any) -> Any:
    (shipment,) = [found for found in _fresh(sale).shipments if found.state == "waiting"]
    return shipment


def _pay(invoice: Any, amount: Decimal) -> None:
    (method,) = get("account.invoice.payment.method").search([])
    owed, _ = invoice.get_reconcile_lines_for_amount(invoice.total_amount, invoice.currency)
    paid = invoice.pay_invoice(amount, method, invoice.invoice_date)
    get("account.move.line").reconcile([*owed, *paid])
    get("account.invoice").process([_fresh(invoice)])
