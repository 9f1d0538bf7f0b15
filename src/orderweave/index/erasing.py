"""Forgetting a person, and not learning of them again from systems that still know them."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from orderweave.index.contents import decoded, digest_of, encoded
from orderweave.index.rows import folded
from orderweave.index.tables import erased, orders, records
from orderweave.index.weaving import Node, chunks
from orderweave.model.people import tidy_email
from orderweave_sdk.records import OrderRecord, Person

# Tells these digests from others of the same address.
_PERSON = b"orderweave-erase"


def erased_people(connection: Connection) -> frozenset[bytes]:
    """The digests of everybody who was erased."""
    return frozenset(connection.execute(select(erased.c.digest)).scalars())


def without_erased(system: str, record: OrderRecord, gone: frozenset[bytes]) -> OrderRecord:
    """The record without its person, where that is one who was erased."""
    person = record.customer.person if record.customer else None
    if not gone or person is None or gone.isdisjoint(_digests(system, person)):
        return record
    return _without_person(record)


def erase(connection: Connection, email: str, at: datetime) -> frozenset[Node]:
    """Forget whoever has this e-mail address, in every record of their orders; gives the records that changed, which
    are to be woven. Of their orders the rest stays: what was bought is the business's to know.
    """
    found = {_digest(email)}
    keys = list(connection.execute(select(orders.c.key).where(orders.c.customer_email == folded(email))).scalars())
    changed: set[Node] = set()
    for chunk in chunks(keys):
        rows = connection.execute(
            select(records.c.system, records.c.external_id, records.c.content).where(records.c.order_key.in_(chunk))
        ).all()
        for row in rows:
            known = decoded(row.content)
            if known.customer is not None and known.customer.person is not None:
                found.update(_digests(row.system, known.customer.person))
                content = encoded(_without_person(known))
                connection.execute(
                    update(records)
                    .where(records.c.system == row.system, records.c.external_id == row.external_id)
                    .values(content=content, digest=digest_of(content))
                )
                changed.add((row.system, row.external_id))
    fresh = sorted(found - erased_people(connection))
    if fresh:
        connection.execute(insert(erased), [{"digest": digest, "erased_at": at} for digest in fresh])
    return frozenset(changed)


def _without_person(record: OrderRecord) -> OrderRecord:
    assert record.customer is not None
    return msgspec.structs.replace(record, customer=msgspec.structs.replace(record.customer, person=None))


def _digests(system: str, person: Person) -> set[bytes]:
    """What a person is known by: the e-mail address, and the id in the system."""
    found = {_digest(person.email)} if person.email else set()
    return found | ({_digest(f"{system}/{person.external_id}")} if person.external_id else set())


def _digest(name: str) -> bytes:
    return hashlib.blake2b(tidy_email(name).encode(), digest_size=16, person=_PERSON).digest()
