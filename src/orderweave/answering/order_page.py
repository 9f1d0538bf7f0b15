"""A page of orders as it is asked for."""

from __future__ import annotations

import hashlib

import msgspec

from orderweave.answering.errors import bad_input
from orderweave.model.filters import Filter
from orderweave_sdk.manifest import SearchField

MOST_PER_PAGE = 100
DEFAULT_PER_PAGE = 20


class OrderList(msgspec.Struct, frozen=True, kw_only=True):
    """A page asked for, checked by `page_of`. `backward` pages end at `cursor` instead of starting there.

    `search` are words to find orders by, and with `counted` all that pass are counted.
    """

    size: int
    cursor: str | None
    backward: bool
    filter: Filter
    sort: SearchField
    descending: bool
    search: str | None = None
    counted: bool = False

    @property
    def cursor_kind(self) -> str:
        """Ties a cursor to this list: another filter or sort does not take it."""
        text = f"{self.sort}|{self.descending}|".encode() + msgspec.json.encode(self.filter)
        if self.search is not None:
            text += b"|" + self.search.encode()
        return f"orders:{hashlib.sha256(text).hexdigest()[:12]}"


def page_of(
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    *,
    filter: Filter,
    sort: SearchField,
    descending: bool,
    search: str | None = None,
    counted: bool = False,
    most: int = MOST_PER_PAGE,
) -> OrderList:
    """The page that Relay's four arguments mean, of `most` orders; refuses what does not go together."""
    if first is not None and last is not None:
        raise bad_input("first and last cannot stand together")
    if last is None and before is not None:
        raise bad_input("before needs last")
    if last is not None and after is not None:
        raise bad_input("after needs first, not last")
    size = first if first is not None else last if last is not None else DEFAULT_PER_PAGE
    if first is None and last is None:
        size = min(size, most)
    if not 1 <= size <= most:
        name = "first" if last is None else "last"
        raise bad_input(f"{name} must be between 1 and {most}, is {size}")
    return OrderList(
        size=size,
        cursor=before if last is not None else after,
        backward=last is not None,
        filter=filter,
        sort=sort,
        descending=descending,
        search=search,
        counted=counted,
    )
