"""Which rows and fields are read for what. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from orderweave_sap_s4hana.reads import Read, one_of
from orderweave_sap_s4hana.wire import day_literal, instant_literal, text_literal
from orderweave_sdk.records import Facet

ORDERS = "API_SALES_ORDER_SRV"
DELIVERIES = "API_OUTBOUND_DELIVERY_SRV;v=0002"
BILLING = "API_BILLING_DOCUMENT_SRV"
STOCK = "API_MATERIAL_STOCK_SRV"
PRODUCTS = "API_PRODUCT_SRV"

ORDER_KEYS = (
    "SalesOrder",
    "PurchaseOrderByCustomer",
    "PurchaseOrderByShipToParty",
    "ExternalDocumentID",
    "CreationDate",
    "LastChangeDateTime",
)
_ADDRESS = (
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
)
_PARTNERS = (
    "to_Partner/PartnerFunction",
    "to_Partner/PartnerFunctionInternalCode",
    "to_Partner/Customer",
    "to_Partner/ContactPerson",
    "to_Partner/VATRegistration",
    *(f"to_Partner/to_Address/{name}" for name in _ADDRESS),
)
_FIELDS: dict[Facet, tuple[str, ...]] = {
    Facet.HEADER: (
        "DistributionChannel",
        "TransactionCurrency",
        "TotalNetAmount",
        "OverallSDProcessStatus",
        "OverallSDDocumentRejectionSts",
        "to_Item/NetAmount",
        "to_Item/TaxAmount",
        "to_Item/SalesDocumentRjcnReason",
        "to_PricingElement/ConditionType",
        "to_PricingElement/ConditionAmount",
        "to_PricingElement/ConditionCategory",
        "to_PricingElement/ConditionClass",
        "to_PricingElement/ConditionInactiveReason",
        "to_PricingElement/ConditionIsForStatistics",
    ),
    Facet.LINES: (
        "TransactionCurrency",
        "OverallSDDocumentRejectionSts",
        "to_Item/SalesOrderItem",
        "to_Item/HigherLevelItem",
        "to_Item/SalesOrderItemText",
        "to_Item/Material",
        "to_Item/RequestedQuantity",
        "to_Item/RequestedQuantityUnit",
        "to_Item/TransactionCurrency",
        "to_Item/NetAmount",
        "to_Item/SalesDocumentRjcnReason",
    ),
    Facet.CUSTOMER: _PARTNERS,
    Facet.ADDRESSES: _PARTNERS,
    Facet.INVOICES: (
        "CustomerPaymentTerms",
        "to_Item/SalesOrderItem",
        "to_Item/RequestedQuantity",
        "to_Item/SalesDocumentRjcnReason",
        "to_Item/OrderRelatedBillingStatus",
    ),
    Facet.FULFILLMENT: ("OverallTotalDeliveryStatus", "OverallSDDocumentRejectionSts"),
    Facet.HOLDS: (
        "DeliveryBlockReason",
        "HeaderBillingBlockReason",
        "TotalCreditCheckStatus",
        "SalesDocApprovalStatus",
    ),
}
_DELIVERY = (
    "DeliveryDocument",
    "OverallGoodsMovementStatus",
    "OverallPickingStatus",
    "OverallPackingStatus",
    "OverallProofOfDeliveryStatus",
    "ActualGoodsMovementDate",
    "ActualGoodsMovementTime",
    "Shippinglocationtimezone",
    "DeliveryBlockReason",
)
_DELIVERY_ITEM = (
    "DeliveryDocument",
    "ReferenceSDDocument",
    "ReferenceSDDocumentItem",
    "Material",
    "ActualDeliveryQuantity",
    "Plant",
    "StorageLocation",
)
_BILLING_ITEM = (
    "SalesDocument",
    "SalesDocumentItem",
    "BillingQuantity",
    "to_BillingDocument/BillingDocument",
    "to_BillingDocument/SDDocumentCategory",
    "to_BillingDocument/BillingDocumentDate",
    "to_BillingDocument/BillingDocumentIsCancelled",
    "to_BillingDocument/TotalNetAmount",
    "to_BillingDocument/TaxAmount",
    "to_BillingDocument/TotalGrossAmount",
    "to_BillingDocument/TransactionCurrency",
    "to_BillingDocument/AccountingTransferStatus",
    "to_BillingDocument/InvoiceClearingStatus",
)


def orders(
    facets: frozenset[Facet],
    *,
    terms: Sequence[str] = (),
    also: Sequence[str] = (),
    order: Sequence[str] = ("SalesOrder",),
    page: int | None = None,
) -> Read:
    """Sales orders with what the facets need; `page` reads so many and no more."""
    fields = tuple(dict.fromkeys((*ORDER_KEYS, *(name for facet in sorted(facets) for name in _FIELDS.get(facet, ())))))
    return Read(
        service=ORDERS,
        entity="A_SalesOrder",
        select=fields,
        expand=_expanded(fields),
        terms=tuple(terms),
        also=tuple(also),
        order=tuple(order),
        top=1000 if page is None else page,
        whole=page is None,
    )


def delivery_items(orders: Sequence[str]) -> Read:
    """What of these orders stands on deliveries."""
    return Read(
        service=DELIVERIES,
        entity="A_OutbDeliveryItem",
        select=_DELIVERY_ITEM,
        order=("DeliveryDocument", "DeliveryDocumentItem"),
        terms=one_of("ReferenceSDDocument", [text_literal(number) for number in orders]),
    )


def deliveries(numbers: Sequence[str], tracking_field: str) -> Read:
    """The headers of these deliveries."""
    return Read(
        service=DELIVERIES,
        entity="A_OutbDeliveryHeader",
        select=(*_DELIVERY, tracking_field),
        order=("DeliveryDocument",),
        terms=one_of("DeliveryDocument", [text_literal(number) for number in numbers]),
    )


def billing_items(orders: Sequence[str]) -> Read:
    """What of these orders is billed, each item with its document."""
    return Read(
        service=BILLING,
        entity="A_BillingDocumentItem",
        select=_BILLING_ITEM,
        expand=("to_BillingDocument",),
        order=("BillingDocument", "BillingDocumentItem"),
        terms=one_of("SalesDocument", [text_literal(number) for number in orders]),
    )


def changed_deliveries(since: date, tracking_field: str, *, skip: int, page: int) -> Read:
    """Deliveries made or changed on a day or later: SAP keeps no finer moment of them."""
    start = day_literal(since)
    return Read(
        service=DELIVERIES,
        entity="A_OutbDeliveryHeader",
        select=(
            *_DELIVERY,
            tracking_field,
            "to_DeliveryDocumentItem/DeliveryDocument",
            "to_DeliveryDocumentItem/ReferenceSDDocument",
        ),
        expand=("to_DeliveryDocumentItem",),
        order=("DeliveryDocument",),
        terms=(f"LastChangeDate ge {start}", f"CreationDate ge {start}"),
        top=page,
        skip=skip,
        whole=False,
    )


def changed_billing(since: datetime, *, page: int) -> Read:
    """Billing documents changed since, oldest change first."""
    return Read(
        service=BILLING,
        entity="A_BillingDocument",
        select=("BillingDocument", "LastChangeDateTime", "to_Item/SalesDocument"),
        expand=("to_Item",),
        order=("LastChangeDateTime", "BillingDocument"),
        also=(f"LastChangeDateTime ge {instant_literal(since)}",),
        top=page,
        whole=False,
    )


def stock(materials: Sequence[str]) -> Read:
    """What there is of these materials, in every place and of every stock type."""
    return Read(
        service=STOCK,
        entity="A_MaterialStock",
        select=(
            "Material",
            "to_MatlStkInAcctMod/Plant",
            "to_MatlStkInAcctMod/StorageLocation",
            "to_MatlStkInAcctMod/InventorySpecialStockType",
            "to_MatlStkInAcctMod/InventoryStockType",
            "to_MatlStkInAcctMod/MatlWrhsStkQtyInMatlBaseUnit",
        ),
        expand=("to_MatlStkInAcctMod",),
        order=("Material",),
        terms=one_of("Material", [text_literal(material) for material in materials]),
    )


def stocked(after: str | None, *, page: int) -> Read:
    """The numbers of all materials that have stock, from the one after this on."""
    return Read(
        service=STOCK,
        entity="A_MaterialStock",
        select=("Material",),
        order=("Material",),
        also=(f"Material gt {text_literal(after)}",) if after is not None else (),
        top=page,
        whole=False,
    )


def products(materials: Sequence[str]) -> Read:
    """Products by their number, with what they are called."""
    return Read(
        service=PRODUCTS,
        entity="A_Product",
        select=(
            "Product",
            "IsMarkedForDeletion",
            "ProductStandardID",
            "LastChangeDateTime",
            "to_Description/Language",
            "to_Description/ProductDescription",
        ),
        expand=("to_Description",),
        order=("Product",),
        terms=one_of("Product", [text_literal(material) for material in materials]),
    )


def _expanded(fields: Sequence[str]) -> tuple[str, ...]:
    """Every navigation property on the way to a field, outer before inner."""
    found: dict[str, None] = {}
    for field in fields:
        steps = field.split("/")[:-1]
        for end in range(1, len(steps) + 1):
            found["/".join(steps[:end])] = None
    return tuple(found)
