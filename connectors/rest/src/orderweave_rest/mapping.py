"""From the API's JSON to our records, by the mapping of the configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from orderweave_rest.api_map import ApiMap, FieldMap, TableMap, Things
from orderweave_rest.reading_errors import BadValue
from orderweave_rest.values import read_value, text
from orderweave_rest.vocabulary import CURRENCY, REFERENCES, STATUSES, TABLE_OF_FACET, FieldKind
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import FACET_OF_AXIS, Facet, Header, Key, Money, OrderRecord, StatusWord, TrackingEvent
from orderweave_sdk.unmapped import tell_unmapped

T = TypeVar("T", bound=msgspec.Struct)

# Parts that one list of an item may hold; a longer one is an item that cannot be read.
_MOST_PARTS = 5000


class _Scope(msgspec.Struct, frozen=True):
    """What a table is read in: the whole item, and the currency of amounts that name none."""

    whole: Any
    currency: str | None = None


def order_record(item: Any, facets: frozenset[Facet], api: ApiMap) -> OrderRecord:
    """One order with the wanted facets. Raises BadValue that says which field is not what it should be."""
    table = api.order
    assert table is not None
    scope = _Scope(item)
    top = {name: _value(found, item, scope) for name, found in table.fields.items() if found.table is None}
    scope = _Scope(item, top.get(CURRENCY))
    if top.get("id") is None:
        raise BadValue(f"{table.path}.id: is empty")
    parts: dict[str, Any] = {}
    for facet, name in TABLE_OF_FACET.items():
        if facet in facets and name in table.fields:
            parts[name] = _part(table.fields[name], item, scope, whole=True)
    header = parts.get("header")
    if header is None and Facet.HEADER in facets:
        header = Header()
    if header is not None:
        parts["header"] = msgspec.structs.replace(
            header, number=top.get("number"), updated_at=top.get("updated_at"), currency=scope.currency
        )
    record = OrderRecord(
        external_id=top["id"],
        keys=(Key("id", top["id"]), *((Key("number", top["number"]),) if top.get("number") else ())),
        references=tuple(_references(table.table(REFERENCES), item, scope)),
        url=top.get("url"),
        updated_at=top.get("updated_at"),
        statuses=tuple(_statuses(api, item, facets, scope)),
        **parts,
    )
    return facets_of(record, facets)


def order_id(item: Any, api: ApiMap) -> str | None:
    """The order's id, where it can be read."""
    assert api.order is not None
    try:
        found = _value(api.order.fields["id"], item, _Scope(item))
    except BadValue:
        return None
    return None if found is None else str(found)


def things_of(items: Iterable[Any], things: Things, kind: type[T]) -> tuple[list[T], list[Gap]]:
    """Every item as records of the kind, and a gap for each that cannot be read."""
    found: list[T] = []
    gaps: list[Gap] = []
    for item in items:
        scope = _Scope(item)
        try:
            parts = _each(things.map, item)
            found += [_made(things.map, part, scope) for part in parts]
        except BadValue as error:
            gaps.append(Gap(f"{things.request.name}: {error}", _id_of(things.map, item)))
    return found, gaps


def _id_of(table: TableMap, item: Any) -> str | None:
    """What names the thing, as far as it can be read: the first field that must be there."""
    first = next((found for found in table.fields.values() if found.field.required and found.table is None), None)
    try:
        found = _value(first, item, _Scope(item)) if first is not None else None
    except BadValue:
        return None
    return None if found is None else str(found)


def _references(table: TableMap | None, item: Any, scope: _Scope) -> Iterator[Key]:
    for name, found in (table.fields if table else {}).items():
        value = _value(found, item, scope)
        if value is not None:
            yield Key(name, value)


def _statuses(api: ApiMap, item: Any, facets: frozenset[Facet], scope: _Scope) -> Iterator[StatusWord]:
    table = api.order.table("statuses") if api.order else None
    words = api.statuses() if table else None
    for name, found in (table.fields if table else {}).items():
        axis = STATUSES[name]
        if FACET_OF_AXIS[axis] in facets:
            raw = _raw_word(found, item, scope)
            if raw is not None and words is not None:
                yield words.read(axis, raw)


