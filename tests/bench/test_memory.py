"""The run that looks at memory: what it asks, that it holds answers to it, and what the gateway tells of itself."""

from __future__ import annotations

import itertools
import json
from collections import Counter

import httpx
import pytest

from bench.contenders.orderweave_gateway import watched_app
from bench.contenders.surroundings import WHAT_IS_KEPT
from bench.load import Client, WrongAnswer
from bench.memory import ask
from bench.mixed import document, mix, questions
from bench.recording import QUESTION, Page, Question, record
from orderweave.bootstrap import Orderweave
from orderweave.demo import DemoBusiness

PAGES = {100: [Page(query="", first=100, after=None, calls=(), orders=[{"number": f"#{n}"} for n in range(100)])]}


def test_mix_has_its_shares() -> None:
    """Of any thousand queries 100 are the fan-out, 300 lists and 600 single orders, and every question comes up."""
    asked = tuple(questions(PAGES))
    found = Counter(id(question) for question in itertools.islice(mix(asked), 1_000))
    assert len(asked) == len({(question.query, str(question.variables)) for question in asked}) == 72
    assert asked[0].query == QUESTION.read_text()
    assert found[id(asked[0])] == 100
    assert [found[id(question)] for question in asked[1:11]] == [30] * 10
    assert [found[id(question)] for question in asked[11:-1]] == [10] * 60
    assert id(asked[-1]) not in found


def test_documents_are_all_different() -> None:
    """No two documents of the flood are alike."""
    assert len({document(turn) for turn in range(1_000)}) == 1_000


async def test_questions_of_the_mix_are_recorded_with_their_answers() -> None:
    """Other questions than pages are asked of the same gateway, and their calls are kept for the stubs."""
    number = "#none"

    recording = await record({1: (1,)}, lambda pages: [_one(pages[1][0].orders[0]["number"]), _one(number)])
    first, none = recording.questions
    assert first.data == {"order": {"number": recording.pages[1][0].orders[0]["number"]}}
    assert none.data == {"order": None}


def _one(number: str) -> Question:
    query = "query One($number: String!) { order(by: {number: $number}) { number } }"
    return Question(query=query, variables={"number": number})


class _Answers(Client):
    """A client that gives these bodies in turn."""

    def __init__(self, *bodies: bytes) -> None:
        super().__init__()
        self._bodies = list(bodies)

    async def exchange(self, request: bytes) -> bytes:
        """The next of them."""
        return self._bodies.pop(0)


async def test_every_answer_is_held_against_the_right_one() -> None:
    """What is right is counted; an answer with anything else in it ends the run."""
    right = b'{"data":{"order":{"number":"#1"}}}'
    data = {"order": {"number": "#1"}}
    assert await ask(_Answers(right, right), iter([(b"", data)] * 2), end=float("inf")) == 2
    with pytest.raises(WrongAnswer, match=r"answer.data.order.number is '#2' and not '#1'"):
        await ask(_Answers(right.replace(b"1", b"2")), iter([(b"", data)]), end=float("inf"))
    assert await ask(_Answers(right), iter([(b"", data)] * 2), end=0.0) == 1


async def test_gateway_tells_what_it_keeps() -> None:
    """The watched gateway counts documents and compiled selections: two documents, one of them asked twice."""
    async with DemoBusiness(seed=7, orders=1) as business:
        woven = Orderweave(business.configuration())
        app = watched_app(woven.schema, woven.gateway)
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as gateway:
                for query in ("{ systems { name } }", "{ a: systems { name } }", "{ systems { name } }"):
                    assert "errors" not in (await gateway.post("/graphql", json={"query": query})).json()
                told = json.loads((await gateway.get(WHAT_IS_KEPT)).content)
        finally:
            await woven.close()
    assert (told["counts"]["parsed"], told["counts"]["compiled"]) == (2, 2)
    assert {name: store["things"] for name, store in told["kept"].items()} == {
        "documents": 2,
        "projections": 2,
        "scopes": 0,
    }
