"""What is made of a sales order: sums, lines, statuses, parties and holds; and of goods. Exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sap_s4hana.tests.documents import READING, eur, item, order, partner
from orderweave_sap_s4hana.goods import product_record, stock_records
from orderweave_sap_s4hana.mapping import order_record
from orderweave_sap_s4hana.parties import addresses, customer
from orderweave_sap_s4hana.payloads import MaterialStock, Partner, Product, SalesOrder
from orderweave_sap_s4hana.statuses import ALL_ISSUED, LETTERS, REJECTED, SOME_ISSUED, STATUSES
from orderweave_sdk.records import (
    Address,
    Axis,
    Company,
    Facet,
    Hold,
    HoldReason,
    Key,
    OrderRecord,
    Person,
    Quantities,
)


def record(row: SalesOrder, *facets: Facet, **documents: Any) -> OrderRecord:
    """The record with these facets."""
    return order_record(row, frozenset(facets), READING, **documents)


def words(found: OrderRecord) -> list[tuple[Axis, str, str]]:
    """The status words."""
    return [(word.axis, word.raw, word.normalized) for word in found.statuses]


def test_numbers_and_references() -> None:
    """Numbers without the zeros before them; the three fields of others' numbers as they stand, empty ones left out."""
    row = order(SalesOrder="0005000001", PurchaseOrderByCustomer="#1001 ", PurchaseOrderByShipToParty="")
    found = record(row)
    assert found.external_id == "5000001"
    assert found.keys == (Key("id", "5000001"), Key("number", "5000001"))
    assert found.references == (Key("PurchaseOrderByCustomer", "#1001 "),)
    assert found.updated_at == datetime(2026, 3, 1, 10, 0, 0, 123000, tzinfo=UTC)
    assert found.delivered() == frozenset()


def test_sums() -> None:
    """Net and tax make the total; freight and reductions of the header stand apart; statistics do not count."""
    conditions = [
        {"ConditionType": "HD00", "ConditionCategory": "F", "ConditionClass": "A", "ConditionAmount": "5.00"},
        {"ConditionType": "HB00", "ConditionCategory": "", "ConditionClass": "A", "ConditionAmount": "-2.50"},
        {"ConditionType": "VPRS", "ConditionClass": "B", "ConditionAmount": "9.00", "ConditionIsForStatistics": True},
        {"ConditionType": "HB00", "ConditionClass": "A", "ConditionAmount": "-9.00", "ConditionInactiveReason": "A"},
    ]
    header = record(
        order(item(), TotalNetAmount="20.00", to_PricingElement={"results": conditions}), Facet.HEADER
    ).header
    assert header is not None
    assert header.totals is not None
    totals = header.totals
    assert (totals.subtotal, totals.shipping, totals.discount) == (eur("17.50"), eur("5.00"), eur("2.50"))
    assert (totals.tax, totals.total) == (eur("3.80"), eur("23.80"))
    assert [(each.title, each.amount) for each in header.discounts] == [("HB00", eur("2.50"))]


def test_rejected_items_do_not_count() -> None:
    """One rejected item is canceled and adds nothing; an order rejected as a whole tells what it was."""
    gone = item("20", SalesDocumentRjcnReason="61")
    some = record(order(item(), gone, TotalNetAmount="20.00"), Facet.HEADER, Facet.LINES)
    whole = record(order(gone, OverallSDDocumentRejectionSts="C"), Facet.HEADER, Facet.LINES)
    for found, total, canceled in ((some, "23.80", "2"), (whole, "23.80", "0")):
        assert found.header is not None
        assert found.header.totals is not None
        assert found.header.totals.total == eur(total)
        assert found.lines is not None
        left = Decimal(2) - Decimal(canceled)
        assert found.lines[-1].quantity == Quantities(ordered=Decimal(2), canceled=Decimal(canceled), current=left)


def test_what_is_not_told_is_not_made_up() -> None:
    """An item that does not tell its tax leaves tax and total open; without a currency there is no money."""
    header = record(order(item(TaxAmount=None), TotalNetAmount="20.00"), Facet.HEADER).header
    assert header is not None
    assert header.totals is not None
    assert (header.totals.subtotal, header.totals.tax, header.totals.total) == (eur("20.00"), None, None)
    bare = record(order(item(), TransactionCurrency=""), Facet.LINES)
    assert bare.lines is not None
    assert bare.lines[0].total is None


def test_the_day_of_an_order_begins_where_the_system_stands() -> None:
    """1 March 2026 in Berlin begins an hour earlier in UTC."""
    berlin = msgspec.structs.replace(READING, time_zone=ZoneInfo("Europe/Berlin"))
    header = order_record(order(), frozenset({Facet.HEADER}), berlin).header
    assert header is not None
    assert header.placed_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)


