"""Taking in what a system says: records kept where they are news, with their keys. What is older than what is known
changes nothing, so that deliveries may come twice and in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from orderweave.index.contents import digest_of, encoded, kept
from orderweave.index.erasing import digests_of, erased_people, without_erased
from orderweave.index.isolating import plain
from orderweave.index.rows import folded
from orderweave.index.tables import listed_skus, products, record_keys, record_people, records, set_aside, stock_levels
from orderweave.index.weaving import AnyRow, Node, among, chunks
from orderweave.matching import KeyReader
from orderweave.matching.parcels import numbers_in
from orderweave.model.parcels import tidy_tracking
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord

_encoder = msgspec.msgpack.Encoder(order="deterministic")
# A namespace that no system has: those of keys are `system:name`.
PARCEL = "parcel"
# What begins the name of a gap without an id.
UNNAMED = "? "
# The part of records that were read and could not be put together to an order, and are in none.
UNWOVEN = "unwoven"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What was news: the records that changed, and how many came that did not."""

    changed: frozenset[Node]
    unchanged: int


def take_orders(
    connection: Connection, system: str, given: Iterable[OrderRecord], at: datetime, reader: KeyReader
) -> Taken:
    """Keep the records of orders that were fetched at an instant; those that changed are to be woven."""
    newest = {record.external_id: record for record in given}
    nodes = [(system, external_id) for external_id in newest]
    known: dict[str, AnyRow] = {
        row.external_id: row
        for these in _at(records, nodes)
        for row in connection.execute(
            select(
                records.c.external_id,
                records.c.updated_at,
                records.c.fetched_at,
                records.c.digest,
                records.c.order_key,
            ).where(these)
        )
    }
    gone = erased_people(connection)
    rows: list[dict[str, Any]] = []
    keys: list[dict[str, str]] = []
    people: list[dict[str, Any]] = []
    for external_id, record in newest.items():
        if _is_older(record.updated_at, at, known.get(external_id)):
            continue
        without = without_erased(system, record, gone)
        content = encoded(kept(without))
        digest = digest_of(content)
        if external_id in known and known[external_id].digest == digest:
            continue
        rows.append(
            {
                "system": system,
                "external_id": external_id,
                "updated_at": record.updated_at,
                "fetched_at": at,
                "digest": digest,
                "content": content,
                # What it was part of is kept with it until it is woven.
                "order_key": known[external_id].order_key if external_id in known else None,
                "dirty": True,
            }
        )
        keys += _keys(system, record, reader)
        people += [
            {"digest": digest, "system": system, "external_id": external_id}
            for digest in sorted(digests_of(system, without))
        ]
    changed = [(system, row["external_id"]) for row in rows]
    before = [node for node in changed if node[1] in known]
    _replace(connection, records, _at(records, before), rows)
    _replace(connection, record_keys, _at(record_keys, before), keys)
    _replace(connection, record_people, _at(record_people, before), people)
    _replace(connection, set_aside, _at(set_aside, nodes), ())
    return Taken(changed=frozenset(changed), unchanged=len(newest) - len(rows))


def take_stock(
    connection: Connection, system: str, given: Iterable[StockRecord], at: datetime, *, asked: Iterable[str] = ()
) -> None:
    """Keep stock levels that were read at an instant in place of those known; of the SKUs `asked`, as they are spelled,
    in place of all. What was read later stays: a long reading may end after a short one that began while it was under
    way.
    """
    rows = {
        (folded(level.sku), level.location.external_id): {
            "system": system,
            "sku_folded": folded(level.sku),
            "location": level.location.external_id,
            "sku": level.sku,
            **{name: getattr(level, name) for name in _NUMBERS},
            "updated_at": level.updated_at,
            "fetched_at": at,
            "content": _encoder.encode(level),
        }
        for level in given
    }
    for place in _read_later(connection, system, {sku for sku, _ in rows}, at):
        rows.pop(place, None)
    levels = among(stock_levels.c.sku_folded, stock_levels.c.location, rows)
    _no_more(connection, stock_levels, system, asked, at)
    _replace(
        connection,
        stock_levels,
        ((stock_levels.c.system == system) & these for these in levels),
        list(rows.values()),
    )


def take_products(
    connection: Connection, system: str, given: Iterable[ProductRecord], at: datetime, *, asked: Iterable[str] = ()
) -> None:
    """Keep products that were read at an instant in place of those known, of the SKUs `asked` in place of all."""
    rows = {
        product.external_id: {
            "system": system,
            "external_id": product.external_id,
            "sku": product.sku,
            "sku_folded": folded(product.sku),
            "title": product.title,
            "active": product.active,
            "fetched_at": at,
        }
        for product in given
    }
    known = [(system, external_id) for external_id in rows]
    _no_more(connection, products, system, asked, at)
    _replace(connection, products, _at(products, known), list(rows.values()))


def take_skus(connection: Connection, system: str, given: Iterable[str], began: datetime) -> None:
    """Keep SKUs that a system listed, in a listing that began then."""
    rows = {sku: {"system": system, "sku": sku, "seen_at": began} for sku in given if sku.strip()}
    here = listed_skus.c.system == system
    known = [here & listed_skus.c.sku.in_(chunk) for chunk in chunks(sorted(rows))]
    _replace(connection, listed_skus, known, list(rows.values()))


