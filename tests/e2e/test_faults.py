"""One system fails in every way: each question is still answered with the rest, and says what is missing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderweave.model.calls import CallRules
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

SYSTEMS = ("shop-us", "shop-eu", "erp", "wms")
FAULTS = (Fault.STOPPED, Fault.SLOW, Fault.RESET, Fault.HTML, Fault.CUT_JSON, Fault.FOREIGN_JSON)
REASONS = {
    Fault.STOPPED: {"UNREACHABLE"},
    Fault.SLOW: {"TIMED_OUT"},
    Fault.RESET: {"UNREACHABLE"},
    Fault.HTML: {"BAD_PAYLOAD"},
    Fault.CUT_JSON: {"BAD_PAYLOAD"},
    Fault.FOREIGN_JSON: {"BAD_PAYLOAD"},
}

FRESHNESS = "freshness { missing { system reason message facets } }"
SCREEN = f"""query ($number: String!) {{ order(by: {{ number: $number }}) {{
  id number status customer {{ name }} lines(first: 50) {{ nodes {{ sku quantity {{ ordered shipped }} }} }}
  shipments {{ packages {{ trackingNumber }} }} invoices {{ number }} sources {{ system }} conflicts {{ path }}
  {FRESHNESS} }} }}"""
LIST = f"""query {{ orders(first: 4) {{ nodes {{ id number fulfillmentStatus {FRESHNESS} }}
  coverage {{ complete sources {{ system ok error }} }} }} }}"""
STOCK = f"""query ($skus: [String!]!) {{ inventory(skus: $skus) {{ sku onHand {FRESHNESS} }} }}"""
FAN_OUT = f"""query {{ orders(first: 4) {{ nodes {{ id lines(first: 50) {{ nodes {{ sku }} }}
  invoices {{ number }} shipments {{ packages {{ events {{ status }} }} }} {FRESHNESS} }}
  coverage {{ complete sources {{ system ok }} }} }} }}"""


async def ask_all(running: Front, number: str, skus: list[str]) -> list[dict[str, Any]]:
    """The four questions that users put, all at once."""
    questions: list[tuple[str, dict[str, Any]]] = [
        (SCREEN, {"number": number}),
        (LIST, {}),
        (STOCK, {"skus": skus}),
        (FAN_OUT, {}),
    ]
    return await asyncio.gather(*(running.ask(query, variables) for query, variables in questions))


def missing(answer: dict[str, Any]) -> dict[str, set[str]]:
    """The systems that an answer says are missing, each with the reasons given."""
    found: dict[str, set[str]] = {}
    data = answer["data"]
    nodes = [data["order"]] if "order" in data else data.get("inventory") or data["orders"]["nodes"]
    for node in nodes:
        for issue in node["freshness"]["missing"]:
            found.setdefault(issue["system"], set()).add(issue["reason"])
            assert issue["message"]
    return found


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_system_fails(fault: Fault) -> None:
    """Whichever system fails, all four questions are answered, name it with the reason, and recover by themselves."""
    # Only a silent system uses the deadline up; it leaves its share to the others, on a slow machine too.
    # Nothing waits for a breaker to close: that a system is left alone for a while is proven where breakers are.
    deadline, rules = 8 if fault is Fault.SLOW else 60, CallRules(breaker=False)
    async with front(seed=5, orders=60, deadline=deadline, rules=rules) as running:
        number, skus = running.business.telling_number(), running.business.telling_skus()
        well = await ask_all(running, number, skus)
        for system in SYSTEMS:
            await running.business.fail(system, fault)
            screen, latest, stock, fan_out = await ask_all(running, number, skus)
            for answer in (screen, latest, stock, fan_out):
                assert "errors" not in answer
                assert set(missing(answer)) <= {system}
            asked_for_number = system in {source["system"] for source in well[0]["data"]["order"]["sources"]}
            if asked_for_number:
                assert missing(screen) == {system: REASONS[fault]}
                assert screen["data"]["order"]["id"] == well[0]["data"]["order"]["id"]
                facets = {f for issue in screen["data"]["order"]["freshness"]["missing"] for f in issue["facets"]}
                assert facets
            assert missing(stock) == {system: REASONS[fault]}
            for answer in (latest, fan_out):
                assert answer["data"]["orders"]["nodes"]
                coverage = answer["data"]["orders"]["coverage"]
                assert not coverage["complete"]
                assert [source["system"] for source in coverage["sources"] if not source["ok"]] == [system]
            await running.business.fail(system, None)
            assert await ask_all(running, number, skus) == well
