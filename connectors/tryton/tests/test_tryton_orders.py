"""How sales become order records: header, lines, customers, addresses and invoices."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.tryton.tests.sales import day, decimal, instant, invoice, line, sale
from orderweave_sdk.records import (
    Address,
    Axis,
    Company,
    Customer,
    Discount,
    Facet,
    InvoiceDocumentStatus,
    Key,
    Money,
    Person,
    Quantities,
    StatusWord,
)
from orderweave_tryton.mapping import order_record

HEADER, LINES = frozenset({Facet.HEADER}), frozenset({Facet.LINES})
CUSTOMER, ADDRESSES = frozenset({Facet.CUSTOMER}), frozenset({Facet.ADDRESSES})
INVOICES = frozenset({Facet.INVOICES})


def eur(amount: str) -> Money:
    """Euro."""
    return Money(Decimal(amount), "EUR")


def test_a_draft_that_was_never_changed() -> None:
    """Without number and write_date, the id is the only key and the moment of entry the last change."""
    record = order_record(sale(number=None, state="draft"), HEADER)
    assert record.keys == (Key("id", "8"),)
    assert record.references == ()
    assert record.updated_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert record.header is not None
    assert record.header.number is None
    assert record.header.placed_at == record.header.updated_at == record.updated_at
    assert record.statuses == (StatusWord(Axis.ORDER, "draft", "DRAFT", "1"),)


def test_a_changed_sale() -> None:
    """The last change is write_date to the microsecond; the entry stays the moment of placing."""
    record = order_record(sale(write_date=instant(11, 250), reference="#1001"), HEADER)
    assert record.updated_at == datetime(2026, 3, 1, 11, 30, 0, 250, tzinfo=UTC)
    assert record.header is not None
    assert record.header.placed_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert record.references == (Key("reference", "#1001"),)


def test_freight_and_discounts_are_sums_not_lines() -> None:
    """Lines that bill the freight or only take something off count in the totals, and are no order lines."""
    lines = [
        line(1, 2.0, "50.00"),
        line(2, 1.0, "7.50", shipment_cost=decimal("7.50")),
        line(3, 1.0, "-10.00", description="Spring", **{"product.": None}),
    ]
    told = sale(
        line_lines_=lines,
        untaxed_amount=decimal("97.50"),
        tax_amount=decimal("18.53"),
        total_amount=decimal("116.03"),
    )
    record = order_record(told, HEADER | LINES)
    assert record.header is not None
    totals = record.header.totals
    assert totals is not None
    assert (totals.subtotal, totals.discount, totals.shipping) == (eur("100.00"), eur("10.00"), eur("7.50"))
    assert (totals.tax, totals.total) == (eur("18.53"), eur("116.03"))
    assert record.header.discounts == (Discount(title="Spring", amount=eur("10.00")),)
    assert [found.external_id for found in record.lines or ()] == ["1"]


def test_line() -> None:
    """A line carries its product's code as SKU, a whole quantity without a point, and its own amount."""
    (found,) = order_record(sale(line_lines_=[line(1, 3.0, "2.5000")]), LINES).lines or ()
    assert (found.sku, found.title, found.unit) == ("TEA", "Tea", "u")
    assert str(found.quantity.ordered) == "3"
    assert (found.unit_price, found.total) == (eur("2.5000"), eur("7.50000"))


def test_fractions_stay_exact() -> None:
    """A quantity of 0.1 is a tenth, not its float."""
    (found,) = order_record(sale(line_lines_=[line(1, 0.1, "10.00")]), LINES).lines or ()
    assert found.quantity.ordered == Decimal("0.1")


def test_a_line_without_product() -> None:
    """A line typed by hand has no SKU, and its description as title."""
    typed = line(1, 1.0, "5.00", description="Engraving", **{"product.": None})
    (found,) = order_record(sale(line_lines_=[typed]), LINES).lines or ()
    assert (found.sku, found.title) == (None, "Engraving")


