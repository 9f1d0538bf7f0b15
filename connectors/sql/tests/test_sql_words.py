"""Words of payments, invoices and returns that nobody mapped, through the tables and back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from connectors.sql.tests.databases import call
from orderweave_sdk.batches import keys_of
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import (
    Axis,
    Facet,
    Header,
    Invoice,
    Invoices,
    Key,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Return,
    ReturnStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.testing.world import World
from orderweave_sdk.unmapped import meeting_unmapped
from orderweave_sql.connector import SqlConnector
from orderweave_sql.simulator import SqlSimulator


async def test_unmapped_words_of_money_and_returns_are_kept() -> None:
    """Payments, their transactions, invoices and returns are UNKNOWN beside the word that the row holds."""
    usd = Money(Decimal("9.90"), "USD")
    moved = Transaction(
        external_id="2",
        kind=TransactionKind.UNKNOWN,
        raw_kind="swap",
        status=TransactionStatus.UNKNOWN,
        raw_status="in limbo",
        amount=usd,
    )
    paid = Payment(
        external_id="1", status=PaymentStatus.UNKNOWN, raw_status="pledged", captured=usd, transactions=(moved,)
    )
    order = OrderRecord(
        external_id="7",
        keys=(Key("id", "7"),),
        header=Header(currency="USD", placed_at=datetime(2026, 3, 1, tzinfo=UTC)),
        payments=Payments(payments=(paid,)),
        invoices=Invoices(invoices=(Invoice(external_id="3", raw_status="parked", total=usd),)),
        returns=(Return(external_id="4", status=ReturnStatus.UNKNOWN, raw_status="mislaid"),),
    )
    shop = SqlSimulator()
    shop.seed(World(orders=(order,)))
    await shop.start()
    connecting = Connecting(SqlConnector, shop.settings())
    try:
        reading = capability(connecting.connector, Capability.FIND_ORDERS)
        facets = frozenset({Facet.PAYMENTS, Facet.INVOICES, Facet.RETURNS})
        with meeting_unmapped(10) as words:
            (found,) = (await reading.find_orders(keys_of("id", ["7"]), facets, call())).records
    finally:
        await connecting.close()
        await shop.stop()
    assert (found.payments, found.invoices, found.returns) == (order.payments, order.invoices, order.returns)
    assert words == {
        (Axis.PAYMENT_PART, "pledged"),
        (Axis.TRANSACTION_KIND, "swap"),
        (Axis.TRANSACTION_STATUS, "in limbo"),
        (Axis.INVOICE_DOCUMENT, "parked"),
        (Axis.RETURN_PART, "mislaid"),
    }
