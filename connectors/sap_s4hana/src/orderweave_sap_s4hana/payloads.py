"""The rows of SAP's services as typed structs: only the fields used, all that may be missing optional."""

from __future__ import annotations

from typing import Annotated

import msgspec

# An Edm.DateTime or Edm.DateTimeOffset, an Edm.Time and an Edm.Decimal as JSON has them; `wire` reads them.
Moment = Annotated[str, msgspec.Meta(pattern=r"^/Date\((-\d{1,13}|\d{1,15})([+-]\d{1,4})?\)/$")]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^PT(([01]?\d|2[0-4])H)?([0-5]?\dM)?([0-5]?\d(\.\d+)?S)?$")]
Number = Annotated[str, msgspec.Meta(pattern=r"^ *-?\d{1,31}(\.\d{1,31})? *$")]


class SalesOrderItem(msgspec.Struct, rename="pascal"):
    """One item."""

    sales_order_item: str = ""
    higher_level_item: str = ""
    sales_order_item_text: str | None = None
    material: str | None = None
    requested_quantity: Number | None = None
    requested_quantity_unit: str | None = None
    transaction_currency: str | None = None
    net_amount: Number | None = None
    tax_amount: Number | None = None
    sales_document_rjcn_reason: str | None = None
    order_related_billing_status: str | None = None


class Condition(msgspec.Struct, rename="pascal"):
    """One condition of the order's pricing that holds for the order as a whole."""

    condition_type: str | None = None
    condition_amount: Number | None = None
    condition_category: str | None = None
    condition_class: str | None = None
    condition_inactive_reason: str | None = None
    condition_is_for_statistics: bool | None = None


class PartnerAddress(msgspec.Struct, rename="pascal"):
    """A partner's address as this order has it."""

    addressee_full_name: str | None = None
    organization_name1: str | None = None
    street_prefix_name1: str | None = None
    street_prefix_name2: str | None = None
    street_name: str | None = None
    house_number: str | None = None
    street_suffix_name1: str | None = None
    street_suffix_name2: str | None = None
    city_name: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None
    form_of_address: str | None = None
    email_address: str | None = None
    phone_number: str | None = None
    mobile_number: str | None = None


class Addresses(msgspec.Struct):
    """The addresses of a partner; SAP may keep others in other scripts."""

    results: list[PartnerAddress] = []


class Partner(msgspec.Struct, rename="pascal"):
    """Who plays which part in the order."""

    partner_function: str = ""
    partner_function_internal_code: str | None = None
    customer: str | None = None
    contact_person: str | None = None
    vat_registration: str | None = msgspec.field(name="VATRegistration", default=None)
    to_address: Addresses | None = msgspec.field(name="to_Address", default=None)


class Items(msgspec.Struct):
    """Expanded items."""

    results: list[SalesOrderItem] = []


class Partners(msgspec.Struct):
    """Expanded partners."""

    results: list[Partner] = []


class Conditions(msgspec.Struct):
    """Expanded conditions."""

    results: list[Condition] = []


class SalesOrder(msgspec.Struct, rename="pascal"):
    """One sales order with what was asked of it."""

    sales_order: str
    purchase_order_by_customer: str | None = None
    purchase_order_by_ship_to_party: str | None = None
    external_document_id: str | None = msgspec.field(name="ExternalDocumentID", default=None)
    creation_date: Moment | None = None
    last_change_date_time: Moment | None = None
    distribution_channel: str | None = None
    transaction_currency: str | None = None
    total_net_amount: Number | None = None
    customer_payment_terms: str | None = None
    delivery_block_reason: str | None = None
    header_billing_block_reason: str | None = None
    total_credit_check_status: str | None = None
    sales_doc_approval_status: str | None = None
    overall_process_status: str | None = msgspec.field(name="OverallSDProcessStatus", default=None)
    overall_rejection_status: str | None = msgspec.field(name="OverallSDDocumentRejectionSts", default=None)
    overall_total_delivery_status: str | None = None
    to_item: Items = msgspec.field(name="to_Item", default_factory=Items)
    to_partner: Partners = msgspec.field(name="to_Partner", default_factory=Partners)
    to_pricing_element: Conditions = msgspec.field(name="to_PricingElement", default_factory=Conditions)


