"""Small pieces of the simulated shop's rows: how it writes times, amounts, words, addresses and goods."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from orderweave_sdk.records import Address, GoodsLine, Money
from orderweave_sql.simulator_mapping import raw_word

# A row with its table.
Placed = tuple[str, dict[str, Any]]


def written_time(moment: datetime | None) -> str | None:
    """An instant as the shop keeps it: UTC, to the microsecond, without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if moment else None


def written_day(day: date | None) -> str | None:
    """A calendar date."""
    return day.isoformat() if day else None


def written_number(value: Decimal | None) -> str | None:
    """An exact number, which the column turns into its own kind."""
    return None if value is None else format(value, "f")


def money_cell(name: str, money: Money | None) -> dict[str, Any]:
    """The amount of a money under the column `name`."""
    return {name: written_number(money.amount) if money else None}


def currency_cell(*amounts: Money | None) -> dict[str, Any]:
    """The currency of the first amount that there is."""
    return {"cur": next((money.currency for money in amounts if money), None)}


def shop_word(raw: str | None, meaning: str) -> str | None:
    """The shop's word; a word that means nothing to us stands as it is."""
    return (raw or None) if meaning == "UNKNOWN" else raw_word(meaning)


def address_cells(prefix: str, address: Address | None) -> dict[str, Any]:
    """The columns of one address; three street lines at most."""
    given = address or Address()
    streets = [*given.lines[:3], None, None, None]
    return {
        f"{prefix}_name": given.name,
        f"{prefix}_firm": given.company,
        **{f"{prefix}_street{n}": streets[n - 1] for n in (1, 2, 3)},
        f"{prefix}_town": given.city,
        f"{prefix}_state": given.region,
        f"{prefix}_zip": given.postal_code,
        f"{prefix}_country": given.country_code,
        f"{prefix}_phone": given.phone,
    }


def goods_cells(line: GoodsLine) -> dict[str, Any]:
    """So many of one line."""
    return {"line_no": line.line_id, "article": line.sku, "qty": written_number(line.quantity)}
