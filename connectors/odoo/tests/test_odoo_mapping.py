"""What Odoo's rows mean: empty values, sums, words, lines and parties, with exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.odoo.tests.orders import bill, line, order, partner, parts, picking, read, transfers
from orderweave_odoo.manifest import STATUSES
from orderweave_odoo.mapping import order_record
from orderweave_odoo.parties import addresses, customer
from orderweave_odoo.payloads import ProductRow
from orderweave_sdk.records import (
    Address,
    Axis,
    Company,
    Customer,
    Discount,
    Facet,
    Key,
    Money,
    OrderRecord,
    Person,
    Quantities,
    Totals,
)

ALL = frozenset(
    {
        *(Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.INVOICES, Facet.FULFILLMENT),
        Facet.RETURNS,
    }
)


def usd(amount: str) -> Money:
    """An amount in dollars."""
    return Money(Decimal(amount), "USD")


def words(record: OrderRecord) -> dict[Axis, tuple[str, str]]:
    """Raw and normalized words by axis."""
    return {word.axis: (word.raw, word.normalized) for word in record.statuses}


def test_empty_is_false() -> None:
    """False is no text, no link and no amount; moments are UTC; an order has no number while it is new."""
    record = order_record(order(name="New", currency_id=False), ALL, parts())
    assert record.keys == (Key("id", "42"),)
    assert record.references == ()
    assert record.updated_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert record.header is not None
    assert record.header.placed_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert (record.header.number, record.header.currency, record.header.totals) == (None, None, Totals())
    assert record.customer == Customer()
    assert record.invoices is not None
    assert (record.invoices.invoices, record.invoices.payment_terms) == ((), None)


def test_references_stand_as_they_are() -> None:
    """Both reference fields are passed on with their blanks."""
    record = order_record(order(client_order_ref="SO-1001 ", origin="#1001"), frozenset(), parts())
    assert record.references == (Key("client_order_ref", "SO-1001 "), Key("origin", "#1001"))


@pytest.mark.parametrize(
    ("values", "raw", "meaning"),
    [
        ({"state": "draft"}, "draft", "DRAFT"),
        ({"state": "sent"}, "sent", "PENDING"),
        ({"state": "sale"}, "sale", "OPEN"),
        ({"state": "sale", "locked": True}, "sale/locked", "OPEN"),
        ({"locked": True, "invoice_status": "invoiced"}, "sale/locked/finished", "COMPLETED"),
        ({"locked": True, "invoice_status": "invoiced", "delivery_status": "partial"}, "sale/locked", "OPEN"),
        ({"state": "sale", "invoice_status": "invoiced", "delivery_status": "full"}, "sale", "OPEN"),
        ({"state": "done"}, "done", "OPEN"),
        ({"state": "done", "invoice_status": "invoiced", "delivery_status": "full"}, "done/finished", "COMPLETED"),
        ({"state": "cancel", "locked": True}, "cancel", "CANCELED"),
        ({"state": "approved"}, "approved", "UNKNOWN"),
    ],
)
def test_order_word(values: dict[str, Any], raw: str, meaning: str) -> None:
    """A lock alone completes nothing: nothing must be left to deliver and to invoice, and that must be known."""
    record = order_record(order(**values), frozenset({Facet.HEADER}), parts())
    assert words(record) == {Axis.ORDER: (raw, meaning)}


@pytest.mark.parametrize(("delivered", "raw"), [(1.0, "done"), (2.0, "done/finished"), (3.0, "done/finished")])
def test_order_word_before_16(delivered: float, raw: str) -> None:
    """Without delivery_status the lines tell what is delivered; freight and headings are not waited for."""
    rows = [
        line(1, qty_delivered=delivered),
        line(2, is_delivery=True, qty_delivered=0.0),
        line(3, display_type="line_note", qty_delivered=0.0),
    ]
    told = order(state="done", invoice_status="invoiced", delivery_status=None)
    record = order_record(told, frozenset({Facet.HEADER}), parts(lines=rows))
    assert words(record)[Axis.ORDER][0] == raw


@pytest.mark.parametrize(
    ("status", "bills", "raw", "meaning"),
    [
        ("no", [], "no", "NOT_INVOICED"),
        ("no", [bill(1)], "no/billed", "PARTIALLY_INVOICED"),
        ("to invoice", [bill(1, state="draft")], "to invoice", "NOT_INVOICED"),
        ("to invoice", [bill(1, move_type="out_refund")], "to invoice", "NOT_INVOICED"),
        ("to invoice", [bill(1)], "to invoice/billed", "PARTIALLY_INVOICED"),
        ("invoiced", [bill(1)], "invoiced", "INVOICED"),
        ("upselling", [bill(1)], "upselling", "INVOICED"),
    ],
)
def test_invoice_word(status: str, bills: list[Any], raw: str, meaning: str) -> None:
    """A posted invoice makes a part of what Odoo says is left; a draft and a credit note do not."""
    record = order_record(order(invoice_status=status), frozenset({Facet.INVOICES}), parts(invoices=bills))
    assert words(record) == {Axis.INVOICE: (raw, meaning)}


@pytest.mark.parametrize(
    ("status", "states", "raw", "meaning"),
    [
        (False, [], "none", "UNFULFILLED"),
        ("pending", [], "pending", "UNFULFILLED"),
        ("started", [], "started", "IN_PROGRESS"),
        ("partial", [], "partial", "PARTIALLY_FULFILLED"),
        ("full", [], "full", "FULFILLED"),
        (None, [], "none", "UNFULFILLED"),
        (None, ["cancel"], "none", "UNFULFILLED"),
        (None, ["assigned", "cancel"], "pending", "UNFULFILLED"),
        (None, ["done", "assigned"], "partial", "PARTIALLY_FULFILLED"),
        (None, ["done", "cancel"], "full", "FULFILLED"),
    ],
)
def test_delivery_word(status: str | bool | None, states: list[str], raw: str, meaning: str) -> None:
    """The order's own word; where the server has no such field (15), what its transfers say."""
    told = transfers([picking(place, state) for place, state in enumerate(states, start=1)], [])
    record = order_record(order(delivery_status=status), frozenset({Facet.FULFILLMENT}), parts(moved=told))
    assert words(record) == {Axis.FULFILLMENT: (raw, meaning)}


