"""What is made of single values: exact money, times with and without a zone, words, flags; and of bad ones a gap."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.rest.tests.scripted import api, call, connected
from orderweave_rest.expressions import OWN_FUNCTIONS, document_of, expression
from orderweave_rest.mapping import order_record
from orderweave_rest.reading import read_api
from orderweave_rest.reading_errors import BadValue
from orderweave_rest.templates import body_of, path_of, placeholders, query_of
from orderweave_rest.values import Times, read_value
from orderweave_rest.vocabulary import FieldKind
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Channel,
    ChannelKind,
    Facet,
    Key,
    Money,
    OrderRecord,
)
from orderweave_sdk.testing.comparing import walk
from orderweave_sdk.testing.simulator import SimulatedAnswer

NEW_YORK = ZoneInfo("America/New_York")
ALL = frozenset(Facet)


def record(order: dict[str, Any], item: Any, **more: Any) -> OrderRecord:
    """The record that this mapping makes of an item."""
    told, problems = read_api(api(order={"id": "id", **order}, **more))
    assert problems == []
    return order_record(document_of(json.dumps(item).encode()), ALL, told)


# --- money ----------------------------------------------------------------------------------------------------------


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False))
def test_amounts_are_exact(amount: Decimal) -> None:
    """Whatever fraction an answer holds, as a number or as a text, is the amount to its last digit."""
    for written in (format(amount, "f"), f'"{amount:f}"'):
        found = document_of(f'{{"a": {written}}}'.encode())["a"]
        assert read_value(found, FieldKind.AMOUNT, Times(), None) == amount


def test_amounts_and_their_currencies() -> None:
    """A table's own currency comes before the order's; minor units move the point; a constant serves for all."""
    header = {"totals": {"total": {"at": "total", "minor_units": 2}, "tax": {"at": "tax"}}}
    payments = {
        "payments": {"each": "paid", "id": "id", "currency": "cur", "captured": "sum", "status": {"value": "PAID"}}
    }
    found = record(
        {"currency": {"value": "EUR"}, "header": header, "payments": payments},
        {"id": 1, "total": 1999, "tax": 3.19, "paid": [{"id": 7, "cur": "USD", "sum": "5"}, {"id": 8, "sum": 6}]},
    )
    assert found.header
    assert found.header.totals
    assert found.header.totals.total == Money(Decimal("19.99"), "EUR")
    assert found.header.totals.tax == Money(Decimal("3.19"), "EUR")
    assert found.payments
    assert [payment.captured for payment in found.payments.payments] == [
        Money(Decimal(5), "USD"),
        Money(Decimal(6), "EUR"),
    ]


@pytest.mark.parametrize("amount", [19.5, "1e999", "NaN", "Infinity", True, [], "many"])
def test_amounts_that_are_none(amount: Any) -> None:
    """Half a cent, infinity, a flag and a list are no amounts; the gap names the field and not the value."""
    header = {"totals": {"total": {"at": "total", "minor_units": 2}}}
    with pytest.raises(BadValue) as caught:
        record({"currency": {"value": "EUR"}, "header": header}, {"id": 1, "total": amount})
    assert str(caught.value).startswith("api.order.header.totals.total: not ")


def test_an_amount_without_a_currency_is_a_gap() -> None:
    """Where the order lacks the currency that the mapping promised, the amount is no money."""
    with pytest.raises(BadValue, match=r"totals\.total: an amount, and there is no currency"):
        record({"currency": "currency", "header": {"totals": {"total": "total"}}}, {"id": 1, "total": 5})


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "raw", "expected"),
    [
        (Times(), "2026-03-01T08:00:00Z", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (Times(), "2026-03-01 08:00:00.1234567+02:00", datetime(2026, 3, 1, 6, 0, 0, 123456, tzinfo=UTC)),
        (Times(zone=NEW_YORK), "2026-07-01T08:00:00", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        (Times(zone=NEW_YORK), "2026-01-01T08:00:00Z", datetime(2026, 1, 1, 8, tzinfo=UTC)),
        (Times("%d.%m.%Y %H:%M", NEW_YORK), "01.02.2026 07:30", datetime(2026, 2, 1, 12, 30, tzinfo=UTC)),
        (Times("unix"), 1_770_000_000, datetime(2026, 2, 2, 2, 40, tzinfo=UTC)),
        (Times("unix_ms"), "1770000000500", datetime(2026, 2, 2, 2, 40, 0, 500_000, tzinfo=UTC)),
        # An hour that comes twice: the first pass is meant.
        (Times(zone=NEW_YORK), "2026-11-01T01:30:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_times(times: Times, raw: Any, expected: datetime) -> None:
    """Every form of time is an instant in UTC."""
    assert times.read(raw) == expected


@pytest.mark.parametrize(
    ("times", "raw", "reason"),
    [
        (Times(), "2026-03-01T08:00:00", "without a zone"),
        (Times(zone=NEW_YORK), "2026-03-08T02:30:00", "never was in America/New_York"),
        (Times(), "yesterday", "not a time of the form 'iso'"),
        (Times("unix"), "soon", "not a time of the form 'unix'"),
        (Times("unix"), 10**20, "not a time of the form 'unix'"),
        (Times("%d.%m.%Y"), "2026-03-01", "not a time of the form"),
        (Times(), 7, "not a time"),
    ],
)
def test_times_that_are_none(times: Times, raw: Any, reason: str) -> None:
    """A time without a zone, one that clocks skipped, and what is no time say why."""
    with pytest.raises(BadValue, match=reason):
        times.read(raw)


def test_dates() -> None:
    """A calendar date stands as it is; an instant gives the date of the zone."""
    assert Times().date("2026-03-01") == date(2026, 3, 1)
    assert Times(zone=NEW_YORK).date("2026-03-01T02:00:00Z") == date(2026, 2, 28)


MOMENTS = st.integers(0, 10**9).map(lambda seconds: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds / 7))


@given(MOMENTS, st.sampled_from([Times(), Times("unix"), Times("unix_ms"), Times("%Y-%m-%d %H:%M:%S", NEW_YORK)]))
def test_bounds_that_are_sent_are_never_narrower(moment: datetime, times: Times) -> None:
    """What a server makes of a bound, whichever pass of a doubled hour it takes, lets the moment itself through."""
    for slack in (-1, 1):
        sent = times.written(moment, slack=slack)
        if times.form.startswith("%"):
            local = datetime.strptime(sent, times.form).replace(tzinfo=NEW_YORK)
            read = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        elif times.form == "iso":
            read = [datetime.fromisoformat(sent)]
        else:
            read = [datetime.fromtimestamp(int(sent) / (1000 if times.form == "unix_ms" else 1), UTC)]
        for bound in read:
            assert bound <= moment if slack < 0 else bound >= moment
            assert abs(bound - moment) <= timedelta(hours=1, seconds=2)


# --- texts, flags -----------------------------------------------------------------------------------------------------


def test_keys_and_references() -> None:
    """Numbers are texts; an empty reference is left out, and an odd one passed on as it stands."""
    mapping = {"number": "no", "references": {"shop": "shop", "po": "po", "erp": "erp"}}
    found = record(mapping, {"id": 17, "no": 1001, "shop": "  ", "po": " #7 ", "erp": None})
    assert found.keys == (Key("id", "17"), Key("number", "1001"))
    assert found.references == (Key("po", " #7 "),)


def test_street_lines() -> None:
    """Several fields, a list, and one text of several lines are street lines; empty ones are left out."""
    for lines, item in (
        (["a", "b"], {"a": "1 Main St", "b": ""}),
        ("all", {"all": ["1 Main St", None]}),
        ("all", {"all": "1 Main St\n\n"}),
    ):
        found = record({"addresses": {"shipping": {"lines": lines}}}, {"id": 1, **item})
        assert found.addresses
        assert found.addresses.shipping
        assert found.addresses.shipping.lines == ("1 Main St",)


def test_empty_parts_are_none_and_empty_facets_are_there() -> None:
    """A facet that is mapped and finds nothing is empty, not absent; a part of it that finds nothing is absent."""
    mapping: dict[str, Any] = {
        "lines": {"each": "items", "id": "id"},
        "customer": {"person": {"name": "name"}},
        "fulfillment": {"shipments": {"each": "s", "id": "id", "status": {"value": "PENDING"}}},
    }
    found = record(mapping, {"id": 1})
    assert found.delivered() == {Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.FULFILLMENT}
    assert found.customer
    assert found.customer.person is None


def test_constants_alone_make_no_part() -> None:
    """A constant beside an empty field tells of nothing; a part that is all constants is always there."""
    header = {"channel": {"code": "shop", "kind": {"value": "ONLINE_STORE"}}}
    found = record({"header": header}, {"id": 1})
    assert found.header
    assert found.header.channel is None
    header = {"channel": {"code": {"value": "web"}, "kind": {"value": "ONLINE_STORE"}}}
    found = record({"header": header}, {"id": 1})
    assert found.header
    assert found.header.channel == Channel(code="web", kind=ChannelKind.ONLINE_STORE)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"id": {}}, "api.order.id: not a text"),
        ({"id": ""}, "api.order.id: is empty"),
        ({"id": 10**60}, "api.order.id: not a text"),
        ({"id": 1e300}, "api.order.id: not a text"),
        (
            {"id": 1, "items": [{"id": 1, "n": "1" * 31}]},
            "api.order.lines.quantity.ordered: not a number of at most 30 digits",
        ),
        ({"id": 1, "items": "none"}, "api.order.lines.each: finds no list of at most 5000"),
        ({"id": 1, "items": [{}]}, "api.order.lines.id: is empty"),
        ({"id": 1, "items": [{"id": 1, "n": "two"}]}, "api.order.lines.quantity.ordered: not a number"),
        ({"id": 1, "old": "perhaps"}, "api.order.header.archived: neither yes nor no"),
        ({"id": 1, "names": [1, 2]}, "api.order.url: the expression cannot be worked out on this answer"),
    ],
)
def test_bad_items_say_where(item: dict[str, Any], reason: str) -> None:
    """The field of the mapping and what it should be, never the value."""
    mapping = {
        "url": "join('-', names)",
        "header": {"archived": "old"},
        "lines": {"each": "items", "id": "id", "quantity": {"ordered": "n"}},
    }
    with pytest.raises(BadValue) as caught:
        record(mapping, {"names": [], **item})
    assert str(caught.value) == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "items", "a", "n"]), inner),
    max_leaves=12,
)
MAPPING = {
    "number": "n",
    "updated_at": "a",
    "currency": "n",
    "header": {"archived": "a", "totals": {"total": "items"}},
    "lines": {"each": "items", "id": "id", "quantity": {"ordered": "n"}, "unit_price": "a"},
    "addresses": {"shipping": {"lines": ["a", "n"]}},
}
READ = read_api(api(order={"id": "id", **MAPPING}))[0]


def outcome(item: Any) -> OrderRecord | str:
    """The record of an item, or why there is none."""
    try:
        return order_record(document_of(SimulatedAnswer.of(item).body), ALL, READ)
    except BadValue as error:
        return str(error)


@given(JSON)
def test_any_json_is_a_record_or_a_reason(item: Any) -> None:
    """Whatever an API answers, an item is a record without a float, or a sentence that names the field."""
    found = outcome(item)
    assert not isinstance(found, str) or found.startswith("api.order.")
    assert not any(isinstance(value, float) for _, value in walk(found))


# --- expressions and templates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(items[].n)", Decimal("0.3")),
        ("sum(none || `[]`)", 0),
        ("subtract(a, items[0].n)", Decimal("9.9")),
        ("subtract(a, none)", None),
        ("multiply(a, items[1].n)", Decimal("2.0")),
        ("to_number('7.50')", Decimal("7.50")),
        ("to_number(word)", None),
        ("upper(word)", "A-B"),
        ("lower(none)", None),
        ("split(word, '-')", ["a", "b"]),
        ("replace(word, '-', '')", "ab"),
        ("items[?n > `0.15`] | length(@)", 1),
    ],
)
def test_functions_of_our_own(text: str, expected: Any) -> None:
    """Sums are exact, and null is nothing rather than an error."""
    found = expression(text).search(document_of(b'{"a": 10, "word": "a-b", "items": [{"n": 0.1}, {"n": 0.2}]}'))
    assert found == expected
    assert not isinstance(found, float)
    assert any(name in text for name in (*OWN_FUNCTIONS, "length"))


@given(JSON, st.lists(st.sampled_from(["id", "items", "a", "n"]), min_size=1, max_size=3).map(".".join))
def test_plain_names_find_what_the_interpreter_finds(item: Any, text: str) -> None:
    """The short way for names with dots is JMESPath's meaning of them, on any JSON."""
    document = document_of(SimulatedAnswer.of(item).body)
    assert expression(text).search(document) == expression(text).interpreted(document)


