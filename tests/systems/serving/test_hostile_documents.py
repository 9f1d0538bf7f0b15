"""Documents made to hurt, sent to the gateway as it is served: none takes a fifth of a second."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from orderweave.demo.business import DemoBusiness
from tests.systems.serving.served import Served
from tests.unit.web.gateway_over_http import JSON
from tests.unit.web.hostile import BODIES, Body

pytestmark = pytest.mark.systems

MOST_SECONDS = 0.2
# The quickest of so many counts: what else the machine does is not the document's fault.
TRIES = 3


def anew(body: Body, number: int) -> bytes:
    """The request with a document that the gateway has not seen: what it knows of one it answers out of memory."""
    return json.dumps({**body, "query": f"{body['query']}\n# {number}"}).encode()


async def test_no_hostile_document_takes_long(tmp_path: Path) -> None:
    """Each is answered within the bound, seen for the first time in every try, with the status of a request that was
    understood, and leaves no fault.
    """
    slow: dict[str, list[float]] = {}
    async with DemoBusiness(seed=7, orders=100) as business:
        served = Served(business, tmp_path)
        served.write()
        try:
            await served.start(workers=1)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", headers=JSON) as client:
                for name, body in BODIES.items():
                    seconds = []
                    for number in range(TRIES):
                        sent = anew(body, number)
                        began = time.perf_counter()
                        answer = await client.post("/graphql", content=sent)
                        seconds.append(time.perf_counter() - began)
                        assert answer.status_code == 200, name
                        codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
                        assert not codes & {"INTERNAL", "OVERLOADED", "DEADLINE_EXCEEDED"}, name
                    if min(seconds) > MOST_SECONDS:
                        slow[name] = seconds
        finally:
            served.end()
    assert slow == {}
    assert "internal_error" not in served.log
    assert "Traceback" not in served.log
