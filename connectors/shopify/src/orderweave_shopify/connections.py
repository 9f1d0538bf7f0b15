"""The lists inside orders that Shopify gives by page: what is selected of each, how many, and how to go on.

Page sizes are small on purpose: a query is priced by what it could return (`queries`), and what is longer than
its page is continued by further calls (`continuing`).
"""

from __future__ import annotations

import msgspec

MONEY = "shopMoney { amount currencyCode }"
PAGE_INFO = "pageInfo { hasNextPage endCursor }"

# Entries fetched by one continuing call.
CONTINUED = 100


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A paged list: the type that owns it, its field, further arguments, its first page's size, and its entries.

    `cost` is what one entry costs by the rules in `queries`; a test computes it anew.
    """

    owner: str
    field: str
    page: int
    cost: int
    entries: str
    arguments: str = ""

    def selection(self) -> str:
        """The first page, as it stands inside its owner."""
        return f"{self.field}(first: {self.page}{self.arguments}) {{ nodes {{ {self.entries} }} {PAGE_INFO} }}"

    def continuation(self) -> str:
        """The document that fetches the next page of one owner: variables `id` and `after`."""
        return (
            f"query More{self.owner}{self.field[0].upper()}{self.field[1:]}($id: ID!, $after: String) {{ "
            f"node(id: $id) {{ __typename ... on {self.owner} {{ "
            f"page: {self.field}(first: {CONTINUED}, after: $after{self.arguments}) "
            f"{{ nodes {{ {self.entries} }} {PAGE_INFO} }} }} }} }}"
        )


LINES = Connection(
    owner="Order",
    field="lineItems",
    page=25,
    cost=1,
    entries=(
        f"id sku name quantity currentQuantity nonFulfillableQuantity originalUnitPriceSet {{ {MONEY} }} "
        f"discountedTotalSet(withCodeDiscounts: true) {{ {MONEY} }} "
        f"discountAllocations {{ allocatedAmountSet {{ {MONEY} }} discountApplication {{ __typename targetSelection "
        "... on DiscountCodeApplication { code } ... on AutomaticDiscountApplication { title } "
        "... on ManualDiscountApplication { title } ... on ScriptDiscountApplication { title } } } "
        f"taxLines {{ title rate priceSet {{ {MONEY} }} }}"
    ),
)

REFUND_LINES = Connection(
    owner="Refund", field="refundLineItems", page=20, cost=1, entries="quantity restockType lineItem { id }"
)

DISCOUNTS = Connection(
    owner="Order",
    field="discountApplications",
    page=5,
    cost=0,
    entries=(
        "__typename allocationMethod targetSelection targetType "
        "value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } } "
        "... on DiscountCodeApplication { code } ... on AutomaticDiscountApplication { title } "
        "... on ManualDiscountApplication { title } ... on ScriptDiscountApplication { title }"
    ),
)

SHIPPING_LINES = Connection(
    owner="Order", field="shippingLines", page=5, cost=0, entries=f"discountedPriceSet {{ {MONEY} }}"
)

FULFILLMENT_ORDER_LINES = Connection(
    owner="FulfillmentOrder", field="lineItems", page=20, cost=2, entries="totalQuantity sku lineItem { id }"
)

# Holds are selected too, so that the entry is the same whether holds were asked for or not.
FULFILLMENT_ORDERS = Connection(
    owner="Order",
    field="fulfillmentOrders",
    page=5,
    cost=16,
    entries=(
        "id status fulfillAt fulfillBy assignedLocation { name location { id } } deliveryMethod { methodType } "
        f"fulfillmentHolds {{ reason }} {FULFILLMENT_ORDER_LINES.selection()}"
    ),
)

HELD_FULFILLMENT_ORDERS = Connection(
    owner="Order", field="fulfillmentOrders", page=5, cost=2, entries="id fulfillmentHolds { reason }"
)

FULFILLMENT_LINES = Connection(
    owner="Fulfillment", field="fulfillmentLineItems", page=20, cost=2, entries="quantity lineItem { id sku }"
)

FULFILLMENT_EVENTS = Connection(
    owner="Fulfillment",
    field="events",
    page=20,
    cost=1,
    arguments=", sortKey: HAPPENED_AT",
    entries="status happenedAt createdAt message city province country",
)

RETURN_LINES = Connection(
    owner="Return",
    field="returnLineItems",
    page=10,
    cost=4,
    entries=(
        "__typename quantity returnReasonDefinition { handle } "
        "... on ReturnLineItem { fulfillmentLineItem { lineItem { id sku } } }"
    ),
)

RETURNS = Connection(
    owner="Order",
    field="returns",
    page=3,
    cost=19,
    entries=f"id name status createdAt {RETURN_LINES.selection()}",
)

TIMELINE = Connection(
    owner="Order",
    field="events",
    page=20,
    cost=1,
    arguments=", sortKey: CREATED_AT",
    entries="__typename action createdAt message",
)

ALL_CONNECTIONS = (
    LINES,
    REFUND_LINES,
    DISCOUNTS,
    SHIPPING_LINES,
    FULFILLMENT_ORDER_LINES,
    FULFILLMENT_ORDERS,
    HELD_FULFILLMENT_ORDERS,
    FULFILLMENT_LINES,
    FULFILLMENT_EVENTS,
    RETURN_LINES,
    RETURNS,
    TIMELINE,
)