def test_a_line() -> None:
    """What an item says; one below another names it."""
    row = item("000020", "1.500", HigherLevelItem="000010", SalesOrderItemText="Green tea", RequestedQuantityUnit="KG")
    found = record(order(row), Facet.LINES).lines
    assert found is not None
    line = found[0]
    assert (line.external_id, line.parent_line_id, line.sku, line.title, line.unit) == (
        "20",
        "10",
        "TEA",
        "Green tea",
        "KG",
    )
    assert line.total == eur("20.00")
    (above,) = record(order(item(HigherLevelItem="000000")), Facet.LINES).lines or ()
    assert above.parent_line_id is None


@pytest.mark.parametrize(
    ("status", "rejection", "raw", "meaning"),
    [
        ("", "", "", "UNKNOWN"),
        ("A", "A", "A", "OPEN"),
        ("B", "B", "B", "OPEN"),
        ("C", "A", "C", "COMPLETED"),
        ("C", "C", "C/rejected", "CANCELED"),
        ("X", "", "X", "UNKNOWN"),
    ],
)
def test_order_words(status: str, rejection: str, raw: str, meaning: str) -> None:
    """SAP's letter, and whether everything was rejected."""
    found = record(order(OverallSDProcessStatus=status, OverallSDDocumentRejectionSts=rejection), Facet.HEADER)
    assert words(found) == [(Axis.ORDER, raw, meaning)]


def test_the_status_map_is_total() -> None:
    """Every letter of the domains, with every ending that can stand behind it, has a meaning."""
    assert set(STATUSES.words[Axis.ORDER]) == {f"{a}{b}" for a, b in product(LETTERS, ("", REJECTED))}
    endings = ("", REJECTED, SOME_ISSUED, ALL_ISSUED)
    assert set(STATUSES.words[Axis.FULFILLMENT]) == {f"{a}{b}" for a, b in product(LETTERS, endings)}
    assert set(STATUSES.words[Axis.INVOICE]) == set(LETTERS)
    # AccountingTransferStatus as SAP note 3472797 lists it; the clearing letter stands behind what is posted.
    transfers = {*" ABCDEFGHIKLMN"}
    posted = {f"{a}/{b}" for a, b in product("CH", LETTERS)}
    assert set(STATUSES.words[Axis.INVOICE_DOCUMENT]) == {a.strip() for a in transfers - {"C", "H"}} | posted | {
        "canceled"
    }


def test_a_person() -> None:
    """A party that is no company is a person; the functions are read in English, in German, and as stored."""
    reached = {"AddresseeFullName": "Robin Sample", "EmailAddress": "robin@example.com", "MobileNumber": "+49151"}
    for function, internal in (("SP", None), ("AG", None), ("??", "AG")):
        row = partner(function, Customer="0010000007", PartnerFunctionInternalCode=internal, **reached)
        found = customer([msgspec.convert(row, Partner)])
        assert found.company is None
        assert found.person == Person(
            external_id="10000007", name="Robin Sample", email="robin@example.com", phone="+49151"
        )
    assert customer([]).person is None
    assert customer([msgspec.convert(partner("SP", Customer="19999999"), Partner)]).person is None


@pytest.mark.parametrize("mark", [{"VATRegistration": "DE1"}, {"FormOfAddress": "0003"}])
def test_a_company(mark: dict[str, str]) -> None:
    """A VAT number or the form of address makes a company, and the contact person its person."""
    rows = [
        partner("SP", Customer="0020000001", OrganizationName1="Corner Cafe", **mark),
        partner("CP", ContactPerson="0000000042", AddresseeFullName="Kim Sample", PhoneNumber="1"),
    ]
    found = customer([msgspec.convert(row, Partner) for row in rows])
    assert found.company == Company(external_id="20000001", name="Corner Cafe", tax_id=mark.get("VATRegistration"))
    assert found.person == Person(external_id="42", name="Kim Sample", phone="1")


def test_addresses() -> None:
    """The bill-to and ship-to party's, the sold-to party's in place of one that is missing."""
    sold_to = partner("SP", AddresseeFullName="A", CityName="Berlin", Country="DE")
    ship_to = partner(
        "SH",
        AddresseeFullName="Kim Sample",
        OrganizationName1="Corner Cafe",
        StreetPrefixName1="c/o B",
        StreetName="Market Street",
        HouseNumber="5",
        StreetSuffixName1="Floor 2",
        CityName="Portland",
        Region="ME",
        PostalCode="04101",
        Country="US",
        PhoneNumber="+1",
    )
    found = addresses([msgspec.convert(row, Partner) for row in (sold_to, ship_to)])
    assert found.billing == Address(name="A", city="Berlin", country_code="DE")
    assert found.shipping == Address(
        name="Kim Sample",
        company="Corner Cafe",
        lines=("c/o B", "Market Street 5", "Floor 2"),
        city="Portland",
        region="ME",
        postal_code="04101",
        country_code="US",
        phone="+1",
    )


