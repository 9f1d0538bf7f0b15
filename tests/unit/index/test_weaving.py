"""What the index makes of records, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Table, func, select

from orderweave.index import Index
from orderweave.index.tables import METADATA, orders, record_keys, records, set_aside
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.records import Addresses, Customer, OrderRecord, Payments
from tests.unit.index.story import READ_AT, Story, fill, records_of, shown_groups, story

LATER = READ_AT + timedelta(hours=1)


@pytest.fixture
def small() -> Story:
    """A small story."""
    return story(orders=120)


@pytest.fixture
def index(small: Story, tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    made = small.index(f"sqlite:///{tmp_path / 'index.db'}")
    yield made
    made.close()


async def rows(index: Index) -> dict[str, list[tuple[Any, ...]]]:
    """All that is made of records, table by table."""
    derived = [table for table in METADATA.sorted_tables if table.name not in ("records", "progress")]
    return await index.read(lambda found: {table.name: _rows(found, table) for table in derived}, seconds=10)


def _rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


async def keys(index: Index) -> list[str]:
    """The keys of all orders."""
    return await index.read(
        lambda found: list(found.execute(select(orders.c.key).order_by(orders.c.key)).scalars()), seconds=10
    )


async def test_orders_are_those_of_all_records_together(index: Index, small: Story) -> None:
    """Taken in batches, system after system, it makes the orders that matching all at once makes."""
    await fill(index, small, at_once=7)
    assert await keys(index) == sorted(order.key for order in small.orders)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_order_of_arrival_makes_no_difference(index: Index, small: Story, tmp_path: Path, seed: int) -> None:
    """Shuffled over all systems and in other batches, every row of every table is the same."""
    await fill(index, small)
    other = small.index(f"sqlite:///{tmp_path / 'other.db'}")
    await fill(other, small, shuffle=Random(seed), at_once=11)
    try:
        assert await rows(other) == await rows(index)
    finally:
        other.close()


async def test_woven_later_is_the_same(index: Index, small: Story, tmp_path: Path) -> None:
    """Records kept first and woven afterwards in pieces give the same rows; nothing is left to weave."""
    await fill(index, small)
    other = small.index(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        for system, world in small.worlds.items():
            assert not (await other.take(system, world.orders, READ_AT, weave=False)).made
            await other.take_stock(system, world.stock, READ_AT)
            await other.take_products(system, world.products, READ_AT)
        assert await keys(other) == []
        pieces = []
        while woven := await other.weave_some(20):
            pieces.append(woven)
        assert len(pieces) > 3
        assert await rows(other) == await rows(index)
    finally:
        other.close()


async def test_twice_is_once(index: Index, small: Story) -> None:
    """What was said before changes nothing, and is not woven again."""
    await fill(index, small)
    before = await rows(index)
    for system, world in small.worlds.items():
        woven = await index.take(system, world.orders, LATER)
        assert not woven.made
        assert not woven.gone
    assert await rows(index) == before


def changed(record: OrderRecord, minutes: float) -> OrderRecord:
    """The record as edited so many minutes after it was read: its number is another."""
    header = msgspec.structs.replace(record.header, purchase_order_number=f"PO {minutes}")  # type: ignore[type-var]  # it has one
    return msgspec.structs.replace(record, header=header, updated_at=READ_AT + timedelta(minutes=minutes))


async def test_older_after_newer_changes_nothing(index: Index, small: Story) -> None:
    """A delivery that comes late is told from news by the system's own time of change."""
    await fill(index, small)
    record = small.worlds["shop-us"].orders[0]
    await index.take("shop-us", [changed(record, 10)], READ_AT + timedelta(minutes=11))
    newest = await rows(index)
    assert not (await index.take("shop-us", [changed(record, 5)], LATER)).made
    assert await rows(index) == newest


async def test_drop_is_as_if_it_had_never_been(index: Index, small: Story) -> None:
    """Orders that their system deleted are gone, and what was tied by them is as matching leaves it without them."""
    await fill(index, small)
    gone = [record.external_id for record in small.worlds["erp"].orders[::3]]
    woven = await index.drop("erp", gone)
    left = [entry for entry in records_of(small.worlds) if entry[0] != "erp" or entry[1].external_id not in gone]
    groups = shown_groups(left, small.business, small.reader, small.captures)
    expected = sorted(f"{group.identity.namespace}/{group.identity.value}" for group in groups)
    assert await keys(index) == expected
    assert woven.gone == {order.key for order in small.orders} - set(expected)
    counts = await index.read(
        lambda found: [
            found.execute(select(func.count()).where(table.c.system == "erp", table.c.external_id.in_(gone))).scalar()
            for table in (records, record_keys)
        ],
        seconds=10,
    )
    assert counts == [0, 0]


async def test_gaps_are_set_aside_until_they_are_read(index: Index, small: Story) -> None:
    """A record that could not be read is listed with its reason, and no longer once it could."""
    record = small.worlds["shop-us"].orders[0]
    gap = Gap(reason="total: is no number", external_id=record.external_id)
    await index.take("shop-us", [], READ_AT, gaps=[gap])
    listed = await index.read(lambda found: _rows(found, set_aside), seconds=10)
    assert listed == [("shop-us", record.external_id, "total: is no number", READ_AT)]
    await index.take("shop-us", [record], LATER)
    assert await index.read(lambda found: _rows(found, set_aside), seconds=10) == []


async def test_what_is_personal_is_not_kept_without_need(index: Index, small: Story) -> None:
    """Of the stored records no telephone number, street, tax number or text remains; country, name and e-mail do."""
    await fill(index, small)
    contents = await index.read(lambda found: list(found.execute(select(records.c.content)).scalars()), seconds=10)
    everything = b"".join(contents)
    kept, left_out = 0, 0
    for _, record in records_of(small.worlds):
        for text in _left_out(record):
            left_out += 1
            assert text.encode() not in everything
        person = record.customer.person if record.customer else None
        kept += bool(person and person.email and person.email.encode() in everything)
    assert left_out > 100
    assert kept > 100


def _left_out(record: OrderRecord) -> list[str]:
    customer, addresses = record.customer or Customer(), record.addresses or Addresses()
    person, company, payments = customer.person, customer.company, record.payments or Payments()
    lines = [line for address in (addresses.billing, addresses.shipping) if address for line in address.lines]
    texts = [person.phone if person else None, company.tax_id if company else None]
    return [text for text in (*texts, *lines, *(refund.note for refund in payments.refunds)) if text and len(text) > 6]


async def test_erased_is_forgotten_and_not_learned_again(index: Index, small: Story) -> None:
    """Name, address and ids are gone from records and rows, also after everything was said again; the orders stay."""
    await fill(index, small)
    before = await keys(index)
    order = next(order for order in small.orders if order.customer and order.customer.email and order.customer.name)
    assert order.customer
    assert order.customer.email
    assert order.customer.name
    assert await index.erase(order.customer.email.upper()) > 0
    await fill(index, small)
    assert await keys(index) == before
    contents = await index.read(lambda found: list(found.execute(select(records.c.content)).scalars()), seconds=10)
    assert order.customer.email.encode() not in b"".join(contents)
    assert order.customer.email not in str(await rows(index))
    assert await index.erase(order.customer.email) == 0
