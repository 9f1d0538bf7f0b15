"""`orderweave serve` with [access]: tokens of an issuer on a socket, a key, and a reload that takes the key away."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from orderweave.access import digest_of
from tests.systems.serving.served import TITLES, Served, served, until
from tests.unit.access.issuing import API_KEY, STRANGER, Issuing, running
from tests.unit.fake_clock import FakeClock

pytestmark = pytest.mark.systems

ISSUER = """
[access]
anonymous = "none"
[access.issuers.staff]
issuer = "{url}"
audience = "orderweave"
role_claim = "realm_access.roles"
roles = {{ ow-staff = "staff" }}
"""
KEY = f"""
[access.keys.reports]
role = "service"
sha256 = "{digest_of(API_KEY).hex()}"
"""


async def statuses(gateway: Served, headers: dict[str, str]) -> set[int]:
    """The statuses of twenty requests, each on a connection of its own, so that every worker is met."""
    found = set()
    for _ in range(20):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}") as client:
            found.add((await client.post("/graphql", json={"query": TITLES}, headers=headers)).status_code)
    return found


def bearer(issuing: Issuing) -> dict[str, str]:
    """The headers of one of the staff, whose token is good now."""
    issuing.clock = FakeClock(datetime.now(UTC))
    return {"authorization": f"Bearer {issuing.token().decode()}"}


async def test_workers_let_in_whom_the_file_says(tmp_path: Path) -> None:
    """Each worker goes by the file: tokens and keys come in, nobody else; a key that is taken out stays out."""
    async with running() as issuing, served(tmp_path, workers=2) as gateway:
        assert await statuses(gateway, {}) == {200}
        bare = gateway.path.read_text()
        gateway.path.write_text(bare + ISSUER.format(url=issuing.server.url) + KEY)
        gateway.tell(signal.SIGHUP)

        async def closed() -> bool:
            return await statuses(gateway, {}) == {401}

        await until(closed, seconds=30.0)
        token, key = bearer(issuing), {"x-api-key": API_KEY}
        assert await statuses(gateway, token) == {200}
        assert await statuses(gateway, key) == {200}
        assert await statuses(gateway, {"x-api-key": STRANGER}) == {401}
        assert await statuses(gateway, {"authorization": token["authorization"][:-6]}) == {401}
        gateway.path.write_text(bare + ISSUER.format(url=issuing.server.url))
        gateway.tell(signal.SIGHUP)

        async def withdrawn() -> bool:
            return await statuses(gateway, key) == {401}

        await until(withdrawn, seconds=30.0)
        assert await statuses(gateway, token) == {200}
        # Each worker fetched them once, and the reload took them over.
        assert issuing.fetched.count("/keys") <= 2
        assert (await gateway.ask_once("/health/ready"))[0] == 200
        assert "caller_refused" in gateway.log
        assert not any(part in gateway.log for part in token["authorization"].split()[1].split("."))
        assert API_KEY not in gateway.log
        gateway.tell(signal.SIGTERM)
        assert await gateway.ended() == 0
        assert "Traceback" not in gateway.log