def test_ignored_moves_are_canceled_quantity() -> None:
    """What was canceled and not sent again is taken off; in another unit nothing is said of it."""
    ignored = {"id": 7, "quantity": 2.0, "unit": 1}
    (found,) = (
        order_record(sale(line_lines_=[line(1, 5.0, "1.00", **{"moves_ignored.": [ignored]})]), LINES).lines or ()
    )
    assert found.quantity == Quantities(ordered=Decimal(5), canceled=Decimal(2), current=Decimal(3))
    elsewhere = ignored | {"unit": 4}
    (found,) = (
        order_record(sale(line_lines_=[line(1, 5.0, "1.00", **{"moves_ignored.": [elsewhere]})]), LINES).lines or ()
    )
    assert found.quantity == Quantities(ordered=Decimal(5))


@pytest.mark.parametrize(
    ("state", "to_invoice", "raw", "meaning"),
    [
        ("none", 1, "none", "NOT_INVOICED"),
        ("pending", 0, "pending", "NOT_INVOICED"),
        ("awaiting payment", False, "awaiting payment", "INVOICED"),
        ("awaiting payment", True, "awaiting payment/to invoice", "PARTIALLY_INVOICED"),
        ("partially paid", 0, "partially paid", "INVOICED"),
        ("paid", 1, "paid/to invoice", "PARTIALLY_INVOICED"),
        ("exception", 1, "exception", "UNKNOWN"),
        ("brand new", 1, "brand new", "UNKNOWN"),
    ],
)
def test_invoicing(state: str, to_invoice: bool, raw: str, meaning: str) -> None:
    """Billed is not paid, partly billed is told apart, and a word nobody mapped is UNKNOWN and kept."""
    record = order_record(sale(invoice_state=state, to_invoice=to_invoice), INVOICES)
    assert record.statuses == (StatusWord(Axis.INVOICE, raw, meaning, "1"),)


def test_a_part_paid_invoice() -> None:
    """What is paid is the total less what is owed; the earliest day to pay is when it is due."""
    dates = [{"id": 1, "maturity_date": day(2026, 5, 1)}, {"id": 2, "maturity_date": day(2026, 4, 1)}]
    rows = [invoice(2, "posted", "100.00", "40.00", **{"lines_to_pay.": dates}), invoice(1, "draft", "9.00", "0")]
    invoices = order_record(sale(invoices_=rows, payment_term_={"id": 1, "name": "30 days"}), INVOICES).invoices
    assert invoices is not None
    assert invoices.payment_terms == "30 days"
    draft, posted = invoices.invoices
    assert (draft.external_id, draft.status, draft.paid, draft.due) == ("1", InvoiceDocumentStatus.DRAFT, None, None)
    assert posted.status is InvoiceDocumentStatus.PARTIALLY_PAID
    assert (posted.total, posted.paid, posted.due) == (eur("100.00"), eur("60.00"), eur("40.00"))
    assert (posted.issued_at, posted.due_at) == (date(2026, 3, 2), date(2026, 4, 1))
    assert (draft.raw_status, posted.raw_status) == ("draft", "posted")


def test_an_invoice_in_a_state_that_nobody_mapped() -> None:
    """It is UNKNOWN beside the state, whatever its sums say."""
    invoices = order_record(sale(invoices_=[invoice(1, "disputed", "9.00", "4.00")]), INVOICES).invoices
    assert invoices is not None
    (found,) = invoices.invoices
    assert (found.status, found.raw_status) == (InvoiceDocumentStatus.UNKNOWN, "disputed")


def party(identity: int, name: str | None, **values: Any) -> dict[str, Any]:
    """A party with e-mail and telephone."""
    reached = [
        {"id": 1, "type": "fax", "value": "+1", "name": None},
        {"id": 2, "type": "email", "value": f"{identity}@example.com", "name": None},
        {"id": 3, "type": "mobile", "value": "+49301234", "name": None},
    ]
    blank: dict[str, Any] = {"categories.": [], "tax_identifier.": None}
    return {"id": identity, "name": name, "contact_mechanisms.": reached, **blank, **values}


