"""What a configuration file says of the business: its systems, what their reference fields mean, its places."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from orderweave.scenario.mess import MISTYPED
from orderweave.scenario.numbering import Ids
from orderweave.scenario.places import PLACES, PLACES_OF_SYSTEM, location_ids


class ReferenceField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that holds others' numbers: whose (`system:number`), and how people write them ("{}" is the number).

    With `lookup` off only orders without a better name are looked up by it.
    """

    field: str
    names: tuple[str, ...]
    spellings: tuple[str, ...]
    lookup: bool = True


class DemoSystem(msgspec.Struct, frozen=True, kw_only=True):
    """One system of the business. `connector` is what the demo runs in its place, told as data.

    `number_pattern` is what its order numbers look like once tidied, None where it gives none of its own.
    `places` are the business's ids of the places that it knows; the n-th has the system's n-th "location" id.
    """

    name: str
    title: str
    connector: str
    number_pattern: str | None
    references: tuple[ReferenceField, ...]
    places: tuple[str, ...]


class Secret(msgspec.Struct, frozen=True):
    """A setting that comes from the environment, by the variable's name."""

    env: str


SettingValue = str | int | bool | Secret

_SHOP_NUMBERS = ("shop-us:number", "shop-eu:number")


def _system(
    name: str, title: str, connector: str, number_pattern: str | None, *references: ReferenceField
) -> DemoSystem:
    return DemoSystem(
        name=name,
        title=title,
        connector=connector,
        number_pattern=number_pattern,
        references=references,
        places=tuple(place.id for place in PLACES_OF_SYSTEM[name]),
    )


def demo_systems() -> tuple[DemoSystem, ...]:
    """The four systems of the scenario."""
    return (
        _system("shop-us", "US web shop", "shopify", r"\d{4,}"),
        _system("shop-eu", "EU web shop", "shopify", r"EU\d{4,}"),
        _system(
            "erp",
            "ERP",
            "tryton",
            r"S\d{6}",
            ReferenceField(field="reference", names=_SHOP_NUMBERS, spellings=("{}", *MISTYPED)),
        ),
        _system(
            "wms",
            "East warehouse",
            "shiphero",
            None,
            ReferenceField(field="order_number", names=_SHOP_NUMBERS, spellings=("#{}",)),
            ReferenceField(field="order_number", names=("erp:number",), spellings=("{}",)),
            ReferenceField(field="partner_order_id", names=("erp:number",), spellings=("{}",), lookup=False),
        ),
    )


def configuration(settings: Mapping[str, Mapping[str, SettingValue]], ids: Mapping[str, Ids]) -> str:
    """The configuration file of the business as TOML.

    `settings` are each system's own settings (addresses, names of secrets' variables), `ids` the systems' ids as
    for `generate`. Raises KeyError for a system that is missing in either.
    """
    lines = ["# Everything live: a system that is stopped shows as missing at once.", "[cache]", "enabled = false", ""]
    for system in demo_systems():
        lines += [
            f"[systems.{system.name}]",
            f"connector = {_text(system.connector)}",
            f"title = {_text(system.title)}",
        ]
        if system.number_pattern is not None:
            lines.append(f"number_pattern = '{system.number_pattern}'")
        lines += ["", f"[systems.{system.name}.settings]"]
        lines += [f"{name} = {_value(value)}" for name, value in settings[system.name].items()]
        for reference in system.references:
            lines += ["", f"[[systems.{system.name}.references]]", f"field = {_text(reference.field)}"]
            lines.append(f"names = {_list(reference.names)}")
            lines.append(f"spellings = {_list(reference.spellings)}")
            if not reference.lookup:
                lines.append("lookup = false")
        lines.append("")
    own_ids = {system.name: location_ids(system.name, ids[system.name]) for system in demo_systems()}
    for place in PLACES:
        lines += ["[[locations]]", f"id = {_text(place.id)}", f"name = {_text(place.name)}"]
        lines += [f'kind = "{place.kind}"', "[locations.systems]"]
        lines += [f"{name} = {_text(known[place.id])}" for name, known in own_ids.items() if place.id in known]
        lines.append("")
    return "\n".join(lines)


def _text(value: str) -> str:
    """A TOML basic string; JSON's escapes are all among TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _value(value: SettingValue) -> str:
    if isinstance(value, Secret):
        return f"{{ env = {_text(value.env)} }}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(value)
