"""The page of all connectors: what each can do, within which limits, and how it was proven; from data alone.

Written as GitHub renders it. What a connector declares comes from its manifest, what it proves from its quality file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import normpath

import msgspec

from orderweave.quality.reading import Said
from orderweave.quality.rules import RULES, Rule
from orderweave_sdk.manifest import Batch, Capability, Manifest, OrderPrice, RateLimit
from orderweave_sdk.records import SystemKind

_HEAD = """# The systems
What every connector can do, within which limits, and how it was proven. Made by `make connectors` from the manifests
and the quality files; what is written here by hand is lost. Of each connector its README tells the rest.

What a connector declares is the most that it can do; settings may narrow it. A connector that does not declare a
capability refuses it in stated words, and the gateway never asks.
"""
_BATCHES = """How many keys one question takes, and how they travel. `LIST` is an argument that is a list, `IN_FILTER`
an operator of a filter language, `OR_CHAIN` a chain of equalities, `ALIAS` one request with an alias a key, `NONE` one
request a key.
"""
_PROOF = """## How each was proven
Each rule of the quality scale is done, with a test that proves it, or exempt, with the reason. A rule that is done by a
test that is not there fails the build, as does a rule that is not spoken of. **x** is done, - is exempt. Where the
measure is a vendor's contract, the mark says of which kind; samples and recordings are what there is where none is
published.
"""


class Shown(msgspec.Struct, frozen=True):
    """One connector as the page shows it; `folder` is the path from the page to it."""

    manifest: Manifest
    said: dict[str, Said]
    folder: str


def page(connectors: Sequence[Shown]) -> str:
    """The page, connectors in order of their names."""
    shown = sorted(connectors, key=lambda one: one.manifest.name)
    parts = [
        _HEAD,
        "## What each can do",
        *_table(
            ("system", "kind", *(_words(capability) for capability in Capability)),
            ((_linked(one), _kind(one.manifest.kind), *_marks(one.manifest.capabilities, Capability)) for one in shown),
        ),
        "\n## What each knows of an order",
        *_table(("system", "facets"), ((_linked(one), _listed(one.manifest.facets)) for one in shown)),
        "\n## Look-ups and batches",
        _BATCHES,
        *_table(
            ("system", "orders by", "in one call", "stock", "parcels", "products"),
            (
                (
                    _linked(one),
                    "<br>".join(f"`{name}`: {_batch(batch)}" for name, batch in one.manifest.lookups.items()) or "-",
                    ("mixed" if one.manifest.mixed_lookups else "one kind") if one.manifest.lookups else "-",
                    _batch(one.manifest.stock_batch),
                    _batch(one.manifest.tracking_batch),
                    _batch(one.manifest.product_batch),
                )
                for one in shown
            ),
        ),
        "\n## Searches",
        "What the system itself filters and sorts; every other filter is applied by the gateway to what is found.\n",
        *_table(
            ("system", "filters", "sorts", "orders a page"),
            (
                (_linked(one), _listed(one.manifest.filters), _listed(one.manifest.sorts), str(one.manifest.page_size))
                for one in shown
                if Capability.SEARCH_ORDERS in one.manifest.capabilities
            ),
        ),
        "\n## Limits",
        *_table(
            ("system", "calls at once", "what the vendor allows", "an order costs", "largest answer", "words mapped"),
            (
                (
                    _linked(one),
                    str(one.manifest.concurrency),
                    _rate(one.manifest.rate_limit),
                    _price(one.manifest.rate_limit),
                    f"{one.manifest.max_answer_bytes // 1024 // 1024} MiB",
                    _mapped(one.manifest),
                )
                for one in shown
            ),
        ),
        f"\n{_PROOF}",
        *_table(
            ("about", "rule", *(one.manifest.title for one in shown)),
            ((rule.about, f"[{rule.name}](#{rule.name})", *(_state(one, rule) for one in shown)) for rule in RULES),
        ),
        *(part for rule in RULES for part in _of_rule(rule, shown)),
    ]
    return "\n".join(parts) + "\n"


def _of_rule(rule: Rule, shown: Sequence[Shown]) -> list[str]:
    rows = []
    for one in shown:
        said = one.said.get(rule.name)
        if said is None:
            rows.append((_linked(one), "missing"))
            continue
        proofs = [_proof(proof, one.folder) for proof in said.done]
        text = "<br>".join(proofs) if said.exempt is None else f"exempt: {said.exempt}"
        rows.append((_linked(one), f"{text}<br>{said.note}" if said.note else text))
    return [f"\n### {rule.name}", f"{rule.demands}\n", *_table(("system", "proof"), rows)]


def _proof(proof: str, folder: str) -> str:
    path, _, name = proof.partition("::")
    if not name:
        path, _, heading = proof.partition("#")
        anchor = heading.lower().replace(" ", "-")
        return f"[{heading}]({folder}/{path}#{anchor})"
    return f"[{name.replace('::', '.')}]({normpath(f'{folder}/{path}')})"


def _state(one: Shown, rule: Rule) -> str:
    said = one.said.get(rule.name)
    if said is None:
        return "missing"
    return "-" if said.exempt is not None else f"**{said.against or 'x'}**"


def _linked(one: Shown) -> str:
    return f"[{one.manifest.title}]({one.folder}/README.md)"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(header), _row(["---"] * len(header)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _kind(kind: SystemKind) -> str:
    return _words(kind) if len(kind) > len("ERP") else kind.value


def _mapped(manifest: Manifest) -> str:
    """How many words the status map has; none where the settings hold the map."""
    words = sum(map(len, manifest.statuses.words.values()))
    return f"{words}, version {manifest.statuses.version}" if words else "by the settings"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_words(name) for name in sorted(names)) or "-"


def _marks(declared: frozenset[Capability], every: Iterable[Capability]) -> list[str]:
    return ["**x**" if one in declared else "-" for one in every]


def _batch(batch: Batch | None) -> str:
    return "-" if batch is None else f"{batch.size} `{batch.strategy}`"


def _rate(limit: RateLimit | None) -> str:
    return "none stated" if limit is None else f"{limit.burst:g} {limit.units}, {limit.per_second:g} a second"


def _price(limit: RateLimit | None) -> str:
    if limit is None:
        return "-"
    if limit.orders is None:
        return "1 a call"
    return _span(limit.orders, limit.units)


def _span(price: OrderPrice, units: str) -> str:
    return f"{price.call:g} to {price.of(frozenset(price.facets)):g} {units}"
