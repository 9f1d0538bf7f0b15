"""What holds for any records, however they meet, repeat and contradict each other."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orderweave.model.provenance import Fetched
from tests.unit.matching.worlds import groups_of, retailer, worlds

SPLITTING = retailer(warehouse_splits=True)


@given(worlds().flatmap(lambda records: st.tuples(st.just(records), st.permutations(records))))
def test_groups_do_not_depend_on_the_order_of_records(both: tuple[list[Fetched], list[Fetched]]) -> None:
    """The same records in another order are the same groups, keys, anchors and reports."""
    records, shuffled = both
    assert groups_of(records) == groups_of(shuffled)
    assert groups_of(records, SPLITTING) == groups_of(shuffled, SPLITTING)


@given(worlds())
def test_each_record_is_in_exactly_one_group(records: list[Fetched]) -> None:
    """Nothing is lost and nothing stands twice."""
    placed = [(one.system, one.record.external_id) for group in groups_of(records) for one in group.members]
    assert sorted(placed) == sorted((one.system, one.record.external_id) for one in records)


@given(worlds())
def test_no_order_has_two_records_of_one_system(records: list[Fetched]) -> None:
    """No rule of this business allows many, so a system speaks of an order once; and one shop captured it."""
    for group in groups_of(records):
        systems = [member.system for member in group.members]
        assert len(systems) == len(set(systems))
        assert not {"shop-us", "shop-eu"} <= set(systems)


@given(worlds())
def test_where_many_are_allowed_only_those_repeat(records: list[Fetched]) -> None:
    """Of all systems only the warehouse, whose rule allows it, stands in an order more than once."""
    for group in groups_of(records, SPLITTING):
        counts = Counter(member.system for member in group.members)
        assert all(count == 1 for system, count in counts.items() if system != "wms")


@given(worlds())
def test_identities_are_unique_and_among_the_keys(records: list[Fetched]) -> None:
    """No two orders have one id, and an order can be found by the id that it has."""
    for business in (retailer(), SPLITTING):
        groups = groups_of(records, business)
        assert len({group.identity for group in groups}) == len(groups)
        assert all(group.identity in group.keys for group in groups)


@given(worlds())
def test_no_key_is_a_name_of_two_orders(records: list[Fetched]) -> None:
    """Whatever name a caller holds leads to one order at most."""
    named = Counter(key for group in groups_of(records) for key in group.keys)
    assert [key for key, count in named.items() if count > 1] == []


@given(worlds())
def test_identities_hold_while_the_shops_are_down(records: list[Fetched]) -> None:
    """What is left of an order keeps its id when the records with the numbers that it names are not at hand.

    A number that two shop orders share is seen to be ambiguous only while they are there, so those worlds are out.
    """
    numbers = Counter(one.record.key("number") for one in records if one.system.startswith("shop"))
    if any(count > 1 for count in numbers.values()):
        return
    left = [one for one in records if not one.system.startswith("shop")]
    whole = {one.record.external_id: group.identity for group in groups_of(records) for one in group.members}
    down = {one.record.external_id: group.identity for group in groups_of(left) for one in group.members}
    assert down == {name: whole[name] for name in down}
