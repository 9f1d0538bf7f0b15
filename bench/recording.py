"""Recording, once a run, what the vendors' simulators answer to the real connectors, and what the gateway makes of it.

The recording is what the stubs serve, what the hand-written handlers ask, and what every contender must answer.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from bench.business import plain_business
from bench.caching import can_cache, with_cache
from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.loading import read
from orderweave.demo import DemoBusiness
from orderweave.model.calls import CallRules
from orderweave.web import build_app
from orderweave_sdk.testing.simulator import SimulatedRequest, Simulator
from orderweave_sdk.transport import Answer, Request

QUESTION = Path(__file__).parent / "fan-out.graphql"
PAGED_QUESTION = Path(__file__).parent / "fan-out-page.graphql"
# The API gives 100 orders a page: 500 orders are five pages, one after the other.
PAGES = {20: (20,), 100: (100,), 500: (100,) * 5}
# As long as an answer is on its way, so that what is asked side by side is seen to be.
_ON_THE_WAY = 0.005


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a system and its answer. `path` holds the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    kind: str
    answer: bytes


class PlannedCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call that a page needs: the system and the place of the exchange among its exchanges.

    `searched` tells a call that nothing had to be known for from one that asks for what an earlier answer named.
    """

    system: str
    exchange: int
    searched: bool


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of orders: the GraphQL request, the calls behind it, and the orders that are the right answer."""

    query: str
    first: int
    after: str | None
    calls: tuple[PlannedCall, ...]
    orders: list[dict[str, Any]]

    def variables(self) -> dict[str, Any]:
        """The variables of the request."""
        return {"first": self.first} if self.after is None else {"first": self.first, "after": self.after}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Any other GraphQL request; `data` is the right answer, None before it was recorded."""

    query: str
    variables: dict[str, Any]
    data: Any = None


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """All that was recorded. `pages` are by number of orders; `addresses` are the simulators' own, by system."""

    exchanges: dict[str, tuple[Exchange, ...]]
    pages: dict[int, tuple[Page, ...]]
    questions: tuple[Question, ...] = ()
    toml: str
    addresses: dict[str, str]
    environment: dict[str, str]

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_bytes(msgspec.json.encode(self))


def load_recording(path: Path) -> Recording:
    """The recording in a file."""
    return msgspec.json.decode(path.read_bytes(), type=Recording)


class _Tape:
    """The exchanges of all systems, each kept once, and the calls since the last page began."""

    def __init__(self) -> None:
        self.exchanges: dict[str, list[Exchange]] = {}
        self.calls: list[PlannedCall] = []
        self.answered = False

    def turn(self) -> None:
        """Begin a page."""
        self.calls = []
        self.answered = False


