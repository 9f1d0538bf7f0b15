"""Tables that answer Odoo's domains and read as its server does: pairs for links, false for empty, naive UTC, floats.

Rows hold Python's own values: ids for links, lists of ids for lists, aware moments, Decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from orderweave_odoo.fields import EXPECTED, FIELDS
from orderweave_odoo.wire import wire_instant

Row = dict[str, Any]

# Which model a link leads to; links of one name lead to the same one.
LINKS: Mapping[str, str] = {
    "partner_id": "res.partner",
    "partner_invoice_id": "res.partner",
    "partner_shipping_id": "res.partner",
    "commercial_partner_id": "res.partner",
    "currency_id": "res.currency",
    "country_id": "res.country",
    "state_id": "res.country.state",
    "payment_term_id": "account.payment.term",
    "order_id": "sale.order",
    "order_line": "sale.order.line",
    "sale_id": "sale.order",
    "sale_line_id": "sale.order.line",
    "invoice_ids": "account.move",
    "product_id": "product.product",
    "product_uom": "uom.uom",
    "product_uom_id": "uom.uom",
    "picking_id": "stock.picking",
    "picking_type_id": "stock.picking.type",
    "carrier_id": "delivery.carrier",
    "origin_returned_move_id": "stock.move",
    "location_id": "stock.location",
    "location_dest_id": "stock.location",
    "warehouse_id": "stock.warehouse",
}
# Fields that are searched, sorted or linked by and never asked for by the rest.
_OTHER_FIELDS: Mapping[str, frozenset[str]] = {
    "sale.order": frozenset({"order_line"}),
    "stock.picking": frozenset({"write_date"}),
    "account.move": frozenset({"write_date"}),
    "res.partner": frozenset({"active"}),
    "stock.location": frozenset({"active", "usage"}),
    "stock.move": frozenset({"location_id", *EXPECTED}),
    "stock.picking.type": frozenset({"active"}),
    "res.currency": frozenset({"active", "name", "decimal_places"}),
    "res.country": frozenset({"code"}),
}


class Refusal(Exception):
    """An exception of the server, by its Python name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Database:
    """Tables by model, each with rows by id. `lacks` are the fields that this version or edition does not have."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], lacks: Mapping[str, frozenset[str]]) -> None:
        self._tables = {model: {row["id"]: row for row in rows} for model, rows in tables.items()}
        self._lacks = lacks
        self._indexes: dict[tuple[str, str], dict[Any, list[int]]] = {}

    def has(self, model: str) -> bool:
        """Whether there is such a model."""
        return model in self._tables

    def has_field(self, model: str, name: str) -> bool:
        """Whether a model has such a field."""
        if name in self._lacks.get(model, ()):
            return False
        return name == "id" or name in FIELDS.get(model, ()) or name in _OTHER_FIELDS.get(model, ())

    def touch(self, model: str, identity: int, moment: datetime) -> None:
        """Set the stamp of one record's last change."""
        self._tables[model][identity]["write_date"] = moment

    def search_read(
        self, model: str, domain: Any, fields: Iterable[str], *, offset: int, limit: int | None, order: str
    ) -> list[Row]:
        """Rows as the server writes them. Raises Refusal for a field that there is not."""
        ids = self._matching(model, domain)
        table = self._tables[model]
        if self.has_field(model, "active") and not _mentions(domain, "active"):
            ids = {found for found in ids if table[found]["active"]}
        rows = [table[found] for found in sorted(ids)]
        for part in reversed(order.split(",")):
            name, _, way = part.strip().partition(" ")
            self._demand(model, name)
            rows.sort(key=lambda row: row[name], reverse=way.lower() == "desc")
        names = list(fields)
        for name in names:
            self._demand(model, name)
        end = None if limit is None else offset + limit
        return [self._told(model, row, names) for row in rows[offset:end]]

    def _told(self, model: str, row: Row, names: Sequence[str]) -> Row:
        return {"id": row["id"], **{name: self._value(name, row[name]) for name in names}}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, bool | list):
            return value
        if name in LINKS and isinstance(value, int):
            linked = self._tables.get(LINKS[name], {}).get(value, {})
            return [value, linked.get("display_name") or linked.get("name") or ""]
        if isinstance(value, datetime):
            return wire_instant(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return float(value)
        return False if value is None or value == "" else value

    def _demand(self, model: str, name: str) -> None:
        if not self.has_field(model, name):
            raise Refusal("builtins.ValueError", f"Invalid field {name!r} on model {model!r}")

    def _matching(self, model: str, domain: Any) -> set[int]:
        """The ids in a domain: prefix operators over clauses, and what stands side by side must all hold."""
        stack: list[set[int]] = []
        for item in reversed(domain):
            if item == "|":
                stack.append(stack.pop() | stack.pop())
            elif item == "&":
                stack.append(stack.pop() & stack.pop())
            elif item == "!":
                stack.append(set(self._tables[model]) - stack.pop())
            else:
                stack.append(self._clause(model, *item))
        found = set(self._tables[model]) if not stack else stack[0]
        for other in stack[1:]:
            found = found & other
        return found

    def _clause(self, model: str, path: str, operator: str, value: Any) -> set[int]:
        name, dot, rest = path.partition(".")
        self._demand(model, name)
        if dot:
            return self._holding(model, name, self._matching(LINKS[name], [[rest, operator, value]]))
        if operator in ("=", "in"):
            return self._holding(model, name, value if operator == "in" else [value])
        if operator in ("!=", "not in"):
            return set(self._tables[model]) - self._holding(model, name, value if operator == "not in" else [value])
        if operator not in _COMPARISONS:
            raise Refusal("builtins.ValueError", f"Invalid operator {operator!r}")
        bound = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if isinstance(value, str) else value
        compare = _COMPARISONS[operator]
        return {
            row["id"] for row in self._tables[model].values() if row[name] is not None and compare(row[name], bound)
        }

    def _holding(self, model: str, name: str, values: Iterable[Any]) -> set[int]:
        index = self._indexes.get((model, name))
        if index is None:
            index = self._indexes[model, name] = {}
            for row in self._tables[model].values():
                held = row[name]
                for value in held if isinstance(held, list) else [held]:
                    index.setdefault(_blank(value), []).append(row["id"])
        return {found for value in values for found in index.get(_blank(value), ())}


def _blank(value: Any) -> Any:
    """Odoo compares false with whatever is empty; true and false of a truth value stay apart from 1 and 0."""
    if value is None or value is False or value == "":
        return None
    return "yes" if value is True else value


def _mentions(domain: Any, name: str) -> bool:
    return any(isinstance(item, list) and item[0] == name for item in domain)


_COMPARISONS: Mapping[str, Any] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
