"""Hostile requests: each ends in its 4xx with a code, in JSON, without a word of our insides and without work for us,
at the door for JSON and at that for event streams.

Work is counted, not timed: no system is asked, nothing is kept of what came, and no line of the log tells of a fault.
What they take over sockets is in tests/systems/http.
"""

from __future__ import annotations

import json
import logging

import pytest

from tests.unit.web.gateway_over_http import business, caller
from tests.unit.web.hostile_bodies import HOSTILE, Hostile

CODES = {"BAD_REQUEST", "METHOD_NOT_ALLOWED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


def test_they_are_many() -> None:
    """At least sixty, each with a name of its own."""
    names = [case.name for case in HOSTILE]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


EVENTS = {"accept": "text/event-stream"}
# What is wrong with a document is told over its event stream (`live/test_streams.py`), where a GET may follow; PUT and
# DELETE are the protocol's own.
TOLD = {"get: a mutation", "get: a subscription", "get: a broken escape"}
OF_EVENTS = [case for case in HOSTILE if case.name not in TOLD and not case.name.startswith("method: ")]


@pytest.mark.parametrize(
    ("path", "accept", "case"),
    [
        *(pytest.param("/graphql", {}, case, id=case.name) for case in HOSTILE),
        *(pytest.param("/graphql", EVENTS, case, id=f"events: {case.name}") for case in OF_EVENTS),
        *(pytest.param("/graphql/stream", EVENTS, case, id=f"stream: {case.name}") for case in OF_EVENTS),
    ],
)
async def test_it_is_refused(
    path: str, accept: dict[str, str], case: Hostile, caplog: pytest.LogCaptureFixture
) -> None:
    """The status is the one that fits, the body an error with a code, and no system heard of it."""
    woven = business()
    with caplog.at_level(logging.INFO):
        async with caller(woven) as client:
            response = await client.request(
                case.method, f"{path}?{case.query_string}", content=case.body, headers={**accept, **case.headers}
            )
    assert response.status_code in case.statuses
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "private, no-store"
    (error,) = json.loads(response.content)["errors"]
    assert error["extensions"]["code"] in CODES
    assert len(response.content) < 1000
    assert not [word for word in ("Traceback", ".py", "msgspec", "Error(") if word in response.text]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info] == []
    assert [fake.calls for fake in woven.fakes.values() if fake.calls] == []
