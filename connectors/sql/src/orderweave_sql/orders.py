"""Reads orders: by key, by search and by change, each with the facets wanted, in one statement a section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from orderweave_sdk.capabilities import Changes, Condition, Gap, Hit, Orders, Page, Search
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, OrderRecord
from orderweave_sql.cells import BadCell
from orderweave_sql.client import Session
from orderweave_sql.conditions import FIELD_OF, after, push, sort_key, time_limit
from orderweave_sql.cursors import Place, read_cursor, write_cursor
from orderweave_sql.mapping import order_record
from orderweave_sql.payloads import BadRow, Row, owner, read_row
from orderweave_sql.statements import SectionQuery
from orderweave_sql.vocabulary import ORDER_SECTIONS, REFERENCES, SECTIONS, facet_of_order_field

# Pages of nothing but unreadable rows that one call walks over before it says so.
_MOST_BAD_PAGES = 10
# A change is stamped before it is committed; what was stamped this long before the last one seen is read again.
_OVERLAP = timedelta(minutes=1)
# Where clocks go back an hour, so does the stamp.
_LOCAL_OVERLAP = timedelta(minutes=61)


class _Listed(msgspec.Struct):
    """One page of rows in a sort, read or not: the readable orders with their places, and the place of the last row."""

    roots: list[tuple[Row, Place]]
    gaps: list[Gap]
    last: Place | None
    more: bool


def find_orders(session: Session, by: str, values: Sequence[str], facets: frozenset[Facet]) -> Orders:
    """Orders whose id, number or reference is one of the values."""
    query = session.query("orders")
    field = by if by in ("id", "number") else f"{REFERENCES}{by}"
    fields = _root_fields(query, facets)
    roots: list[Row] = []
    gaps: list[Gap] = []
    for raw in session.rows(query.select(fields).where(query.among(field, values)), "orders"):
        root = _read(session, query, fields, raw, gaps)
        if root is not None and _holds(root, field, values):
            roots.append(root)
    records, spoiled = _whole(session, roots, facets)
    return Orders(records=tuple(records), gaps=(*gaps, *spoiled))


def _holds(root: Row, field: str, values: Sequence[str]) -> bool:
    """Whether the row really has one of the values: a database may think 'abc' and 0 equal."""
    return root.get(field) in values


def search_orders(session: Session, search: Search) -> Page:
    """One page, by conditions in SQL as far as they go."""
    listing = f"{search.sort} {'down' if search.descending else 'up'}"
    place = read_cursor(listing, search.after)[0] if search.after is not None else None
    query = session.query("orders")
    lines = session.query("lines") if "lines" in session.map.sections else None
    clauses: list[sa.ColumnElement[bool]] = []
    remaining: list[Condition] = []
    for condition in search.conditions:
        pushed = push(condition, query, lines)
        clauses.append(pushed.clause)
        if not pushed.exact:
            remaining.append(condition)
    gaps: list[Gap] = []
    for _ in range(_MOST_BAD_PAGES):
        listed = _list(
            session, query, search.sort, clauses, place, size=search.size, down=search.descending, facets=search.facets
        )
        gaps += listed.gaps
        records, spoiled = _whole(session, [root for root, _ in listed.roots], search.facets)
        gaps += spoiled
        places = {root["id"]: place for root, place in listed.roots}
        sorted_by = {root["id"]: root.get(FIELD_OF[search.sort]) for root, _ in listed.roots}
        hits = tuple(
            Hit(record, write_cursor(listing, places[record.external_id]), sorted_by[record.external_id])
            for record in records
        )
        if hits or not listed.more:
            return Page(hits=hits, more=listed.more, remaining=tuple(remaining), gaps=tuple(gaps))
        place = listed.last
    raise BadPayload(f"search: {len(gaps)} orders in a row cannot be read; the first: {gaps[0].reason}")


def list_changes(
    session: Session, cursor: str | None, since: datetime | None, facets: frozenset[Facet], *, size: int, now: datetime
) -> Changes:
    """Orders by their time of change. Those with none come in a listing from the start only."""
    query = session.query("orders")
    place: Place | None = None
    floor: Any = None
    if cursor is not None:
        place, floor = read_cursor("changes", cursor)
    elif since is not None:
        floor, _ = time_limit(query, "updated_at", since, lower=True)
    clauses = [sort_key(query, SearchField.UPDATED_AT) >= floor] if floor is not None else []
    listed = _list(session, query, SearchField.UPDATED_AT, clauses, place, size=size, down=False, facets=facets)
    records, spoiled = _whole(session, [root for root, _ in listed.roots], facets)
    last = listed.last or place
    if listed.more:
        onward = write_cursor("changes", last, floor)
    else:
        settled = _stepped_back(last.value, query, now) if last is not None and last.value is not None else floor
        onward = write_cursor("changes", None, settled)
    return Changes(records=tuple(records), cursor=onward, more=listed.more, gaps=(*listed.gaps, *spoiled))


def _stepped_back(value: Any, query: SectionQuery, now: datetime) -> Any:
    """Somewhat before the last change seen, and before now: a stamp of the future must not hide today's changes."""
    zone = query.section.columns["updated_at"].zone
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
    if not isinstance(moment, datetime):
        return value
    here = now.astimezone(moment.tzinfo or zone or UTC)
    if moment.tzinfo is None:
        here = here.replace(tzinfo=None)
    steady = moment.tzinfo is not None or zone is None or zone.key == "UTC"
    earlier = min(moment, here) - (_OVERLAP if steady else _LOCAL_OVERLAP)
    if not isinstance(value, str):
        return earlier
    separator = value[10:11]
    # To the minute only: a shorter text sorts before all that begin with it, whatever fraction or zone follows.
    return earlier.strftime(f"%Y-%m-%d{separator}%H:%M") if separator else value


