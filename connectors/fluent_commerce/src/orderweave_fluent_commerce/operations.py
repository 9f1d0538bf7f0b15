"""The operations sent to Fluent's GraphQL API: documents made of one part a facet.

Fluent prices a query by the reads that it may cost (`MOST_COMPLEXITY`): one for each object or list that is not of the
row itself, times the entries that the lists around it may hold. The page sizes here keep every document below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from orderweave_sdk.records import Facet

# What one query may cost at most, by Fluent's "GraphQL Query Limits".
MOST_COMPLEXITY = 11_111
# Orders of one query with every facet, at the first sizes below: 50 times 169, with a quarter of the most left over.
ORDERS_A_QUERY = 50
ROWS_A_PAGE = 100
POSITIONS_A_PAGE = 200
# Entries of a position's own list of counts; nearly all of them are reservations.
QUANTITIES_A_POSITION = 50
RETURNS_AN_ORDER = 5

# How many entries the lists inside an order have in an answer: where its goods are wanted, which have lists of their
# own; where they are not; and when a long order is read again alone.
Sizes = Mapping[str, int]
FIRST_SIZES: Sizes = {"items": 15, "fulfilments": 3, "filled": 10, "articles": 2, "packed": 10, "transactions": 10}
FLAT_SIZES: Sizes = {"items": 100, "fulfilments": 50, "transactions": 50}
LONG_SIZES: Sizes = {"items": 200, "fulfilments": 10, "filled": 50, "articles": 10, "packed": 50, "transactions": 50}

_PAGE = "pageInfo { hasNextPage }"
_ADDRESS = "name companyName street street2 city state postcode region country"

_ITEMS = f"""
items(first: $items) {{
  edges {{ node {{ id quantity price currency product {{ ref name }} }} }}
  {_PAGE}
}}
"""
_PARTS: Mapping[Facet, str] = {
    Facet.HEADER: """
        fulfilmentChoice { currency }
        priced: items(first: 1) { edges { node { id currency } } }
    """,
    Facet.LINES: _ITEMS,
    Facet.CUSTOMER: "customer { id firstName lastName primaryEmail primaryPhone }",
    Facet.ADDRESSES: f"""
        billingAddress {{ {_ADDRESS} }}
        fulfilmentChoice {{ deliveryContact deliveryAddress {{ {_ADDRESS} }} }}
    """,
    Facet.PAYMENTS: f"""
        financialTransactions(first: $transactions) {{
          edges {{
            node {{
              id type status createdOn total scale unscaledValue currency paymentMethod paymentProviderName
            }}
          }}
          {_PAGE}
        }}
    """,
    Facet.FULFILLMENT: f"""
        {_ITEMS}
        fulfilments(first: $fulfilments) {{
          edges {{
            node {{
              id ref status type expiryTime
              fromLocation {{ ref }}
              fromAddress {{ __typename ... on StoreAddress {{ location {{ name type }} }} }}
              items(first: $filled) {{
                edges {{ node {{ requestedQuantity filledQuantity orderItem {{ id }} }} }}
                {_PAGE}
              }}
              articles(first: $articles) {{
                edges {{
                  node {{
                    id status
                    items(first: $packed) {{ edges {{ node {{ quantity orderItem {{ id }} }} }} {_PAGE} }}
                    consignmentArticles(first: 1) {{
                      edges {{
                        node {{
                          consignment {{
                            status consignmentReference trackingLabel createdOn carrier {{ ref name }}
                          }}
                        }}
                      }}
                    }}
                  }}
                }}
                {_PAGE}
              }}
            }}
          }}
          {_PAGE}
        }}
    """,
}


@lru_cache(maxsize=256)
def _order_fields(facets: frozenset[Facet], *, attributes: bool) -> tuple[str, tuple[str, ...]]:
    """The selection of one order, and the sizes that it uses."""
    parts = "\n".join(_PARTS[facet] for facet in sorted(facets) if facet in _PARTS)
    own = "attributes { name value }" if attributes else ""
    text = f"""
      id ref status createdOn updatedOn
      retailer {{ id ref tradingName }}
      {own}
      fulfilments(first: $fulfilments) {{ edges {{ node {{ id ref }} }} {_PAGE} }}
      {parts}
    """
    return text, tuple(name for name in FIRST_SIZES if f"${name})" in text)


def sizes_of(facets: frozenset[Facet], *, alone: bool = False) -> dict[str, Any]:
    """How long the lists are that the selection of these facets uses, as variables; `alone` for one long order."""
    _, used = _order_fields(facets, attributes=False)
    sizes = LONG_SIZES if alone else FIRST_SIZES
    if Facet.FULFILLMENT not in facets:
        sizes = {**sizes, **({} if alone else FLAT_SIZES), "fulfilments": FLAT_SIZES["fulfilments"]}
    return {name: sizes[name] for name in used}


def _declared(used: tuple[str, ...]) -> str:
    return ", ".join(f"${name}: Int!" for name in used)


@lru_cache(maxsize=256)
def orders_by_ref(facets: frozenset[Facet], *, attributes: bool) -> str:
    """A page of the orders with one of these references."""
    fields, used = _order_fields(facets, attributes=attributes)
    return f"""
query OrdersByRef($values: [String], $retailers: [Int!], $first: Int, $after: String, {_declared(used)}) {{
  found: orders(ref: $values, retailerId: $retailers, first: $first, after: $after) {{
    edges {{ node {{ {fields} }} cursor }}
    {_PAGE}
  }}
}}
"""


@lru_cache(maxsize=256)
def orders_by_fulfilment_ref(facets: frozenset[Facet], *, attributes: bool) -> str:
    """A page of the fulfilments with one of these references, each with its order."""
    fields, used = _order_fields(facets, attributes=attributes)
    return f"""
