"""Groups and totals as GraphQL types."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import strawberry
from strawberry import field

from orderweave.operations.weights import ListSize
from orderweave.schema.paging import DEFAULT_GROUPS
from orderweave.schema.provenance_types import Coverage
from orderweave.schema.scalars import Quantity
from orderweave.schema.value_types import PageInfo


@strawberry.enum(description="By what orders are grouped; the instants by an interval.")
class OrderGroupField(StrEnum):
    """The names of `answering.order_groups.FIELDS`."""

    CHANNEL = "CHANNEL"
    CURRENCY = "CURRENCY"
    STATUS = "STATUS"
    PAYMENT_STATUS = "PAYMENT_STATUS"
    FULFILLMENT_STATUS = "FULFILLMENT_STATUS"
    INVOICE_STATUS = "INVOICE_STATUS"
    RETURN_STATUS = "RETURN_STATUS"
    COUNTRY = "COUNTRY"
    COMPANY = "COMPANY"
    PLACED_AT = "PLACED_AT"
    UPDATED_AT = "UPDATED_AT"


@strawberry.enum(description="What groups of orders are compared and sorted by.")
class OrderMeasure(StrEnum):
    """The names of `answering.order_groups.MEASURES`."""

    COUNT = "COUNT"
    CUSTOMER_COUNT = "CUSTOMER_COUNT"
    TOTAL_SUM = "TOTAL_SUM"
    TOTAL_AVERAGE = "TOTAL_AVERAGE"
    TOTAL_MIN = "TOTAL_MIN"
    TOTAL_MAX = "TOTAL_MAX"
    PAID_SUM = "PAID_SUM"
    REFUNDED_SUM = "REFUNDED_SUM"
    DUE_SUM = "DUE_SUM"
    TAX_SUM = "TAX_SUM"
    SHIPPING_SUM = "SHIPPING_SUM"
    DISCOUNT_SUM = "DISCOUNT_SUM"
    LINE_QUANTITY_SUM = "LINE_QUANTITY_SUM"
    LINE_QUANTITY_AVERAGE = "LINE_QUANTITY_AVERAGE"
    TOTAL_KNOWN = "TOTAL_KNOWN"
    PAID_KNOWN = "PAID_KNOWN"
    REFUNDED_KNOWN = "REFUNDED_KNOWN"
    DUE_KNOWN = "DUE_KNOWN"
    TAX_KNOWN = "TAX_KNOWN"
    SHIPPING_KNOWN = "SHIPPING_KNOWN"
    DISCOUNT_KNOWN = "DISCOUNT_KNOWN"


@strawberry.enum(description="By what stock is grouped.")
class InventoryGroupField(StrEnum):
    """The names of `answering.stock_groups.FIELDS`."""

    SKU = "SKU"
    LOCATION = "LOCATION"
    LOCATION_NAME = "LOCATION_NAME"
    LOCATION_KIND = "LOCATION_KIND"


@strawberry.enum(description="What groups of stock are compared and sorted by.")
class InventoryMeasure(StrEnum):
    """The names of `answering.stock_groups.MEASURES`."""

    COUNT = "COUNT"
    SKU_COUNT = "SKU_COUNT"
    ON_HAND_SUM = "ON_HAND_SUM"
    AVAILABLE_TO_SELL_SUM = "AVAILABLE_TO_SELL_SUM"
    COMMITTED_SUM = "COMMITTED_SUM"
    RESERVED_SUM = "RESERVED_SUM"
    INCOMING_SUM = "INCOMING_SUM"
    SAFETY_STOCK_SUM = "SAFETY_STOCK_SUM"


@strawberry.type(description="What the rows of a group have in common.")
class GroupKey:
    """See `orderweave.model.aggregates.GroupKey`."""

    field: str = strawberry.field(description="By what it was grouped, such as CHANNEL.")
    value: str | None = strawberry.field(
        description="The value; null for those that have none. The start of an interval is an instant with the offset "
        "of its zone."
    )


@strawberry.type(
    description="A group of orders. Amounts are in the currency of the group, or in the one they were converted to; "
    "a measure is null where no order of the group has one."
)
class OrderGroup:
    """See `orderweave.model.aggregates.OrderGroup`."""

    keys: list[GroupKey] = field(
        directives=[ListSize(assumed_size=3)], description="What its orders have in common, in the order of groupBy."
    )
    count: int = field(description="How many orders.")
    customer_count: int | None = field(description="How many customers, each system's own ids told apart.")
    line_quantity_sum: Quantity | None = field(description="The quantities ordered, over all lines.")
    line_quantity_average: Quantity | None = field(description="The average quantity of an order, to four places.")
    total_sum: Decimal | None = field(description="What the customers owe in all.")
    total_average: Decimal | None = field(description="The average of the totals that are known, to four places.")
    total_min: Decimal | None = field(description="The least total.")
    total_max: Decimal | None = field(description="The greatest total.")
    paid_sum: Decimal | None = field(description="What was captured, refunds not taken off.")
    refunded_sum: Decimal | None = field(description="What was given back.")
    due_sum: Decimal | None = field(description="What is still to be paid, of orders of which a system says it.")
    tax_sum: Decimal | None = field(description="The taxes.")
    shipping_sum: Decimal | None = field(description="What shipping costs the customers.")
    discount_sum: Decimal | None = field(description="The discounts on whole orders.")
    total_known: int | None = field(description="Of how many orders a system says a total: those that are in the sum.")
    paid_known: int | None = field(
        description="Of how many orders a system says what was captured: those that are in the sum."
    )
    refunded_known: int | None = field(
        description="Of how many orders a system says what was given back: those that are in the sum."
    )
    due_known: int | None = field(
        description="Of how many orders a system says what is still to be paid: those that are in the sum."
    )
    tax_known: int | None = field(description="Of how many orders a system says the taxes: those that are in the sum.")
    shipping_known: int | None = field(
        description="Of how many orders a system says what shipping costs: those that are in the sum."
    )
    discount_known: int | None = field(
        description="Of how many orders a system says the discounts: those that are in the sum."
    )


@strawberry.type(description="Groups of orders, a page of them.")
class OrderGroups:
    """See `orderweave.model.aggregates.Groups`."""

    groups: list[OrderGroup] = field(
        directives=[ListSize(assumed_size=DEFAULT_GROUPS)], description="The groups, in the order asked."
    )
    total_count: int = field(description="How many groups there are in all.")
    page_info: PageInfo = field(description="Where the page stands; its cursors go on in the same order.")
    coverage: Coverage = field(description="How complete the orders are that it is made of.")


@strawberry.type(
    description="A group of stock levels: each SKU at each place once, whoever reports it. A measure is null where no "
    "system states it."
)
class InventoryGroup:
    """See `orderweave.model.aggregates.InventoryGroup`."""

    keys: list[GroupKey] = field(
        directives=[ListSize(assumed_size=2)], description="What its levels have in common, in the order of groupBy."
    )
    count: int = field(description="How many levels: SKUs at places.")
    sku_count: int | None = field(description="How many SKUs.")
    on_hand_sum: Quantity | None = field(description="What is physically there.")
    available_to_sell_sum: Quantity | None = field(description="What may still be sold.")
    committed_sum: Quantity | None = field(description="Promised to orders.")
    reserved_sum: Quantity | None = field(description="Set aside otherwise.")
    incoming_sum: Quantity | None = field(description="On its way in.")
    safety_stock_sum: Quantity | None = field(description="Kept back on purpose.")


@strawberry.type(description="Groups of stock, a page of them.")
class InventoryGroups:
    """See `orderweave.model.aggregates.Groups`."""

    groups: list[InventoryGroup] = field(
        directives=[ListSize(assumed_size=DEFAULT_GROUPS)], description="The groups, in the order asked."
    )
    total_count: int = field(description="How many groups there are in all.")
    page_info: PageInfo = field(description="Where the page stands; its cursors go on in the same order.")
    coverage: Coverage = field(description="How complete the stock is that it is made of.")