def _part(found: FieldMap, item: Any, scope: _Scope, *, whole: bool = False) -> Any:
    """A TABLE or LIST of an item. `whole`: an empty table is one, and not left out."""
    table = found.table
    assert table is not None
    if found.field.kind is FieldKind.LIST:
        made = tuple(_made(table, each, scope) for each in _each(table, item))
        if table.shape.record is TrackingEvent:
            return tuple(sorted(made, key=lambda event: event.occurred_at))
        return made
    values = _values(table, item, scope)
    return _struct(table, values) if whole or _is_there(table, values) else None


def _is_there(table: TableMap, values: dict[str, Any]) -> bool:
    """Whether an item has anything of a table. Constants beside fields that are all empty tell of nothing."""
    told = [found.field.into for found in table.fields.values() if found.value is None and found.field.into is not None]
    return any(name in values for name in told) if told else bool(values)


def _each(table: TableMap, item: Any) -> list[Any]:
    """The parts that `each` finds: a list, nothing, or a single one."""
    if table.each is None:
        return [item]
    try:
        found = table.each.search(item)
    except BadValue as error:
        raise BadValue(f"{table.path}.each: {error}") from None
    if found is None:
        return []
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list) or len(found) > _MOST_PARTS:
        raise BadValue(f"{table.path}.each: finds no list of at most {_MOST_PARTS}")
    return found


def _made(table: TableMap, item: Any, scope: _Scope) -> Any:
    return _struct(table, _values(table, item, scope))


def _struct(table: TableMap, values: dict[str, Any]) -> Any:
    for name, field in table.shape.fields.items():
        if field.required and field.into not in values:
            if field.words is None:
                raise BadValue(f"{table.path}.{name}: is empty")
            values[str(field.into)] = field.words("UNKNOWN")  # a word that is not there reads as UNKNOWN
    return table.shape.record(**values)


def _values(table: TableMap, item: Any, scope: _Scope) -> dict[str, Any]:
    """What a table's fields hold, by the record's names; what is empty is absent."""
    if CURRENCY in table.fields and (own := _value(table.fields[CURRENCY], item, scope)) is not None:
        scope = _Scope(scope.whole, own)
    values: dict[str, Any] = {}
    for found in table.fields.values():
        into = found.field.into
        if into is None:
            continue
        if found.table is not None:
            read = _part(found, item, scope)
        elif found.field.words is not None:
            raw = _raw_word(found, item, scope)
            read = None if raw is None else _meaning(found, raw)
            if raw is not None and found.field.raw is not None and found.value is None:
                values[found.field.raw] = raw
        else:
            read = _value(found, item, scope)
        if read is not None:
            values[into] = read
    return values


def _meaning(found: FieldMap, raw: str) -> StrEnum:
    assert found.field.words is not None
    if raw not in found.words and found.field.axis is not None:
        tell_unmapped(found.field.axis, raw)
    return found.field.words(found.words.get(raw, "UNKNOWN"))


def _raw_word(found: FieldMap, item: Any, scope: _Scope) -> str | None:
    if found.value is not None:
        return str(found.value)
    try:
        raw = _found(found, item, scope)
        return None if raw is None or raw == "" else text(raw)
    except BadValue as error:
        raise BadValue(f"{found.path}: {error}") from None


def _value(found: FieldMap, item: Any, scope: _Scope) -> Any:
    """The value of a field that is no word and no table."""
    kind = found.field.kind
    value = found.value
    try:
        if value is None and kind is FieldKind.TEXTS and len(found.at) > 1:
            root = scope.whole if found.whole else item
            value = read_value([each.search(root) for each in found.at], kind, found.times, None)
        elif value is None:
            value = read_value(_found(found, item, scope), kind, found.times, found.minor_units)
        if kind is not FieldKind.AMOUNT or value is None:
            return value
        if scope.currency is None:
            raise BadValue("an amount, and there is no currency")
        return Money(value, scope.currency)
    except BadValue as error:
        raise BadValue(f"{found.path}: {error}") from None


def _found(found: FieldMap, item: Any, scope: _Scope) -> Any:
    return found.at[0].search(scope.whole if found.whole else item)