@pytest.mark.parametrize("status", [False, None])
@pytest.mark.parametrize(
    ("state", "kinds", "raw", "meaning"),
    [
        ("cancel", ["consu"], "none/canceled", "CANCELED"),
        ("cancel", ["service"], "none/canceled", "CANCELED"),
        ("sale", ["service", "combo"], "none/services", "NOT_REQUIRED"),
        ("sale", ["service", "consu"], "none", "UNFULFILLED"),
        ("sale", ["service", "product"], "none", "UNFULFILLED"),
        ("sale", ["service", False], "none", "UNFULFILLED"),
        ("sale", [], "none", "UNFULFILLED"),
    ],
)
def test_nothing_to_deliver(status: bool | None, state: str, kinds: list[str | bool], raw: str, meaning: str) -> None:
    """What was canceled, or is services alone, does not wait for ever. What is not known to be a service is sent."""
    rows = [line(n, product_id=[n, "It"]) for n in range(1, len(kinds) + 1)]
    rows.append(line(99, name="Freight", is_delivery=True, product_id=False))
    known = {n: read(ProductRow, {"id": n, "type": kind}) for n, kind in enumerate(kinds, start=1)}
    told = msgspec.structs.replace(parts(lines=rows), products=known)
    record = order_record(order(delivery_status=status, state=state), frozenset({Facet.FULFILLMENT}), told)
    assert words(record) == {Axis.FULFILLMENT: (raw, meaning)}


def test_sums_and_lines() -> None:
    """Freight and what has a price below zero are sums; headings, notes and down payments are neither."""
    rows = [
        line(3, sequence=30, name="Heading", display_type="line_section", product_id=False),
        line(2, sequence=20, product_uom_qty=2.9999999999999996, price_unit=10.983333333333334, discount=10.0),
        line(1, sequence=10),
        line(4, name="Delivery", is_delivery=True, price_unit=5.0, price_subtotal=5.0),
        line(5, name="Spring sale", price_unit=-3.3, product_uom_qty=1.0, price_subtotal=-3.3000000000000003),
        line(6, name="Down payment", is_downpayment=True, product_uom_qty=0.0, price_unit=10.0, price_subtotal=0.0),
        line(7, sequence=40, product_id=False, name="Wrapping", product_uom_qty=-1.0, price_subtotal=-9.9),
    ]
    totals = {"amount_untaxed": 21.499999999999996, "amount_tax": 4.09, "amount_total": 25.590000000000003}
    record = order_record(order(**totals), frozenset({Facet.HEADER, Facet.LINES}), parts(lines=rows))
    assert record.header is not None
    assert record.header.totals == Totals(
        subtotal=usd("19.80"), discount=usd("3.30"), shipping=usd("5.00"), tax=usd("4.09"), total=usd("25.59")
    )
    assert record.header.discounts == (Discount(title="Spring sale", amount=usd("3.30")),)
    assert record.lines is not None
    first, second, third = record.lines
    assert [each.external_id for each in record.lines] == ["1", "2", "7"]
    assert (first.sku, first.title, first.unit) == ("TEA", "Tea", "Units")
    assert (first.unit_price, first.total, first.discounts) == (usd("9.90"), usd("19.80"), ())
    assert second.quantity == Quantities(ordered=Decimal(3), current=Decimal(3))
    assert (second.unit_price, second.discounts) == (usd("10.983333"), (Discount(title="10%"),))
    assert (third.sku, third.title, third.quantity.current) == (None, "Wrapping", Decimal(-1))


