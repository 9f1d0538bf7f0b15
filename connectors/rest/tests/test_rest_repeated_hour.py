"""The hour that comes twice as summer time ends, in an API that shows clock times without a zone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.rest.tests.scripted import Asked, api, call, connected
from orderweave_rest.values import Times

ZONE = ZoneInfo("America/Los_Angeles")
FORM = "%Y-%m-%d %H:%M:%S"
# 01:00 summer time; clocks show 01:00 again an hour later.
HOUR = datetime(2026, 11, 1, 8, tzinfo=UTC)
TOLD = api(
    time_zone="America/Los_Angeles",
    time_format=FORM,
    order={"id": "id", "updated_at": "changed"},
    changes={
        "path": "/orders",
        "items": "orders",
        "query": {"since": "{since}", "page": "{page}"},
        "paging": {"style": "page", "size": 3},
    },
)


class Book:
    """Orders by the minute of their last change, counted from HOUR, three a page.

    They come in order of the instants, or of the clock times where `by_clock`; `fold` is how the server reads `since`.
    """

    def __init__(self, fold: int, *, by_clock: bool = False, **minutes: int) -> None:
        self.minutes = minutes
        self._fold = fold
        self._by_clock = by_clock

    def __call__(self, asked: Asked) -> Any:
        """The page."""
        moments = {name: HOUR + timedelta(minutes=minute) for name, minute in self.minutes.items()}
        clocks = {name: moment.astimezone(ZONE).strftime(FORM) for name, moment in moments.items()}
        order = sorted(moments, key=(clocks if self._by_clock else moments).__getitem__)
        since = asked.parameters.get("since")
        if since is not None and self._by_clock:
            order = [name for name in order if clocks[name] >= since]
        elif since is not None:
            start = datetime.strptime(since, FORM).replace(tzinfo=ZONE, fold=self._fold)
            order = [name for name in order if moments[name] >= start]
        first = (int(asked.parameters["page"]) - 1) * 3
        return {"orders": [{"id": name, "changed": clocks[name]} for name in order[first : first + 3]]}


async def told(subject: Any, cursor: str | None) -> tuple[dict[str, int], str]:
    """The minute of each order that a listing gives to its end, and the cursor to go on from."""
    found: dict[str, int] = {}
    for _ in range(50):
        changes = await subject.list_changes(cursor, None, frozenset(), call())
        for record in changes.records:
            found[record.external_id] = int((record.updated_at - HOUR) / timedelta(minutes=1))
        cursor = changes.cursor
        if not changes.more:
            return found, changes.cursor
    raise AssertionError("the changes never end")


@pytest.mark.parametrize("fold", [0, 1])
async def test_the_second_pass_is_read_as_the_second(fold: int) -> None:
    """A step back by the clock is no fault of the API; what comes after the hour is told as ever."""
    book = Book(fold, a=50)
    subject, _ = connected(TOLD, book)
    found, cursor = await told(subject, None)
    assert found == {"a": 50}
    for name, minute in (("b", 70), ("c", 130), ("d", 40_000)):
        book.minutes[name] = minute
        found, cursor = await told(subject, cursor)
        assert found[name] == minute


@pytest.mark.parametrize("fold", [0, 1])
async def test_an_order_that_changes_in_both_passes(fold: int) -> None:
    """Though nothing stands before it by which its second change could be told apart, that is the later one."""
    book = Book(fold, a=50)
    subject, _ = connected(TOLD, book)
    _, cursor = await told(subject, None)
    for minute in (70, 75):
        book.minutes["a"] = minute
        found, cursor = await told(subject, cursor)
        assert found == {"a": minute}


async def test_the_step_back_between_two_pages() -> None:
    """The last change of the page before is remembered where pages go by their numbers."""
    book = Book(0, a=0, b=30, c=50, d=70, e=80, f=90, g=130)
    subject, _ = connected(TOLD, book)
    found, _ = await told(subject, None)
    assert found == book.minutes


EVENTS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(-40, 200), st.booleans()), max_size=30)


@given(EVENTS, st.sampled_from([0, 1]), st.booleans())
def test_nothing_is_lost(events: list[tuple[str, int, bool]], fold: int, by_clock: bool) -> None:
    """Whatever changes before, in and after the hour is told at the next listing, by either order of the API."""

    async def listen() -> None:
        book = Book(fold, by_clock=by_clock)
        subject, _ = connected(TOLD, book)
        cursor, due = None, set()
        for name, minute, asks in sorted(events, key=lambda event: event[1]):
            book.minutes[name] = minute
            due.add(name)
            if asks:
                found, cursor = await told(subject, cursor)
                assert due <= found.keys()
                due.clear()

    asyncio.run(listen())


def test_the_instant_an_hour_later() -> None:
    """Only of a clock time that came twice, and only where it is one: not of an instant, nor without a zone."""
    clock = Times(FORM, ZONE)
    assert clock.second_pass(HOUR) == HOUR + timedelta(hours=1)
    for moment in (HOUR - timedelta(seconds=1), HOUR + timedelta(hours=1), datetime(2026, 3, 8, 10, tzinfo=UTC)):
        assert clock.second_pass(moment) is None
    for times in (Times(FORM), Times("unix", ZONE), Times(f"{FORM} %z", ZONE)):
        assert times.second_pass(HOUR) is None
