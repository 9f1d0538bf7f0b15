"""Entries: read back as they were kept, completed facet by facet, and judged by the age of each part."""

from __future__ import annotations

import itertools
from typing import cast

import msgspec
import pytest

from orderweave.caching.ages import DEFAULT_AGES, Ages, Subject
from orderweave.caching.entries import WHICH, Entry, Judge, State, decoder_of, encode, joined
from orderweave.caching.kinds import LOCATIONS, ORDERS, PRODUCTS, STOCK, StockKind
from orderweave.config.registry import simulator
from orderweave.scenario import demo_systems, generate
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet, Key, OrderRecord, StockRecord
from tests.unit.fake_business import order

WHOLE = order("a1", "1001", reference=("ref", "X-1"), skus=["TEA-1"], invoice="I1", tracking="T1", email="a@b.example")


def entry(record: OrderRecord, at: float, *facets: Facet) -> Entry[OrderRecord]:
    """What a question for these facets gave."""
    return Entry(dict.fromkeys((WHICH, *facets), at), (facets_of(record, frozenset(facets)),))


def test_a_whole_business_is_read_back_as_it_was() -> None:
    """Every order, level, product and place of a generated business comes back equal, with its types."""
    ids = {system.name: simulator(system.connector).external_id for system in demo_systems()}
    for world in generate(seed=3, orders=60, ids=ids).worlds.values():
        for kind, records in (
            (ORDERS, world.orders),
            (STOCK, world.stock),
            (PRODUCTS, world.products),
            (LOCATIONS, world.locations),
        ):
            kept: Entry[object] = Entry({WHICH: 1.5}, tuple(records))
            assert records
            assert decoder_of(kind).decode(encode(kept)) == kept


@pytest.mark.parametrize("size", [1, 2])
def test_narrowed_as_the_system_would_answer(size: int) -> None:
    """From a wider entry every smaller choice of facets is the record that the system would give for it."""
    for chosen in itertools.combinations(Facet, size):
        assert ORDERS.narrowed(WHOLE, [facet.value for facet in chosen]) == facets_of(WHOLE, frozenset(chosen))


def test_facets_stand_beside_each_other() -> None:
    """Two answers with other facets are one entry; each keeps the time at which it was fetched."""
    both = joined(ORDERS, entry(WHOLE, 10, Facet.HEADER), entry(WHOLE, 20, Facet.LINES))
    assert both.asked == {WHICH: 20, Facet.HEADER: 10, Facet.LINES: 20}
    assert facets_of(both.records[0], frozenset({Facet.HEADER, Facet.LINES})) == facets_of(
        WHOLE, frozenset({Facet.HEADER, Facet.LINES})
    )


def test_the_newer_answer_wins_whichever_comes_first() -> None:
    """Of one facet in two answers the newer stands, also where the older one comes in last."""
    new, old = order("a1", "1001", total="9.00"), order("a1", "1001", total="8.00")
    one, other = entry(new, 20, Facet.HEADER), entry(old, 10, Facet.HEADER, Facet.LINES)
    for both in (joined(ORDERS, one, other), joined(ORDERS, other, one)):
        assert both.asked == {WHICH: 20, Facet.HEADER: 20, Facet.LINES: 10}
        assert both.records[0].header == new.header


def test_what_a_system_says_no_more_is_gone() -> None:
    """A facet and a reference that the newer answer lacks, though asked, do not live on."""
    bare = facets_of(WHOLE, frozenset())
    gone = Entry({WHICH: 20.0, Facet.INVOICES: 20.0}, (bare,))
    known = entry(WHOLE, 10, Facet.INVOICES, Facet.LINES)
    both = joined(ORDERS, known, gone)
    assert both.records[0].invoices is None
    assert both.records[0].lines == WHOLE.lines
    assert joined(ORDERS, known, entry(order("a1", "1001"), 20, Facet.HEADER)).records[0].references == ()


def test_tracking_and_fulfillment_are_replaced_together() -> None:
    """Fulfillment asked anew without tracking takes the older events away, and nothing says that they are there."""
    both = joined(
        ORDERS, entry(WHOLE, 10, Facet.FULFILLMENT, Facet.TRACKING, Facet.LINES), entry(WHOLE, 20, Facet.FULFILLMENT)
    )
    assert both.asked == {WHICH: 20, Facet.FULFILLMENT: 20, Facet.LINES: 10}
    assert Facet.TRACKING not in both.records[0].delivered()


