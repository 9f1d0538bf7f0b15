"""Fills a fresh Tryton database with a world of records. Run by the Python of Tryton's own environment.

    python -m tests.systems.tryton.seed CONFIG DATABASE WORLD.json IDS.json

Goods move by Tryton's own workflow, so that states, totals and stock are what the server makes of them. Only
what a workflow cannot reach (moments in the past, numbers that sequences choose) is written to the tables at the
end. IDS.json then says which id the server gave to each record: {"ours": "theirs", …}.
"""

# Tryton lives in an environment of its own, so the type checker cannot see it.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from proteus import Model
from proteus import config as proteus_config
from trytond.config import update_etc
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.transaction import Transaction, TransactionError

from tests.systems.tryton.masters import Masters, Record, get, make
from tests.systems.tryton.orders import Orders, naive
from tests.systems.tryton.rights import PASSWORD, READABLE, READER, STRANGER


def main(config_file: str, database: str, world_file: str, ids_file: str) -> None:
    """See the module's own words."""
    world = json.loads(Path(world_file).read_text())
    update_etc(config_file)
    _lay_the_books(config_file, database)
    ids = _in_transaction(database, lambda: Seeding(world).run())
    Path(ids_file).write_text(json.dumps(ids))


def _lay_the_books(config_file: str, database: str) -> None:
    """Company, chart of accounts, and a fiscal year wide enough for the world's dates and for today."""
    proteus_config.set_trytond(f"sqlite:///{database}", config_file=config_file)
    create_company(currency="USD")
    company = get_company()
    create_chart(company)
    span = (date(2025, 1, 1), date(2099, 12, 31))
    year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, today=span))
    year.save()
    period = Model.get("account.period")(name="All", start_date=year.start_date, end_date=year.end_date)
    period.fiscalyear = year
    period.save()
    accounts = get_accounts(company)
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_revenue = accounts["revenue"]
    category.account_expense = accounts["expense"]
    category.save()
    (journal,) = Model.get("account.journal").find([("type", "=", "cash")])
    method = Model.get("account.invoice.payment.method")(name="Cash", journal=journal)
    method.credit_account = accounts["cash"]
    method.debit_account = accounts["cash"]
    method.save()


def _in_transaction(database: str, work: Callable[[], Any]) -> Any:
    """Run `work` as the administrator; when Tryton says what the transaction lacks, again with that."""
    extras: dict[str, Any] = {}
    context = {"company": 1, "_skip_warnings": True}
    while True:
        with Transaction().start(database, 1, context=context, **extras) as transaction:
            try:
                return work()
            except TransactionError as error:
                transaction.rollback()
                transaction.tasks.clear()
                error.fix(extras)


class Seeding:
    """One world on its way into one database."""

    def __init__(self, world: Record) -> None:
        self._world = world
        self._masters = Masters()
        self._orders = Orders(self._masters)

    def run(self) -> dict[str, str]:
        """Seed all; the ids that the server chose."""
        for place in self._world["locations"]:
            self._masters.warehouse(place)
        for product in self._world["products"]:
            self._masters.product(product)
        for order in self._world["orders"]:
            self._orders.make(order)
        for level in self._world["stock"]:
            self._stock(level)
        for receipt in self._world["receipts"]:
            self._receipt(receipt)
        for order in self._world["orders"]:
            self._rewrite_the_past(order)
        _users()
        return self._masters.ids

    def _stock(self, level: Record) -> None:
        """Bring one level to what the record says: a done move for what is there, a planned one for the rest."""
        product = self._masters.by_sku(level["sku"])
        warehouse = self._masters.made("stock.location", level["location"]["external_id"])
        today = datetime.now(UTC).date()
        with Transaction().set_context(locations=[warehouse.id], with_childs=True, stock_date_end=today):
            now = get("product.product")(product.id)
            there = float(level["on_hand"]) - now.quantity
            planned = float(level["available"]) - now.forecast_quantity - there
        self._move(product, warehouse.storage_location, there, today, done=True)
        self._move(product, warehouse.storage_location, planned, today, done=False)

    def _receipt(self, receipt: Record) -> None:
        """Goods that a supplier is to bring to where a warehouse receives, as a purchase leaves them."""
        warehouse = self._masters.made("stock.location", receipt["location"]["external_id"])
        product = self._masters.by_sku(receipt["sku"])
        day = datetime.fromisoformat(receipt["expected_at"]).date() if receipt["expected_at"] else None
        quantity = float(receipt["quantity"])
        self._masters.note(receipt["external_id"], self._planned(product, warehouse.input_location, quantity, day))

    def _planned(self, product: Any, place: Any, quantity: float, day: date | None) -> Any:
        (supplier,) = get("stock.location").search([("type", "=", "supplier")], limit=1)
        source, target = (supplier, place) if quantity > 0 else (place, supplier)
        return make(
            "stock.move",
            product=product.id,
            unit=product.default_uom.id,
            quantity=abs(quantity),
            from_location=source.id,
            to_location=target.id,
            planned_date=day,
            unit_price=Decimal(1),
            currency=self._masters.currency("USD").id,
            company=1,
        )

    def _move(self, product: Any, storage: Any, quantity: float, today: date, *, done: bool) -> None:
        if not quantity:
            return
        move = self._planned(product, storage, quantity, today)
        if done:
            get("stock.move").do([move])

    def _rewrite_the_past(self, order: Record) -> None:
        placed, updated = naive(order["header"]["placed_at"]), naive(order["updated_at"])
        write_date = None if updated == placed else updated
        self._set("sale.sale", order["external_id"], create_date=placed, write_date=write_date)
        for shipment in order["fulfillment"]["shipments"]:
            self._set("stock.shipment.out", shipment["external_id"], number=shipment["number"])
        for invoice in order["invoices"]["invoices"]:
            self._set("account.invoice", invoice["external_id"], number=invoice["number"])
            due = date.fromisoformat(invoice["due_at"])
            for line in self._masters.made("account.invoice", invoice["external_id"]).lines_to_pay:
                _update("account.move.line", line.id, maturity_date=due)
        for record in order["returns"]:
            self._set("sale.sale", record["external_id"], create_date=naive(record["created_at"]))

    def _set(self, model: str, ours: str, **values: Any) -> None:
        _update(model, int(self._masters.ids[ours]), **values)


def _update(model: str, identity: int, **values: Any) -> None:
    table = get(model).__table__()
    columns = [getattr(table, name) for name in values]
    query = table.update(columns, list(values.values()), where=table.id == identity)
    Transaction().connection.cursor().execute(*query)


def _users() -> None:
    """The reader has the least rights under which the connector works; the stranger has none."""
    group = make("res.group", name="Readers of orders")
    for model in READABLE:
        rights = {"perm_read": True, "perm_write": False, "perm_create": False, "perm_delete": False}
        make("ir.model.access", model=model, group=group.id, **rights)
    for login, groups in ((READER, [group.id]), (STRANGER, [])):
        values = {"name": login, "login": login, "password": PASSWORD, "company": 1}
        make("res.user", **values, companies=[("add", [1])], groups=[("add", groups)])


if __name__ == "__main__":
    main(*sys.argv[1:])
