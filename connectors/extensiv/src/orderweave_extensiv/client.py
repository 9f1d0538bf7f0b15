"""The calls to Extensiv, and nothing about what the answers mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from orderweave_extensiv.payloads import CustomerPayload, ItemPage, OrderPage, Placed, Refusal, SummaryPage
from orderweave_extensiv.signing_in import Tokens
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_in_place
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream

T = TypeVar("T")
Query = Sequence[tuple[str, str]]

# Pages that one list is followed for at most.
_MOST_PAGES = 10
# The largest page that the vendor gives of items and of summaries; of orders, one that is still a sane answer.
_ORDERS_A_PAGE, _ITEMS_A_PAGE, _SUMMARIES_A_PAGE = 100, 100, 500

_WRONG, _REFUSED, _NOT_FOUND = 400, 401, 404
_ERROR_CODE = re.compile(r"[A-Za-z]{1,40}")


class Client:
    """One customer of one warehouse company. A token that is refused is renewed once."""

    def __init__(self, upstream: Upstream, tokens: Tokens, customer_id: int) -> None:
        self._upstream = upstream
        self._tokens = tokens
        self._customer = f"/customers/{customer_id}"

    async def orders(self, query: Query, call: Call, *, size: int, page: int = 1) -> OrderPage:
        """One page of orders."""
        return await self._page("/orders", query, OrderPage, call, operation="orders", size=size, page=page)

    async def all_orders(self, query: Query, call: Call) -> tuple[list[msgspec.Raw], list[Gap]]:
        """All orders that a query finds."""
        return await self._whole("/orders", query, OrderPage, call, operation="orders", size=_ORDERS_A_PAGE)

    async def all_items(self, query: Query, call: Call) -> tuple[list[msgspec.Raw], list[Gap]]:
        """All items of the customer that a query finds."""
        path = f"{self._customer}/items"
        return await self._whole(path, query, ItemPage, call, operation="items", size=_ITEMS_A_PAGE)

    async def items(self, query: Query, call: Call) -> ItemPage:
        """One page of the customer's items, as large as the vendor gives."""
        path = f"{self._customer}/items"
        return await self._page(path, query, ItemPage, call, operation="items", size=_ITEMS_A_PAGE, page=1)

    async def all_summaries(self, query: Query, call: Call) -> tuple[list[msgspec.Raw], list[Gap]]:
        """All stock summaries that a query finds."""
        path = "/inventory/stocksummaries"
        return await self._whole(path, query, SummaryPage, call, operation="stock", size=_SUMMARIES_A_PAGE)

    async def customer(self, call: Call) -> CustomerPayload:
        """The customer itself."""
        return decode(await self._get(self._customer, (), call, operation="customer"), CustomerPayload, what="customer")

    async def probe(self, call: Call) -> None:
        """One small call to each resource that the customer's own does not prove; raises as soon as one is refused."""
        await self.orders((), call, size=1)
        await self._page(f"{self._customer}/items", (), ItemPage, call, operation="items", size=1, page=1)
        await self._page("/inventory/stocksummaries", (), SummaryPage, call, operation="stock", size=1, page=1)

    async def _whole(
        self, path: str, query: Query, kind: type[Any], call: Call, *, operation: str, size: int
    ) -> tuple[list[msgspec.Raw], list[Gap]]:
        """All entries, page by page within the bound; a gap says that there are more."""
        found: list[msgspec.Raw] = []
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page(path, query, kind, call, operation=operation, size=size, page=number)
            found += page.entries
            if number * size >= page.total_results:
                return found, []
            if not page.entries:
                raise BadPayload(f"{operation}: an empty page where there are more entries")
        return found, [Gap(f"{operation}: more than {_MOST_PAGES * size} found, the rest was left out")]

    async def _page(
        self, path: str, query: Query, kind: type[T], call: Call, *, operation: str, size: int, page: int
    ) -> T:
        paged = [*query, ("pgsiz", str(size)), ("pgnum", str(page))]
        return decode(await self._get(path, paged, call, operation=operation), kind, what=operation)

    async def _get(self, path: str, query: Query, call: Call, *, operation: str) -> bytes:
        token = await self._tokens.token(None, call)
        answer = await self._send(path, query, token, call, operation)
        if answer.status == _REFUSED:
            token = await self._tokens.token(token, call)
            answer = await self._send(path, query, token, call, operation)
        if answer.status == _REFUSED:
            raise FixCredentials(f"{operation}: HTTP 401, the token is refused")
        if answer.status == _NOT_FOUND:
            raise GiveUp(f"{operation}: HTTP 404, not there for this credential; see the setting customer_id")
        if answer.status == _WRONG:
            raise GiveUp(f"{operation}: HTTP 400{_code_of(answer.body)}")
        return answer.body

    async def _send(self, path: str, query: Query, token: str, call: Call, operation: str) -> Answer:
        return await self._upstream.send(
            "GET",
            path,
            params=query,
            headers={"accept": "application/hal+json", "authorization": f"Bearer {token}"},
            operation=operation,
            call=call,
            accept_statuses=frozenset({_WRONG, _REFUSED, _NOT_FOUND}),
        )


def read_orders(raws: Sequence[msgspec.Raw], kind: type[T]) -> tuple[list[T], list[Gap]]:
    """Every order that can be read, and a gap with its id for each that cannot."""
    found, gaps = decode_in_place(raws, kind, what="order")
    unread = [raw for raw, order in zip(raws, found, strict=True) if order is None]
    named = [Gap(gap.reason, _id_of(raw)) for gap, raw in zip(gaps, unread, strict=True)]
    return [order for order in found if order is not None], named


class _NamedReadOnly(msgspec.Struct, rename="camel"):
    order_id: int


class _Named(msgspec.Struct, rename="camel"):
    read_only: _NamedReadOnly


def _id_of(raw: msgspec.Raw) -> str | None:
    try:
        return str(msgspec.json.decode(raw, type=_Named).read_only.order_id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def place_of(raw: msgspec.Raw) -> Placed | None:
    """Where an order stands, read on its own; None where not even that can be read."""
    try:
        return msgspec.json.decode(raw, type=Placed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _code_of(body: bytes) -> str:
    """The vendor's own word for what is wrong; nothing where there is none."""
    try:
        code = msgspec.json.decode(body, type=Refusal).error_code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f", {code}" if _ERROR_CODE.fullmatch(code) else ""
