"""What of a search's conditions is sent, in a query and in a body, and what is not because it would find too little."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.rest.tests.scripted import api, call, connected
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField

WORDS = {"N": "OPEN", "W": "OPEN", "D": "COMPLETED"}
MOMENT = datetime(2026, 3, 1, 8, 0, 0, 500_000, tzinfo=UTC)


def searching(filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An API that can be told these things."""
    search = {"path": "/orders", "items": "orders", "sorts": {"NUMBER": "no"}, "filters": filters, **more}
    return api(search=search, order={"id": "id", "statuses": {"order": {"at": "s", "words": WORDS}}})


async def sent(told: dict[str, Any], *conditions: Condition) -> Any:
    """The query, or the body, that these conditions are sent as; all of them must be handed back."""
    subject, scripted = connected(told, lambda asked: {"orders": []})
    search = Search(
        conditions=conditions, sort=SearchField.NUMBER, descending=True, size=5, after=None, facets=frozenset()
    )
    page = await subject.search_orders(search, call())
    assert page.remaining == conditions
    return scripted.asked[0].query if scripted.asked[0].body is None else scripted.asked[0].body


STATUS = SearchField.STATUS


@pytest.mark.parametrize(
    ("told", "meanings", "expected"),
    [
        ({"equal": "state"}, ("COMPLETED",), [("state", "D")]),
        ({"equal": "state"}, ("OPEN",), []),  # two words mean it, and one alone would find too little
        ({"equal": "state", "several": "list"}, ("OPEN",), [("state", "N,W")]),
        ({"equal": "state", "several": "repeated"}, ("OPEN",), [("state", "N"), ("state", "W")]),
        ({"equal": "state", "several": "list"}, ("OPEN", "UNKNOWN"), []),  # any word could be the unknown one
        ({"equal": "state", "several": "list"}, ("DRAFT",), []),  # no word means it
    ],
)
async def test_statuses_are_sent_as_the_words_that_mean_them(
    told: dict[str, Any], meanings: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    """Every word with the meaning, or nothing at all."""
    operator = Operator.IN if "several" in told else Operator.EQ
    assert await sent(searching({"STATUS": told}), Condition(STATUS, operator, meanings)) == expected


async def test_bounds_are_a_second_wider() -> None:
    """Whether a bound is meant with or without itself, and however coarse the API's clock is."""
    told = searching({"PLACED_AT": {"from": "after", "to": "before"}})
    for operator in (Operator.GT, Operator.GTE):
        bound = Condition(SearchField.PLACED_AT, operator, (MOMENT,))
        assert await sent(told, bound) == [("after", "2026-03-01T07:59:59Z")]
    for operator in (Operator.LT, Operator.LTE):
        bound = Condition(SearchField.PLACED_AT, operator, (MOMENT,))
        assert await sent(told, bound) == [("before", "2026-03-01T08:00:01Z")]


@pytest.mark.parametrize(
    ("several", "expected"),
    [("list", {"q": {"no": "1,2"}}), ("body", {"q": {"no": ["1", "2"]}}), ("repeated", {"q": {"no": ["1", "2"]}})],
)
async def test_a_body_holds_all_the_values(several: str, expected: dict[str, Any]) -> None:
    """In a POST's body, at the dotted path, several values are one text or a list, and none is lost."""
    told = searching({"NUMBER": {"equal": "q.no", "several": several}}, method="POST")
    assert await sent(told, Condition(SearchField.NUMBER, Operator.IN, ("1", "2"))) == expected


async def test_sort_and_direction() -> None:
    """What fills {sort} and {direction} is the API's own, in each direction."""
    told = searching({}, query={"by": "{sort}", "way": "{direction}"})
    assert await sent(told) == [("by", "no"), ("way", "desc")]
    told = searching({}, query={"by": "{sort}"}, sorts={"NUMBER": {"ascending": "no", "descending": "-no"}})
    assert await sent(told) == [("by", "-no")]


async def test_what_is_not_mapped_is_refused() -> None:
    """A filter or an operator that the mapping does not give is refused before anything is sent."""
    subject, scripted = connected(searching({"NUMBER": "no"}), lambda asked: {"orders": []})
    for condition in (
        Condition(SearchField.NUMBER, Operator.IN, ("1", "2")),
        Condition(SearchField.CHANNEL, Operator.EQ, ("web",)),
    ):
        search = Search(
            conditions=(condition,), sort=SearchField.NUMBER, descending=False, size=5, after=None, facets=frozenset()
        )
        with pytest.raises(GiveUp, match="is not a filter of this mapping"):
            await subject.search_orders(search, call())
    assert scripted.asked == []
