"""What was canceled of a line is told from what came back, case by case."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.records import Quantities
from orderweave_shopify.mapping_quantities import quantities, units_back
from orderweave_shopify.payloads import LinePayload, RefundPayload


def counted(quantity: int, current: int, unfulfillable: int) -> LinePayload:
    """The line `l1` with Shopify's three numbers."""
    nothing = {"shopMoney": {"amount": "0.00", "currencyCode": "USD"}}
    wire = {
        "id": "l1",
        "name": "Mug",
        "quantity": quantity,
        "currentQuantity": current,
        "nonFulfillableQuantity": unfulfillable,
        "originalUnitPriceSet": nothing,
        "discountedTotalSet": nothing,
        "discountAllocations": [],
        "taxLines": [],
    }
    return msgspec.convert(wire, LinePayload, strict=False)


def refund(*lines: tuple[str, int, str]) -> RefundPayload:
    """A refund of so many units of lines, each with its restock type."""
    nodes: list[Any] = [{"lineItem": {"id": id_}, "quantity": units, "restockType": word} for id_, units, word in lines]
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}
    return msgspec.convert({"id": "r1", "refundLineItems": page}, RefundPayload)


@pytest.mark.parametrize(
    ("line", "refunds", "canceled", "current"),
    [
        pytest.param(counted(3, 3, 0), [], 0, 3, id="untouched"),
        pytest.param(counted(1, 1, 1), [], 0, 1, id="a-tip-is-never-sent-nor-canceled"),
        pytest.param(counted(3, 2, 1), [], 1, 2, id="removed-without-a-refund"),
        pytest.param(counted(3, 2, 1), [refund(("l1", 1, "CANCEL"))], 1, 2, id="canceled-and-restocked"),
        pytest.param(counted(3, 2, 1), [refund(("l1", 1, "NO_RESTOCK"))], 1, 2, id="removed-and-not-restocked"),
        pytest.param(counted(3, 2, 0), [refund(("l1", 1, "NO_RESTOCK"))], 0, 3, id="refunded-and-kept"),
        pytest.param(counted(3, 2, 0), [refund(("l1", 1, "SOLD_ON"))], 0, 3, id="a-word-of-tomorrow"),
        pytest.param(counted(3, 2, 0), [refund(("l1", 1, "RETURN"))], 0, 3, id="came-back"),
        pytest.param(counted(3, 2, 1), [refund(("l1", 1, "RETURN"))], 0, 3, id="came-back-and-cannot-be-sent-again"),
        pytest.param(counted(3, 2, 0), [], 0, 3, id="came-back-without-a-refund"),
        pytest.param(
            counted(5, 2, 1), [refund(("l1", 1, "CANCEL"), ("l1", 2, "RETURN"))], 1, 4, id="canceled-then-came-back"
        ),
        pytest.param(
            counted(5, 2, 3), [refund(("l1", 1, "RETURN")), refund(("l1", 1, "RETURN"))], 1, 4, id="came-back-twice"
        ),
        pytest.param(counted(3, 2, 1), [refund(("l2", 1, "RETURN"))], 1, 2, id="another-line-came-back"),
        pytest.param(counted(3, 2, 1), [refund(("l1", 2, "RETURN"))], 0, 3, id="more-refunded-than-gone"),
        pytest.param(counted(3, 2, 1), [refund()], 1, 2, id="a-refund-of-money-alone"),
    ],
)
def test_what_came_back_is_not_canceled(
    line: LinePayload, refunds: list[RefundPayload], canceled: int, current: int
) -> None:
    """Of the units that are gone, those are canceled that cannot be sent and were not refunded as come back."""
    assert quantities(line, units_back(refunds).get("l1", 0)) == Quantities(
        ordered=Decimal(line.quantity), canceled=Decimal(canceled), current=Decimal(current)
    )
