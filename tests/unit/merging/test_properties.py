"""What holds for any records of an order: their order does not matter, and nothing is counted twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from strawberry.types.base import get_object_definition

from orderweave.merging.order import FIELDS
from orderweave.model.order import Order
from orderweave.model.provenance import Fetched
from orderweave.schema.order_types import Order as SchemaOrder
from orderweave_sdk.records import (
    Axis,
    Header,
    Invoice,
    Invoices,
    Line,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    Totals,
)
from tests.unit.businesses import NOON
from tests.unit.merging.orders import merge, plan, says, sent, shipment, usd, word

_SKUS = ("TEA", "tea", "CUP")
_AMOUNTS = st.sampled_from(["9.90", "9.9", "10.00"]).map(usd)
_TIMES = st.sampled_from([None, NOON, NOON - timedelta(hours=1)])


@st.composite
def _lines(draw: st.DrawFn) -> tuple[Line, ...]:
    counts = st.sampled_from([None, Decimal(1), Decimal(2)])
    return tuple(
        Line(external_id=str(n), sku=sku, quantity=Quantities(ordered=draw(counts), current=draw(counts)))
        for n, sku in enumerate(draw(st.lists(st.sampled_from(_SKUS), max_size=3)))
    )


@st.composite
def _shipments(draw: st.DrawFn) -> tuple[Shipment, ...]:
    statuses = st.sampled_from([ShipmentStatus.PENDING, ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED])
    return tuple(
        shipment(
            str(n),
            {draw(st.sampled_from(_SKUS)): 1},
            tracking=draw(st.sampled_from([None, "A", "B", "C"])),
            place=draw(st.sampled_from([None, "L1", "L2", "12", "W1", "unheard of"])),
            status=draw(statuses),
        )
        for n in range(draw(st.integers(0, 3)))
    )


@st.composite
def _words(draw: st.DrawFn) -> tuple[StatusWord, ...]:
    orders = draw(st.sampled_from(["OPEN", "COMPLETED", "UNKNOWN"]))
    goods = draw(st.sampled_from(["UNFULFILLED", "FULFILLED", "DELIVERED", "UNKNOWN"]))
    return word(Axis.ORDER, orders), word(Axis.FULFILLMENT, goods), word(Axis.INVOICE, "INVOICED")


@st.composite
def tellings(draw: st.DrawFn) -> list[Fetched]:
    """One to five systems' records of one order; the ERP and the warehouse may have two each."""
    found = []
    places = [("shop", "1"), ("erp", "1"), ("erp", "2"), ("wms", "1"), ("wms", "2"), ("carrier", "1"), ("legacy", "1")]
    for system_name, external_id in draw(st.lists(st.sampled_from(places), min_size=1, max_size=5, unique=True)):
        facets: dict[str, Any] = {
            "updated_at": draw(_TIMES),
            "statuses": draw(_words()),
            "header": draw(st.none() | st.builds(Header, totals=st.none() | st.builds(Totals, total=_AMOUNTS))),
            "lines": draw(st.none() | _lines()),
            "fulfillment": draw(
                st.none() | _shipments().map(lambda parts: sent(*parts, planned=[plan("p", {"TEA": 2}, place="L1")]))
            ),
            "invoices": draw(
                st.none() | _AMOUNTS.map(lambda amount: Invoices(invoices=(Invoice(external_id="i", total=amount),)))
            ),
        }
        found.append(says(system_name, external_id, **facets))
    return found


@given(tellings().flatmap(lambda records: st.tuples(st.just(records), st.permutations(records))))
def test_merging_does_not_depend_on_the_order_of_records(both: tuple[list[Fetched], list[Fetched]]) -> None:
    """The same records in another order are the same order, conflicts and all."""
    records, shuffled = both
    assert merge(*records) == merge(*shuffled)


@given(tellings(), st.sets(st.sampled_from(sorted(FIELDS)), max_size=6))
def test_a_wanted_field_does_not_depend_on_the_others(records: list[Fetched], wanted: set[str]) -> None:
    """Merging some fields alone gives each as the whole order has it, and the rest as if nobody knew it."""
    whole, some = merge(*records), merge(*records, fields=frozenset(wanted))
    chosen = {attribute for name, (attribute, _) in FIELDS.items() if name in wanted} | {"id", "key", "freshness"}
    for name in Order.__struct_fields__:
        known = whole if name in chosen else Order(id="", key="", freshness=whole.freshness)
        assert getattr(some, name) == getattr(known, name), name


def test_every_field_is_merged() -> None:
    """The table of fields names each field of the schema's Order, and each of the model's, once."""
    named = {field.name for field in get_object_definition(SchemaOrder, strict=True).fields}
    camel = {"".join((head, *(part.title() for part in rest))) for head, *rest in (name.split("_") for name in named)}
    assert camel - {"id", "freshness"} == set(FIELDS)
    assert sorted(attribute for attribute, _ in FIELDS.values()) == sorted(
        set(Order.__struct_fields__) - {"id", "key", "freshness"}
    )


@given(tellings())
def test_no_tracking_number_stands_in_two_systems_shipments(records: list[Fetched]) -> None:
    """A parcel that several systems tell of is in the shipments of one of them."""
    tellers: dict[str, set[str]] = {}
    for entry in merge(*records).shipments:
        for package in entry.packages:
            tellers.setdefault(package.tracking_number or "", set()).add(entry.source)
    assert all(len(sources) == 1 for sources in tellers.values())


@given(tellings())
def test_shipments_are_never_more_than_told(records: list[Fetched]) -> None:
    """Every merged shipment is one that its source told, and the ids of all are distinct."""
    order = merge(*records)
    told = [
        (one.system, entry.shipped_at)
        for one in records
        if one.record.fulfillment
        for entry in one.record.fulfillment.shipments
    ]
    assert len(order.shipments) <= len(told)
    assert {entry.source for entry in order.shipments} <= {system_name for system_name, _ in told}


@given(tellings())
def test_delivered_always_has_a_witness(records: list[Fetched]) -> None:
    """When nobody says delivered of a shipment or a package, nothing is, whatever is said of the order."""
    silent = [one for one in records if not _says_delivered(one)]
    if not silent:
        return
    order = merge(*silent)
    assert order.fulfillment_status.value not in ("DELIVERED", "PARTIALLY_DELIVERED")
    assert all(entry.status is not ShipmentStatus.DELIVERED for entry in order.shipments)


def _says_delivered(fetched: Fetched) -> bool:
    shipments = fetched.record.fulfillment.shipments if fetched.record.fulfillment else ()
    said = [shipment.status for shipment in shipments]
    said += [package.status for shipment in shipments for package in shipment.packages]
    return ShipmentStatus.DELIVERED in said


@given(tellings())
def test_line_ids_do_not_depend_on_who_answered(records: list[Fetched]) -> None:
    """Every line that one record alone gives has an id among those of all together, and no id stands twice."""
    together = [entry.id for entry in merge(*records).order_lines]
    assert len(set(together)) == len(together)
    for one in records:
        assert {entry.id for entry in merge(one).order_lines} <= set(together)


@given(tellings(), st.sampled_from(["header", "lines", "fulfillment", "invoices"]))
def test_a_facet_that_is_not_there_only_lacks(records: list[Fetched], facet: str) -> None:
    """Without one facet the order still stands under its id: what is missing never takes the rest along."""
    less = [
        msgspec.structs.replace(one, record=msgspec.structs.replace(one.record, **{facet: None})) for one in records
    ]
    assert merge(*less).id == merge(*records).id
    assert len(merge(*less).sources) == len(records)
