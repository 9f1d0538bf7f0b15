"""The example app and the page for front-end teams: each command runs, and what it prints is what the page promises."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from orderweave.schema import print_sdl, subgraph_sdl
from tests.systems.front.checkout import INSTALL, checkout, commands, demo, follow
from tests.systems.front.conftest import run

pytestmark = pytest.mark.systems


def test_the_page_for_front_end_teams(tmp_path: Path) -> None:
    """From the first query to a typed screen: a stopped system is told and costs no order; schemas are printed."""
    checkout(tmp_path)
    with demo(tmp_path) as address:
        said = follow("docs/for-front-end-teams.md", tmp_path, address)
    queries = [
        json.loads(text) for command, text in said.items() if "/graphql" in command and command.startswith("curl")
    ]
    whole, partial = (answer["data"]["orders"]["nodes"] for answer in queries)
    assert all("errors" not in answer for answer in queries)
    assert [node["number"] for node in partial] == [node["number"] for node in whole]
    assert [node["freshness"]["missing"] for node in whole] == [[], []]
    assert {"system": "wms", "reason": "UNREACHABLE"} in partial[0]["freshness"]["missing"]
    assert said[".venv/bin/orderweave schema print"] == print_sdl()
    assert said[".venv/bin/orderweave schema print --federation"] == subgraph_sdl()
    assert "Compilation completed" in said["npm run generate"]
    assert len(re.findall(r"^  \S+  \d{4}-\d\d-\d\d  [A-Z_]+  [A-Z_]+  [\d.]+ [A-Z]{3}", said["npm start"], re.M)) == 5
    assert re.search(
        r"^Order \S+: [A-Z_]+, [A-Z_]+, [A-Z_]+\n  total [\d.]+ [A-Z]{3}\n  \d+ x ", said["npm start"], re.M
    )


def test_the_examples_own_page(tmp_path: Path) -> None:
    """Its README's commands are those of the page, and the app goes on when a system is down and says so."""
    example = checkout(tmp_path)
    page = "examples/storefront-tracker/README.md"
    assert commands(page)[0] == INSTALL
    with demo(tmp_path) as address:
        assert "!" not in follow(page, example, address)["npm start"]
        run(["curl", "-s", "-X", "PUT", f"{address}/demo/faults/wms/STOPPED"], tmp_path)
        variables = {"ORDERWEAVE_URL": f"http://{address}/graphql"}
        said = run(["node", "dist/main.js"], example, variables=variables)
    assert "  ! not whole: wms did not tell all\n" in said
    assert "  ! wms did not tell its part (UNREACHABLE): some of this may be wanting\n" in said
    assert re.search(r"^Order \S+: ", said, re.M)


def test_what_is_generated(tmp_path: Path) -> None:
    """The manifest holds each document under its own sha256, no scalar is `any`, and the compiler does look."""
    example = checkout(tmp_path)
    run(["npm", "run", "generate"], example)
    manifest: dict[str, str] = json.loads((example / "src/gql/persisted-documents.json").read_text())
    assert [re.findall(r"query (\w+)", document) for document in manifest.values()] == [["OrderList"], ["OrderScreen"]]
    for name, document in manifest.items():
        assert name == f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"
    types = (example / "src/gql/graphql.ts").read_text()
    assert "total: { amount: string, currency: string } | null" in types
    assert "quantity: { current: number | null, shipped: number | null }" in types
    assert not re.search(r": any\b", types.partition("export class")[0])
    run(["npm", "run", "check"], example)
    screen = example / "src/order-screen.ts"
    for right, wrong in (
        ("total.amount", "total.cents"),
        ('  LOST: "lost",\n', ""),
        ("eta.to.slice", "eta.to.getTime"),
    ):
        text = screen.read_text()
        assert right in text
        screen.write_text(text.replace(right, wrong))
        with pytest.raises(AssertionError, match=r"order-screen\.ts"):
            run(["npm", "run", "check"], example)
        screen.write_text(text)
    relay = example / "relay/OrderRow.tsx"
    relay.write_text(relay.read_text().replace("fulfillmentStatus\n", "fulfilmentStatus\n"))
    with pytest.raises(AssertionError, match="fulfilmentStatus"):
        run(["npm", "run", "generate"], example)
