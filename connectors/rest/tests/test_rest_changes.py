"""Changes go on by time, not by a page's number: what moves while it is read is not missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.rest.tests.scripted import Asked, api, call, connected
from orderweave_sdk.errors import BadPayload, GiveUp

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
TOLD = api(
    order={"id": "id", "updated_at": "changed"},
    changes={
        "path": "/orders",
        "items": "orders",
        "query": {"since": "{since}", "page": "{page}"},
        "paging": {"style": "page", "size": 3},
    },
)


class Book:
    """Orders by their time of change, three a page, oldest first; `since` includes its second."""

    def __init__(self, **stamps: int) -> None:
        self.stamps = stamps

    def __call__(self, asked: Asked) -> Any:
        """The page."""
        since = asked.parameters.get("since")
        found = [
            {"id": name, "changed": (START + timedelta(seconds=second)).isoformat()}
            for name, second in sorted(self.stamps.items(), key=lambda each: (each[1], each[0]))
            if since is None or START + timedelta(seconds=second) >= datetime.fromisoformat(since)
        ]
        first = (int(asked.parameters["page"]) - 1) * 3
        return {"orders": found[first : first + 3]}


async def read_on(subject: Any, cursor: str | None, *, meanwhile: Any = None) -> tuple[list[str], str]:
    """All that a listing gives to its end, with something that happens after the first page."""
    found: list[str] = []
    for turn in range(20):
        changes = await subject.list_changes(cursor, None, frozenset(), call())
        found += [record.external_id for record in changes.records]
        cursor = changes.cursor
        if turn == 0 and meanwhile is not None:
            meanwhile()
        if not changes.more:
            return found, changes.cursor
    raise AssertionError("the changes never end")


async def test_an_order_that_changes_meanwhile_pushes_nobody_over_the_edge() -> None:
    """After the first page its first order changes and moves to the end: by number the fourth would be skipped."""
    book = Book(a=0, b=60, c=120, d=180, e=240, f=300)
    subject, _ = connected(TOLD, book)
    found, _ = await read_on(subject, None, meanwhile=lambda: book.stamps.update(a=360))
    assert found == ["a", "b", "c", "c", "d", "e", "e", "f", "a", "a"]


async def test_more_of_one_second_than_a_page_holds() -> None:
    """Within one second only numbers can tell pages apart; all of it is read, and what follows."""
    book = Book(**{f"o{n}": 30 for n in range(8)}, last=90)
    subject, _ = connected(TOLD, book)
    found, _ = await read_on(subject, None)
    assert set(found) == {*(f"o{n}" for n in range(8)), "last"}


async def test_the_next_listing_begins_a_minute_earlier() -> None:
    """What was stamped before it could be seen is found by the next listing; nothing new is one request."""
    book = Book(a=0, b=600)
    subject, scripted = connected(TOLD, book)
    _, cursor = await read_on(subject, None)
    book.stamps["late"] = 560
    found, cursor = await read_on(subject, cursor)
    assert found == ["late", "b"]
    assert scripted.asked[-1].parameters["since"] == "2026-03-01T08:08:59Z"
    before = len(scripted.asked)
    await read_on(subject, cursor)
    assert len(scripted.asked) == before + 1


async def test_since_a_moment() -> None:
    """Without a cursor a listing begins at the moment that it is given."""
    subject, _ = connected(TOLD, Book(a=0, b=600))
    changes = await subject.list_changes(None, START + timedelta(seconds=300), frozenset(), call())
    assert [record.external_id for record in changes.records] == ["b"]


async def test_another_order_than_by_change_is_a_bad_payload() -> None:
    """An API that gives the newest first would have us miss the older ones; that is told, not believed."""
    page = [{"id": "b", "changed": "2026-03-02T00:00:00Z"}, {"id": "a", "changed": "2026-03-01T00:00:00Z"}]
    subject, _ = connected(TOLD, lambda asked: {"orders": page})
    with pytest.raises(BadPayload, match="changes: the answer is not in order of change, oldest first"):
        await subject.list_changes(None, None, frozenset(), call())


@pytest.mark.parametrize("cursor", ["", "nonsense", "WyIyMDI2LTAzLTAxVDA4OjAwOjAwIixudWxsLG51bGxd"])
async def test_a_cursor_of_elsewhere_is_refused(cursor: str) -> None:
    """What this connector did not write, such as a time without a zone, is no cursor."""
    subject, scripted = connected(TOLD, Book())
    with pytest.raises(GiveUp):
        await subject.list_changes(cursor, None, frozenset(), call())
    assert scripted.asked == []