class _Recorder:
    """The transport to one simulator, without a network."""

    def __init__(self, name: str, simulator: Simulator, tape: _Tape) -> None:
        self._simulator = simulator
        self._name = name
        self._tape = tape

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """The simulator's answer, noted down."""
        target = urlsplit(request.url)
        searched = not self._tape.answered
        asked = SimulatedRequest(
            method=request.method,
            path=target.path,
            query=tuple(parse_qsl(target.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body or b"",
        )
        said = await self._simulator.answer(asked)
        exchange = Exchange(
            method=request.method,
            path=f"{target.path}?{target.query}" if target.query else target.path,
            headers=dict(request.headers),
            body=request.body or b"",
            status=said.status,
            kind=said.headers.get("content-type", "application/json"),
            answer=said.body,
        )
        self._note(exchange, searched=searched)
        await asyncio.sleep(_ON_THE_WAY)
        self._tape.answered = True
        return Answer(status=said.status, headers=dict(said.headers), body=said.body)

    def _note(self, exchange: Exchange, *, searched: bool) -> None:
        known = self._tape.exchanges.setdefault(self._name, [])
        asked = (exchange.method, exchange.path, exchange.body)
        place = next((n for n, old in enumerate(known) if (old.method, old.path, old.body) == asked), len(known))
        if place == len(known):
            known.append(exchange)
        self._tape.calls.append(PlannedCall(system=self._name, exchange=place, searched=searched))

    async def close(self) -> None:
        """Nothing is open."""


# What else to ask once the pages are known.
More = Callable[[Mapping[int, Sequence[Page]]], Iterable[Question]]


async def record(pages: Mapping[int, Sequence[int]] = PAGES, more: More = lambda pages: ()) -> Recording:
    """Start the business, sign in everywhere, ask for every page and whatever more, and stop it."""
    async with plain_business() as business:
        simulators = {name: system for name, system in business.simulators.items() if isinstance(system, Simulator)}
        tape = _Tape()
        transports = {name: _Recorder(name, simulator, tape) for name, simulator in simulators.items()}
        async with _gateway(_unmetered(business.configuration()), transports) as gateway:
            await _pages(gateway, tape, (1,), 1)
            found = {size: await _pages(gateway, tape, firsts, size) for size, firsts in pages.items()}
            asked = [await _answered(gateway, tape, question) for question in more(found)]
        if can_cache():
            # Of what it has in part it asks only for the rest: calls that nobody else makes.
            async with _gateway(_unmetered(_cached_configuration(business)), transports) as gateway:
                for size, firsts in pages.items():
                    await _pages(gateway, tape, firsts, size)
        return Recording(
            exchanges={name: tuple(exchanges) for name, exchanges in tape.exchanges.items()},
            pages=found,
            questions=tuple(asked),
            toml=business.toml,
            addresses={name: simulator.url for name, simulator in simulators.items()},
            environment=_environment(business),
        )


def _unmetered(configuration: Configuration) -> Configuration:
    """The configuration with no quota kept: what may be asked side by side shall not wait for points."""
    systems = {
        name: msgspec.structs.replace(system, calls=CallRules(quota=False))
        for name, system in configuration.systems.items()
    }
    return msgspec.structs.replace(configuration, systems=systems)


@asynccontextmanager
async def _gateway(
    configuration: Configuration, transports: Mapping[str, _Recorder]
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway in this process."""
    woven = Orderweave(configuration, transports=transports)
    inside = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
    try:
        async with httpx.AsyncClient(transport=inside, base_url="http://gateway") as gateway:
            yield gateway
    finally:
        await woven.close()


def _cached_configuration(business: DemoBusiness) -> Configuration:
    document = tomllib.loads(with_cache(business.toml))
    return read(document, file="cached.toml", registry=installed(), environment=_environment(business))


async def _pages(gateway: httpx.AsyncClient, tape: _Tape, firsts: Sequence[int], size: int) -> tuple[Page, ...]:
    query = (QUESTION if len(firsts) == 1 else PAGED_QUESTION).read_text()
    found: list[Page] = []
    after: str | None = None
    for first in firsts:
        tape.turn()
        page = Page(query=query, first=first, after=after, calls=(), orders=[])
        connection = await _ask(gateway, page)
        page = msgspec.structs.replace(page, calls=tuple(tape.calls), orders=connection["nodes"])
        if len(page.orders) != first:
            raise RuntimeError(f"{len(page.orders)} orders came where {first} of {size} were asked for")
        found.append(page)
        after = connection["pageInfo"]["endCursor"] if len(firsts) > 1 else None
    return tuple(found)


async def _answered(gateway: httpx.AsyncClient, tape: _Tape, question: Question) -> Question:
    tape.turn()
    return msgspec.structs.replace(question, data=await _data(gateway, question.query, question.variables))


async def _ask(gateway: httpx.AsyncClient, page: Page) -> dict[str, Any]:
    connection: dict[str, Any] = (await _data(gateway, page.query, page.variables()))["orders"]
    return connection


async def _data(gateway: httpx.AsyncClient, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    answer = await gateway.post("/graphql", json={"query": query, "variables": variables})
    document = json.loads(answer.content)
    if "errors" in document:
        raise RuntimeError(f"the gateway cannot answer: {document['errors']}")
    data: dict[str, Any] = document["data"]
    return data


def _environment(business: DemoBusiness) -> dict[str, str]:
    """The variables from which the configuration takes its secrets."""
    return {
        f"{system}_{name}".upper().replace("-", "_"): str(value)
        for system, simulator in business.simulators.items()
        for name, value in simulator.settings().items()
    }
