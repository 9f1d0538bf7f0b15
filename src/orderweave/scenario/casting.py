"""Which connectors play the parts of the business, and the scenario as told with these.

The story is told for four parts: two web shops, an ERP and a warehouse; a third shop, an outlet, is there where three
take part. Each part may be played by another vendor's system, or by nobody; then the others know what they know, and
what is true of it is less. An order management system, where one takes part, has every order whole that is to be sent,
with or without a warehouse. A carrier, where one takes
part, knows every parcel, and the others hear of arrivals later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from orderweave.scenario.numbering import Ids
from orderweave.scenario.parcels import hearing_late, parcels
from orderweave.scenario.places import EAST, PLACES
from orderweave.scenario.plots import numbers_as_ids
from orderweave.scenario.sales import NUMBER_FORMS, Channel
from orderweave.scenario.truth import PlantedConflict, RecordId, Scenario, TrueOrder, TrueStock, Truth
from orderweave_sdk.records import Key, OrderRecord
from orderweave_sdk.testing.world import World

_SHOPS = ("shop-us", "shop-eu", "shop-outlet")
_USUAL_SHOPS = 2
_ERP, _WAREHOUSE, _CARRIER, _OMS = "erp", "wms", "carrier", "oms"
# Who knows an order by the shop's number and by the ERP's, and what was sent of it.
_SENDING = frozenset({_WAREHOUSE, _OMS})
_ERP_NUMBER = re.compile(r"S(\d{6})")
# A shop's number as the story has it.
_SHOP_NUMBERS = {shop.value: re.compile("#" + form.format(r"\d+")) for shop, form in NUMBER_FORMS.items()}


class Part(StrEnum):
    """A part in the business."""

    SHOP = "SHOP"
    ERP = "ERP"
    WAREHOUSE = "WAREHOUSE"
    CARRIER = "CARRIER"
    OMS = "OMS"


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector plays, and how its vendor's system writes what the story has in another way.

    `fields` are the vendor's names for the story's reference fields (`reference` of the ERP; `order_number` and
    `partner_order_id` of the warehouse and the OMS); a field that it lacks is None, and is left out. `sign` stands
    before a shop's numbers. `number` is how an ERP writes its n-th number, and `number_pattern` what these look like;
    with `numbers_are_ids` an order's number is its id, and `number` is not used; a shop's id is then its number.
    """

    connector: str
    part: Part
    fields: Mapping[str, str | None] = {}
    sign: str = "#"
    number: str = "S{:06d}"
    number_pattern: str = r"S\d{6}"
    numbers_are_ids: bool = False


CASTS: Mapping[str, Cast] = {
    cast.connector: cast
    for cast in (
        Cast(connector="shopify", part=Part.SHOP),
        Cast(connector="adobe_commerce", part=Part.SHOP, sign=""),
        Cast(connector="vendure", part=Part.SHOP, sign=""),
        Cast(connector="salesforce_b2c", part=Part.SHOP, sign="", numbers_are_ids=True),
        Cast(connector="tryton", part=Part.ERP),
        Cast(
            connector="odoo",
            part=Part.ERP,
            fields={"reference": "client_order_ref"},
            number="S{:05d}",
            number_pattern=r"S\d{5,}",
        ),
        Cast(connector="shiphero", part=Part.WAREHOUSE),
        Cast(
            connector="extensiv",
            part=Part.WAREHOUSE,
            fields={"order_number": "referenceNum", "partner_order_id": "externalId"},
        ),
        Cast(connector="easypost", part=Part.CARRIER),
        Cast(
            connector="fluent_commerce",
            part=Part.OMS,
            fields={"order_number": "ref", "partner_order_id": "fulfilment_ref"},
        ),
        Cast(
            connector="sap_s4hana",
            part=Part.ERP,
            fields={"reference": "PurchaseOrderByCustomer"},
            number_pattern=r"5\d{9}",
            numbers_are_ids=True,
        ),
        Cast(connector="rest", part=Part.ERP),
    )
}
USUAL = ("shopify", "tryton", "shiphero")


