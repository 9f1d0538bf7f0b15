"""The filter language: values travel whole, and queries stay within an address."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orderweave_extensiv.rql import Wanted, all_of, any_of, compared, fitting, having, literal, one_of
from orderweave_extensiv.simulated_rql import Refused, Table

TEXTS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
NAMES = some.sampled_from(["readOnly.orderId", "referenceNum", "poNum", "externalId"])


@given(TEXTS)
def test_values_survive_both_decodings(value: str) -> None:
    """Once as a part of the address and once as RQL, after which nothing of the language was ever in them."""
    ((_, once),) = parse_qsl(urlencode([("rql", literal(value))]))
    assert unquote(once) == value
    assert not set("();,=*!+") & set(literal(value))


@given(some.lists(some.builds(Wanted, NAMES, TEXTS), max_size=60))
def test_parts_hold_all_and_fit(wanted: list[Wanted]) -> None:
    """Each value once, in order; and no part makes a query longer than 2,048 bytes."""
    parts = fitting(wanted)
    assert [each for part in parts for each in part] == list(dict.fromkeys(wanted))
    rest = {"sort": "readOnly.orderId", "detail": "OrderItems,Packages,Contacts", "itemdetail": "Allocations"}
    for part in parts:
        assert part
        rql = all_of([having(part), compared("readOnly.customerIdentifier.id", "==", "2147483647")])
        query = urlencode({"rql": rql, **rest, "pgsiz": "100", "pgnum": "10"})
        assert len(query) <= 2048


def test_what_no_address_holds_is_not_asked_for() -> None:
    """It would take the other values of its call with it."""
    short, long = Wanted("poNum", "1"), Wanted("poNum", "2" * 2000)
    assert fitting([long, short, long]) == [[short]]
    assert fitting([long]) == []


@given(some.lists(some.tuples(TEXTS, TEXTS), min_size=1, max_size=8), some.data())
def test_the_server_finds_what_was_meant(rows: list[tuple[str, str]], data: some.DataObject) -> None:
    """Through the simulator's parser: exactly the rows that have the value, but for case."""
    table = Table({"referencenum": number, "ponum": po} for number, po in rows)
    number, po = data.draw(some.sampled_from(rows))
    rql = having([Wanted("referenceNum", number), Wanted("poNum", po)])
    folded = (number.casefold(), po.casefold())
    expected = [
        place for place, (own, other) in enumerate(rows) if own.casefold() == folded[0] or other.casefold() == folded[1]
    ]
    assert table.find(rql, "") == expected


def test_how_it_is_written() -> None:
    """As the vendor's page has it: `;` before `,`, and alternatives in parentheses."""
    assert having([Wanted("poNum", "a,b"), Wanted("poNum", "#1"), Wanted("externalId", "7")]) == (
        "(poNum=in=(a%2Cb,%231),externalId=in=(7))"
    )
    assert one_of("sku", ["A B"]) == "sku=in=(A%20B)"
    assert all_of(["", any_of(["a==1"]), "b==2"]) == "a==1;b==2"
    assert compared("x", "=ge=", "2026-03-01T08:00:00") == "x=ge=2026-03-01T08:00:00"


@pytest.mark.parametrize(
    ("rql", "found"),
    [
        ("n==2", [1]),
        ("n!=2", [0, 2]),
        ("n=gt=1;s==B", [1]),
        ("n==1,n==3;s==c", [0, 2]),
        ("(n==1,n==3);s==c", [2]),
        ("n=out=(1,2)", [2]),
        ("n=le=2", [0, 1]),
        ("t=lt=2026-01-02", [0]),
    ],
)
def test_the_simulator_s_language(rql: str, found: list[int]) -> None:
    """Precedence and operators are those of the vendor's page."""
    assert _table().find(rql, "") == found


@pytest.mark.parametrize("rql", ["x==1", "n=1", "n==one", "(n==1", "n==1)", "n=in=1", "n=like=1", "t=lt=soon", "n==1;"])
def test_the_simulator_refuses(rql: str) -> None:
    """Unknown properties, values of another type and bad syntax, as the vendor does."""
    with pytest.raises(Refused):
        _table().find(rql, "")


def _table() -> Table:
    moments = (datetime.fromisoformat("2026-01-01T08:00:00"), datetime.fromisoformat("2026-01-02T08:00:00"), None)
    return Table({"n": n, "s": s, "t": t} for n, s, t in zip((1, 2, 3), ("a", "b", "c"), moments, strict=True))
