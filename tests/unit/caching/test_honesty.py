"""Systems that come and go, time that passes, clients that ask for their own age: what an answer says is true."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderweave.caching import Cache
from orderweave.caching.ages import Ages, Subject
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.errors import Unreachable
from tests.unit.caching.stores import settings
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import Woven, weave

TTL, LATE, BRIDGED = 10, 5, 100
AGES = Ages(ttl=TTL, stale_while_revalidate=LATE, stale_if_error=BRIDGED)
SAME_FOR_ALL = {subject.value: AGES for subject in Subject if subject not in (Subject.SEARCHES, Subject.ABSENT)}

QUERY = """number invoices { number } sources { system via stale fetchedAt }
    freshness { maxAgeSeconds stale missing { system } unmet { system } }"""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.sampled_from((1, 4, 9, 30, 90, 200))),
        st.tuples(st.just("fail"), st.sampled_from(("shop", "erp"))),
        st.tuples(
            st.just("ask"),
            st.sampled_from(("1001", "1002", "SO3", "list")),
            st.sampled_from((None, None, 0, 5, 12, 60)),
        ),
    ),
    min_size=2,
    max_size=14,
)


def business(*, cached: bool) -> Woven:
    """A shop and an ERP that mirrors one of its orders and has one of its own."""
    return weave(
        shop([order("a1", "1001"), order("a2", "1002", hours=1)]),
        erp([order("e1", "SO1", reference=("reference", "1001"), invoice="I1"), order("e3", "SO3", hours=2)]),
        cache=settings("shop", "erp", **SAME_FOR_ALL) if cached else None,
    )


def orders_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every order in an answer."""
    data = document.get("data") or {}
    found = data.get("order") or {}
    return list((data.get("orders") or {}).get("nodes") or ([found] if found else []))


def missing(found: dict[str, Any]) -> set[str]:
    """The systems whose part of an order is missing."""
    return {issue["system"] for issue in found["freshness"]["missing"]}


class Check:
    """A cached gateway and a live one over the same systems, through the same days."""

    def __init__(self) -> None:
        self.live, self.cached = business(cached=False), business(cached=True)
        self.operations = Operations(self.live.schema)
        self.failing: set[str] = set()

    async def step(self, *step: Any) -> None:
        """One thing happens."""
        match step:
            case ("pass", seconds):
                for woven in (self.live, self.cached):
                    woven.time.advance(seconds)
            case ("fail", system):
                self.failing ^= {system}
                for woven in (self.live, self.cached):
                    woven.fakes[system].error = Unreachable("down") if system in self.failing else None
            case ("ask", what, max_age):
                await self.ask(what, max_age)

    async def ask(self, what: str, max_age: int | None) -> None:
        """One question to both, and whether what the cached one says is true."""
        root = "orders(first: 3)" if what == "list" else f'order(by: {{number: "{what}"}})'
        asked = "" if max_age is None else f"@freshness(maxAge: {max_age})"
        below = f"{{ nodes {{ {QUERY} }} }}" if what == "list" else f"{{ {QUERY} }}"
        request = Request(query=f"{{ {root} {asked} {below} }}")
        live = (await self.operations.run(request, Context(self.live.gateway))).document()
        cached = (await self.operations.run(request, Context(self.cached.gateway))).document()
        assert "errors" not in cached or "errors" in live
        missed = {found["number"]: missing(found) for found in orders_of(live)}
        for found in orders_of(cached):
            self.true(found, max_age)
            assert missing(found) <= missed.get(found["number"], self.failing)
        assert isinstance(self.cached.systems.cache, Cache)
        await asyncio.gather(*self.cached.systems.cache._refreshes)

    def true(self, found: dict[str, Any], max_age: int | None) -> None:
        """What an order says of its age and its sources."""
        oldest = 0.0
        unmet = set()
        for source in found["sources"]:
            fetched = datetime.fromisoformat(source["fetchedAt"])
            age = (self.cached.time.now() - fetched).total_seconds()
            oldest = max(oldest, age)
            beyond = max_age is not None and age > max_age
            if beyond:
                unmet.add(source["system"])
            if source["via"] == "LIVE":
                assert (age, source["stale"]) == (0, False)
            assert source["stale"] == (age > TTL or beyond)
            assert age <= TTL + BRIDGED
            if age > TTL + LATE or beyond:
                assert source["system"] in self.failing
        freshness = found["freshness"]
        assert freshness["maxAgeSeconds"] == oldest
        assert freshness["stale"] == any(source["stale"] for source in found["sources"])
        assert {issue["system"] for issue in freshness["unmet"]} == unmet
        assert missing(found) <= self.failing


@given(STEPS)
def test_what_an_answer_says_is_true(steps: list[tuple[Any, ...]]) -> None:
    """Each record is marked stale exactly when it is older than it should be or than was asked, is older than the time
    of grace only where its system fails, and never older than stale-if-error; `unmet` names exactly the systems whose
    part is too old for the client; nothing is missing that the live gateway does not miss, and it errs nowhere else.
    """

    async def run() -> None:
        check = Check()
        for step in steps:
            await check.step(*step)
        await check.cached.close()
        await check.live.close()

    asyncio.run(run())