class CastError(ValueError):
    """These connectors cannot play the business together; the message says why."""


def cast(connectors: Sequence[str]) -> dict[str, Cast]:
    """Who plays which system, by the system's name: one to three shops, at most one of each other part.

    One kind of shop plays two. Raises CastError.
    """
    unknown = [name for name in connectors if name not in CASTS]
    if unknown:
        raise CastError(f"no part for {', '.join(unknown)}; there are parts for {', '.join(sorted(CASTS))}")
    by_part: dict[Part, list[Cast]] = {part: [] for part in Part}
    for name in dict.fromkeys(connectors):
        by_part[CASTS[name].part].append(CASTS[name])
    shops = by_part.pop(Part.SHOP)
    if not 1 <= len(shops) <= len(_SHOPS):
        raise CastError(f"one to three shops take part, not {len(shops)}")
    for part, players in by_part.items():
        if len(players) > 1:
            raise CastError(f"one system plays {part.lower()}, not {' and '.join(each.connector for each in players)}")
    shops = shops * _USUAL_SHOPS if len(shops) == 1 else shops
    found = dict(zip(_SHOPS, shops, strict=False))
    for part, name in ((Part.ERP, _ERP), (Part.WAREHOUSE, _WAREHOUSE), (Part.OMS, _OMS), (Part.CARRIER, _CARRIER)):
        if by_part[part]:
            found[name] = by_part[part][0]
    return found


def ids_of(players: Mapping[str, Cast], own: Mapping[str, Ids]) -> dict[str, Ids]:
    """The ids of each system as the story is told with them; `own` are those of its vendor."""
    return {
        name: numbers_as_ids(Channel(name), ids)
        if name in _SHOPS and name in players and players[name].numbers_are_ids
        else ids
        for name, ids in own.items()
    }


def told(scenario: Scenario, players: Mapping[str, Cast]) -> Scenario:
    """The scenario as these players have it, and what is true of it with them alone."""
    worlds = {name: world for name, world in scenario.worlds.items() if name in players}
    writings = _Writings(players, scenario.worlds)
    found = {
        name: msgspec.structs.replace(world, orders=tuple(writings.written(name, order) for order in world.orders))
        for name, world in worlds.items()
    }
    if _CARRIER in players:
        found[_CARRIER] = World(orders=parcels(scenario.worlds.values()))
        found = hearing_late(found, carrier=_CARRIER)
    absent = frozenset(scenario.worlds) - players.keys()
    return Scenario(worlds=found, truth=_truth(scenario, absent) if absent else scenario.truth)


class _Writings:
    """How each player writes references and numbers."""

    def __init__(self, players: Mapping[str, Cast], worlds: Mapping[str, World]) -> None:
        self._players = players
        ids_serve = _ERP in players and players[_ERP].numbers_are_ids
        self._ids = {
            number: order.external_id
            for order in (worlds[_ERP].orders if ids_serve else ())
            if (number := order.key("number")) is not None
        }

    def written(self, system: str, order: OrderRecord) -> OrderRecord:
        """A record in its system's own spelling; the same one where it spells like the story."""
        cast = self._players[system]
        if cast.connector in USUAL and all(player.connector in USUAL for player in self._players.values()):
            return order
        keys = tuple(self._own(system, key) for key in order.keys)
        references = tuple(
            Key(field, self._number(self._sent(key.value) if system in _SENDING else key.value))
            for key in order.references
            if (field := cast.fields.get(key.namespace, key.namespace)) is not None
        )
        header = order.header
        if header is not None and header.number is not None:
            number = self._own(system, Key("number", header.number)).value
            header = msgspec.structs.replace(header, number=number)
        return msgspec.structs.replace(order, keys=keys, references=references, header=header)

    def _own(self, system: str, key: Key) -> Key:
        if key.namespace != "number":
            return key
        if system in _SHOPS:
            return Key("number", self._players[system].sign + key.value.removeprefix("#"))
        return Key("number", self._number(key.value))

    def _sent(self, text: str) -> str:
        """A shop's number as that shop sends it on; what people type is no such thing."""
        for shop, form in _SHOP_NUMBERS.items():
            if shop in self._players and form.fullmatch(text):
                return self._players[shop].sign + text.removeprefix("#")
        return text

    def _number(self, text: str) -> str:
        """A text with the ERP's number in it as the ERP writes it."""
        form = self._players[_ERP].number if _ERP in self._players else "S{:06d}"
        return _ERP_NUMBER.sub(lambda found: self._ids.get(found[0]) or form.format(int(found[1])), text)


