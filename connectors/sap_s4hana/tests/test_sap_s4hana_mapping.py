"""What is made of SAP's documents: sums, statuses, parties, deliveries, invoices, holds, goods; exact values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from connectors.sap_s4hana.tests.documents import READING, billed, item, order, partner, sent
from orderweave_sap_s4hana.deliveries import fulfillment, issued
from orderweave_sap_s4hana.goods import product_record, stock_records
from orderweave_sap_s4hana.invoicing import how_far, invoices
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
    Money,
    OrderRecord,
    Person,
    Quantities,
)


def record(row: SalesOrder, *facets: Facet, **documents: Any) -> OrderRecord:
    """The record with these facets."""
    return order_record(row, frozenset(facets), READING, **documents)


def eur(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "EUR")


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
    assert record(order(item(HigherLevelItem="000000")), Facet.LINES).lines[0].parent_line_id is None  # type: ignore[index]


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


def test_delivered_on_paper_is_not_sent() -> None:
    """A delivery for everything is no goods issue; the word follows what left."""
    waiting = sent(OverallGoodsMovementStatus="A")
    gone = sent(OverallGoodsMovementStatus="C")
    assert issued(()) == ""
    assert issued((waiting,)) == ""
    assert issued((waiting, gone)) == SOME_ISSUED
    assert issued((sent(OverallGoodsMovementStatus="B"),)) == SOME_ISSUED
    assert issued((gone, gone)) == ALL_ISSUED
    row = order(OverallTotalDeliveryStatus="C")
    for documents, meaning in (((), "IN_PROGRESS"), ((waiting, gone), "PARTIALLY_FULFILLED"), ((gone,), "FULFILLED")):
        assert record(row, Facet.FULFILLMENT, sent=documents).statuses[0].normalized == meaning
    canceled = order(OverallTotalDeliveryStatus="C", OverallSDDocumentRejectionSts="C")
    assert record(canceled, Facet.FULFILLMENT).statuses[0].normalized == "CANCELED"


@pytest.mark.parametrize(
    ("fields", "plan", "fact"),
    [
        ({}, "RELEASED", None),
        ({"OverallPickingStatus": "A"}, "RELEASED", None),
        ({"OverallPickingStatus": "B"}, "PICKING", None),
        ({"OverallPickingStatus": "C", "OverallPackingStatus": "B"}, "PICKING", None),
        ({"OverallPackingStatus": "C", "OverallGoodsMovementStatus": "A"}, "PACKED", "PENDING"),
        ({"OverallGoodsMovementStatus": "B"}, "PACKED", "PICKED_UP"),
        ({"OverallGoodsMovementStatus": "C", "OverallProofOfDeliveryStatus": "A"}, "CLOSED", "PICKED_UP"),
        ({"OverallGoodsMovementStatus": "C", "OverallProofOfDeliveryStatus": "C"}, "CLOSED", "DELIVERED"),
        ({"OverallPickingStatus": "Z"}, "UNKNOWN", None),
    ],
)
def test_stages_of_a_delivery(fields: dict[str, str], plan: str, fact: str | None) -> None:
    """A plan all along, a fact once packed or gone, delivered only by proof."""
    found = fulfillment([sent(**fields)], READING)
    assert [each.status for each in found.fulfillment_orders] == [plan]
    assert [each.status for each in found.shipments] == ([fact] if fact else [])


def test_a_delivery() -> None:
    """Goods by order item, the plant, the moment by the place's clock, and the tracking number where it is kept."""
    goods = {"ReferenceSDDocumentItem": "000010", "ActualDeliveryQuantity": "2.000", "StorageLocation": "0001"}
    head = {**goods, "ActualDeliveryQuantity": "0"}
    left = sent(
        goods,
        head,
        OverallGoodsMovementStatus="C",
        ActualGoodsMovementDate="/Date(1772409600000)/",
        ActualGoodsMovementTime="PT15H51M04S",
        Shippinglocationtimezone="EST",
        BillOfLading=" 1Z999 ",
        DeliveryBlockReason="04",
    )
    found = fulfillment([left], READING)
    (shipment,), (plan,) = found.shipments, found.fulfillment_orders
    assert (shipment.external_id, shipment.number, plan.external_id) == ("80000001", "80000001", "80000001")
    assert shipment.shipped_at == datetime(2026, 3, 2, 20, 51, 4, tzinfo=UTC)
    assert [(line.quantity, line.sku, line.line_id) for line in shipment.lines] == [(Decimal("2.000"), "TEA", "10")]
    assert [package.tracking_number for package in shipment.packages] == ["1Z999"]
    assert shipment.location is not None
    assert shipment.location.external_id == "1010"
    assert plan.holds == (Hold(reason=HoldReason.OTHER, raw="delivery block 04"),)
    finer = msgspec.structs.replace(READING, by_storage_location=True, tracking_field="MeansOfTransport")
    (shipment,) = fulfillment([left], finer).shipments
    assert shipment.location is not None
    assert (shipment.location.external_id, shipment.packages) == ("1010/0001", ())


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"Shippinglocationtimezone": ""}, datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
        ({"Shippinglocationtimezone": "NOWHRE"}, None),
        ({"ActualGoodsMovementTime": None}, None),
        ({"ActualGoodsMovementDate": None}, None),
        ({"OverallGoodsMovementStatus": "A", "OverallPackingStatus": "C"}, None),
    ],
)
def test_when_goods_left(fields: dict[str, Any], moment: datetime | None) -> None:
    """The system's zone where none is named; nothing where the zone, the day or the time is not known."""
    known = {
        "OverallGoodsMovementStatus": "C",
        "ActualGoodsMovementDate": "/Date(1772409600000)/",
        "ActualGoodsMovementTime": "PT8H",
    }
    berlin = msgspec.structs.replace(READING, time_zone=ZoneInfo("Europe/Berlin"))
    (shipment,) = fulfillment([sent(**{**known, **fields})], berlin).shipments
    assert shipment.shipped_at == moment


