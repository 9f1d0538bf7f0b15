"""From kept records to the rows of orders: the same matching and merging as for a live answer.

What changed is woven again together with everything that its keys lead to, so that the rows do not depend on the order
in which records arrived, and are always those that all records together give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Row, Table, bindparam, delete, insert, select, update

from orderweave.index.contents import decoded
from orderweave.index.isolating import apart
from orderweave.index.rows import PARTS, rows_of
from orderweave.index.tables import orders, record_keys, record_people, records
from orderweave.matching import Group, KeyReader, match
from orderweave.matching.parcels import by_number, with_parcels
from orderweave.merging import Merger
from orderweave.merging.owners import owners_of
from orderweave.model.provenance import Fetched, Via
from orderweave_sdk.clock import Clock

T = TypeVar("T")
# A row of whatever columns.
AnyRow = Row[*tuple[Any, ...]]
# (system, external id).
Node = tuple[str, str]
# Values in one statement; SQLite takes 32,766 at most.
CHUNK = 5_000
# Records that keys may tie together before the rest is left out: a number that stands in thousands of records is none.
_MOST_TOGETHER = 50_000


class Woven(msgspec.Struct, frozen=True, kw_only=True):
    """What came of some weaving: the keys of orders that are there now, and of those that are no more.

    `settled` are all records that were looked at, and `unwoven` those of them whose order could not be made, with why.
    """

    made: frozenset[str]
    gone: frozenset[str]
    settled: frozenset[Node] = frozenset()
    unwoven: Mapping[Node, str] = msgspec.field(default_factory=dict)


class Weaver:
    """Weaves for one business. `captures` are the systems in which orders are placed."""

    def __init__(self, reader: KeyReader, merger: Merger, captures: Collection[str], clock: Clock) -> None:
        self._reader = reader
        self._merger = merger
        self._captures = frozenset(captures)
        self._clock = clock

    def weave(self, connection: Connection, changed: Iterable[Node], gone: Iterable[Node] = ()) -> Woven:
        """Make the rows of every order that these records are or were part of. Part of a writing transaction.

        What is `gone` from its system is forgotten. An order that cannot be made is told apart, and left out.
        """
        gone = set(gone)
        together = self.together(connection, gone.union(changed))
        stale = {row.order_key for row in together.values() if row.order_key is not None}
        _forget(connection, gone)
        left = {node: row for node, row in together.items() if node not in gone}
        shown = [group for group in self.groups(left.values()) if self._is_shown(group)]
        _delete(connection, stale | {_key(group) for group in shown})
        _, failed = apart(connection, shown, partial(self._insert, connection))
        unwoven = {
            (fetched.system, fetched.record.external_id): f"its order could not be put together ({reason})"
            for group, reason in failed
            for fetched in group.members
        }
        lost = {_key(group) for group, _ in failed}
        woven = [group for group in shown if _key(group) not in lost]
        self._settle(connection, left, woven)
        made = frozenset(map(_key, woven))
        return Woven(made=made, gone=frozenset(stale - made), settled=frozenset(together), unwoven=unwoven)

    def groups(self, rows: Iterable[AnyRow]) -> tuple[Group, ...]:
        """The orders of some rows of `records`, with what carriers say of their parcels."""
        systems = self._merger.business.systems
        order_of = {name: place for place, name in enumerate(systems)}
        told: dict[bool, list[Fetched]] = {True: [], False: []}
        for row in rows:
            fetched = Fetched(system=row.system, record=decoded(row.content), fetched_at=row.fetched_at, via=Via.INDEX)
            told[row.system in systems and systems[row.system].knows_parcels_alone].append(fetched)
        parcels = by_number(sorted(told[True], key=lambda each: (order_of[each.system], each.record.external_id)))
        return tuple(with_parcels(group, parcels) for group in match(told[False], self._merger.business, self._reader))

    def together(self, connection: Connection, start: Iterable[Node]) -> dict[Node, AnyRow]:
        """The rows of these records and of all that keys tie to them, directly or through others."""
        nodes, keys = set(start), set[tuple[str, str]]()
        fresh: Collection[Node] = nodes
        while fresh and len(nodes) < _MOST_TOGETHER:
            named = {
                (row.namespace, row.value)
                for these in among(record_keys.c.system, record_keys.c.external_id, fresh)
                for row in connection.execute(_KEYS_OF.where(these))
            }
            fresh_keys = named - keys
            keys |= fresh_keys
            holders = {
                (row.system, row.external_id)
                for these in among(record_keys.c.namespace, record_keys.c.value, fresh_keys)
                for row in connection.execute(_HOLDERS_OF.where(these))
            }
            fresh = holders - nodes
            nodes |= fresh
        return {
            (row.system, row.external_id): row
            for these in among(records.c.system, records.c.external_id, nodes)
            for row in connection.execute(select(records).where(these))
        }

    def _is_shown(self, group: Group) -> bool:
        """Whether it is an order of ours: captured where orders are placed, or known there when its own is not."""
        if group.anchor is not None:
            return group.anchor.system in self._captures
        return any(fetched.system in self._captures for fetched in group.members)

    def _insert(self, connection: Connection, groups: Iterable[Group]) -> None:
        now = self._clock.now()
        rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        for group in groups:
            order = self._merger.merge(group, now=now)
            owned_by = owners_of(group, self._merger.authority)
            for table, made in rows_of(order, owned_by, self._reader).items():
                rows[table] += made
        for table, made in rows.items():
            if made:
                connection.execute(insert(table), made)

    @staticmethod
    def _settle(connection: Connection, nodes: Iterable[Node], groups: Iterable[Group]) -> None:
        """Note of each record which order it is part of now, and that it is woven."""
        key_of: Mapping[Node, str] = {
            (fetched.system, fetched.record.external_id): _key(group) for group in groups for fetched in group.members
        }
        by_order: dict[str | None, list[Node]] = defaultdict(list)
        for node in sorted(nodes):
            by_order[key_of.get(node)].append(node)
        alone = by_order.pop(None, [])
        for these in among(records.c.system, records.c.external_id, alone):
            connection.execute(_ALONE.where(these))
        if by_order:
            connection.execute(
                _SETTLE,
                [
                    {"at_system": system, "at_id": external_id, "to_key": key}
                    for key, members in by_order.items()
                    for system, external_id in members
                ],
            )


_KEYS_OF = select(record_keys.c.namespace, record_keys.c.value)
_HOLDERS_OF = select(record_keys.c.system, record_keys.c.external_id)
_ALONE = update(records).values(order_key=None, dirty=False)
_SETTLE = (
    update(records)
    .where(records.c.system == bindparam("at_system"), records.c.external_id == bindparam("at_id"))
    .values(order_key=bindparam("to_key"), dirty=False)
)


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in as many pieces as statements are needed."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def among(first: Column[str], second: Column[str], pairs: Iterable[tuple[str, str]]) -> Iterator[ColumnElement[bool]]:
    """Conditions that hold, together, where two columns are one of the pairs; the pairs are distinct.

    One for each first value: for `(first, second) IN …` SQLite reads the whole table, whatever indexes there are.
    """
    seconds: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(pairs):
        seconds[one].append(other)
    for one, others in seconds.items():
        for chunk in chunks(others):
            yield (first == one) & second.in_(chunk)


def _forget(connection: Connection, nodes: Collection[Node]) -> None:
    for table in (record_keys, record_people, records):
        for these in among(table.c.system, table.c.external_id, nodes):
            connection.execute(delete(table).where(these))


def _delete(connection: Connection, keys: Collection[str]) -> None:
    for chunk in chunks(sorted(keys)):
        for part in PARTS:
            connection.execute(delete(part).where(part.c.order_key.in_(chunk)))
        connection.execute(delete(orders).where(orders.c.key.in_(chunk)))


def _key(group: Group) -> str:
    """`Order.key`."""
    return f"{group.identity.namespace}/{group.identity.value}"
