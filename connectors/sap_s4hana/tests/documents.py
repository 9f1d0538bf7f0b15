"""Rows of SAP's services as they come, for tests of what is made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from orderweave_sap_s4hana.deliveries import Reading, Sent
from orderweave_sap_s4hana.payloads import BillingItem, Delivery, DeliveryItem, SalesOrder
from orderweave_sdk.records import Money

READING = Reading(tracking_field="BillOfLading", by_storage_location=False, time_zone=ZoneInfo("UTC"))


def order(*items: dict[str, Any], **fields: Any) -> SalesOrder:
    """A sales order of one currency with these items."""
    row = {
        "SalesOrder": "1",
        "TransactionCurrency": "EUR",
        "TotalNetAmount": "0",
        "CreationDate": "/Date(1772323200000)/",
        "LastChangeDateTime": "/Date(1772359200123+0000)/",
        "to_Item": {"results": list(items)},
        **fields,
    }
    return msgspec.convert(row, SalesOrder)


def item(number: str = "10", quantity: str = "2", **fields: Any) -> dict[str, Any]:
    """An item of an order."""
    return {
        "SalesOrderItem": number,
        "Material": "TEA",
        "RequestedQuantity": quantity,
        "NetAmount": "20.00",
        "TaxAmount": "3.80",
        **fields,
    }


def sent(*items: dict[str, Any], **fields: Any) -> Sent:
    """A delivery."""
    rows = [{"DeliveryDocument": "0080000001", "Material": "TEA", "Plant": "1010", **each} for each in items]
    header = {"DeliveryDocument": "0080000001", **fields}
    return Sent(msgspec.convert(header, Delivery), tuple(msgspec.convert(row, DeliveryItem) for row in rows))


def billed(quantity: str = "2", number: str = "10", **fields: Any) -> BillingItem:
    """An item of an invoice over 23.80 EUR."""
    document = {
        "BillingDocument": "0090000001",
        "SDDocumentCategory": "M",
        "BillingDocumentDate": "/Date(1772409600000)/",
        "TotalGrossAmount": "23.80",
        "TransactionCurrency": "EUR",
        "AccountingTransferStatus": "C",
        "InvoiceClearingStatus": "A",
        **fields,
    }
    row = {
        "SalesDocument": "0000000001",
        "SalesDocumentItem": number.rjust(6, "0"),
        "BillingQuantity": quantity,
        "to_BillingDocument": document,
    }
    return msgspec.convert(row, BillingItem)


def eur(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "EUR")


def partner(function: str, **fields: Any) -> dict[str, Any]:
    """A partner; what is not a partner's own field is its address's."""
    own = ("Customer", "ContactPerson", "VATRegistration", "PartnerFunctionInternalCode")
    address = {name: value for name, value in fields.items() if name not in own}
    return {
        "PartnerFunction": function,
        **{name: fields[name] for name in own if name in fields},
        "to_Address": {"results": [address] if address else []},
    }
