"""What each caller sees of each root field, whoever's order it is about. `python -m tests.access.matrix` prints it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from orderweave.access import Headers
from orderweave.config.configuration import ExportSettings, IndexSettings, LiveSettings
from orderweave.live import Feed
from orderweave.live.looking import looking
from orderweave.model.ids import encode_id
from orderweave.model.rights import Caller, Rights
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED
from orderweave.operations.answers import Answer, Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave.web import Admission, Current, Door
from orderweave.web.bodies import Sent
from orderweave.web.live.running import Identity, Running
from tests.access.callers import CALLERS, OWNERS, PEOPLE, business, order_id
from tests.unit.exporting.house import exporting
from tests.unit.fake_systems import Woven
from tests.unit.indexing import read_all

# What an answer shows: everything, nothing (as of what does not exist), or a refusal before anything was run.
SHOWN, NOTHING, REFUSED = "shown", "nothing", "refused"

_ORDER = "{ number shipments { status } }"
_GROUPS = "groupBy: [{field: STATUS}]) { groups { count } }"


def of_owner(owner: str) -> dict[str, str]:
    """The questions about one owner's order or person, by root field; a field may be asked in several ways."""
    number, (person, email) = OWNERS[owner], PEOPLE[owner]
    order, customer = order_id(owner), encode_id("Customer", "shop", person or "none")
    by = f'by: {{number: "{number}"}}'
    return {
        "orderUpdated": f"subscription {{ found: orderUpdated({by}) {{ order {_ORDER} }} }}",
        "shipmentUpdated": f"subscription {{ found: shipmentUpdated({by}) {{ order {_ORDER} }} }}",
        "order": f'found: order(by: {{number: "{number}"}}) {_ORDER}',
        "orders": f'found: orders(filter: {{number: {{eq: "{number}"}}}}) {{ nodes {_ORDER} }}',
        "orderAggregates": f'found: orderAggregates(filter: {{number: {{eq: "{number}"}}}}, {_GROUPS}',
        "customer": f'found: customer(by: {{email: "{email}"}}) {{ name orders {{ nodes {_ORDER} }} }}',
        "node": f'found: node(id: "{order}") {{ id ... on Order {_ORDER} }}',
        "nodes": f'found: nodes(ids: ["{order}", "{customer}"]) {{ id }}',
        "trackOrder": f'mutation {{ found: trackOrder(number: "{number}", email: "{email}") {{ access {{ token }} }}}}',
        "trackingLink": f'mutation {{ found: trackingLink(by: {{number: "{number}"}}) {{ url }} }}',
        "revokeTracking": f'mutation {{ found: revokeTracking(by: {{number: "{number}"}}) {{ revokedBefore }} }}',
    }


OF_NOBODY: dict[str, str] = {
    "inventoryChanged": 'subscription { found: inventoryChanged(skus: ["TEA-1"]) { items { onHand } } }',
    "export": 'found: export(id: "none") { id }',
    "exportCreate": "mutation { found: exportCreate(input: {table: ORDERS}) { state } }",
    "exportCancel": 'mutation { found: exportCancel(id: "none") { state } }',
    "inventory": 'found: inventory(skus: ["TEA-1"]) { onHand }',
    "inventoryAggregates": "found: inventoryAggregates(groupBy: [{field: SKU}]) { groups { onHandSum } }",
    "oversells": 'found: oversells(skus: ["TEA-1"]) { checked }',
    "oversellsChanged": 'subscription { found: oversellsChanged(skus: ["TEA-1"]) { at } }',
    "product": 'found: product(sku: "TEA-1") { title }',
    "locations": "found: locations { name }",
    "systems": "found: systems { name }",
    "statusMappings": "found: statusMappings { raw }",
    "trackedOrderUpdated": 'subscription { found: trackedOrderUpdated(token: "no token") { order { number } } }',
    "trackedOrder": 'found: trackedOrder(token: "no token") { number }',
}

# Parts of an order that a caller may otherwise see, each with what is selected for it.
PARTS: dict[str, str] = {
    "number, statuses, dates": "number status placedAt",
    "lines": "lines { nodes { sku quantity { ordered } } }",
    "prices of lines": "lines { nodes { unitPrice { amount } } }",
    "shipments, tracking": "shipments { packages { trackingNumber } }",
    "totals": "totals { total { amount } }",
    "payments, invoices, refunds": "invoices { number } payments { method } adjustments { note }",
    "customer": "customer { email }",
    "addresses": "shippingAddress { name city } billingAddress { city }",
    "words in the timeline": "timeline { message }",
    "sources, conflicts, other numbers": "sources { system } conflicts { path } identifiers { value }",
    "holds": "holds { reason }",
}