def listed_no_more(connection: Connection, system: str, before: datetime) -> None:
    """Forget the SKUs that a whole listing, which began then, did not tell of any more."""
    connection.execute(delete(listed_skus).where(listed_skus.c.system == system, listed_skus.c.seen_at < before))


def set_gaps_aside(connection: Connection, system: str, gaps: Sequence[Gap], at: datetime, *, part: str = "") -> None:
    """Note what could not be read, so that it is seen and tried again; a gap without an id is one of its reason.

    What is no order is named by its `part`, as in `stock SKU-1`: ids of different things may be the same.
    """
    rows = {
        (name := plain(f"{part} {gap.external_id or UNNAMED + gap.reason}".lstrip())): {
            "system": system,
            "external_id": name,
            "reason": plain(gap.reason),
            "seen_at": at,
        }
        for gap in gaps
    }
    known = [(system, external_id) for external_id in rows]
    _replace(connection, set_aside, _at(set_aside, known), list(rows.values()))


def aside_no_more(connection: Connection, system: str, before: datetime, *, part: str = "") -> None:
    """Forget what was set aside of a part, of the orders without one, and was not met since."""
    name = set_aside.c.external_id
    named = name.startswith(f"{part} ", autoescape=True) if part else ~name.contains(" ") | name.startswith(UNNAMED)
    connection.execute(delete(set_aside).where(set_aside.c.system == system, named, set_aside.c.seen_at < before))


def note_unwoven(connection: Connection, settled: Collection[Node], unwoven: Mapping[Node, str], at: datetime) -> None:
    """Note which records are in no order because it could not be made, and why; of all others that were settled with
    them it is no longer so. They are tried again when one of them changes, and by `wait_again`.
    """
    named = {(system, plain(f"{UNWOVEN} {external_id}")) for system, external_id in settled}
    _replace(connection, set_aside, _at(set_aside, named), ())
    for (system, external_id), reason in sorted(unwoven.items()):
        set_gaps_aside(connection, system, (Gap(reason, external_id),), at, part=UNWOVEN)


def wait_again(connection: Connection, system: str) -> None:
    """Let the records of a system that could not be put together be tried once more."""
    name = set_aside.c.external_id
    asked = select(name).where(set_aside.c.system == system, name.startswith(f"{UNWOVEN} ", autoescape=True))
    ids = [text.removeprefix(f"{UNWOVEN} ") for text in connection.execute(asked).scalars()]
    for these in _at(records, ((system, external_id) for external_id in ids)):
        connection.execute(update(records).where(these).values(dirty=True))


_NUMBERS = ("on_hand", "available", "committed", "reserved", "incoming", "safety_stock")


def _is_older(updated_at: datetime | None, at: datetime, known: AnyRow | None) -> bool:
    """Whether something newer is known: by the system's own time of change, else by when it was asked."""
    if known is None:
        return False
    if updated_at is not None and known.updated_at is not None and updated_at != known.updated_at:
        return bool(updated_at < known.updated_at)
    return bool(at < known.fetched_at)


def _keys(system: str, record: OrderRecord, reader: KeyReader) -> list[dict[str, str]]:
    """What ties a record to others: names of orders, and the parcels that a carrier may tell of."""
    reading = reader.reading(system, record)
    parcels = {(PARCEL, tidy_tracking(number)) for number in numbers_in(record)}
    tied = {(key.namespace, key.value) for key in reading.owned | reading.referred} | parcels
    return [
        {"namespace": namespace, "value": value, "system": system, "external_id": record.external_id}
        for namespace, value in sorted(tied)
    ]


def _read_later(connection: Connection, system: str, skus: Iterable[str], at: datetime) -> list[tuple[str, str]]:
    """The places of levels of these SKUs, in one case, that were read after an instant."""
    column = stock_levels.c
    later = select(column.sku_folded, column.location).where(column.system == system, column.fetched_at > at)
    return [
        (row.sku_folded, row.location)
        for chunk in chunks(sorted(skus))
        for row in connection.execute(later.where(column.sku_folded.in_(chunk)))
    ]


def _no_more(connection: Connection, table: Table, system: str, skus: Iterable[str], at: datetime) -> None:
    """Forget what is known of these SKUs as they are spelled: where a system tells cases apart, that it has nothing of
    another system's spelling says nothing of its own. The one in one case is for the table's index.
    """
    known = (table.c.system == system, table.c.fetched_at <= at)
    for chunk in chunks(sorted(set(skus))):
        spelled = (table.c.sku_folded.in_({folded(sku) for sku in chunk}), table.c.sku.in_(chunk))
        connection.execute(delete(table).where(*known, *spelled))


def _at(table: Table, nodes: Iterable[Node]) -> Iterator[ColumnElement[bool]]:
    return among(table.c.system, table.c.external_id, nodes)


def _replace(
    connection: Connection, table: Table, before: Iterable[ColumnElement[bool]], rows: Sequence[Mapping[str, Any]]
) -> None:
    """The rows in place of those for which one of the conditions holds."""
    for these in before:
        connection.execute(delete(table).where(these))
    if rows:
        connection.execute(insert(table), rows)