def test_a_person() -> None:
    """A party with neither tax identifier nor the companies' category is a person."""
    record = order_record(sale(party_=party(4, "Robin")), CUSTOMER, company_category="Company")
    person = Person(external_id="4", name="Robin", email="4@example.com", phone="+49301234")
    assert record.customer == Customer(person=person)


def test_a_company_by_tax_identifier() -> None:
    """A tax identifier makes a company; its own addresses are those of nobody by name."""
    told = party(5, "Cafe GmbH", **{"tax_identifier.": {"id": 1, "code": "DE123"}})
    record = order_record(sale(party_=told), CUSTOMER)
    company = Company(external_id="5", name="Cafe GmbH", tax_id="DE123")
    assert record.customer == Customer(person=Person(email="5@example.com", phone="+49301234"), company=company)


def test_a_company_by_category() -> None:
    """The configured category makes a company, and only when it is configured."""
    told = party(5, "Cafe GmbH", **{"categories.": [{"id": 1, "name": "B2B"}]})
    marked = order_record(sale(party_=told), CUSTOMER, company_category="B2B").customer
    assert marked is not None
    assert marked.company == Company(external_id="5", name="Cafe GmbH")
    unmarked = order_record(sale(party_=told), CUSTOMER).customer
    assert unmarked is not None
    assert unmarked.company is None


def test_the_contact_of_a_company() -> None:
    """The person is the contact's own party, or the mechanisms under the contact's name."""
    company = party(5, "Cafe GmbH", **{"tax_identifier.": {"id": 1, "code": "DE123"}})
    theirs = {"id": 9, "type": "email", "value": "6@example.com", "name": None, "party.": party(6, "Kim")}
    found = order_record(sale(party_=company, contact_=theirs), CUSTOMER).customer
    assert found is not None
    assert found.person == Person(external_id="6", name="Kim", email="6@example.com", phone="+49301234")

    named = {"id": 10, "type": "phone", "value": "+49999", "name": "Lee"}
    company["contact_mechanisms."] += [named, {"id": 11, "type": "email", "value": "lee@example.com", "name": "Lee"}]
    found = order_record(
        sale(party_=company, contact_={**named, "party.": {"id": 5, "name": "Cafe"}}), CUSTOMER
    ).customer
    assert found is not None
    assert found.person == Person(name="Lee", email="lee@example.com", phone="+49999")


def test_nobody() -> None:
    """A till's party with no name and no way to be reached is no customer, and the facet is delivered."""
    record = order_record(sale(party_={"id": 1, "name": ""}), CUSTOMER)
    assert record.customer == Customer()
    assert record.delivered() == CUSTOMER


def test_addresses() -> None:
    """The attention line is the person and the party the company; blank lines go; the region has no country."""
    told = {
        "id": 3,
        "party_name": None,
        "attn": "Kim",
        "street": "Hauptstr. 1\n\nHof",
        "city": "Berlin",
        "postal_code": "10115",
        "country.": {"id": 1, "code": "DE"},
        "subdivision.": {"id": 1, "code": "DE-BE"},
        "party.": {"id": 5, "name": "Cafe GmbH"},
    }
    bare = {"id": 4, "party_name": "Robin", "attn": "", "street": None, "city": "", "postal_code": None}
    record = order_record(sale(shipment_address_=told, invoice_address_=bare), ADDRESSES)
    assert record.addresses is not None
    assert record.addresses.billing == Address(name="Robin")
    assert record.addresses.shipping == Address(
        name="Kim",
        company="Cafe GmbH",
        lines=("Hauptstr. 1", "Hof"),
        city="Berlin",
        region="BE",
        postal_code="10115",
        country_code="DE",
    )