def test_holds() -> None:
    """Blocks, a refused credit check and an open approval; a reason of the company's own keeps its code."""
    row = order(
        DeliveryBlockReason="Z1",
        HeaderBillingBlockReason="08",
        TotalCreditCheckStatus="B",
        SalesDocApprovalStatus="A",
    )
    assert record(row, Facet.HOLDS).holds == (
        Hold(reason=HoldReason.UNKNOWN, raw="delivery block Z1"),
        Hold(reason=HoldReason.OTHER, raw="billing block 08"),
        Hold(reason=HoldReason.CREDIT, raw="credit B"),
        Hold(reason=HoldReason.APPROVAL, raw="approval A"),
    )
    fine = order(DeliveryBlockReason="", TotalCreditCheckStatus="D", SalesDocApprovalStatus="B")
    assert record(fine, Facet.HOLDS).holds == ()


def test_stock() -> None:
    """One level a plant of all that lies in it; what is another's, or on its way, is not on the shelf."""
    rows = [
        {"Plant": "1010", "StorageLocation": "0001", "InventoryStockType": "01", "Quantity": "5"},
        {"Plant": "1010", "StorageLocation": "0002", "InventoryStockType": "01", "Quantity": "2.5"},
        {"Plant": "1010", "StorageLocation": "0001", "InventoryStockType": "02", "Quantity": "1"},
        {"Plant": "1010", "StorageLocation": "0001", "InventoryStockType": "07", "Quantity": "3"},
        {"Plant": "1010", "InventoryStockType": "06", "Quantity": "4"},
        {"Plant": "1010", "InventoryStockType": "01", "InventorySpecialStockType": "K", "Quantity": "99"},
        {"Plant": "1020", "StorageLocation": "0001", "InventoryStockType": "01", "Quantity": "0"},
        {"Plant": "", "InventoryStockType": "01", "Quantity": "7"},
    ]
    told = [{**row, "MatlWrhsStkQtyInMatlBaseUnit": row.pop("Quantity")} for row in rows]
    material = msgspec.convert(
        {"Material": "000000000000004711", "to_MatlStkInAcctMod": {"results": told}}, MaterialStock
    )
    found = {level.location.external_id: level for level in stock_records(material, READING)}
    assert set(found) == {"1010", "1020"}
    east = found["1010"]
    assert (east.sku, east.on_hand, east.quality_control, east.incoming) == (
        "4711",
        Decimal("11.5"),
        Decimal(1),
        Decimal(4),
    )
    assert (east.available, east.committed) == (None, None)
    assert (found["1020"].on_hand, found["1020"].incoming) == (Decimal(0), None)
    finer = msgspec.structs.replace(READING, by_storage_location=True)
    assert {level.location.external_id for level in stock_records(material, finer)} == {
        "1010/0001",
        "1010/0002",
        "1010",
        "1020/0001",
    }


def test_a_product() -> None:
    """Called as the language has it, else as any has it; a standard number that is no GTIN is none."""
    row = {
        "Product": "TEA",
        "IsMarkedForDeletion": True,
        "ProductStandardID": "4006381333931",
        "to_Description": {
            "results": [
                {"Language": "DE", "ProductDescription": "Tee"},
                {"Language": "EN", "ProductDescription": "Tea"},
            ]
        },
    }
    product_ = msgspec.convert(row, Product)
    found = product_record(product_, "en")
    assert (found.external_id, found.sku, found.title, found.gtin, found.active) == (
        "TEA",
        "TEA",
        "Tea",
        "4006381333931",
        False,
    )
    assert product_record(product_, "FR").title == "Tee"
    bare = product_record(msgspec.convert({"Product": "X", "ProductStandardID": "12345"}, Product), "EN")
    assert (bare.title, bare.gtin, bare.active) == (None, None, None)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from(["", "A", "C", "é"])
            for name in ("OverallSDProcessStatus", "OverallSDDocumentRejectionSts", "TransactionCurrency")
        }
        | {
            "CreationDate": st.none() | st.from_regex(r"/Date\((-\d{1,13}|\d{1,15})\)/", fullmatch=True),
            "LastChangeDateTime": st.none() | st.from_regex(r"/Date\((-\d{1,13}|\d{1,15})\)/", fullmatch=True),
            "TotalNetAmount": st.none() | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,5})?", fullmatch=True),
            "to_Item": st.just({"results": [item(TaxAmount=None), item("20", "0")]}),
        },
    )
)
def test_whatever_can_be_read_can_be_mapped(fields: dict[str, Any]) -> None:
    """No row that passes for an order breaks the mapping: a query never fails for one."""
    row = msgspec.json.decode(msgspec.json.encode({"SalesOrder": "1", **fields}), type=SalesOrder)
    facets = frozenset({Facet.HEADER, Facet.LINES, Facet.INVOICES, Facet.HOLDS, Facet.FULFILLMENT})
    assert order_record(row, facets, READING).delivered() == facets
