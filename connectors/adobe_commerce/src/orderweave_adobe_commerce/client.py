"""The calls to Adobe Commerce's REST API, and nothing about what the answers mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from orderweave_adobe_commerce.criteria import Criteria, params
from orderweave_adobe_commerce.payloads import Counted, Identified, Page
from orderweave_adobe_commerce.signing_in import Way
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_in_place
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.transport import Answer

T = TypeVar("T")

# Entries of one list that are read at most.
_MOST_ENTRIES = 3000

_WRONG, _REFUSED, _NOT_FOUND = 400, 401, 404


class Client:
    """One instance, asked for pages of at most `page_size` items.

    A token that is refused is renewed once; a second refusal is about rights.
    """

    def __init__(self, way: Way, page_size: int) -> None:
        self._way = way
        self._page_size = page_size

    async def page(self, path: str, criteria: Criteria, call: Call, *, fields: str, size: int, page: int = 1) -> Page:
        """One page of a list, of fewer than `size` items where the shop's pages are smaller.

        A page past the end is the last one again (magento/magento2#26986): count, never try.
        """
        query = params(criteria, size=min(size, self._page_size), page=page, fields=fields)
        return decode(await self._get(path, query, call), Page, what=path)

    async def whole(
        self, path: str, criteria: Criteria, call: Call, *, fields: str
    ) -> tuple[list[msgspec.Raw], list[Gap]]:
        """All items that the criteria find, page by page within the bound; a gap says that there are more."""
        found: list[msgspec.Raw] = []
        for number in range(1, -(-_MOST_ENTRIES // self._page_size) + 1):
            page = await self.page(path, criteria, call, fields=fields, size=self._page_size, page=number)
            found += page.items or ()
            if number * self._page_size >= page.total_count or not page.items:
                return found, []
        return found, [Gap(f"{path}: more than {len(found)} found, the rest was left out")]

    async def count(self, path: str, criteria: Criteria, call: Call) -> int:
        """How many items the criteria find."""
        query = params(criteria, size=1, page=1, fields="")
        return decode(await self._get(path, query, call), Counted, what=path).total_count

    async def _get(self, path: str, query: Sequence[tuple[str, str]], call: Call) -> bytes:
        token = await self._way.sign_in.token(None, call)
        answer = await self._send(path, query, token, call)
        if answer.status == _REFUSED and self._way.sign_in.renewable:
            token = await self._way.sign_in.token(token, call)
            answer = await self._send(path, query, token, call)
        if answer.status == _REFUSED:
            raise FixCredentials(f"{path}: HTTP 401, the credentials are refused or lack the right to this resource")
        if answer.status == _NOT_FOUND:
            raise GiveUp(f"{path}: HTTP 404, the shop has no such resource")
        if answer.status == _WRONG:
            small = b"pageSize" in answer.body
            raise GiveUp(f"{path}: HTTP 400" + (", the shop's pages are smaller: lower page_size" if small else ""))
        return answer.body

    async def _send(self, path: str, query: Sequence[tuple[str, str]], token: str, call: Call) -> Answer:
        return await self._way.upstream.send(
            "GET",
            f"{self._way.prefix}/V1/{path}",
            params=query,
            headers={"authorization": f"Bearer {token}"},
            operation=path,
            call=call,
            accept_statuses=frozenset({_WRONG, _REFUSED, _NOT_FOUND}),
        )


def read_each(items: Sequence[msgspec.Raw], kind: type[T], *, what: str) -> tuple[list[T], list[Gap]]:
    """Every item that is a `kind`, and a gap with its id for each that is not."""
    found, gaps = decode_in_place(items, kind, what=what)
    unread = [item for item, read in zip(items, found, strict=True) if read is None]
    named = [Gap(gap.reason, _id_of(item)) for gap, item in zip(gaps, unread, strict=True)]
    return [item for item in found if item is not None], named


def _id_of(item: msgspec.Raw) -> str | None:
    try:
        return str(msgspec.json.decode(item, type=Identified).entity_id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