@given(st.text(max_size=20), st.lists(st.text(max_size=5), min_size=1, max_size=3))
def test_templates(key: str, keys: list[str]) -> None:
    """A key stays one segment of the path; a list is one parameter for each; what has no value is left out."""
    assert path_of("/o/{key}/x", {"key": key}).count("/") == 3
    assert query_of({"k": "{keys}", "n": "{none}", "c": "1"}, {"keys": keys}) == [*(("k", k) for k in keys), ("c", "1")]
    assert body_of({"a": ["{keys}"], "b": "{none}", "c": "x-{key}", "d": 1}, {"keys": keys, "key": key}) == {
        "a": [keys],
        "c": f"x-{key}",
        "d": 1,
    }
    assert placeholders({"a": ["{keys}", {"b": "{key}{key}"}], "c": "{ no }"}) == {"keys", "key"}


# --- whole answers --------------------------------------------------------------------------------------------------


async def test_one_bad_order_among_good_ones_is_a_gap() -> None:
    """The good ones come, the bad one is named by its id where that can be read."""
    lookup = {"path": "/o", "items": "orders", "batch": "list", "query": {"ids": "{keys}"}}
    told = api(lookups={"id": lookup}, order={"id": "id", "header": {"archived": "old"}})
    orders = [{"id": 1}, {"id": 2, "old": []}, {"old": True}, {"id": 4, "old": True}]
    subject, _ = connected(told, lambda asked: {"orders": orders})
    found = await subject.find_orders([Key("id", "1")], frozenset({Facet.HEADER}), call())
    assert [each.external_id for each in found.records] == ["1", "4"]
    assert [(gap.external_id, gap.reason) for gap in found.gaps] == [
        ("2", "api.order.header.archived: neither yes nor no"),
        (None, "api.order.id: is empty"),
    ]


@pytest.mark.parametrize("answer", [{"data": []}, {"orders": None}, {"orders": 7}, [], 7, None])
async def test_an_answer_of_another_shape_is_a_bad_payload(answer: Any) -> None:
    """Without the list there is no answer."""
    lookup = {"path": "/o", "items": "orders", "batch": "list", "query": {"ids": "{keys}"}}
    subject, _ = connected(api(lookups={"id": lookup}), lambda asked: answer)
    with pytest.raises(BadPayload, match=r"lookups\.id: 'orders' finds no list in the answer"):
        await subject.find_orders([Key("id", "1")], frozenset(), call())