def test_digits_of_the_currency() -> None:
    """Yen have no decimal places, dinars three; a currency that is not known has two."""
    for code, expected in (("JPY", "1235"), ("KWD", "1234.568"), ("XTS", "1234.57")):
        record = order_record(order(currency_id=[9, code], amount_total=1234.5678), frozenset({Facet.HEADER}), parts())
        assert record.header is not None
        assert record.header.totals is not None
        assert record.header.totals.total == Money(Decimal(expected), code)


def test_customers() -> None:
    """A company, a person, a person for a company above them or one typed in, nobody, and one who cannot be read."""
    company = {"commercial_partner_id": [8, "Corner Cafe"], "commercial_company_name": "Corner Cafe", "vat": "US1"}
    people = {
        7: partner(7, name="Robin", email="robin@example.com", mobile="+1202", **company),
        8: partner(8, is_company=True, name="Corner Cafe", commercial_company_name="Corner Cafe", vat="US1"),
        9: partner(9, name="Sam", commercial_company_name="Sam's Shop"),
        10: partner(10, name="Walk-in"),
    }
    robin = Person(external_id="7", name="Robin", email="robin@example.com", phone="+1202")
    cafe = Company(external_id="8", name="Corner Cafe", tax_id="US1")
    shop = Company(name="Sam's Shop")
    expected = {
        7: Customer(person=robin, company=cafe),
        8: Customer(company=cafe),
        9: Customer(person=Person(external_id="9", name="Sam"), company=shop),
        10: Customer(),
        11: Customer(),
    }
    for identity, found in expected.items():
        assert customer(order(partner_id=[identity, "?"]), people, 10) == found


def test_addresses() -> None:
    """Two streets, codes by id, the company beside the name or in its place."""
    people = {
        7: partner(
            7,
            **{
                "name": "Robin",
                "commercial_company_name": "Corner Cafe",
                "street": "1 Market St",
                "street2": "Floor 2",
            },
            **{
                "city": "Portland",
                "zip": "04101",
                "state_id": [21, "Maine (US)"],
                "country_id": [233, "United States"],
            },
        ),
        8: partner(8, commercial_company_name="Corner Cafe", street=" "),
    }
    told = order(partner_invoice_id=[7, "Robin"], partner_shipping_id=[8, "Corner Cafe"])
    found = addresses(told, people, {21: "ME"}, {233: "US"})
    assert found.billing == Address(
        name="Robin",
        company="Corner Cafe",
        lines=("1 Market St", "Floor 2"),
        city="Portland",
        region="ME",
        postal_code="04101",
        country_code="US",
    )
    assert found.shipping == Address(name="Corner Cafe")
    assert addresses(told, people, {}, {}, walk_in=7).billing is None


def test_parts_that_the_database_lacks() -> None:
    """Without invoices and transfers these facets are not known, and no word is said of them."""
    record = order_record(order(), ALL, parts(invoices=None, moved=None))
    assert (record.invoices, record.fulfillment, record.returns) == (None, None, None)
    assert set(words(record)) == {Axis.ORDER}


@pytest.mark.parametrize(
    ("axis", "documented"),
    [
        (Axis.ORDER, ["draft", "sent", "sale", "done", "cancel"]),
        (Axis.FULFILLMENT, ["pending", "started", "partial", "full"]),
        (Axis.INVOICE, ["upselling", "invoiced", "to invoice", "no"]),
        (Axis.RETURN, ["draft", "waiting", "confirmed", "assigned", "done", "cancel"]),
        (Axis.FULFILLMENT_ORDER, ["draft", "waiting", "confirmed", "assigned", "done", "cancel"]),
        (
            Axis.INVOICE_DOCUMENT,
            [
                *("draft", "cancel"),
                *(f"posted/{word}" for word in ("not_paid", "in_payment", "paid", "partial", "reversed", "blocked")),
                "posted/invoicing_legacy",
            ],
        ),
    ],
)
def test_status_map_is_total(axis: Axis, documented: list[str]) -> None:
    """Every word of Odoo's selections (15 to 19) has a meaning."""
    assert [word for word in documented if word not in STATUSES.words[axis]] == []
