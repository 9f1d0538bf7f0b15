"""Reads stock, products and places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.sql.elements import ColumnElement

from orderweave_sdk.capabilities import Gap, Locations, Products, Skus, Stock
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import LocationKind, LocationRecord, ProductRecord, StockRecord
from orderweave_sql.client import Session
from orderweave_sql.fulfillment import place
from orderweave_sql.mapping import address
from orderweave_sql.payloads import BadRow, Row, read_row
from orderweave_sql.statements import SectionQuery
from orderweave_sql.vocabulary import SECTIONS

T = TypeVar("T")

_SKUS_A_PAGE = 1000


def read_stock(session: Session, skus: Sequence[str], locations: Sequence[str] | None) -> Stock:
    """Levels of these SKUs, at these places or at all."""
    query = session.query("stock")
    clauses = [query.exactly("sku", skus)]
    if locations is not None:
        clauses.append(query.exactly("location", locations))

    def record(row: Row) -> StockRecord:
        here = place("stock", row, session.map)
        assert here is not None, "a row without its required location is a gap"
        return StockRecord(
            sku=row["sku"],
            location=here,
            external_id=row.get("id"),
            title=row.get("title"),
            on_hand=row.get("on_hand"),
            available=row.get("available"),
            committed=row.get("committed"),
            reserved=row.get("reserved"),
            incoming=row.get("incoming"),
            safety_stock=row.get("safety_stock"),
            damaged=row.get("damaged"),
            quality_control=row.get("quality_control"),
            updated_at=row.get("updated_at"),
        )

    records, gaps = _records(session, query, clauses, record)
    return Stock(records=records, gaps=gaps)


def find_products(session: Session, skus: Sequence[str]) -> Products:
    """Products with these SKUs."""
    query = session.query("products")

    def record(row: Row) -> ProductRecord:
        return ProductRecord(
            external_id=row["id"],
            sku=row["sku"],
            title=row.get("title"),
            gtin=row.get("gtin"),
            active=row.get("active"),
            updated_at=row.get("updated_at"),
        )

    records, gaps = _records(session, query, [query.exactly("sku", skus)], record)
    return Products(records=records, gaps=gaps)


def list_skus(session: Session, after: str | None) -> Skus:
    """A page of the SKUs that have levels, as the texts by which `read_stock` finds them; a cursor is the last one."""
    query = session.query("stock")
    column = query.section.columns["sku"]
    if not column.names:
        return Skus(skus=(str(column.value),), after=None)
    found = session.page(query.distinct(query.dialect.exact_text(query.column("sku")), after=after), _SKUS_A_PAGE + 1)
    page = [row[0] for row in found[:_SKUS_A_PAGE]]
    skus = tuple(sku for sku in page if isinstance(sku, str) and sku)
    gaps = tuple(Gap("stock.sku: not a text") for sku in page if not isinstance(sku, str))
    more = len(found) > len(page)
    if more and not skus:
        raise BadPayload("stock.sku: not one of a page is a text, and what follows would be missed")
    return Skus(skus=skus, after=skus[-1] if more else None, gaps=gaps)


def list_locations(session: Session) -> Locations:
    """Every place."""

    def record(row: Row) -> LocationRecord:
        return LocationRecord(
            external_id=row["id"],
            name=row.get("name"),
            kind=session.map.meaning("locations", "kind", row, LocationKind),
            active=row.get("active"),
            address=address(row, "address."),
        )

    records, gaps = _records(session, session.query("locations"), [], record)
    return Locations(records=records, gaps=gaps)


def _records(
    session: Session, query: SectionQuery, clauses: Sequence[ColumnElement[bool]], record: Callable[[Row], T]
) -> tuple[tuple[T, ...], tuple[Gap, ...]]:
    section = query.section
    fields = tuple(section.columns)
    by = [query.column(field) for field in SECTIONS[section.name].order if section.columns[field].names]
    records: list[T] = []
    gaps: list[Gap] = []
    for raw in session.rows(query.select(fields).where(*clauses).order_by(*by), section.name):
        try:
            row = read_row(section, fields, raw, money_places=session.map.money_places)
        except BadRow as error:
            gaps.append(Gap(str(error), error.owner))
        else:
            records.append(record(row))
    return tuple(records), tuple(gaps)
