"""Lines aligned over systems, with quantities from what happened to them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderweave.model.ids import decode_id
from orderweave_sdk.records import (
    Fulfillment,
    GoodsLine,
    LineStatus,
    Progress,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)
from tests.unit.merging.orders import IDENTITY, amounts, line, merge, says, sent, shipment

DELIVERED, IN_TRANSIT = ShipmentStatus.DELIVERED, ShipmentStatus.IN_TRANSIT


def test_line_ids_are_the_same_whichever_systems_answered() -> None:
    """An id is made of the order, the tidied SKU and its turn, so the ERP alone gives the shop's ids."""
    shop = says("shop", lines=(line("TEA-1", "1"), line("CUP", "1")))
    erp = says("erp", lines=(line("cup", "1"), line("tea-1 ", "1")))
    both = {entry.sku: entry.id for entry in merge(shop, erp).order_lines}
    alone = {(entry.sku or "").strip().upper(): entry.id for entry in merge(erp).order_lines}
    assert both == alone
    assert decode_id(both["TEA-1"]) == ("OrderLine", (IDENTITY.namespace, IDENTITY.value, "tea-1", "0"))


def test_lines_stand_in_the_shops_order_and_others_follow() -> None:
    """The most believed system's order holds; a line that only another knows comes after."""
    shop = says("shop", lines=(line("B", "1"), line("A", "1")))
    erp = says("erp", lines=(line("A", "1"), line("SHIPPING", "1"), line("B", "1")))
    assert [entry.sku for entry in merge(erp, shop).order_lines] == ["B", "A", "SHIPPING"]


def test_a_sku_that_stands_twice_is_two_lines() -> None:
    """First meets first and second meets second; the ids differ."""
    shop = says("shop", lines=(line("TEA", "1", external_id="1"), line("TEA", "2", external_id="2")))
    erp = says("erp", lines=(line("TEA", "1", external_id="8"), line("TEA", "2", external_id="9")))
    order = merge(shop, erp)
    assert [amounts(entry.quantity)["ordered"] for entry in order.order_lines] == ["1", "2"]
    assert len({entry.id for entry in order.order_lines}) == 2
    assert order.conflicts == ()


def test_lines_without_sku_meet_by_title() -> None:
    """A service that has no SKU is one line in both systems."""
    shop = says("shop", lines=(line(None, "1", title="Gift wrap", external_id="1"),))
    erp = says("erp", lines=(line(None, "1", title=" gift WRAP", external_id="2"),))
    (merged,) = merge(shop, erp).order_lines
    assert merged.title == "Gift wrap"


def test_shipped_and_delivered_are_summed_from_shipments() -> None:
    """Returns and voided shipments count for nothing; delivered is what witnessed shipments held."""
    order = merge(
        says("shop", lines=(line("TEA", "5", current="5"),)),
        says(
            "wms",
            fulfillment=sent(
                shipment("1", {"tea": 2}, tracking="A", status=DELIVERED),
                shipment("2", {"TEA": 1}, tracking="B", status=IN_TRANSIT),
                shipment("3", {"TEA": 1}, tracking="C", status=ShipmentStatus.CANCELED),
                shipment("4", {"TEA": 1}, tracking="D", status=DELIVERED, is_return=True),
                shipment("5", {"TEA": 1}, tracking="E", status=ShipmentStatus.PENDING, shipped_at=None),
            ),
        ),
    )
    assert amounts(order.order_lines[0].quantity) == {
        "ordered": "5",
        "canceled": "0",
        "current": "5",
        "shipped": "3",
        "delivered": "2",
    }
    assert order.order_lines[0].status is LineStatus.PARTIAL


def test_goods_find_the_very_line_by_its_id() -> None:
    """Of two lines with one SKU the shipment's line id tells which; without it the first is meant."""
    lines = (line("TEA", "1", external_id="1"), line("TEA", "1", external_id="2"))
    packed = Shipment(
        external_id="s", status=IN_TRANSIT, lines=(GoodsLine(quantity=Decimal(1), sku="TEA", line_id="2"),)
    )
    by_id = merge(says("shop", lines=lines, fulfillment=sent(packed)))
    assert [amounts(entry.quantity)["shipped"] for entry in by_id.order_lines] == ["0", "1"]
    assert by_id.shipments[0].lines[0].line_id == by_id.order_lines[1].id
    by_sku = merge(says("shop", lines=lines, fulfillment=sent(shipment("s", {"TEA": 1}))))
    assert [amounts(entry.quantity)["shipped"] for entry in by_sku.order_lines] == ["1", "0"]


