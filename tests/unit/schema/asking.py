"""Asking the schema over fake systems."""

from __future__ import annotations

from typing import Any

from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from tests.unit.fake_systems import Woven


async def ask(woven: Woven, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer as it goes over the wire."""
    request = Request(query=query, variables=variables)
    answer = await Operations(woven.schema).run(request, Context(woven.gateway))
    return answer.document()


async def data(woven: Woven, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The data of an answer without errors."""
    document = await ask(woven, query, variables)
    assert "errors" not in document, document["errors"]
    found: dict[str, Any] = document["data"]
    return found


async def error(woven: Woven, query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    """Code and message of an answer's only error."""
    (found,) = (await ask(woven, query, variables))["errors"]
    return found["extensions"]["code"], found["message"]
