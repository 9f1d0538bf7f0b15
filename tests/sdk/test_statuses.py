"""Status maps: raw words kept, meanings exact, holes found."""

from __future__ import annotations

from orderweave_sdk.records import Axis, OrderStatus, ShipmentStatus, StatusWord
from orderweave_sdk.statuses import StatusMap
from orderweave_sdk.unmapped import meeting_unmapped, tell_unmapped

MAP = StatusMap.of("2026-03", {Axis.ORDER: {"open": "OPEN", "done": "COMPLETED"}})


def test_a_mapped_word_is_read_with_its_version() -> None:
    """The raw word stands beside its meaning and the mapping's version."""
    assert MAP.read(Axis.ORDER, "done") == StatusWord(Axis.ORDER, "done", "COMPLETED", "2026-03")


def test_an_unmapped_word_is_unknown_and_kept() -> None:
    """Case counts, another axis's word does not, and nothing is guessed."""
    assert MAP.read(Axis.ORDER, "Done") == StatusWord(Axis.ORDER, "Done", "UNKNOWN", "2026-03")
    assert MAP.read(Axis.PAYMENT, "done") == StatusWord(Axis.PAYMENT, "done", "UNKNOWN", "2026-03")


def test_a_part_is_a_member_of_its_enum() -> None:
    """A part's word comes as the enum's member; none and unmapped ones as UNKNOWN."""
    assert MAP.part(Axis.ORDER, "open", OrderStatus) is OrderStatus.OPEN
    assert MAP.part(Axis.ORDER, "odd", OrderStatus) is OrderStatus.UNKNOWN
    assert MAP.part(Axis.ORDER, None, OrderStatus) is OrderStatus.UNKNOWN


def test_of_documents_exactly_what_it_maps() -> None:
    """Such a map has no holes."""
    assert MAP.documented == {Axis.ORDER: ("open", "done")}
    assert MAP.problems() == []


def test_holes_and_foreign_meanings_are_problems() -> None:
    """Every documented word without a meaning and every meaning that is not the axis's own is named."""
    broken = StatusMap(
        version="1",
        documented={Axis.ORDER: ("open", "held"), Axis.RETURN: ("asked",)},
        words={Axis.ORDER: {"open": "DELIVERED"}},
    )
    first, second, third = broken.problems()
    assert first == "status map: axis ORDER has no meaning for the documented word 'held'"
    assert second == "status map: axis RETURN has no meaning for the documented word 'asked'"
    assert third.startswith("status map: axis ORDER, word 'open': 'DELIVERED' is not one of CANCELED, COMPLETED,")


def test_unmapped_words_are_told_where_they_are_read() -> None:
    """Each once and by axis, to whoever listens innermost; not those that are mapped to UNKNOWN, nor where none is."""
    known = StatusMap.of("1", {Axis.ORDER: {"reversed": "UNKNOWN"}})
    with meeting_unmapped(10) as outer:
        known.read(Axis.ORDER, "odd")
        with meeting_unmapped(10) as inner:
            known.part(Axis.SHIPMENT, "odd", ShipmentStatus)
        known.read(Axis.ORDER, "odd")
        known.read(Axis.ORDER, "reversed")
        known.part(Axis.ORDER, None, OrderStatus)
    known.read(Axis.ORDER, "odder")
    assert (outer, inner) == ({(Axis.ORDER, "odd")}, {(Axis.SHIPMENT, "odd")})


def test_unmapped_words_are_bounded() -> None:
    """Past so many no other word is taken."""
    with meeting_unmapped(2) as words:
        for raw in ("a", "b", "c", "a"):
            tell_unmapped(Axis.ORDER, raw)
    assert words == {(Axis.ORDER, "a"), (Axis.ORDER, "b")}
