"""Documents made to hurt: each is answered in the usual form, logs nothing, and makes only so much work."""

from __future__ import annotations

import json
import logging

import pytest

from tests.unit.web.gateway_over_http import JSON, business, caller
from tests.unit.web.hostile import BODIES, DOCUMENTS, Body
from tests.unit.work import counted

# What a caller can act on. INTERNAL is not among them.
CODES = {
    "BAD_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "LIMIT_EXCEEDED",
    "UNSUPPORTED",
}
# Calls of Python functions for one request: some tens of them take a microsecond, and a good query makes some 20,000.
MOST_CALLS = 700_000
MOST_QUESTIONS = 250
MOST_ANSWER_BYTES = 400_000


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_hostile_document(body: Body, caplog: pytest.LogCaptureFixture) -> None:
    """No status of a server's fault, no code but those that a caller can act on, no log, bounded work and calls."""
    woven = business()
    sent = json.dumps(body)
    async with caller(woven) as client:
        with caplog.at_level(logging.INFO), counted() as work:
            answer = await client.post("/graphql", content=sent, headers=JSON)
    document = answer.json()
    assert answer.status_code == 200
    assert {error["extensions"]["code"] for error in document.get("errors", ())} <= CODES
    assert len(document.get("errors", ())) <= 21
    assert [record for record in caplog.records if record.name.startswith("orderweave")] == []
    assert work.calls <= MOST_CALLS
    assert sum(len(fake.calls) for fake in woven.fakes.values()) <= MOST_QUESTIONS
    assert len(answer.content) <= MOST_ANSWER_BYTES


def test_there_are_many() -> None:
    """The suite is not thinned out unseen."""
    assert len(DOCUMENTS) > 100
    assert len(BODIES) - len(DOCUMENTS) >= 15
