"""Each folder under cases/ is one case to read: query, case, answer, the upstream calls made, and the plan.

`case.toml` says what the case is about, which business it is asked of, with which variables, and what is wrong
with which system. With ORDERWEAVE_UPDATE=1 the expected files are written anew; read the diff.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orderweave.operations.explaining import explain
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

HERE = Path(__file__).parent
CASES = sorted(path.name for path in (HERE / "cases").iterdir())
UPDATE = os.environ.get("ORDERWEAVE_UPDATE") == "1"


def written(document: Any) -> str:
    """A document as its file holds it."""
    return json.dumps(document, indent=2, sort_keys=False, ensure_ascii=False) + "\n"


def compare(path: Path, found: str) -> None:
    """The file says what was found; with ORDERWEAVE_UPDATE=1 it is made to."""
    if UPDATE:
        path.write_text(found)
    assert path.read_text() == found, f"{path.name} differs; run with ORDERWEAVE_UPDATE=1 and read the diff"


def without_addresses(text: str, running: Front) -> str:
    """The text with names in place of this run's ports."""
    for address, name in running.address_names().items():
        text = text.replace(address, name)
    return text


@pytest.mark.parametrize("name", CASES)
async def test_case(name: str) -> None:
    """The answer, the upstream calls and the plan are exactly those in the folder."""
    folder = HERE / "cases" / name
    case = tomllib.loads((folder / "case.toml").read_text())
    query = (folder / "query.graphql").read_text()
    async with front(seed=case["seed"], orders=case["orders"]) as running:
        for system, fault in case.get("faults", {}).items():
            await running.business.fail(system, Fault[fault])
        answer = await running.ask(query, case.get("variables"))
        compare(folder / "answer.json", without_addresses(written(answer), running))
        compare(folder / "calls.json", without_addresses(written(running.calls()), running))
        plan = explain(
            query,
            case.get("variables", {}),
            schema=running.woven.schema._schema,
            business=running.woven.configuration.business,
            authority=running.woven.gateway.parts.authority,
        )
        compare(folder / "plan.txt", plan)
        compare(HERE / "config.toml", without_addresses(running.business.toml, running))
