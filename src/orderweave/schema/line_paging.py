"""Lines as a connection. All lines are at hand; a page is a slice."""

from __future__ import annotations

import re
from typing import cast

import strawberry
from strawberry import ID, field

from orderweave.answering.errors import bad_input
from orderweave.model import order as model
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor
from orderweave.operations.weights import ListSize
from orderweave.schema.scalars import LineStatus, Quantity
from orderweave.schema.value_types import Discount, Money, PageInfo, TaxLine

# An order with more lines than this is paged.
MOST_LINES = 250
_POSITION = re.compile(r"0|[1-9][0-9]{0,6}")


@strawberry.type(description="A line's quantities in its unit; null where nobody says.")
class LineQuantities:
    """See `orderweave.model.order.LineQuantities`."""

    ordered: Quantity | None = field(description="As placed.")
    canceled: Quantity | None = field(description="Taken away since.")
    current: Quantity | None = field(description="Ordered less canceled.")
    allocated: Quantity | None = field(description="Set aside in a warehouse.")
    backordered: Quantity | None = field(description="Waiting for stock.")
    picked: Quantity | None = field(description="Taken from the shelf.")
    shipped: Quantity | None = field(description="Left.")
    delivered: Quantity | None = field(description="Arrived.")
    returned: Quantity | None = field(description="Came or comes back.")


@strawberry.type(description="One line of an order.")
class OrderLine:
    """See `orderweave.model.order.OrderLine`."""

    id: ID = field(description="The global id; the same whichever systems answered.")
    sku: str | None = field(description="The SKU.")
    gtin: str | None = field(description="The GTIN (EAN, UPC).")
    title: str | None = field(description="The title to show.")
    parent_line_id: ID | None = field(description="The line that this is a part of, in its system's id.")
    unit: str | None = field(description="The unit of the quantities; null for pieces.")
    quantity: LineQuantities = field(description="How many, by what became of them.")
    status: LineStatus = field(description="Where the line stands.")
    unit_price: Money | None = field(description="The price of one.")
    total: Money | None = field(description="The line after its discounts.")
    discounts: list[Discount] = field(directives=[ListSize(assumed_size=1)], description="What was taken off.")
    taxes: list[TaxLine] = field(directives=[ListSize(assumed_size=2)], description="The taxes in it.")


@strawberry.type(description="A line in a list, and the cursor to go on from it.")
class OrderLineEdge:
    """A Relay edge."""

    cursor: str = field(description="The opaque place in the list.")
    node: OrderLine = field(description="The line.")


@strawberry.type(description="A page of an order's lines.")
class OrderLineConnection:
    """A Relay connection."""

    edges: list[OrderLineEdge] = field(description="The lines with their cursors.")
    nodes: list[OrderLine] = field(description="The lines.")
    page_info: PageInfo = field(description="Where the page stands.")
    total_count: int = field(description="How many lines the order has.")


def page_lines(
    order: model.Order, *, first: int | None, after: str | None, last: int | None, before: str | None
) -> OrderLineConnection:
    """A page of an order's lines, by Relay's arguments."""
    kind = f"lines:{order.key}"
    lines = order.order_lines
    start = _position(after, kind, "after") + 1 if after is not None else 0
    end = _position(before, kind, "before") if before is not None else len(lines)
    if first is not None and last is not None:
        raise bad_input("first and last cannot stand together")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= MOST_LINES:
            raise bad_input(f"{name} must be between 1 and {MOST_LINES}, is {size}")
    if last is not None:
        start = max(start, end - last)
    else:
        end = min(end, start + (first if first is not None else MOST_LINES))
    return cast("OrderLineConnection", _LinePage(kind, lines, start, min(end, len(lines))))


class _LinePage:
    """The lines from one position to another, as the fields of the connection.

    Edges and cursors are made when they are read: most pages are asked for their lines alone.
    """

    __slots__ = ("_kind", "_lines", "_positions")

    def __init__(self, kind: str, lines: tuple[model.OrderLine, ...], start: int, end: int) -> None:
        self._kind = kind
        self._lines = lines
        self._positions = range(start, end)

    @property
    def nodes(self) -> list[model.OrderLine]:
        return [self._lines[position] for position in self._positions]

    @property
    def edges(self) -> list[OrderLineEdge]:
        return [
            OrderLineEdge(cursor=self._cursor(position), node=cast("OrderLine", self._lines[position]))
            for position in self._positions
        ]

    @property
    def page_info(self) -> PageInfo:
        shown = self._positions
        return PageInfo(
            has_next_page=shown.stop < len(self._lines),
            has_previous_page=shown.start > 0 and bool(self._lines),
            start_cursor=self._cursor(shown[0]) if shown else None,
            end_cursor=self._cursor(shown[-1]) if shown else None,
        )

    @property
    def total_count(self) -> int:
        return len(self._lines)

    def _cursor(self, position: int) -> str:
        return encode_cursor(self._kind, str(position))


def _position(cursor: str, kind: str, name: str) -> int:
    try:
        (text,) = decode_cursor(cursor, kind)
    except MalformedToken as error:
        raise bad_input(f"{name}: {error}") from None
    except ValueError:
        text = ""
    if not _POSITION.fullmatch(text):
        raise bad_input(f"{name}: not a cursor of this API")
    return int(text)
