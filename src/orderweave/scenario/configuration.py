"""What a configuration file says of the business: its systems, what their reference fields mean, its places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import msgspec

from orderweave.scenario.casting import USUAL, Cast, cast
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


SettingValue = str | int | bool | Secret | Mapping[str, "SettingValue"] | Sequence["SettingValue"]

_SHOPS = ("shop-us", "shop-eu", "shop-outlet")


def demo_systems(players: Mapping[str, Cast] | None = None) -> tuple[DemoSystem, ...]:
    """The systems of the scenario as these play it, by default as the usual ones do."""
    players = cast(USUAL) if players is None else players
    shop_numbers = tuple(f"{name}:number" for name in _SHOPS if name in players)
    erp_numbers = ("erp:number",) if "erp" in players else ()
    sent_under = (
        ReferenceField(
            field="order_number",
            names=shop_numbers,
            # Whatever sign a shop has, the story's warehouse writes a shop's numbers with this one, too.
            spellings=tuple(
                dict.fromkeys((*(f"{players[name].sign}{{}}" for name in players if name in _SHOPS), "#{}"))
            ),
        ),
        ReferenceField(field="order_number", names=erp_numbers, spellings=("{}",)),
        ReferenceField(field="partner_order_id", names=erp_numbers, spellings=("{}",), lookup=False),
    )
    stories = {
        "shop-us": _story("US web shop", r"\d{4,}"),
        "shop-eu": _story("EU web shop", r"EU\d{4,}"),
        "shop-outlet": _story("Outlet web shop", r"OL\d{4,}"),
        "erp": _story(
            "ERP",
            players["erp"].number_pattern if "erp" in players else None,
            ReferenceField(field="reference", names=shop_numbers, spellings=("{}", *MISTYPED)),
        ),
        "wms": _story("East warehouse", None, *sent_under),
        "oms": _story("Order management", None, *sent_under),
        "carrier": _story("Carriers", None),
    }
    found = []
    for name, player in players.items():
        title, pattern, references = stories[name]
        written = [
            msgspec.structs.replace(reference, field=field)
            for reference in references
            if reference.names and (field := player.fields.get(reference.field, reference.field)) is not None
        ]
        found.append(
            DemoSystem(
                name=name,
                title=title,
                connector=player.connector,
                number_pattern=pattern,
                references=tuple(written),
                places=tuple(place.id for place in PLACES_OF_SYSTEM.get(name, ())),
            )
        )
    return tuple(found)


def _story(
    title: str, number_pattern: str | None, *references: ReferenceField
) -> tuple[str, str | None, tuple[ReferenceField, ...]]:
    return title, number_pattern, references


def configuration(
    settings: Mapping[str, Mapping[str, SettingValue]],
    ids: Mapping[str, Ids],
    systems: Sequence[DemoSystem] | None = None,
) -> str:
    """The configuration file of the business as TOML.

    `settings` are each system's own settings (addresses, names of secrets' variables), `ids` the systems' ids as
    for `generate`. Raises KeyError for a system that is missing in either.
    """
    systems = demo_systems() if systems is None else systems
    lines = ["# Everything live: a system that is stopped shows as missing at once.", "[cache]", "enabled = false", ""]
    for system in systems:
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
    own_ids = {system.name: location_ids(system.name, ids[system.name]) for system in systems}
    for place in PLACES:
        lines += ["[[locations]]", f"id = {_text(place.id)}", f"name = {_text(place.name)}"]
        lines += [f'kind = "{place.kind}"', "[locations.systems]"]
        lines += [f"{name} = {_text(known[place.id])}" for name, known in own_ids.items() if place.id in known]
        lines.append("")
    for system in systems:
        if system.name in _SHOPS:
            lines += [f"[inventory.pools.{system.name}]", f"channels = {_list((system.name,))}"]
            lines += [f"places = {_list(system.places)}", ""]
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
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(name)} = {_value(entry)}" for name, entry in value.items()) + " }"
    return f"[{', '.join(map(_value, value))}]"