query OrdersByFulfilmentRef($values: [String], $retailers: [Int!], $first: Int, $after: String, {_declared(used)}) {{
  found: fulfilments(ref: $values, retailerId: $retailers, first: $first, after: $after) {{
    edges {{ node {{ id ref order {{ {fields} }} }} cursor }}
    {_PAGE}
  }}
}}
"""


@lru_cache(maxsize=256)
def orders_by_id(facets: frozenset[Facet], count: int, *, attributes: bool) -> str:
    """So many orders by id, an alias each: Fluent has no list of ids."""
    fields, used = _order_fields(facets, attributes=attributes)
    declared = ", ".join(f"$id{n}: ID!" for n in range(count))
    aliases = "\n".join(f"o{n}: orderById(id: $id{n}) {{ ...Parts }}" for n in range(count))
    return f"""
query OrdersById({declared}, {_declared(used)}) {{
  {aliases}
}}
fragment Parts on Order {{ {fields} }}
"""


@lru_cache(maxsize=256)
def changed_orders(facets: frozenset[Facet], *, attributes: bool) -> str:
    """A page of the orders that changed in a span of time."""
    fields, used = _order_fields(facets, attributes=attributes)
    return f"""
query ChangedOrders($changed: DateRange, $retailers: [Int!], $first: Int, $after: String, {_declared(used)}) {{
  found: orders(updatedOn: $changed, retailerId: $retailers, first: $first, after: $after) {{
    edges {{ node {{ {fields} }} cursor }}
    {_PAGE}
  }}
}}
"""


@lru_cache(maxsize=256)
def changed_fulfilments(facets: frozenset[Facet], *, attributes: bool) -> str:
    """A page of the fulfilments that changed in a span of time, each with its order."""
    fields, used = _order_fields(facets, attributes=attributes)
    return f"""
query ChangedFulfilments($changed: DateRange, $retailers: [Int!], $first: Int, $after: String, {_declared(used)}) {{
  found: fulfilments(updatedOn: $changed, retailerId: $retailers, first: $first, after: $after) {{
    edges {{ node {{ id ref order {{ {fields} }} }} cursor }}
    {_PAGE}
  }}
}}
"""


@lru_cache(maxsize=64)
def returns_of(count: int) -> str:
    """The returns of so many orders, an alias each: one order is all that the list takes."""
    declared = ", ".join(f"$order{n}: OrderLinkInput" for n in range(count))
    aliases = "\n".join(
        f"r{n}: returnOrders(order: $order{n}, first: {RETURNS_AN_ORDER}) {{ ...Returns }}" for n in range(count)
    )
    return f"""
query Returns({declared}) {{
  {aliases}
}}
fragment Returns on ReturnOrderConnection {{
  edges {{
    node {{
      id ref status createdOn
      returnOrderItems(first: 20) {{
        edges {{ node {{ product {{ ref }} unitQuantity {{ quantity }} returnReason {{ value label }} }} }}
        {_PAGE}
      }}
    }}
  }}
  {_PAGE}
}}
"""


# One row of each list that is read: what the user may not read, Fluent refuses.
CHECK = """
query Check {
  me { username }
  orders(first: 1) { edges { node { id } } }
  fulfilments(first: 1) { edges { node { id } } }
  inventoryPositions(first: 1) { edges { node { id } } }
  locations(first: 1) { edges { node { ref } } }
  variantProducts(first: 1) { edges { node { ref } } }
}
"""

POSITIONS = f"""
query Positions(
  $skus: [String!], $places: [String], $catalogue: InventoryCatalogueKey, $types: [String!], $counted: Int
  $first: Int, $after: String
) {{
  found: inventoryPositions(
    productRef: $skus, locationRef: $places, catalogue: $catalogue, first: $first, after: $after
  ) {{
    edges {{
      node {{
        id productRef onHand locationRef updatedOn
        location {{ location {{ name type }} }}
        quantities(type: $types, status: ["ACTIVE"], first: $counted) {{
          edges {{ node {{ type quantity }} }}
          {_PAGE}
        }}
      }}
      cursor
    }}
    {_PAGE}
  }}
}}
"""

STOCKED = """
query Stocked($catalogue: InventoryCatalogueKey, $first: Int, $after: String) {
  found: inventoryPositions(catalogue: $catalogue, first: $first, after: $after) {
    edges { node { productRef } cursor }
    pageInfo { hasNextPage }
  }
}
"""

VIRTUAL_POSITIONS = f"""
query VirtualPositions(
  $skus: [String], $places: [String], $catalogue: VirtualCatalogueKey, $first: Int, $after: String
) {{
  found: virtualPositions(productRef: $skus, groupRef: $places, catalogue: $catalogue, first: $first, after: $after) {{
    edges {{ node {{ productRef groupRef quantity }} cursor }}
    {_PAGE}
  }}
}}
"""

_PRODUCTS = """
query Products($skus: [String!], $catalogue: ProductCatalogueKey, $first: Int, $after: String) {{
  found: {kind}(ref: $skus, catalogue: $catalogue, first: $first, after: $after) {{
    edges {{ node {{ id ref name gtin status updatedOn }} cursor }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""
VARIANTS = _PRODUCTS.format(kind="variantProducts")
STANDARD_PRODUCTS = _PRODUCTS.format(kind="standardProducts")

LOCATIONS = f"""
query Locations($first: Int, $after: String) {{
  found: locations(first: $first, after: $after) {{
    edges {{ node {{ ref name type status primaryAddress {{ {_ADDRESS} }} }} cursor }}
    {_PAGE}
  }}
}}
"""