def test_goods_that_name_no_line_are_kept() -> None:
    """Goods without SKU and line stand in the shipment and on no line."""
    packed = Shipment(external_id="s", status=IN_TRANSIT, lines=(GoodsLine(quantity=Decimal(2)),))
    order = merge(says("shop", lines=(line("TEA", "1"),), fulfillment=sent(packed)))
    (goods,) = order.shipments[0].lines
    assert goods.line_id is None
    assert goods.quantity == 2
    assert amounts(order.order_lines[0].quantity)["shipped"] == "0"


def test_nothing_is_claimed_of_goods_that_nobody_was_asked_about() -> None:
    """Without the fulfillment and returns facets shipped, delivered and returned are not known."""
    order = merge(says("shop", lines=(line("TEA", "1"),)))
    assert amounts(order.order_lines[0].quantity) == {"ordered": "1"}
    assert order.order_lines[0].status is LineStatus.UNKNOWN


def test_no_return_is_a_zero() -> None:
    """A system that knows of no return says so: nothing came back."""
    order = merge(says("shop", lines=(line("TEA", "1"),), returns=()))
    assert amounts(order.order_lines[0].quantity) == {"ordered": "1", "returned": "0"}


def test_returned_counts_what_comes_back_on_its_own_line() -> None:
    """Declined and canceled returns bring nothing; the line's id tells which of two lines of one SKU it is."""

    def back(external_id: str, status: ReturnStatus, line_id: str | None, quantity: int) -> Return:
        return Return(
            external_id=external_id,
            status=status,
            lines=(ReturnLine(sku="TEA" if line_id is None else None, line_id=line_id, quantity=Decimal(quantity)),),
        )

    order = merge(
        says(
            "shop",
            lines=(line("TEA", "3", external_id="1"), line("TEA", "3", external_id="2")),
            returns=(
                back("r1", ReturnStatus.RECEIVED, "2", 1),
                back("r2", ReturnStatus.REQUESTED, "2", 1),
                back("r3", ReturnStatus.OPEN, None, 1),
                back("r4", ReturnStatus.DECLINED, "2", 3),
                back("r5", ReturnStatus.CANCELED, "1", 3),
            ),
        )
    )
    assert [amounts(entry.quantity)["returned"] for entry in order.order_lines] == ["1", "2"]
    assert len(order.returns) == 5


def test_progress_is_the_warehouses_word_on_its_own_line() -> None:
    """Allocated, backordered and picked come from the most believed system that says so of that line."""
    order = merge(
        says(
            "wms",
            lines=(line("TEA", "3", external_id="1"), line("TEA", "2", external_id="2")),
            fulfillment=Fulfillment(
                progress=(
                    Progress(sku="TEA", line_id="1", allocated=Decimal(3)),
                    Progress(sku="TEA", line_id="2", backordered=Decimal(2)),
                )
            ),
        ),
        says("shop", lines=(line("TEA", "3", external_id="a"), line("TEA", "2", external_id="b"))),
        says("erp", fulfillment=Fulfillment(progress=(Progress(sku="tea", allocated=Decimal(9)),))),
    )
    first, second = (amounts(entry.quantity) for entry in order.order_lines)
    assert (first["allocated"], "backordered" in first) == ("3", False)
    assert (second["backordered"], "allocated" in second) == ("2", False)


@pytest.mark.parametrize(
    ("current", "shipped", "milestone", "status"),
    [
        ("2", 0, IN_TRANSIT, LineStatus.PROCESSING),
        ("2", 1, IN_TRANSIT, LineStatus.PARTIAL),
        ("2", 1, DELIVERED, LineStatus.PARTIAL),
        ("2", 2, IN_TRANSIT, LineStatus.FULFILLED),
        ("2", 3, IN_TRANSIT, LineStatus.FULFILLED),
        ("2", 2, DELIVERED, LineStatus.DELIVERED),
        ("0", 0, IN_TRANSIT, LineStatus.REMOVED),
    ],
)
def test_a_lines_status_follows_from_its_quantities(
    current: str, shipped: int, milestone: ShipmentStatus, status: LineStatus
) -> None:
    """What is current against what left and arrived; what was removed is removed."""
    parts = [shipment("1", {"TEA": shipped}, tracking="A", status=milestone)] if shipped else []
    order = merge(says("shop", lines=(line("TEA", "2", current=current),), fulfillment=sent(*parts)))
    assert order.order_lines[0].status is status
