"""How old what may be: per subject a time to live, and how long past it an old answer may still serve."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Subject(StrEnum):
    """What an age is set for: each facet of an order, and what is fetched beside orders."""

    HEADER = "header"
    LINES = "lines"
    CUSTOMER = "customer"
    ADDRESSES = "addresses"
    PAYMENTS = "payments"
    INVOICES = "invoices"
    FULFILLMENT = "fulfillment"
    TRACKING = "tracking"
    RETURNS = "returns"
    HOLDS = "holds"
    TIMELINE = "timeline"
    STOCK = "stock"
    RECEIPTS = "receipts"
    PRODUCTS = "products"
    LOCATIONS = "locations"
    SEARCHES = "searches"
    ABSENT = "absent"


class Ages(msgspec.Struct, frozen=True, kw_only=True):
    """In seconds. Up to `ttl` an answer is good (0: it is never answered from the cache). For
    `stale_while_revalidate` more it still serves, marked as stale, while it is fetched anew. For `stale_if_error`
    past `ttl` it serves where its system fails.
    """

    ttl: int
    stale_while_revalidate: int = 0
    stale_if_error: int = 0

    @property
    def kept(self) -> int:
        """How long an answer is of any use."""
        return self.ttl + max(self.stale_while_revalidate, self.stale_if_error)


_NIGHT = 12 * 3600
_DAY = 24 * 3600

# By how fast the subject changes and what an old one costs: a promise made on old stock is broken, a title is not.
# An ERP that closes for the night is bridged by half a day; whether an order is not there is asked again soon.
DEFAULT_AGES: Mapping[Subject, Ages] = {
    Subject.HEADER: Ages(ttl=30, stale_while_revalidate=30, stale_if_error=_NIGHT),
    Subject.LINES: Ages(ttl=60, stale_while_revalidate=60, stale_if_error=_NIGHT),
    Subject.CUSTOMER: Ages(ttl=60, stale_while_revalidate=60, stale_if_error=_NIGHT),
    Subject.ADDRESSES: Ages(ttl=60, stale_while_revalidate=60, stale_if_error=_NIGHT),
    Subject.PAYMENTS: Ages(ttl=30, stale_while_revalidate=30, stale_if_error=_NIGHT),
    Subject.INVOICES: Ages(ttl=60, stale_while_revalidate=60, stale_if_error=_NIGHT),
    Subject.FULFILLMENT: Ages(ttl=15, stale_while_revalidate=15, stale_if_error=_NIGHT),
    Subject.TRACKING: Ages(ttl=15, stale_while_revalidate=15, stale_if_error=_NIGHT),
    Subject.RETURNS: Ages(ttl=30, stale_while_revalidate=30, stale_if_error=_NIGHT),
    Subject.HOLDS: Ages(ttl=15, stale_while_revalidate=15, stale_if_error=_NIGHT),
    Subject.TIMELINE: Ages(ttl=30, stale_while_revalidate=30, stale_if_error=_NIGHT),
    Subject.STOCK: Ages(ttl=5, stale_while_revalidate=5, stale_if_error=900),
    Subject.RECEIPTS: Ages(ttl=60, stale_while_revalidate=60, stale_if_error=900),
    Subject.PRODUCTS: Ages(ttl=300, stale_while_revalidate=300, stale_if_error=_DAY),
    Subject.LOCATIONS: Ages(ttl=600, stale_while_revalidate=600, stale_if_error=_DAY),
    Subject.SEARCHES: Ages(ttl=5),
    Subject.ABSENT: Ages(ttl=15),
}

# A page of a search and "not there" have nowhere to say that they are old: nothing but a time to live is theirs.
ONLY_FRESH = frozenset({Subject.SEARCHES, Subject.ABSENT})
