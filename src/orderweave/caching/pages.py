"""Pages of searches in the shape in which they are kept, and the key of a search."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_sdk.capabilities import Hit, Page, Search
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Key


class StoredPage(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A page. `remaining` are positions among the conditions that were asked: their values need not be kept."""

    hits: tuple[Hit, ...]
    more: bool
    remaining: tuple[int, ...]


def stored(page: Page, search: Search) -> StoredPage:
    """The page of a search. Where a connector hands back a condition that it was not given, all of them remain."""
    positions = {condition: position for position, condition in enumerate(search.conditions)}
    if all(condition in positions for condition in page.remaining):
        remaining = tuple(positions[condition] for condition in page.remaining)
    else:
        remaining = tuple(range(len(search.conditions)))
    return StoredPage(hits=page.hits, more=page.more, remaining=remaining)


def value_of(hit: Hit, search: Search) -> Any:
    """What the hit is sorted by; an amount is kept as its text."""
    return Decimal(hit.value) if search.sort is SearchField.TOTAL and isinstance(hit.value, str) else hit.value


def key_of_search(search: Search) -> Key:
    """The key of one page of one search: a hash, because conditions hold what people typed."""
    text = msgspec.json.encode(search, order="deterministic")
    return Key("search", hashlib.blake2b(text, digest_size=20).hexdigest())
