"""Forgetting a person, and not learning of them again from systems that still know them.

A person is known by the e-mail address, in one case of ASCII letters (`tidy_email`: an address that somebody else can
have is not taken for this one), and by the id of each system. `record_people` has digests of both for every record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from orderweave.index.contents import decoded, digest_of, encoded
from orderweave.index.tables import erased, record_people, records
from orderweave.index.weaving import Node, among, chunks
from orderweave.model.people import tidy_email
from orderweave_sdk.records import OrderRecord

# Tells these digests from others of the same address.
_PERSON = b"orderweave-erase"


def erased_people(connection: Connection) -> frozenset[bytes]:
    """The digests of everybody who was erased."""
    return frozenset(connection.execute(select(erased.c.digest)).scalars())


def digests_of(system: str, record: OrderRecord) -> frozenset[bytes]:
    """What the person of a record is known by; nothing where it names nobody, or nobody with an address or an id."""
    person = record.customer.person if record.customer else None
    if person is None:
        return frozenset()
    names = (person.email, f"{system}/{person.external_id}" if person.external_id else None)
    return frozenset(_digest(name) for name in names if name)


def without_erased(system: str, record: OrderRecord, gone: frozenset[bytes]) -> OrderRecord:
    """The record without its person, where that is one who was erased."""
    if not gone or gone.isdisjoint(digests_of(system, record)):
        return record
    return _without_person(record)


def records_saying(connection: Connection, email: str) -> frozenset[Node]:
    """Every record that says this e-mail address, whether or not it stands in an order."""
    return _records_of(connection, {_digest(email)})


def erase(connection: Connection, email: str, at: datetime) -> frozenset[Node]:
    """Forget whoever has this e-mail address: in every record that says it, in all others of the same orders, and in
    those that name the people of these in other words. Gives the records that changed, which are to be woven.

    What says the address and waits for being woven is to be woven before, so that its orders are known. Of the orders
    the rest stays: what was bought is the business's to know.
    """
    said = records_saying(connection, email)
    theirs = said | _of_the_same_orders(connection, said)
    found = {_digest(email)}
    for (system, _), record in _named(connection, theirs):
        found |= digests_of(system, record)
    changed: set[Node] = set()
    for node, record in _named(connection, theirs | _records_of(connection, found)):
        content = encoded(_without_person(record))
        here = (records.c.system == node[0]) & (records.c.external_id == node[1])
        connection.execute(update(records).where(here).values(content=content, digest=digest_of(content)))
        changed.add(node)
    for these in among(record_people.c.system, record_people.c.external_id, changed):
        connection.execute(delete(record_people).where(these))
    fresh = sorted(found - erased_people(connection))
    if fresh:
        connection.execute(insert(erased), [{"digest": digest, "erased_at": at} for digest in fresh])
    return frozenset(changed)


def _records_of(connection: Connection, digests: Collection[bytes]) -> frozenset[Node]:
    asked = select(record_people.c.system, record_people.c.external_id)
    return frozenset(
        (row.system, row.external_id)
        for chunk in chunks(sorted(digests))
        for row in connection.execute(asked.where(record_people.c.digest.in_(chunk)))
    )


def _of_the_same_orders(connection: Connection, nodes: Collection[Node]) -> frozenset[Node]:
    keys = {
        row.order_key
        for these in among(records.c.system, records.c.external_id, nodes)
        for row in connection.execute(select(records.c.order_key).where(these, records.c.order_key.is_not(None)))
    }
    asked = select(records.c.system, records.c.external_id)
    return frozenset(
        (row.system, row.external_id)
        for chunk in chunks(sorted(keys))
        for row in connection.execute(asked.where(records.c.order_key.in_(chunk)))
    )


def _named(connection: Connection, nodes: Collection[Node]) -> Iterator[tuple[Node, OrderRecord]]:
    """Those of the records that name a person."""
    asked = select(records.c.system, records.c.external_id, records.c.content)
    for these in among(records.c.system, records.c.external_id, nodes):
        for row in connection.execute(asked.where(these)).all():
            record = decoded(row.content)
            if record.customer is not None and record.customer.person is not None:
                yield (row.system, row.external_id), record


def _without_person(record: OrderRecord) -> OrderRecord:
    assert record.customer is not None
    return msgspec.structs.replace(record, customer=msgspec.structs.replace(record.customer, person=None))


def _digest(name: str) -> bytes:
    return hashlib.blake2b(tidy_email(name).encode(errors="replace"), digest_size=16, person=_PERSON).digest()