def test_other_records_replace_the_entry() -> None:
    """Where other records stand under the key now, nothing older is kept of any of them."""
    two = Entry({WHICH: 20.0, Facet.LINES: 20.0}, (WHOLE, order("a2", "1001")))
    assert joined(ORDERS, entry(WHOLE, 10, Facet.HEADER), two) == two
    absent: Entry[OrderRecord] = Entry({WHICH: 30.0}, ())
    assert joined(ORDERS, two, absent) == absent


AGES = {
    **DEFAULT_AGES,
    Subject.HEADER: Ages(ttl=30, stale_while_revalidate=10, stale_if_error=100),
    Subject.LINES: Ages(ttl=60, stale_while_revalidate=0, stale_if_error=100),
    Subject.ABSENT: Ages(ttl=5),
    Subject.HOLDS: Ages(ttl=0, stale_if_error=100),
}


@pytest.mark.parametrize(
    ("age", "max_age", "state"),
    [
        (0, None, State.FRESH),
        (30, None, State.FRESH),
        (31, None, State.LATE),
        (40, None, State.LATE),
        (41, None, State.OLD),
        (130, None, State.OLD),
        (131, None, State.USELESS),
        (-5, None, State.FRESH),
        (20, 20, State.FRESH),
        (21, 20, State.OLD),
        (35, 90, State.LATE),
        (35, 34, State.OLD),
        (0, 0, State.FRESH),
    ],
)
def test_how_good_by_age(age: float, max_age: float | None, state: State) -> None:
    """Young, late, old or useless to the second; what the client asks only narrows."""
    found = Judge(ORDERS, AGES).state(entry(WHOLE, 1000, Facet.HEADER), {Facet.HEADER}, 1000 + age, max_age)
    assert found is state


@pytest.mark.parametrize(("age", "state"), [(30, State.FRESH), (40, State.LATE), (50, State.OLD), (61, State.OLD)])
def test_the_worst_part_decides(age: float, state: State) -> None:
    """Of two facets the one that is past its time first decides; one without revalidation is old at once."""
    both = entry(WHOLE, 1000, Facet.HEADER, Facet.LINES)
    assert Judge(ORDERS, AGES).state(both, {Facet.HEADER, Facet.LINES}, 1000 + age, None) is state


def test_what_is_not_there_and_what_was_not_asked() -> None:
    """ "Not there" holds for all facets, for its own shorter time; a facet that was not asked for makes useless."""
    judge, absent = Judge(ORDERS, AGES), Entry[OrderRecord]({WHICH: 1000.0}, ())
    assert judge.state(absent, {Facet.LINES}, 1005, None) is State.FRESH
    assert judge.state(absent, {Facet.LINES}, 1006, None) is State.USELESS
    assert judge.state(entry(WHOLE, 1000, Facet.HEADER), {Facet.LINES}, 1000, None) is State.USELESS
    assert judge.state(None, {Facet.LINES}, 1000, None) is State.USELESS


def test_no_time_to_live_is_never_young() -> None:
    """With a time to live of 0 not even the instant's answer serves, other than where the system fails."""
    assert Judge(ORDERS, AGES).state(entry(WHOLE, 1000, Facet.HOLDS), {Facet.HOLDS}, 1000, None) is State.OLD


def test_fits_however_it_is_typed() -> None:
    """A record is found by each of its names and references, whatever case, spaces and leading # they are typed with,
    and by nothing else.
    """
    keys = [
        Key("ref", "x-1 "),
        Key("ref", "X-1"),
        Key("number", "X-1"),
        Key("number", "1001"),
        Key("number", "# 1001"),
        Key("ref", "X"),
    ]
    assert ORDERS.fits(WHOLE, keys) == [keys[0], keys[1], keys[3], keys[4]]


def test_another_shape_is_another_kind() -> None:
    """A record with one more field has another shape, so that no release reads what another one kept; a shape stays."""
    wider = msgspec.defstruct("StockRecord", [("lot", str | None, None)], bases=(StockRecord,), kw_only=True)
    shapes = {
        kind.shape
        for kind in (
            ORDERS,
            STOCK,
            PRODUCTS,
            LOCATIONS,
            StockKind(cast("type[StockRecord]", wider), Subject.STOCK, Capability.READ_STOCK),
        )
    }
    assert len(shapes) == 5
    assert StockKind(StockRecord, Subject.STOCK, Capability.READ_STOCK).shape == STOCK.shape
