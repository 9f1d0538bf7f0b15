"""Groups of orders: by what, and what of them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column

from orderweave.answering.aggregates import Asked, Kind, Measure, Question, aggregate
from orderweave.answering.errors import RequestError
from orderweave.answering.parts import Parts
from orderweave.answering.visibility import check_filter
from orderweave.index.conditions import passing, visible
from orderweave.index.forms import every
from orderweave.index.tables import orders
from orderweave.model.aggregates import Groups, OrderGroup
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.rights import Rights, Scope
from orderweave.model.terms import Terms
from orderweave_sdk.manifest import Operator, SearchField

# By what orders are grouped, in the schema's words.
FIELDS: Mapping[str, Column[object]] = {
    name.upper(): orders.c[name]
    for name in (
        "channel",
        "currency",
        "status",
        "payment_status",
        "fulfillment_status",
        "invoice_status",
        "return_status",
        "country",
        "company",
        "placed_at",
        "updated_at",
    )
}
INSTANTS = frozenset({"PLACED_AT", "UPDATED_AT"})
# What an address or a company says, of however many orders.
_PERSONAL = frozenset({"COMPANY", "COUNTRY"})


def _money(name: str, kind: Kind, column: str) -> Measure:
    return Measure(name=name, kind=kind, column=orders.c[column], money=True)


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(name="count", kind=Kind.COUNT),
        Measure(name="customer_count", kind=Kind.DISTINCT, column=orders.c.customer_id),
        _money("total_sum", Kind.SUM, "total"),
        _money("total_average", Kind.AVERAGE, "total"),
        _money("total_min", Kind.MIN, "total"),
        _money("total_max", Kind.MAX, "total"),
        _money("paid_sum", Kind.SUM, "paid"),
        _money("refunded_sum", Kind.SUM, "refunded"),
        _money("due_sum", Kind.SUM, "due"),
        _money("tax_sum", Kind.SUM, "tax"),
        _money("shipping_sum", Kind.SUM, "shipping"),
        _money("discount_sum", Kind.SUM, "discount"),
        *(
            Measure(name=f"{name}_known", kind=Kind.KNOWN, column=orders.c[name])
            for name in ("total", "paid", "refunded", "due", "tax", "shipping", "discount")
        ),
        Measure(name="line_quantity_sum", kind=Kind.SUM, column=orders.c.line_quantity),
        Measure(name="line_quantity_average", kind=Kind.AVERAGE, column=orders.c.line_quantity),
    )
}


async def order_groups(parts: Parts, wanted: Filter, asked: Asked, call: Terms) -> Groups:
    """The groups of all orders that pass a filter and that the caller may see."""
    check_filter(wanted, call.rights)
    _check(asked, call.rights)
    question = Question(
        source=orders,
        where=every((passing(wanted, parts.reader), visible(call.rights))).clause(),
        part="orders",
        shape=OrderGroup,
        currency=orders.c.currency,
        one_currency=_is_of_one_currency(wanted),
        asked=asked,
        rights=call.rights,
    )
    return await aggregate(parts, question)


def _check(asked: Asked, rights: Rights) -> None:
    """What one may not read one may not group, compare or sort by either."""
    needed: set[Scope] = set()
    if any(entry.field in _PERSONAL for entry in asked.by):
        needed.add(Scope.PERSONAL)
    if any(measure.money for measure in asked.used()):
        needed.add(Scope.FINANCIALS)
    lacking = sorted(scope.value for scope in needed - rights.scopes)
    if lacking:
        raise RequestError(Code.FORBIDDEN, "you may not group by that", scopes=lacking)


def _is_of_one_currency(wanted: Filter) -> bool:
    """Whether a filter lets orders of one currency pass alone."""
    return any(
        condition.field is SearchField.CURRENCY
        and condition.operator in (Operator.EQ, Operator.IN)
        and len(set(condition.values)) == 1
        for condition in wanted.conditions
    ) or any(_is_of_one_currency(nested) for nested in wanted.every)
