"""The example queries of the explorer: what each kind of user asks first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One tab of the explorer."""

    name: str
    query: str
    variables: Mapping[str, Any]


ORDER = """query WholeOrder($number: String!) {
  order(by: { number: $number }) {
    id
    number
    status
    paymentStatus
    fulfillmentStatus
    invoiceStatus
    placedAt
    customer { name email }
    totals { total { amount currency } due { amount currency } }
    lines(first: 50) {
      nodes { sku title status quantity { ordered shipped delivered } total { amount currency } }
    }
    shipments {
      status
      packages { carrier { name } trackingNumber status events { occurredAt status message location } }
    }
    invoices { number status total { amount currency } due { amount currency } }
    sources { system kind number fetchedAt }
    conflicts { path winner { system value } values { system value } }
    freshness { asOf missing { system reason message facets } }
  }
}
"""

ORDERS = """query LatestOrders($first: Int!, $after: String) {
  orders(first: $first, after: $after) {
    nodes {
      number
      placedAt
      channel { code }
      customer { name }
      paymentStatus
      fulfillmentStatus
      totals { total { amount currency } }
      freshness { missing { system reason } }
    }
    pageInfo { hasNextPage endCursor }
    coverage { complete sources { system ok error } }
  }
}
"""

STOCK = """query Stock($skus: [String!]!) {
  inventory(skus: $skus) {
    sku
    title
    onHand
    availableToSell
    levels {
      location { name kind }
      onHand
      availableToSell
      sources { system }
      conflicts { path values { system value } }
    }
    listings { channel { code } quantity oversold }
  }
}
"""

SYSTEMS = """query Systems {
  systems { name title kind healthy lastError capabilities facets calls failures }
  locations { name kind systems }
}
"""


TRACK = """mutation Track($number: String!, $email: String) {
  trackOrder(number: $number, email: $email) {
    access { token expiresAt }
  }
}

# With the token of the answer, as a guest sees the order:
query Tracked($token: String!) {
  trackedOrder(token: $token) {
    number
    status
    fulfillmentStatus
    milestones { kind occurredAt }
    lines { title quantity { ordered shipped delivered } }
    shipments {
      status
      lines { title quantity }
      packages { carrier { name } trackingNumber status eta { from to } events { occurredAt status message location } }
    }
    pickups { state location readyBy }
    freshness { asOf stale incomplete }
  }
}
"""


def examples(*, number: str, skus: list[str], email: str | None = None) -> tuple[Example, ...]:
    """The examples, about an order and SKUs that exist; with the order's e-mail address also that of a guest."""
    guest = Example(name="As a guest", query=TRACK, variables={"number": number, "email": email, "token": ""})
    return (
        *_staff(number, skus),
        *((guest,) if email is not None else ()),
    )


def _staff(number: str, skus: list[str]) -> tuple[Example, ...]:
    return (
        Example(name="One order, whole", query=ORDER, variables={"number": number}),
        Example(name="Orders over all channels", query=ORDERS, variables={"first": 10}),
        Example(name="Stock over all places", query=STOCK, variables={"skus": skus}),
        Example(name="The systems behind", query=SYSTEMS, variables={}),
    )
