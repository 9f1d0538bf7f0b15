"""How a connector that the demo's business lacks takes part: a system with the sample world, tied to the first shop.

A carrier has no orders: it takes part with the parcels of everybody's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from orderweave.scenario import parcels
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.connecting import manifest_of
from orderweave_sdk.manifest import Capability, Manifest
from orderweave_sdk.records import Key, OrderRecord
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.world import World


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """One such system, named as its connector with dashes. Its numbers begin with `prefix`, so that no other has them.
    `prefix` is None for a carrier, which has no numbers of orders.

    `shared` are the first shop's numbers to which its records refer, `own` the ids of records that refer to nothing.
    """

    name: str
    connector: str
    simulator: SimulatedSystem
    manifest: Manifest
    prefix: str | None
    world: World
    shared: tuple[str, ...]
    own: tuple[str, ...]


async def join(
    name: str, kind: type[Connector], running: SimulatedSystem, *, place: int, numbers: Sequence[str]
) -> Joined:
    """Start the simulator and fill it. Every other order refers to one of `numbers`, where it can be found by that."""
    await running.start()
    manifest = manifest_of(kind, running.settings())
    prefix = str(90 + place)
    sample = sample_world(running.external_id)
    shared, own, orders = [], [], []
    field = _found_by(manifest)
    left = list(numbers)
    for place_of_order, order in enumerate(sample.orders):
        reference = left.pop(0) if place_of_order % 2 and field and left else None
        changed = running.expressible(_renamed(order, prefix, field, reference))
        orders.append(changed)
        if reference is None:
            own.append(changed.external_id)
        else:
            shared.append(reference)
    world = World(
        orders=tuple(orders),
        stock=tuple(running.expressible_stock(level) for level in sample.stock),
        products=tuple(running.expressible_product(product) for product in sample.products),
        locations=sample.locations,
    )
    running.seed(world)
    return Joined(
        name=name.replace("_", "-"),
        connector=name,
        simulator=running,
        manifest=manifest,
        prefix=prefix,
        world=world,
        shared=tuple(shared),
        own=tuple(own),
    )


def is_carrier(manifest: Manifest) -> bool:
    """Whether a system tells of parcels by their numbers, and of no orders."""
    return Capability.READ_TRACKING in manifest.capabilities and Capability.FIND_ORDERS not in manifest.capabilities


async def join_carrier(
    name: str, kind: type[Connector], running: SimulatedSystem, *, worlds: Iterable[World], numbers: Sequence[str]
) -> Joined:
    """Start the simulator and fill it with the parcels of these worlds. `numbers` are of orders with parcels."""
    await running.start()
    world = World(orders=tuple(running.expressible(parcel) for parcel in parcels(worlds)))
    running.seed(world)
    return Joined(
        name=name.replace("_", "-"),
        connector=name,
        simulator=running,
        manifest=manifest_of(kind, running.settings()),
        prefix=None,
        world=world,
        shared=tuple(numbers),
        own=(),
    )


def _found_by(manifest: Manifest) -> str | None:
    """The reference field by which orders can be looked up; None for a vendor that looks up by none."""
    return next((field for field in manifest.references if field in manifest.lookups), None)


def _renamed(order: OrderRecord, prefix: str, field: str | None, reference: str | None) -> OrderRecord:
    number = prefix + (order.key("number") or "")
    return msgspec.structs.replace(
        order,
        keys=(Key("id", order.external_id), Key("number", number)),
        references=(Key(field, reference),) if field is not None and reference is not None else (),
        header=msgspec.structs.replace(order.header, number=number) if order.header else None,
    )


def toml_of(joined: Joined, *, first: str, secrets: dict[str, str]) -> str:
    """Its part of the configuration file; secrets are taken from the environment and noted in `secrets`."""
    secret = {setting.name for setting in joined.manifest.settings if setting.secret}
    lines = [
        "",
        f"[systems.{joined.name}]",
        f"connector = {json.dumps(joined.connector)}",
    ]
    if joined.prefix is not None:
        lines.append(f"number_pattern = '{joined.prefix}\\d+'")
    field = _found_by(joined.manifest)
    if joined.shared and field is not None:
        lines += [f"[[systems.{joined.name}.references]]", f"field = {json.dumps(field)}"]
        lines += [f'names = ["{first}:number"]', 'spellings = ["{}"]']
    lines.append(f"[systems.{joined.name}.settings]")
    for name, value in joined.simulator.settings().items():
        if name in secret:
            variable = f"{joined.name}_{name}".upper().replace("-", "_")
            secrets[variable] = str(value)
            lines.append(f"{name} = {{ env = {json.dumps(variable)} }}")
        else:
            lines.append(f"{name} = {_inline(value)}")
    return "\n".join([*lines, ""])


def _inline(value: Any) -> str:
    """A value on one line of TOML; JSON's texts, numbers and lists are TOML's too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_inline(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return json.dumps(value, ensure_ascii=False)
