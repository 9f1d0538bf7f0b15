"""Hostile requests over real sockets: each is refused within 200 ms, and the gateway's log tells of no fault."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.systems.serving.served import served
from tests.unit.web.hostile_bodies import HOSTILE

pytestmark = pytest.mark.systems

_SECONDS = 0.2
# The best of so many counts: what else the machine does is not the gateway's. None of these is a document that could be
# kept, so that a second try takes the same way as the first.
_TRIES = 5


async def test_each_is_refused_within_200_ms(tmp_path: Path) -> None:
    """From the first byte sent to the last received; no 5xx, no traceback, and health is answered afterwards."""
    slow, wrong = {}, {}
    async with served(tmp_path, workers=1) as gateway:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", trust_env=False) as client:
            for case in HOSTILE:
                best = _SECONDS * 10
                for _ in range(_TRIES):
                    began = time.monotonic()
                    response = await client.request(
                        case.method, f"/graphql?{case.query_string}", content=case.body, headers=dict(case.headers)
                    )
                    best = min(best, time.monotonic() - began)
                    if response.status_code not in case.statuses:
                        wrong[case.name] = response.status_code
                    if best < _SECONDS:
                        break
                if best >= _SECONDS:
                    slow[case.name] = best
            assert (wrong, slow) == ({}, {})
            assert (await client.get("/health/ready")).status_code == 200
        assert "Traceback" not in gateway.log
        assert '"level":"error"' not in gateway.log
        assert '"level":"warning"' not in gateway.log
