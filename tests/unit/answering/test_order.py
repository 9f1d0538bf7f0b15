"""One order by whatever name a caller holds: the same order with the same id, or a clear word why not."""

from __future__ import annotations

import base64

import pytest

from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code
from orderweave.model.ids import encode_id
from orderweave.model.order import Order
from orderweave.model.provenance import IssueReason
from orderweave.planning.needs import Needs
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import TimedOut, Unreachable
from orderweave_sdk.records import Facet
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_systems import Woven, weave

NEEDS = Needs(facets=frozenset({Facet.HEADER, Facet.INVOICES, Facet.FULFILLMENT}))
ID = encode_id("Order", "shop:number", "1001")


def business() -> Woven:
    """One order in three systems, and one that only the ERP has."""
    return weave(
        shop([order("a1", "#1001")]),
        erp([order("e1", "SO501", reference=("reference", "1001"), invoice="I1"), order("e2", "SO502")]),
        wms([order("w1", "W-77", reference=("order_number", "1001"), tracking="T1")]),
    )


async def find(woven: Woven, *, id: str = "", number: str = "", key: tuple[str, str] | None = None) -> Order | None:
    """The order by one of its names."""
    gateway, call = woven.gateway, woven.gateway.call()
    if id:
        return await gateway.order_by_id(id, NEEDS, call)
    if key:
        return await gateway.order_by_key(*key, NEEDS, call)
    return await gateway.order_by_number(number, NEEDS, call)


@pytest.mark.parametrize("number", ["1001", "#1001", " 1001 ", "so501", "SO501", "W-77", "w-77"])
async def test_any_number_finds_the_same_order(number: str) -> None:
    """The shop's, the ERP's and the warehouse's number, however written, give one order with one id, whole."""
    found = await find(business(), number=number)
    assert found is not None
    assert found.id == ID
    assert found.number == "#1001"
    assert [source.system for source in found.sources] == ["shop", "erp", "wms"]
    assert [invoice.number for invoice in found.invoices] == ["I1"]
    assert [package.tracking_number for shipment in found.shipments for package in shipment.packages] == ["T1"]
    assert found.freshness.missing == ()


@pytest.mark.parametrize(
    "key",
    [
        ("shop:id", "a1"),
        ("shop:number", "1001"),
        ("erp:id", "e1"),
        ("erp:number", "SO501"),
        ("erp:reference", "#1001"),
        ("wms:id", "w1"),
        ("wms:number", "W-77"),
        ("wms:order_number", "1001"),
    ],
    ids=":".join,
)
async def test_any_key_finds_the_same_order(key: tuple[str, str]) -> None:
    """Every key of every system, references among them, gives the same order with the same id."""
    found = await find(business(), key=key)
    assert found is not None
    assert (found.id, len(found.sources)) == (ID, 3)


async def test_the_id_finds_the_same_order() -> None:
    """The global id of an answer finds the order again; so do ids made of another system's id."""
    assert (await find(business(), id=ID)) == (await find(business(), number="1001"))
    by_other = await find(business(), id=encode_id("Order", "erp:id", "e1"))
    assert by_other is not None
    assert by_other.id == ID


async def test_an_order_of_the_erp_alone() -> None:
    """An order that no shop placed is anchored in the ERP."""
    found = await find(business(), number="SO502")
    assert found is not None
    assert found.id == encode_id("Order", "erp:number", "so502")
    assert [source.system for source in found.sources] == ["erp"]


async def test_the_id_holds_while_the_shop_is_down() -> None:
    """With the shop down the order keeps its id, its rest is there, and what is missing is said."""
    for token, number in (("", "1001"), ("", "SO501"), (ID, "")):
        woven = business()
        woven.fakes["shop"].error = Unreachable("orders: no connection")
        found = await find(woven, id=token, number=number)
        assert found is not None
        assert found.id == ID
        assert found.number == "SO501"
        (missing,) = found.freshness.missing
        assert (missing.system, missing.reason) == ("shop", IssueReason.UNREACHABLE)
        assert missing.message == "orders: no connection"


async def test_an_ambiguous_number_lists_its_orders() -> None:
    """A number that two shops have is an error with each order's id, number and systems."""
    woven = weave(shop([order("a1", "1001")], name="us"), shop([order("b1", "#1001")], name="eu"))
    with pytest.raises(RequestError) as raised:
        await find(woven, number="1001")
    assert raised.value.code is Code.AMBIGUOUS
    assert str(raised.value) == "that name fits 2 orders; ask for one of them by id"
    assert raised.value.extensions == {
        "code": "AMBIGUOUS",
        "candidates": [
            {"id": encode_id("Order", "eu:number", "1001"), "number": "#1001", "systems": ["eu"]},
            {"id": encode_id("Order", "us:number", "1001"), "number": "1001", "systems": ["us"]},
        ],
    }
    by_key = await find(woven, key=("eu:number", "1001"))
    assert by_key is not None
    assert by_key.id == encode_id("Order", "eu:number", "1001")


async def test_nobody_knows_it() -> None:
    """Where all systems answer and none knows the name, there is no order."""
    woven = business()
    assert await find(woven, number="4711") is None
    assert await find(woven, key=("erp:id", "e9")) is None
    assert await find(woven, id=encode_id("Order", "shop:number", "4711")) is None
    assert await find(woven, id=encode_id("Order", "gone:number", "1001")) is None


