"""Sales as the real server writes them, for the mapping's cases."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_tryton.payloads import Sale


def decimal(text: str) -> dict[str, Any]:
    """An exact number on the wire."""
    return {"__class__": "Decimal", "decimal": text}


def day(year: int, month: int, number: int) -> dict[str, Any]:
    """A date on the wire."""
    return {"__class__": "date", "year": year, "month": month, "day": number}


def instant(hour: int, microsecond: int = 0) -> dict[str, Any]:
    """An instant of 1 March 2026 on the wire."""
    clock = {"hour": hour, "minute": 30, "second": 0, "microsecond": microsecond}
    return {"__class__": "datetime", "year": 2026, "month": 3, "day": 1, **clock}


def line(identity: int, quantity: float, price: str, **values: Any) -> dict[str, Any]:
    """A sale line of a product that sells by the unit."""
    amount = Decimal(price) * Decimal(str(quantity))
    return {
        "id": identity,
        "quantity": quantity,
        "unit_price": decimal(price),
        "amount": decimal(str(amount)),
        "shipment_cost": None,
        "description": None,
        "product.": {"id": 1, "code": "TEA", "name": "Tea"},
        "unit.": {"id": 1, "symbol": "u"},
        "moves_ignored.": [],
        **values,
    }


def shipment(identity: int, state: str, **values: Any) -> dict[str, Any]:
    """A shipment with no goods, from warehouse 5."""
    return {
        "id": identity,
        "state": state,
        "number": f"CS{identity}",
        "shipping_reference": None,
        "delivery_address": 31,
        "warehouse.": {"id": 5, "name": "Main", "address": 30},
        "carrier.": None,
        "outgoing_moves.": [],
        "packages.": [],
        **values,
    }


def move(identity: int, quantity: float, origin: str | None, state: str = "done") -> dict[str, Any]:
    """A move of tea out of the warehouse."""
    return {
        "id": identity,
        "quantity": quantity,
        "state": state,
        "origin": origin,
        "product.": {"id": 1, "code": "TEA"},
    }


def invoice(identity: int, state: str, total: str, due: str, **values: Any) -> dict[str, Any]:
    """An invoice in euro."""
    return {
        "id": identity,
        "state": state,
        "number": f"INV{identity}",
        "invoice_date": day(2026, 3, 2),
        "total_amount": decimal(total),
        "amount_to_pay": decimal(due),
        "currency.": {"id": 1, "code": "EUR"},
        "lines_to_pay.": [],
        **values,
    }


def sale(**values: Any) -> Sale:
    """A sale in euro with what is given, decoded from the wire; a dot at a name's end is written as `_`."""
    whole = {
        "id": 8,
        "create_date": instant(9),
        "write_date": None,
        "number": "S1",
        "reference": None,
        "origin": None,
        "state": "processing",
        "invoice_state": "none",
        "shipment_state": "none",
        "to_invoice": 1,
        "untaxed_amount": decimal("0"),
        "tax_amount": decimal("0"),
        "total_amount": decimal("0"),
        "currency.": {"id": 1, "code": "EUR"},
    }
    nested = {f"{name[:-1]}." if name.endswith("_") else name: value for name, value in values.items()}
    return msgspec.json.decode(json.dumps(whole | nested), type=Sale)