class DeliveryItem(msgspec.Struct, rename="pascal"):
    """One item of a delivery, with the order's item that it delivers."""

    delivery_document: str
    reference_document: str | None = msgspec.field(name="ReferenceSDDocument", default=None)
    reference_document_item: str | None = msgspec.field(name="ReferenceSDDocumentItem", default=None)
    material: str | None = None
    actual_delivery_quantity: Number | None = None
    plant: str | None = None
    storage_location: str | None = None


class DeliveryItems(msgspec.Struct):
    """Expanded items."""

    results: list[DeliveryItem] = []


class Delivery(msgspec.Struct, rename="pascal"):
    """One delivery's header."""

    delivery_document: str
    overall_goods_movement_status: str | None = None
    overall_picking_status: str | None = None
    overall_packing_status: str | None = None
    overall_proof_of_delivery_status: str | None = None
    actual_goods_movement_date: Moment | None = None
    actual_goods_movement_time: ClockTime | None = None
    shippinglocationtimezone: str | None = None
    delivery_block_reason: str | None = None
    bill_of_lading: str | None = None
    means_of_transport: str | None = None
    delivery_document_by_supplier: str | None = None
    to_delivery_document_item: DeliveryItems = msgspec.field(
        name="to_DeliveryDocumentItem", default_factory=DeliveryItems
    )


class BillingDocument(msgspec.Struct, rename="pascal"):
    """One billing document's header."""

    billing_document: str
    category: str | None = msgspec.field(name="SDDocumentCategory", default=None)
    billing_document_date: Moment | None = None
    billing_document_is_cancelled: bool | None = None
    total_net_amount: Number | None = None
    tax_amount: Number | None = None
    total_gross_amount: Number | None = None
    transaction_currency: str | None = None
    accounting_transfer_status: str | None = None
    invoice_clearing_status: str | None = None


class BillingItem(msgspec.Struct, rename="pascal"):
    """One billed item of an order, with its document."""

    sales_document: str | None = None
    sales_document_item: str | None = None
    billing_quantity: Number | None = None
    to_billing_document: BillingDocument | None = msgspec.field(name="to_BillingDocument", default=None)


class ChangedBillingItem(msgspec.Struct, rename="pascal"):
    """The order that an item bills."""

    sales_document: str | None = None


class ChangedBillingItems(msgspec.Struct):
    """Expanded items."""

    results: list[ChangedBillingItem] = []


class ChangedBillingDocument(msgspec.Struct, rename="pascal"):
    """A billing document that changed."""

    billing_document: str
    last_change_date_time: Moment | None = None
    to_item: ChangedBillingItems = msgspec.field(name="to_Item", default_factory=ChangedBillingItems)


class StockRow(msgspec.Struct, rename="pascal"):
    """So many of a material, in one place and of one stock type; special where it is not simply ours."""

    plant: str = ""
    storage_location: str = ""
    inventory_special_stock_type: str = ""
    inventory_stock_type: str = ""
    quantity: Number | None = msgspec.field(name="MatlWrhsStkQtyInMatlBaseUnit", default=None)


class StockRows(msgspec.Struct):
    """Expanded stock."""

    results: list[StockRow] = []


class MaterialStock(msgspec.Struct, rename="pascal"):
    """All stock of a material."""

    material: str
    rows: StockRows = msgspec.field(name="to_MatlStkInAcctMod", default_factory=StockRows)


class Description(msgspec.Struct, rename="pascal"):
    """What a product is called in one language."""

    language: str = ""
    product_description: str | None = None


class Descriptions(msgspec.Struct):
    """Expanded descriptions."""

    results: list[Description] = []


class Product(msgspec.Struct, rename="pascal"):
    """One product, which is what other services call a material."""

    product: str
    is_marked_for_deletion: bool | None = None
    product_standard_id: str | None = msgspec.field(name="ProductStandardID", default=None)
    last_change_date_time: Moment | None = None
    to_description: Descriptions = msgspec.field(name="to_Description", default_factory=Descriptions)