@pytest.mark.parametrize("number", ["-", "N/A", "#", "0", "  #  "])
async def test_a_placeholder_names_no_order(number: str) -> None:
    """What people type where they have no number finds nothing and asks nobody."""
    woven = weave(shop([order("a1", number.strip() or "x")]))
    assert await find(woven, number=number) is None
    assert await find(woven, key=("shop:number", number)) is None
    assert woven.fakes["shop"].calls == []


async def test_not_found_while_a_system_is_silent() -> None:
    """Not found while a system did not answer is INCOMPLETE and names the system: the order may exist."""
    woven = business()
    woven.fakes["shop"].error = TimedOut("orders: late")
    woven.fakes["wms"].error = Unreachable("orders: no connection")
    with pytest.raises(RequestError) as raised:
        await find(woven, number="4711")
    assert raised.value.code is Code.INCOMPLETE
    assert str(raised.value) == "no system that answered knows this order; shop, wms did not answer"
    assert raised.value.extensions == {"code": "INCOMPLETE", "systems": ["shop", "wms"]}


async def test_not_found_beside_an_unreadable_record() -> None:
    """Not found while a record could not be read is INCOMPLETE too."""
    woven = business()
    woven.fakes["shop"].gaps = (Gap("order: no currency", "a9"),)
    with pytest.raises(RequestError) as raised:
        await find(woven, number="4711")
    assert raised.value.extensions == {"code": "INCOMPLETE", "systems": ["shop"]}


async def test_only_systems_that_the_number_fits_are_asked() -> None:
    """A number that cannot be the shop's or the ERP's by their patterns is asked of the warehouse only."""
    woven = business()
    assert await find(woven, number="W-77X") is None
    assert [len(fake.calls) for fake in woven.fakes.values()] == [0, 0, 1]


@pytest.mark.parametrize("number", ["", "   ", "1" * 201])
async def test_a_number_that_is_no_number(number: str) -> None:
    """An empty or huge number is refused."""
    for key in (None, ("shop:number", number)):
        with pytest.raises(RequestError, match="must be a text of 1 to 200 characters") as raised:
            await find(business(), number=number, key=key)
        assert raised.value.code is Code.BAD_INPUT


@pytest.mark.parametrize("namespace", ["", "shop", "shop:name", "gone:number", ":number", "wms:reference"])
async def test_a_namespace_that_is_none(namespace: str) -> None:
    """A key of no system or no look-up is refused with those that there are."""
    with pytest.raises(RequestError) as raised:
        await find(business(), key=(namespace, "1001"))
    assert str(raised.value) == (
        "namespace must be one of shop:id, shop:number, erp:id, erp:number, erp:reference, wms:id, wms:number, "
        "wms:order_number"
    )


async def test_a_reference_that_holds_no_number() -> None:
    """A reference's value from which no order number can be read is refused."""
    with pytest.raises(RequestError, match="erp:reference: no order number can be read from that value"):
        await find(business(), key=("erp:reference", "see above"))


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("x", "id: not an id of this API"),
        ("=", "id: not an id of this API"),
        ("ä", "id: not an id of this API"),
        ("A" * 3000, "id: longer than any id or cursor of this API"),
        (base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("="), "id: not an id of this API"),
        (encode_id("Order"), "id: not the id of an order"),
        (encode_id("Order", "shop:number"), "id: not the id of an order"),
        (encode_id("Product", "tea-1"), "id: not the id of an order"),
        (encode_id("Order", "shop:number", "1001") + "=", "id: not an id of this API"),
    ],
)
async def test_an_id_that_is_none(token: str, message: str) -> None:
    """Whatever is not an order's id is refused as such."""
    with pytest.raises(RequestError) as raised:
        await find(business(), id=token)
    assert (raised.value.code, str(raised.value)) == (Code.BAD_INPUT, message)


async def test_many_at_once_are_as_each_by_itself() -> None:
    """Asked together, orders are those that each id gives alone; errors and what is not there keep their place."""
    desk = await find(business(), number="SO502")
    assert desk is not None
    ids = [
        desk.id,
        ID,
        encode_id("Order", "shop:number", "4711"),
        encode_id("Product", "tea-1"),
        "nonsense",
        ID,
    ]
    woven = business()
    together = await woven.gateway.orders_by_ids(ids, NEEDS, woven.gateway.call())
    for token, found in zip(ids, together, strict=True):
        if isinstance(found, RequestError):
            with pytest.raises(RequestError, match=str(found)) as raised:
                await find(business(), id=token)
            assert raised.value.extensions == found.extensions
        else:
            assert found == await find(business(), id=token)
    assert [type(found).__name__ for found in together] == [
        *("Order", "Order", "NoneType"),
        *("RequestError", "RequestError", "Order"),
    ]


async def test_many_at_once_with_a_silent_system() -> None:
    """What the silent system alone may know is INCOMPLETE; what another has too comes with the gap told."""
    woven = business()
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    gone = encode_id("Order", "shop:number", "4711")
    first, second = await woven.gateway.orders_by_ids([ID, gone], NEEDS, woven.gateway.call())
    assert isinstance(first, Order)
    assert [missing.system for missing in first.freshness.missing] == ["shop"]
    assert isinstance(second, RequestError)
    assert second.extensions == {"code": "INCOMPLETE", "systems": ["shop"]}
    assert await woven.gateway.orders_by_ids([], NEEDS, woven.gateway.call()) == []
