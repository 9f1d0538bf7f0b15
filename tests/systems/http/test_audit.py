"""`orderweave serve` as it comes, before the public audit of GraphQL over HTTP and Apollo's client."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.systems.http import nodes_clients
from tests.systems.serving.served import served

pytestmark = pytest.mark.systems


async def test_the_public_audit_passes_whole(tmp_path: Path) -> None:
    """All that graphql-http's audit says MUST, SHOULD and MAY of, with the configuration's defaults."""
    nodes_clients.install()
    async with served(tmp_path, workers=1) as gateway:
        results = await nodes_clients.run("audit.mjs", f"http://127.0.0.1:{gateway.port}/graphql")
        assert [result for result in results if result["status"] != "ok"] == []
        words = {result["name"].split()[0] for result in results}
        assert (len(results), words) == (60, {"MUST", "SHOULD", "MAY"})
        assert "Traceback" not in gateway.log


@pytest.mark.parametrize("rule", ["browsers", "always"])
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_apollos_client_leaves_a_document(method: str, rule: str, tmp_path: Path) -> None:
    """Digest alone, digest and text, then the digest alone; its GETs are marked, for the strict rule too."""
    nodes_clients.install()
    more = f'[http]\nrequire_preflight = "{rule}"'
    async with served(tmp_path, workers=1, more=more) as gateway:
        said = await nodes_clients.run("apollo.mjs", f"http://127.0.0.1:{gateway.port}/graphql", method)
        assert said["titles"] == [len(gateway.business.simulators)] * 2
        # It reads the new media type, in which what is not found is 404.
        assert said["sent"] == [[method, False, 404], ["POST", True, 200], [method, False, 200]]