async def asked(question: str, rights: Rights, *, compiled: bool) -> dict[str, Any]:
    """The answer to one question, over a business of its own."""
    if "Aggregates" in question or "export" in question:
        with tempfile.TemporaryDirectory() as folder:
            await asyncio.to_thread(Path(folder, "index.db").write_bytes, await _whole_index())
            woven = business(IndexSettings(url=f"sqlite:///{folder}/index.db"))
            if "export" in question:
                woven = exporting(woven, ExportSettings(folder=Path(folder)))
            answer = await _answered(woven, question, rights, compiled=compiled)
            await woven.close()
            return answer
    return await _answered(business(), question, rights, compiled=compiled)


_INDEX: list[bytes] = []


async def _whole_index() -> bytes:
    """The file of an index that has read the whole business; made once."""
    if not _INDEX:
        with tempfile.TemporaryDirectory() as folder:
            woven = business(IndexSettings(url=f"sqlite:///{folder}/index.db"))
            await read_all(woven)
            await woven.close()
            _INDEX.append(await asyncio.to_thread(Path(folder, "index.db").read_bytes))
    return _INDEX[0]


async def _answered(woven: Woven, question: str, rights: Rights, *, compiled: bool) -> dict[str, Any]:
    caller = Caller(name="caller", role="role", rights=rights)
    request = Request(query=question if question.startswith(("mutation", "subscription")) else f"{{ {question} }}")
    operations = Operations(woven.schema, compiled=compiled)
    if question.startswith("subscription"):
        return await _first(operations, request, woven, caller)
    answer = await operations.run(request, Context(woven.gateway, caller=caller))
    return answer.document()


async def _first(operations: Operations, request: Request, woven: Woven, caller: Caller) -> dict[str, Any]:
    """The first answer of a subscription, as both protocols have it."""

    async def identify(headers: Headers) -> Caller:
        return caller

    current = Current(woven.gateway, woven.close, Door(identify=identify))
    feed = Feed(looking(current.request), LiveSettings(), woven.clock, poll_takes=1.0, observing=UNOBSERVED)
    running = Running(operations, current, Admission(most_in_flight=9, most_waiting=9), feed, UNOBSERVED)
    try:
        begun = await running.begin(Sent(query=request.query), Identity(identify, {}, caller, None), Lane.INTERACTIVE)
        if isinstance(begun, Answer):
            return begun.document()
        async with aclosing(begun) as answers:
            return (await anext(aiter(answers))).document()
    finally:
        await feed.close()


def outcome(answer: Mapping[str, Any]) -> str:
    """In a word, what an answer shows."""
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    if codes:
        return REFUSED if codes == {"FORBIDDEN"} else "/".join(sorted(codes))
    return SHOWN if _holds(answer["data"]["found"]) else NOTHING


def _holds(found: Any) -> bool:
    if isinstance(found, Mapping):
        return any(_holds(value) for value in found.values())
    return any(map(_holds, found)) if isinstance(found, list) else found is not None


async def by_owner(*, compiled: bool = True) -> dict[tuple[str, str], dict[str, str]]:
    """For each root field and owner, what each caller sees."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    for owner in OWNERS:
        for field, question in of_owner(owner).items():
            table[field, owner] = await _row(question, compiled=compiled)
    for field, question in OF_NOBODY.items():
        table[field, ""] = await _row(question, compiled=compiled)
    return dict(sorted(table.items(), key=lambda entry: (bool(entry[0][1]) is False, entry[0][0])))


async def by_part(*, compiled: bool = True) -> dict[str, dict[str, str]]:
    """For each part of Ada's order, whether each caller may select it; `masked` where people are masked in it."""
    table = {}
    for part, selection in PARTS.items():
        question = f'found: order(by: {{number: "1001"}}) {{ id {selection} }}'
        table[part] = await _row(question, compiled=compiled)
    return table


async def _row(question: str, *, compiled: bool) -> dict[str, str]:
    row = {}
    for name, rights in CALLERS.items():
        answer = await asked(question, rights, compiled=compiled)
        row[name] = "masked" if "masked" in str(answer.get("data")) else outcome(answer)
    return row


async def printed() -> str:
    """Both tables as Markdown."""
    callers = list(CALLERS)
    head = ["| asked for | whose | " + " | ".join(callers) + " |", "|---" * (len(callers) + 2) + "|"]
    rows = [
        f"| `{field}` | {owner} | {' | '.join(row[name] for name in callers)} |"
        for (field, owner), row in (await by_owner()).items()
    ]
    parts = ["| part of Ada's order | " + " | ".join(callers) + " |", "|---" * (len(callers) + 1) + "|"]
    parts += [f"| {part} | {' | '.join(row[name] for name in callers)} |" for part, row in (await by_part()).items()]
    return "\n".join([*head, *rows, "", *parts])


if __name__ == "__main__":
    print(asyncio.run(printed()))
