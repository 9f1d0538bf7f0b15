"""Asking for many keys in the API's own way: as one list, or one by one with as many at once as the system bears."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from orderweave_rest.api_map import Batch, BatchStyle, Request
from orderweave_rest.client import Client
from orderweave_rest.templates import Values
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call

T = TypeVar("T")

_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
# As a step of a path these would lead out of it.
_STEPS = (".", "..")


class Found(msgspec.Struct, frozen=True):
    """What one request found: the key it was asked with (None for many), its items, and whether more were left."""

    key: str | None
    items: list[Any]
    cut: bool


async def ask(client: Client, request: Request, keys: Sequence[str], call: Call) -> list[Found]:
    """What the keys find, each request read to its end. Keys that the API cannot know are not sent."""
    batch = request.batch
    assert batch is not None
    wanted = [key for key in dict.fromkeys(keys) if key and (not batch.integers or _WHOLE_NUMBER.fullmatch(key))]
    if batch.style is BatchStyle.ONE:
        wanted = [key for key in wanted if key not in _STEPS]
        asked: list[tuple[str | None, Values]] = [(key, {"key": _typed(key, batch)}) for key in wanted]
    else:
        groups = [wanted[start : start + batch.size] for start in range(0, len(wanted), batch.size)]
        asked = [(None, {"keys": _together(group, batch)}) for group in groups]
    pages = await together((client.whole(request, values, call) for _, values in asked), at_once=client.at_once)
    return [Found(key, items, cut) for (key, _), (items, cut) in zip(asked, pages, strict=True)]


def cuts(request: Request, found: Iterable[Found]) -> list[Gap]:
    """A gap for each request whose answer went on past the bound."""
    return [
        Gap(f"{request.name}: more than {len(each.items)} found, the rest was left out", each.key)
        for each in found
        if each.cut
    ]


async def together(work: Iterable[Coroutine[Any, Any, T]], *, at_once: int) -> list[T]:
    """All results in order, so many at once; the first failure ends the others before it is raised."""
    turns = asyncio.Semaphore(at_once)

    async def in_turn(each: Coroutine[Any, Any, T]) -> T:
        async with turns:
            return await each

    waiting = list(work)
    tasks = [asyncio.ensure_future(in_turn(each)) for each in waiting]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in waiting:
            each.close()  # one that never had its turn would be told as never awaited


def _typed(key: str, batch: Batch) -> str | int:
    return int(key) if batch.integers else key


def _together(keys: Sequence[str], batch: Batch) -> str | list[str | int]:
    if batch.style is BatchStyle.LIST:
        return batch.separator.join(keys)
    return [_typed(key, batch) for key in keys]