def _truth(scenario: Scenario, absent: frozenset[str]) -> Truth:
    """What is true where some do not take part: their records are nobody's, and so is what only they tied or said."""
    orders: list[TrueOrder] = []
    alone: list[RecordId] = []
    apart: dict[RecordId, RecordId] = {}
    for order in scenario.truth.orders:
        members = {member for member in order.members if member[0] not in absent}
        if order.bridged and _SENDING.isdisjoint(name for name, _ in members) and len(members) > 1:
            for record in [member for member in members if member[0] == _ERP and member != order.anchor]:
                apart[order.anchor] = record
                alone.append(record)
                members.discard(record)
        if members:
            anchor = order.anchor if order.anchor in members else min(members)
            orders.append(TrueOrder(number=order.number, anchor=anchor, members=frozenset(members)))
    last = max((order.number for order in scenario.truth.orders), default=0)
    orders += [
        TrueOrder(number=last + offset, anchor=record, members=frozenset({record}))
        for offset, record in enumerate(alone, start=1)
    ]
    there = frozenset(scenario.worlds) - absent
    left = [found for conflict in scenario.truth.conflicts if (found := _what_is_left(conflict, apart)) is not None]
    kept = tuple(conflict for conflict in left if _can_be_seen(conflict, there))
    oversold = () if _WAREHOUSE in absent else scenario.truth.oversells
    return Truth(
        orders=tuple(orders),
        conflicts=kept,
        stock=_stock(scenario, absent),
        counts=scenario.truth.counts,
        oversells=tuple(case for case in oversold if case.channel not in absent),
    )


def _what_is_left(conflict: PlantedConflict, apart: Mapping[RecordId, RecordId]) -> PlantedConflict | None:
    """The conflict where the ERP's record is one order with the shop's; where it is `apart`, only the ERP's own invoice
    still disagrees with the ERP's own total.
    """
    if conflict.order not in apart:
        return conflict
    if conflict.kind != "invoice_off_by_a_cent":
        return None
    return msgspec.structs.replace(conflict, order=apart[conflict.order])


def _can_be_seen(conflict: PlantedConflict, there: frozenset[str]) -> bool:
    """Whether two who disagree are both there."""
    if conflict.kind == "stock_drift":
        return {_WAREHOUSE, _ERP} <= there
    if conflict.order[0] not in there:
        return False
    return not (_SENDING | {_ERP}).isdisjoint(there) if conflict.kind == "status_lag" else _ERP in there


def _stock(scenario: Scenario, absent: frozenset[str]) -> tuple[TrueStock, ...]:
    """What is truly there, as far as these can know: without the warehouse's own count what the others believe, and
    without the ERP what the warehouse counts, for what a shop lists is no stock beside that.
    """
    there = scenario.worlds.keys() - absent
    if _WAREHOUSE in there:
        known = scenario.truth.stock
        return known if there & {_ERP, _OMS} else tuple(entry for entry in known if entry.place == EAST.id)
    teller = next(name for name in (_ERP, _OMS, *_SHOPS) if name in there)
    world = scenario.worlds[teller]
    names = {place.external_id: place.name for place in world.locations}
    believed = {(level.sku, names[level.location.external_id]): level.on_hand for level in world.stock}
    named = {place.id: place.name for place in PLACES}
    found = []
    for entry in scenario.truth.stock:
        on_hand = believed.get((entry.sku, named[entry.place]))
        found.append(entry if on_hand is None else msgspec.structs.replace(entry, on_hand=on_hand))
    return tuple(found)
