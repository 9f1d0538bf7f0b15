"""Batches of keys: how many fit into one call, and the refusal of what does not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Manifest
from orderweave_sdk.records import Key


def packed(keys: Sequence[Key], manifest: Manifest) -> list[list[Key]]:
    """Keys as batches that one `find_orders` takes, in the order given; one look-up a batch unless they may mix.

    Each key fills its share of a batch, which is one of its look-up's size. Keys of look-ups that are not
    declared must not be among them.
    """
    batches: list[list[Key]] = []
    whole = math.lcm(*(batch.size for batch in manifest.lookups.values()))
    shares = {name: whole // batch.size for name, batch in manifest.lookups.items()}
    filled = 0
    ordered = keys if manifest.mixed_lookups else sorted(keys, key=lambda key: key.namespace)
    for key in ordered:
        share = shares[key.namespace]
        same = bool(batches) and (manifest.mixed_lookups or batches[-1][0].namespace == key.namespace)
        if not same or filled + share > whole:
            batches.append([])
            filled = 0
        batches[-1].append(key)
        filled += share
    return batches


def by_lookup(keys: Sequence[Key], manifest: Manifest) -> dict[str, list[str]]:
    """The values of each look-up in one batch; raises GiveUp for what the manifest does not allow."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(key.namespace, []).append(key.value)
    names = ", ".join(found) or "no key"
    if not found or any(name not in manifest.lookups for name in found):
        raise GiveUp(f"orders by {names}: not a look-up of this connector")
    if len(found) > 1 and not manifest.mixed_lookups:
        raise GiveUp(f"orders by {names}: this connector takes one look-up a call")
    if sum(Fraction(len(values), manifest.lookups[name].size) for name, values in found.items()) > 1:
        raise GiveUp(f"orders by {names}: more values than one batch takes")
    return found


def one_lookup(keys: Sequence[Key], manifest: Manifest) -> tuple[str, list[str]]:
    """The look-up and the values of a batch, for a connector whose look-ups do not mix; raises GiveUp as above."""
    ((name, values),) = by_lookup(keys, manifest).items()
    return name, values


def keys_of(by: str, values: Iterable[str]) -> tuple[Key, ...]:
    """The keys of one look-up."""
    return tuple(Key(by, value) for value in values)