def _list(
    session: Session,
    query: SectionQuery,
    sort: SearchField,
    clauses: Sequence[sa.ColumnElement[bool]],
    place: Place | None,
    *,
    size: int,
    down: bool,
    facets: frozenset[Facet],
) -> _Listed:
    fields = tuple(dict.fromkeys((*_root_fields(query, facets), FIELD_OF[sort])))
    dialect = query.dialect
    key = sort_key(query, sort)
    by_id = dialect.exact_text(query.column("id"))
    order = (dialect.descending(key), dialect.descending(by_id)) if down else (dialect.ascending(key), by_id.asc())
    statement = query.select(fields, key.label("sorted_by")).where(*clauses).order_by(*order)
    if place is not None:
        statement = statement.where(after(key, by_id, place, descending=down))
    rows = session.page(statement, size + 1)
    gaps: list[Gap] = []
    roots: list[tuple[Row, Place]] = []
    last: Place | None = None
    for raw in rows[:size]:
        last = Place(raw[-1], owner(raw) or "")
        root = _read(session, query, fields, raw, gaps)
        if root is not None:
            roots.append((root, last))
    return _Listed(roots=roots, gaps=gaps, last=last, more=len(rows) > size)


def _root_fields(query: SectionQuery, facets: frozenset[Facet]) -> tuple[str, ...]:
    """The fields of `orders` to read: the id first, then those always wanted and those of the facets."""
    names = query.section.columns
    wanted = (name for name in names if facet_of_order_field(name) in (None, *facets))
    return ("id", *(name for name in wanted if name != "id"))


def _read(
    session: Session, query: SectionQuery, fields: Sequence[str], raw: Sequence[Any], gaps: list[Gap]
) -> Row | None:
    try:
        return read_row(query.section, fields, raw, money_places=session.map.money_places)
    except BadRow as error:
        gaps.append(Gap(str(error), error.owner))
        return None


def _whole(session: Session, roots: Sequence[Row], facets: frozenset[Facet]) -> tuple[list[OrderRecord], list[Gap]]:
    """The records, in the order of the roots; an order with a part that cannot be read is a gap."""
    spoiled: dict[str, Gap] = {}
    once: dict[str, Row] = {}
    for root in roots:
        if root["id"] in once:
            spoiled[root["id"]] = Gap("orders.id: several rows have it, so it names no one order", root["id"])
        once[root["id"]] = root
    parts = _parts(session, [name for name in once if name not in spoiled], facets, spoiled)
    records = []
    for name, root in once.items():
        if name in spoiled:
            continue
        try:
            rows = {section: by_order.get(name, ()) for section, by_order in parts.items()}
            records.append(order_record(root, rows, facets, session.map))
        except BadCell as error:
            spoiled[name] = Gap(str(error), name)
    return records, list(spoiled.values())


def _parts(
    session: Session, ids: Sequence[str], facets: frozenset[Facet], spoiled: dict[str, Gap]
) -> dict[str, Mapping[str, Sequence[Row]]]:
    """The rows of each wanted section by order."""
    found: dict[str, Mapping[str, Sequence[Row]]] = {}
    for name in ORDER_SECTIONS:
        if name not in session.map.sections or not _wanted(name, facets):
            continue
        by_order: dict[str, list[Row]] = {}
        found[name] = by_order
        if not ids:
            continue
        query = session.query(name)
        columns = query.section.columns
        fields = ("order", *(field for field in columns if field not in ("order", "position")))
        by = [query.column(field) for field in _sorting(query) if columns[field].names]
        statement = query.select(fields).where(query.among("order", ids)).order_by(*by)
        for raw in session.rows(statement, name):
            try:
                row = read_row(query.section, fields, raw, money_places=session.map.money_places)
            except BadRow as error:
                if error.owner is None:
                    raise BadPayload(str(error)) from None
                spoiled.setdefault(error.owner, Gap(str(error), error.owner))
            else:
                by_order.setdefault(row["order"], []).append(row)
    return found


def _sorting(query: SectionQuery) -> tuple[str, ...]:
    columns = query.section.columns
    by = ("position",) if "position" in columns else SECTIONS[query.section.name].order
    return tuple(field for field in by if field in columns)


def _wanted(section: str, facets: frozenset[Facet]) -> bool:
    """Events alone would hang on nothing: they come with the fulfillment."""
    if section == "events":
        return {Facet.TRACKING, Facet.FULFILLMENT} <= facets
    return bool(SECTIONS[section].facets & facets)
