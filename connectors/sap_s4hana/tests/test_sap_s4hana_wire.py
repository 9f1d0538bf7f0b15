"""Values, addresses and batches as SAP writes and reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_sap_s4hana import batch, wire
from orderweave_sap_s4hana.reads import LONGEST_CHAIN, Read, one_of
from orderweave_sap_s4hana.simulated_filter import All, Compare, OneOf, parsed
from orderweave_sdk.errors import BadPayload

_MOMENTS = st.integers(min_value=-(10**15), max_value=10**16).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


def read(*terms: str, also: tuple[str, ...] = ()) -> Read:
    """A read of orders."""
    return Read(
        service="S", entity="A_SalesOrder", select=("SalesOrder",), order=("SalesOrder",), terms=terms, also=also
    )


def test_dates_and_times() -> None:
    """The examples of SAP's own export, and zones that do not move the moment."""
    assert wire.instant("/Date(1492098664000)/") == datetime(2017, 4, 13, 15, 51, 4, tzinfo=UTC)
    assert wire.instant("/Date(1492098664123+0120)/") == datetime(2017, 4, 13, 15, 51, 4, 123000, tzinfo=UTC)
    assert wire.day("/Date(1492041600000)/") == date(2017, 4, 13)
    assert wire.day("/Date(-86400000)/") == date(1969, 12, 31)
    assert wire.clock_time("PT15H51M04S") == time(15, 51, 4)
    assert wire.clock_time("PT7M") == time(0, 7)
    assert wire.clock_time("PT24H00M00S") == time(0)
    assert wire.day("/Date(253402214400000)/") == date(9999, 12, 31)
    assert (wire.instant(None), wire.day(""), wire.clock_time(None)) == (None, None, None)
    assert wire.instant("/Date(999999999999999)/") is None


@pytest.mark.parametrize("text", ["2017-04-13", "/Date()/", "Date(1)", "/Date(1)/ "])
def test_what_is_no_date(text: str) -> None:
    """Another form is refused, not half read."""
    with pytest.raises(ValueError, match="another form"):
        wire.instant(text)


@pytest.mark.parametrize("text", ["08:00:00", "PT25H", "PT8H60M", "P1D"])
def test_what_is_no_time_of_a_day(text: str) -> None:
    """Another form is refused, not half read."""
    with pytest.raises(ValueError, match="another form"):
        wire.clock_time(text)


@given(_MOMENTS)
def test_moments_round_trip(moment: datetime) -> None:
    """A moment comes back to the millisecond, and its day with it."""
    cut = wire.whole_milliseconds(moment, up=False)
    assert wire.instant(wire.wire_instant(moment)) == cut
    assert wire.day(wire.wire_day(moment.date())) == moment.date()
    assert wire.clock_time(wire.wire_time(moment.time())) == moment.time().replace(microsecond=0)
    assert timedelta(0) <= wire.whole_milliseconds(moment, up=True) - cut <= timedelta(milliseconds=1)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_numbers_stay_exact(number: Decimal) -> None:
    """A decimal is read from its string, to the last digit."""
    assert wire.decimal(f" {number} ") == number


@pytest.mark.parametrize("text", ["1,5", "5.00-", "NaN", "Infinity", "x"])
def test_what_is_no_number(text: str) -> None:
    """What is none is refused."""
    with pytest.raises(ValueError, match="another form"):
        wire.decimal(text)


@given(st.integers(min_value=0, max_value=10**10 - 1))
def test_leading_zeros(number: int) -> None:
    """A number is the same with the zeros of its field and without; one with letters is as it is."""
    assert wire.plain(f"{number:010d}") == str(number)
    assert wire.plain(f"0{number}A") == f"0{number}A"


def test_zones() -> None:
    """A day begins where the system stands; SAP's names of zones are not those of others."""
    assert wire.start_of(date(2026, 7, 1), ZoneInfo("Europe/Berlin")) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert wire.zone("EST") == ZoneInfo("America/New_York")
    assert wire.zone("ATLANT") is None
    assert wire.zone(None) is None


