"""Questions put to a business by its callers, on one of the executors. As in a process, all share what it keeps."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from orderweave.access import Headers
from orderweave.config.configuration import ExportSettings, IndexSettings, LiveSettings
from orderweave.exporting import Selection
from orderweave.live import Feed
from orderweave.live.looking import looking
from orderweave.model.exports import Format, What
from orderweave.model.rights import ANYBODY, Caller
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED
from orderweave.operations.answers import Answer, Request
from orderweave.operations.running import Operations
from orderweave.planning.needs import needs_of
from orderweave.schema import Context, build_schema, build_subgraph
from orderweave.web import Admission, Current, Door
from orderweave.web.bodies import Sent
from orderweave.web.live.running import Identity, Running
from tests.access.callers import OWNERS, business, caller, order_id
from tests.access.questions import Holding, Question
from tests.unit.exporting.house import exporting
from tests.unit.fake_systems import Woven
from tests.unit.indexing import read_all

# What an answer shows: something, something with people masked in it, nothing (as of what does not exist), or a refusal
# before anything was run.
SHOWN, MASKED, NOTHING, REFUSED = "shown", "masked", "nothing", "refused"

_EXPORTS = frozenset({Holding.OWN_EXPORT, Holding.OTHERS_EXPORT, Holding.NO_EXPORT})
# Whatever stands in questions that take an index.
_INDEXED = ("Aggregates", "export", "sort:", "search:")
# What is only there once something was done in the business.
_CHANGING = frozenset({Holding.REVOKED, Holding.OWN_EXPORT, Holding.OTHERS_EXPORT})


class Asking:
    """One process with its caches of documents, and the businesses behind it; `close` it when done.

    Questions that change nothing share a business, each of the others has one of its own.
    """

    def __init__(self, *, compiled: bool, folder: Path, index: bytes) -> None:
        self._plain = Operations(build_schema(), compiled=compiled)
        self._federated = Operations(build_subgraph(), compiled=compiled)
        self._folder = folder
        self._index = index
        self._shared: dict[bool, Woven] = {}
        self._made = 0

    async def ask(self, question: Question, name: str) -> Answer:
        """The first answer that a caller gets."""
        indexed = any(word in question.text for word in _INDEXED)
        changing = question.text.startswith("mutation") or question.held in _CHANGING
        if changing:
            woven = self._business(indexed=indexed)
        else:
            woven = self._shared.get(indexed) or self._shared.setdefault(indexed, self._business(indexed=indexed))
        asker = caller(name)
        try:
            variables = dict(question.variables)
            if question.held is not None:
                kind = "export" if question.held in _EXPORTS else "token"
                variables[kind] = await _made(woven, question.held, asker)
            request = Request(query=question.text, variables=variables)
            operations = self._federated if "found: _" in question.text else self._plain
            if question.text.startswith("subscription"):
                return await _first(operations, request, woven, asker)
            return await operations.run(request, Context(woven.gateway, caller=asker))
        finally:
            if changing:
                await woven.close()

    def _business(self, *, indexed: bool) -> Woven:
        """A business, whole; with an index that has read all of it, and exports, where that is wanted."""
        if not indexed:
            return business()
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        (folder / "index.db").write_bytes(self._index)
        woven = business(IndexSettings(url=f"sqlite:///{folder}/index.db"))
        return exporting(woven, ExportSettings(folder=folder))

    async def close(self) -> None:
        """Close the businesses that questions shared."""
        await asyncio.gather(*(woven.close() for woven in self._shared.values()))


@asynccontextmanager
async def asking(*, compiled: bool) -> AsyncIterator[Asking]:
    """A process on one of the executors."""
    with tempfile.TemporaryDirectory() as folder:
        woven = business(IndexSettings(url=f"sqlite:///{folder}/index.db"))
        await read_all(woven)
        await woven.close()
        index = await asyncio.to_thread(Path(folder, "index.db").read_bytes)
        found = Asking(compiled=compiled, folder=Path(folder), index=index)
        try:
            yield found
        finally:
            await found.close()


def outcome(answer: Mapping[str, Any], secrets: Iterable[str] = ()) -> str:
    """In a word, what an answer shows; `secrets` are what is masked in it, if it is."""
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    if codes:
        return REFUSED if codes == {"FORBIDDEN"} else "/".join(sorted(codes))
    text = str(answer)
    if "masked" in text and not any(secret in text for secret in secrets):
        return MASKED
    return SHOWN if _holds(answer["data"]["found"]) else NOTHING


def _holds(found: Any) -> bool:
    if isinstance(found, Mapping):
        return any(_holds(value) for value in found.values())
    return any(map(_holds, found)) if isinstance(found, list) else found is not None


async def _made(woven: Woven, held: Holding, asker: Caller) -> str:
    """A token for Ben's order, or the id of an export, made in this business; or one that is none."""
    if held is Holding.NO_TOKEN:
        return "no token"
    if held is Holding.NO_EXPORT:
        return "0" * 32
    if held in _EXPORTS:
        assert woven.exports is not None
        wanted = Selection(what=What.ORDERS, format=Format.CSV, rights=asker.rights)
        owner = asker.name if held is Holding.OWN_EXPORT else "another"
        return (await woven.exports.create(wanted, owner)).id
    order = await woven.gateway.order_by_number(OWNERS["Ben's"], needs_of(["Order.id"]), woven.gateway.call())
    assert order is not None
    token = woven.gateway.tracking_link(order, ANYBODY).token
    if held is Holding.REVOKED:
        await woven.gateway.revoke_tracking(order_id("Ben's"), ANYBODY)
    return token


async def _first(operations: Operations, request: Request, woven: Woven, asker: Caller) -> Answer:
    """The first answer of a subscription, as both protocols have it."""

    async def identify(headers: Headers) -> Caller:
        return asker

    current = Current(woven.gateway, woven.close, Door(identify=identify))
    feed = Feed(looking(current.request), LiveSettings(), woven.clock, poll_takes=1.0, observing=UNOBSERVED)
    running = Running(operations, current, Admission(most_in_flight=9, most_waiting=9), feed, UNOBSERVED)
    try:
        begun = await running.begin(
            Sent(query=request.query, variables=dict(request.variables or {})),
            Identity(identify, {}, asker, None),
            Lane.INTERACTIVE,
        )
        if isinstance(begun, Answer):
            return begun
        async with aclosing(begun) as answers:
            return await anext(aiter(answers))
    finally:
        await feed.close()
