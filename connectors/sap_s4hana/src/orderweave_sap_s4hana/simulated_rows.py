"""Records as the rows of SAP's services. Pure: strings, decimals, days and moments, which `simulated_wire` writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from orderweave_sap_s4hana.expressible import (
    CENT,
    REDUCTION_TYPE,
    ZERO,
    billing_letter,
    delivery_letter,
    is_canceled,
    process_letter,
    shares,
    told_order,
)
from orderweave_sap_s4hana.manifest import CUSTOMER_REFERENCE, EXTERNAL_DOCUMENT, SHIP_TO_REFERENCE
from orderweave_sap_s4hana.mapping import FREIGHT, REDUCTION
from orderweave_sap_s4hana.parties import COMPANY
from orderweave_sdk.records import (
    Address,
    Addresses,
    Customer,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Line,
    Money,
    OrderRecord,
    ProductRecord,
    Shipment,
    ShipmentStatus,
    StockRecord,
    Totals,
)

Row = dict[str, Any]

_PICKING = {FulfillmentOrderStatus.RELEASED: "A", FulfillmentOrderStatus.PICKING: "B"}
_CLEARING = {
    InvoiceDocumentStatus.POSTED: ("C", "A"),
    InvoiceDocumentStatus.PARTIALLY_PAID: ("C", "B"),
    InvoiceDocumentStatus.PAID: ("C", "C"),
    InvoiceDocumentStatus.CANCELED: ("E", ""),
}
# A till's customer without a name.
_NOBODY = "19999999"
# What stands on a document that would have no item else, and then could belong to no order.
_NO_GOODS = GoodsLine(quantity=ZERO)
_NO_LINE = Line(external_id="")


class Documents(msgspec.Struct, frozen=True):
    """An order with all that follows it, as rows."""

    order: Row
    deliveries: list[Row]
    delivery_items: list[Row]
    billing: list[Row]
    billing_items: list[Row]


def documents(record: OrderRecord) -> Documents:
    """The rows of one order."""
    told = told_order(record)
    changed = told.updated_at or datetime(2000, 1, 1, tzinfo=UTC)
    deliveries = [_delivery(plan, told, changed) for plan in (told.fulfillment or Fulfillment()).fulfillment_orders]
    billing = [_billing(invoice, told, changed) for invoice in (told.invoices or Invoices()).invoices]
    return Documents(
        order=_order(record, told),
        deliveries=deliveries,
        delivery_items=[item for row in deliveries for item in row["to_DeliveryDocumentItem"]],
        billing=billing,
        billing_items=[{**item, "to_BillingDocument": row} for row in billing for item in row["to_Item"]],
    )


def material_row(levels: Sequence[StockRecord]) -> Row:
    """All levels of one material."""
    rows = [row for level in levels for row in _stock_rows(level)]
    return {"Material": levels[0].sku, "MaterialBaseUnit": "PC", "to_MatlStkInAcctMod": rows}


def _stock_rows(level: StockRecord) -> list[Row]:
    """A level by stock types."""
    inspected = level.quality_control or ZERO
    amounts = {"01": (level.on_hand or ZERO) - inspected, "02": level.quality_control, "06": level.incoming}
    return [
        {
            "Material": level.sku,
            "Plant": level.location.external_id,
            "StorageLocation": "0001",
            "Batch": "",
            "InventorySpecialStockType": "",
            "InventoryStockType": stock_type,
            "MatlWrhsStkQtyInMatlBaseUnit": amount,
        }
        for stock_type, amount in amounts.items()
        if amount is not None
    ]


def product_row(product: ProductRecord) -> Row:
    """A product, called the same in two languages but for a mark."""
    title = product.title
    return {
        "Product": product.sku,
        "IsMarkedForDeletion": product.active is False,
        "ProductStandardID": product.gtin or "",
        "LastChangeDateTime": product.updated_at,
        "to_Description": [
            {"Product": product.sku, "Language": "DE", "ProductDescription": f"{title[:36]} (D)"},
            {"Product": product.sku, "Language": "EN", "ProductDescription": title},
        ]
        if title
        else [],
    }


def _order(record: OrderRecord, told: OrderRecord) -> Row:
    header = told.header or Header()
    totals = header.totals or Totals()
    references = {key.namespace: key.value for key in told.references}
    holds = dict(hold.raw.rsplit(" ", 1) for hold in told.holds or () if hold.raw)
    canceled = is_canceled(record)
    net = [_amount(line.total) for line in told.lines or ()]
    letter = billing_letter(record, told)
    invoices = told.invoices or Invoices()
    return {
        "SalesOrder": told.external_id,
        "SalesOrderType": "OR",
        "PurchaseOrderByCustomer": references.get(CUSTOMER_REFERENCE, ""),
        "PurchaseOrderByShipToParty": references.get(SHIP_TO_REFERENCE, ""),
        "ExternalDocumentID": references.get(EXTERNAL_DOCUMENT, ""),
        "CreationDate": header.placed_at.date() if header.placed_at else None,
        "LastChangeDateTime": told.updated_at,
        "DistributionChannel": header.channel.code if header.channel else "",
        "TransactionCurrency": header.currency or "",
        "TotalNetAmount": ZERO if canceled else sum(net, ZERO),
        "CustomerPaymentTerms": invoices.payment_terms or "",
        "OverallSDProcessStatus": process_letter(record, told),
        "OverallSDDocumentRejectionSts": "C" if canceled else "A",
        "OverallTotalDeliveryStatus": delivery_letter(record, told),
        "DeliveryBlockReason": holds.get("delivery block", ""),
        "HeaderBillingBlockReason": holds.get("billing block", ""),
        "TotalCreditCheckStatus": holds.get("credit", ""),
        "SalesDocApprovalStatus": holds.get("approval", ""),
        "to_Item": _items(told, shares(_amount(totals.tax), net), letter, canceled=canceled),
        "to_Partner": _partners(told),
        "to_PricingElement": _conditions(told.external_id, totals),
    }


def _items(told: OrderRecord, taxes: list[Decimal], billing: str, *, canceled: bool) -> list[Row]:
    found = []
    for line, tax in zip(told.lines or (), taxes, strict=True):
        rejected = canceled or bool(line.quantity.canceled)
        found.append(
            {
                "SalesOrder": told.external_id,
                "SalesOrderItem": line.external_id,
                "HigherLevelItem": line.parent_line_id or "0",
                "SalesOrderItemText": line.title or "",
                "Material": line.sku or "",
                "RequestedQuantity": line.quantity.ordered,
                "RequestedQuantityUnit": line.unit or "",
                "TransactionCurrency": line.total.currency if line.total else "",
                "NetAmount": _amount(line.total),
                "TaxAmount": tax,
                "SalesDocumentRjcnReason": "61" if rejected else "",
                "OrderRelatedBillingStatus": "" if rejected else billing,
            }
        )
    return found


def _partners(told: OrderRecord) -> list[Row]:
    customer = told.customer or Customer()
    addresses = told.addresses or Addresses()
    person, company = customer.person, customer.company
    party = company or person
    sold_to: Row = {"AddresseeFullName": party.name or "" if party else ""}
    if company is not None:
        sold_to["FormOfAddress"] = COMPANY
    elif person is not None:
        sold_to |= {"EmailAddress": person.email or "", "PhoneNumber": person.phone or ""}
    number = (party.external_id if party else None) or _NOBODY
    partners = [
        _partner(told.external_id, "AG", "SP", number, sold_to, vat=(company.tax_id if company else None) or ""),
        _partner(told.external_id, "RE", "BP", number, _address(addresses.billing)),
        _partner(told.external_id, "WE", "SH", number, _address(addresses.shipping)),
    ]
    if company is not None and person is not None:
        reached: Row = {
            "AddresseeFullName": person.name or "",
            "EmailAddress": person.email or "",
            "PhoneNumber": person.phone or "",
        }
        partners.append(_partner(told.external_id, "AP", "CP", number, reached, contact=person.external_id or ""))
    return partners


def _partner(
    order: str, internal: str, shown: str, number: str, address: Row | None, *, vat: str = "", contact: str = ""
) -> Row:
    key = {"SalesOrder": order, "PartnerFunction": shown}
    return {
        **key,
        "PartnerFunctionInternalCode": internal,
        "Customer": number,
        "ContactPerson": contact,
        "VATRegistration": vat,
        "to_Address": [] if address is None else [{**key, **_NO_ADDRESS, **address}],
    }


_NO_ADDRESS: Row = dict.fromkeys(
    (
        "AddressRepresentationCode",
        "AddresseeFullName",
        "OrganizationName1",
        "StreetPrefixName1",
        "StreetPrefixName2",
        "StreetName",
        "HouseNumber",
        "StreetSuffixName1",
        "StreetSuffixName2",
        "CityName",
        "PostalCode",
        "Region",
        "Country",
        "FormOfAddress",
        "EmailAddress",
        "PhoneNumber",
        "MobileNumber",
    ),
    "",
)


def _address(address: Address | None) -> Row | None:
    if address is None:
        return None
    lines = [*address.lines, "", "", ""]
    return {
        "AddresseeFullName": address.name or "",
        "OrganizationName1": address.company or "",
        "StreetName": lines[0],
        "StreetSuffixName1": lines[1],
        "StreetSuffixName2": lines[2],
        "CityName": address.city or "",
        "PostalCode": address.postal_code or "",
        "Region": address.region or "",
        "Country": address.country_code or "",
        "PhoneNumber": address.phone or "",
    }


def _conditions(order: str, totals: Totals) -> list[Row]:
    """Freight and a reduction of the order as a whole."""
    amounts = {
        ("HD00", FREIGHT, REDUCTION): _amount(totals.shipping),
        (REDUCTION_TYPE, "", REDUCTION): -_amount(totals.discount),
    }
    return [
        {
            "SalesOrder": order,
            "PricingProcedureStep": f"{800 + step}",
            "PricingProcedureCounter": "1",
            "ConditionType": kind,
            "ConditionCategory": category,
            "ConditionClass": class_,
            "ConditionAmount": amount,
            "ConditionInactiveReason": "",
            "ConditionIsForStatistics": False,
        }
        for step, ((kind, category, class_), amount) in enumerate(amounts.items())
        if amount
    ]


def _delivery(plan: FulfillmentOrder, told: OrderRecord, changed: datetime) -> Row:
    shipments = (told.fulfillment or Fulfillment()).shipments
    fact = next((each for each in shipments if each.external_id == plan.external_id), None)
    left = fact is not None and fact.status is not ShipmentStatus.PENDING
    moved = fact.shipped_at if fact else None
    tracking = next((package.tracking_number for package in fact.packages), None) if fact else None
    return {
        "DeliveryDocument": plan.external_id,
        "CreationDate": changed.date(),
        "LastChangeDate": changed.date(),
        "OverallGoodsMovementStatus": "C" if left else "A",
        "OverallPickingStatus": _PICKING.get(plan.status, "C"),
        "OverallPackingStatus": "C" if fact is not None else "A",
        "OverallProofOfDeliveryStatus": _proof(fact),
        "ActualGoodsMovementDate": moved.date() if moved else None,
        "ActualGoodsMovementTime": moved.timetz().replace(tzinfo=None) if moved else time(0),
        "Shippinglocationtimezone": "UTC",
        "DeliveryBlockReason": "",
        "BillOfLading": tracking or "",
        "MeansOfTransport": "",
        "DeliveryDocumentBySupplier": "",
        "to_DeliveryDocumentItem": [
            {
                "DeliveryDocument": plan.external_id,
                "DeliveryDocumentItem": f"{position * 10}",
                "ReferenceSDDocument": told.external_id,
                "ReferenceSDDocumentItem": goods.line_id or "",
                "Material": goods.sku or "",
                "ActualDeliveryQuantity": goods.quantity,
                "Plant": plan.location.external_id if plan.location else "",
                "StorageLocation": "0001",
            }
            for position, goods in enumerate(plan.lines or (_NO_GOODS,), start=1)
        ],
    }


def _proof(fact: Shipment | None) -> str:
    return "C" if fact is not None and fact.status is ShipmentStatus.DELIVERED else ""


def _billing(invoice: Invoice, told: OrderRecord, changed: datetime) -> Row:
    posting, clearing = _CLEARING.get(invoice.status, ("A", ""))
    gross = _amount(invoice.total)
    # A fifth of it is tax; which part is whose nobody asks.
    tax = (gross / 6).quantize(CENT, ROUND_HALF_UP)
    lines = told.lines or (_NO_LINE,)
    issued: date | None = invoice.issued_at
    return {
        "BillingDocument": invoice.external_id,
        "SDDocumentCategory": "M",
        "BillingDocumentDate": issued,
        "LastChangeDateTime": changed,
        "BillingDocumentIsCancelled": invoice.status is InvoiceDocumentStatus.CANCELED,
        "TotalNetAmount": gross - tax,
        "TaxAmount": tax,
        "TotalGrossAmount": gross,
        "TransactionCurrency": invoice.total.currency if invoice.total else "",
        "AccountingTransferStatus": posting,
        "InvoiceClearingStatus": clearing,
        "to_Item": [
            {
                "BillingDocument": invoice.external_id,
                "BillingDocumentItem": f"{position * 10}",
                "SalesDocument": told.external_id,
                "SalesDocumentItem": line.external_id,
                "BillingQuantity": line.quantity.current or ZERO,
            }
            for position, line in enumerate(lines, start=1)
        ],
    }


def _amount(money: Money | None) -> Decimal:
    return money.amount if money else ZERO