@given(st.text(min_size=1, max_size=35).filter(lambda text: "\x00" not in text))
def test_literals_round_trip(value: str) -> None:
    """A quote within a value does not end it."""
    assert parsed(f"SalesOrder eq {wire.text_literal(value)}") == Compare("SalesOrder", "eq", value)


def test_filters_as_trees() -> None:
    """`and` binds closer than `or`, and brackets closer than both."""
    a, b, c = (Compare("A", "eq", each) for each in "abc")
    assert parsed("A eq 'a' or A eq 'b' and A eq 'c'") == OneOf((a, All((b, c))))
    assert parsed("(A eq 'a' or A eq 'b') and A eq 'c'") == All((OneOf((a, b)), c))
    assert parsed("D ge datetime'2026-03-01T00:00:00'") == Compare("D", "ge", date(2026, 3, 1))


def test_an_address() -> None:
    """Blanks are %20, since SAP takes a plus for a plus; one term needs no brackets."""
    assert read("SalesOrder eq '1'").address() == (
        "A_SalesOrder?$filter=SalesOrder%20eq%20'1'&$select=SalesOrder&$orderby=SalesOrder"
        "&$top=1000&$inlinecount=allpages&$format=json"
    )
    both = read(*one_of("SalesOrder", ["'1'", "'2'"]), also=("CreationDate ge datetime'2026-03-01T00:00:00'",))
    assert "$filter=(SalesOrder%20eq%20'1'%20or%20SalesOrder%20eq%20'2')%20and%20CreationDate" in both.address()


@given(st.lists(st.text(alphabet="aä'&/", min_size=1, max_size=35), min_size=1, max_size=100))
def test_pieces_hold_all_and_fit(values: list[str]) -> None:
    """Every term goes once, in order, and no piece grows past an address."""
    terms = one_of("PurchaseOrderByCustomer", [wire.text_literal(value) for value in values])
    pieces = read(*terms).pieces()
    assert tuple(term for piece in pieces for term in piece.terms) == terms
    for piece in pieces:
        assert len(piece.address()) < LONGEST_CHAIN + 200


def test_a_read_without_terms_is_one_piece() -> None:
    """Conditions alone are not cut."""
    assert len(read(also=("SalesOrder ne ''",)).pieces()) == 1


def test_a_batch_is_written() -> None:
    """As the export's example has it: an HTTP request in each part, and a closed end."""
    assert batch.written(["A?$top=1"]).decode() == (
        "--orderweave-reads\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET A?$top=1 HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--orderweave-reads--\r\n"
    )


def answered(*parts: str, end: str = "--b--\r\n") -> bytes:
    """A batch's answer of these parts."""
    head = "--b\r\nContent-Type: application/http\r\ncontent-transfer-encoding: binary\r\n\r\n"
    return ("".join(f"{head}{part}\r\n" for part in parts) + end).encode()


def test_a_batch_is_read() -> None:
    """Each part's status and body, with a length or without, in SAP's line ends or bare ones."""
    body = answered(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"d":1}\r\n',
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}",
    )
    parts = batch.read('multipart/mixed; boundary="b"', body, count=2, what="x")
    assert [(part.status, part.body) for part in parts] == [(200, b'{"d":1}'), (404, b"{}")]
    bare = body.replace(b"\r\n", b"\n")
    assert batch.read("multipart/mixed;boundary=b", bare, count=2, what="x")[0].body == b'{"d":1}'


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("application/json", answered("HTTP/1.1 200 OK\r\n\r\n{}"), "not one of several parts"),
        ("multipart/mixed; boundary=b", answered("HTTP/1.1 200 OK\r\n\r\n{}", end=""), "cut short"),
        ("multipart/mixed; boundary=b", answered(), "0 answers to a batch of 1"),
        ("multipart/mixed; boundary=b", answered("hello"), "no HTTP answer"),
        ("multipart/mixed; boundary=b", b"", "cut short"),
    ],
)
def test_a_batch_that_is_none(kind: str, body: bytes, words: str) -> None:
    """What cannot be read is a bad payload, in words without its values."""
    with pytest.raises(BadPayload, match=words):
        batch.read(kind, body, count=1, what="x")