@pytest.mark.parametrize(
    ("fields", "status", "paid", "due"),
    [
        ({}, "POSTED", "0", "23.80"),
        ({"InvoiceClearingStatus": ""}, "POSTED", "0", "23.80"),
        ({"InvoiceClearingStatus": "B"}, "PARTIALLY_PAID", None, None),
        ({"InvoiceClearingStatus": "C"}, "PAID", "23.80", "0"),
        ({"AccountingTransferStatus": "A", "InvoiceClearingStatus": "C"}, "DRAFT", None, None),
        ({"AccountingTransferStatus": "H", "InvoiceClearingStatus": "C"}, "PAID", "23.80", "0"),
        ({"BillingDocumentIsCancelled": True, "InvoiceClearingStatus": "C"}, "CANCELED", None, None),
        ({"AccountingTransferStatus": "Z"}, "UNKNOWN", None, None),
    ],
)
def test_an_invoice(fields: dict[str, Any], status: str, paid: str | None, due: str | None) -> None:
    """Posted, cleared, or canceled; what is paid of a part is not told."""
    (invoice,) = invoices(order(item()), [billed(**fields), billed(**fields, number="20")]).invoices
    assert (invoice.external_id, invoice.number, invoice.status) == ("90000001", "90000001", status)
    assert (invoice.issued_at, invoice.due_at, invoice.total) == (date(2026, 3, 2), None, eur("23.80"))
    assert invoice.paid == (eur(paid) if paid else None)
    assert invoice.due == (eur(due) if due else None)


def test_what_is_no_invoice() -> None:
    """Cancellations, credit memos and pro forma invoices are none; the gross amount may have to be added up."""
    assert invoices(order(item()), [billed(SDDocumentCategory=each) for each in "NOPSU5"]).invoices == ()
    parts = {"TotalGrossAmount": None, "TotalNetAmount": "20.00", "TaxAmount": "3.80"}
    assert invoices(order(item()), [billed(**parts)]).invoices[0].total == eur("23.80")
    assert invoices(order(CustomerPaymentTerms="0004"), ()).payment_terms == "0004"


@pytest.mark.parametrize(
    ("items", "bills", "letter"),
    [
        ([item()], [], "A"),
        ([item()], [billed("1")], "B"),
        ([item()], [billed("1"), billed("1")], "C"),
        ([item()], [billed("2", BillingDocumentIsCancelled=True)], "A"),
        ([item()], [billed("2", SDDocumentCategory="U")], "A"),
        ([item(), item("20")], [billed("2")], "B"),
        ([item(), item("20", SalesDocumentRjcnReason="61")], [billed("2")], "C"),
        ([item(OrderRelatedBillingStatus="C")], [], "C"),
        ([item(OrderRelatedBillingStatus="A"), item("20")], [billed("2", "20")], "B"),
        ([item(quantity="0")], [], ""),
        ([], [], ""),
    ],
)
def test_how_far_an_order_is_billed(items: list[dict[str, Any]], bills: list[Any], letter: str) -> None:
    """By what order-related items say, by quantities otherwise."""
    assert how_far(order(*items), bills) == letter


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
    assert (east.sku, east.on_hand, east.quality_control, east.incoming) == ("4711", Decimal("11.5"), 1, 4)
    assert (east.available, east.committed) == (None, None)
    assert (found["1020"].on_hand, found["1020"].incoming) == (0, None)
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
