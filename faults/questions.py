"""What users ask, in a form whose answers can be read by a program: who took part, and who is missing and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

_MISSING = "freshness { missing { system reason message facets } }"
_SOURCES = "sources { system externalId }"

# No time of fetching is selected: the same question must get the same bytes again.
ORDER = f"""query ($number: String!) {{ order(by: {{ number: $number }}) {{
  id number status paymentStatus fulfillmentStatus placedAt customer {{ name email }}
  totals {{ total {{ amount currency }} due {{ amount currency }} }}
  lines(first: 50) {{ nodes {{ sku quantity {{ ordered shipped }} }} }}
  shipments {{ status packages {{ trackingNumber events {{ status occurredAt }} }} }}
  invoices {{ number total {{ amount currency }} }} {_SOURCES} conflicts {{ path }} {_MISSING} }} }}"""
OWN = f"""query ($key: KeyInput!) {{ order(by: {{ key: $key }}) {{
  id number placedAt totals {{ total {{ amount currency }} }} {_SOURCES} {_MISSING} }} }}"""
LIST = f"""query {{ orders(first: 8) {{
  nodes {{ id number fulfillmentStatus totals {{ total {{ amount currency }} }} invoices {{ number }}
    shipments {{ packages {{ trackingNumber }} }} {_SOURCES} {_MISSING} }}
  coverage {{ complete sources {{ system ok error }} }} }} }}"""
# Without `sources`, so that only those are asked who are believed, and others stand in for them.
FAN_OUT = f"""query {{ orders(first: 5) {{
  nodes {{ id lines(first: 50) {{ nodes {{ sku quantity {{ ordered }} }} }} invoices {{ number }}
    shipments {{ packages {{ trackingNumber events {{ status }} }} }} {_MISSING} }}
  coverage {{ complete sources {{ system ok error }} }} }} }}"""
STOCK = f"""query ($skus: [String!]!) {{ inventory(skus: $skus) {{
  sku onHand availableToSell levels {{ onHand {_SOURCES} }} listings {{ channel {{ code }} quantity }}
  {_MISSING} }} }}"""
# Selects what the place of capture alone is believed about, so that nobody else is asked.
HEADER = """query ($key: KeyInput!) { order(by: { key: $key }) {
  id number placedAt totals { total { amount currency } } } }"""
SYSTEMS = "query { systems { name title kind capabilities facets } }"
CALLS = "query { systems { name calls } }"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `alone`: only one system can know the answer, so that without it there is none."""

    name: str
    query: str
    variables: Mapping[str, Any] = {}
    alone: bool = False


def key(system: str, external_id: str) -> dict[str, dict[str, str]]:
    """The variables of a question about an order by its id in a system."""
    return {"key": {"namespace": f"{system}:id", "value": external_id}}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Who gave something to an answer (and which records), who searched for it well, and who is missing and why.

    `silent` are systems whose part of a list is said not to be whole. `told`: whether all that is missing is told
    in words, and of an order with the parts that are wanting.
    """

    records: frozenset[tuple[str, str]]
    searched: frozenset[str]
    missing: Mapping[str, frozenset[str]]
    silent: frozenset[str]
    told: bool

    @property
    def took_part(self) -> frozenset[str]:
        """Every system to which the answer owes something."""
        return frozenset(system for system, _ in self.records) | self.searched


def read(document: Any) -> Reading:
    """An answer's provenance, wherever it stands in it."""
    entries = list(_entries(document))
    missing: dict[str, frozenset[str]] = {}
    for entry in entries:
        if "reason" in entry:
            missing[entry["system"]] = missing.get(entry["system"], frozenset()) | {entry["reason"]}
    return Reading(
        records=frozenset((entry["system"], entry["externalId"]) for entry in entries if "externalId" in entry),
        searched=frozenset(entry["system"] for entry in entries if entry.get("ok")),
        missing=missing,
        silent=frozenset(entry["system"] for entry in entries if entry.get("ok") is False),
        told=all(
            entry["message"] and (entry["facets"] or not _is_order(document)) for entry in entries if "reason" in entry
        )
        and all(entry["error"] for entry in entries if entry.get("ok") is False),
    )


def _is_order(document: Any) -> bool:
    return isinstance(document, dict) and "order" in (document.get("data") or {})


def _entries(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of an answer that names a system."""
    if isinstance(node, dict):
        if isinstance(node.get("system"), str):
            yield node
        for value in node.values():
            yield from _entries(value)
    elif isinstance(node, list):
        for value in node:
            yield from _entries(value)
