"""From rows to records. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from orderweave_sdk.records import (
    FACET_OF_AXIS,
    Address,
    Addresses,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Discount,
    Facet,
    Happening,
    Header,
    Hold,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Quantities,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sql.cells import BadCell
from orderweave_sql.database_map import DatabaseMap
from orderweave_sql.fulfillment import fulfillment, hold
from orderweave_sql.payloads import Parts, Row
from orderweave_sql.vocabulary import AMOUNTS_OF_TOTALS, REFERENCES, STATUS_FIELDS


def order_record(root: Row, parts: Parts, facets: frozenset[Facet], database: DatabaseMap) -> OrderRecord:
    """The record of one order: the wanted facets as far as they are mapped. Raises BadCell."""
    header = Facet.HEADER in facets
    return OrderRecord(
        external_id=root["id"],
        keys=(Key("id", root["id"]), *((Key("number", root["number"]),) if "number" in root else ())),
        references=tuple(
            Key(name, root[f"{REFERENCES}{name}"])
            for name in database.references
            if root.get(f"{REFERENCES}{name}", "").strip()
        ),
        url=root.get("url"),
        updated_at=root.get("updated_at"),
        statuses=tuple(_statuses(root, facets, database)),
        header=_header(root, parts, database) if header else None,
        lines=_lines(root, parts) if Facet.LINES in facets else None,
        customer=_customer(root) if Facet.CUSTOMER in facets and _maps(database, "customer.", "company.") else None,
        addresses=_addresses(root) if Facet.ADDRESSES in facets and _maps(database, *_ADDRESSES) else None,
        payments=_payments(root, parts, database) if Facet.PAYMENTS in facets else None,
        invoices=_invoices(root, parts, database) if Facet.INVOICES in facets else None,
        fulfillment=fulfillment(parts, facets, database) if Facet.FULFILLMENT in facets else None,
        returns=_returns(parts, database) if Facet.RETURNS in facets else None,
        holds=_holds(parts, database) if Facet.HOLDS in facets else None,
        timeline=_timeline(parts) if Facet.TIMELINE in facets else None,
    )


_ADDRESSES = ("billing_address.", "shipping_address.")


def _maps(database: DatabaseMap, *prefixes: str) -> bool:
    columns = database.orders.columns if database.orders else {}
    return any(name.startswith(prefixes) for name in columns)


def money(root: Row, row: Row, field: str, path: str) -> Money | None:
    """An amount in the row's own currency or else the order's. Raises BadCell when neither has one."""
    if field not in row:
        return None
    currency = row.get("currency") or root.get("currency")
    if currency is None:
        raise BadCell(f"{path}.{field}: an amount, and the order has no currency")
    return Money(row[field], currency)


def _statuses(root: Row, facets: frozenset[Facet], database: DatabaseMap) -> Iterator[StatusWord]:
    words = database.statuses()
    for axis, field in STATUS_FIELDS.items():
        if FACET_OF_AXIS[axis] in facets and field in root:
            yield words.read(axis, root[field])


def _header(root: Row, parts: Parts, database: DatabaseMap) -> Header:
    return Header(
        number=root.get("number"),
        channel=_channel(root, database),
        origin=root.get("origin"),
        placed_at=root.get("placed_at"),
        updated_at=root.get("updated_at"),
        canceled_at=root.get("canceled_at"),
        closed_at=root.get("closed_at"),
        cancel_reason=root.get("cancel_reason"),
        archived=root.get("archived"),
        currency=root.get("currency"),
        presentment_currency=root.get("presentment_currency"),
        purchase_order_number=root.get("purchase_order_number"),
        totals=_totals(root),
        discounts=_discounts(root, parts, None),
        taxes=_taxes(root, parts, None),
    )


def _channel(root: Row, database: DatabaseMap) -> Channel | None:
    if "channel.code" not in root:
        return None
    return Channel(
        code=root["channel.code"],
        name=root.get("channel.name"),
        kind=database.meaning("orders", "channel.kind", root, ChannelKind),
    )


def _totals(root: Row) -> Totals | None:
    amounts = {name: money(root, root, f"totals.{name}", "orders") for name in AMOUNTS_OF_TOTALS}
    return Totals(**amounts) if any(amount is not None for amount in amounts.values()) else None


def _discounts(root: Row, parts: Parts, line: str | None) -> tuple[Discount, ...]:
    return tuple(
        Discount(title=row["title"], code=row.get("code"), amount=money(root, row, "amount", "discounts"))
        for row in parts.get("discounts", ())
        if row.get("line") == line
    )


def _taxes(root: Row, parts: Parts, line: str | None) -> tuple[TaxLine, ...]:
    return tuple(
        TaxLine(title=row["title"], rate=row.get("rate"), amount=money(root, row, "amount", "taxes"))
        for row in parts.get("taxes", ())
        if row.get("line") == line
    )


def _lines(root: Row, parts: Parts) -> tuple[Line, ...] | None:
    if "lines" not in parts:
        return None
    return tuple(
        Line(
            external_id=row["id"],
            sku=row.get("sku"),
            gtin=row.get("gtin"),
            title=row.get("title"),
            parent_line_id=row.get("parent_line"),
            unit=row.get("unit"),
            quantity=Quantities(ordered=row.get("ordered"), canceled=row.get("canceled"), current=row.get("current")),
            unit_price=money(root, row, "unit_price", "lines"),
            total=money(root, row, "total", "lines"),
            discounts=_discounts(root, parts, row["id"]),
            taxes=_taxes(root, parts, row["id"]),
        )
        for row in parts["lines"]
    )


def _customer(root: Row) -> Customer:
    person = {name: root[f"customer.{name}"] for name in ("name", "email", "phone") if f"customer.{name}" in root}
    company = {name: root[f"company.{name}"] for name in ("name", "tax_id") if f"company.{name}" in root}
    return Customer(
        person=Person(external_id=root.get("customer.id"), **person) if person or "customer.id" in root else None,
        company=Company(external_id=root.get("company.id"), **company) if company or "company.id" in root else None,
    )


def address(root: Row, prefix: str) -> Address | None:
    """The address whose fields begin with the prefix; None when all of them are empty."""
    found = {name.removeprefix(prefix): value for name, value in root.items() if name.startswith(prefix)}
    return Address(**found) if found else None


def _addresses(root: Row) -> Addresses:
    return Addresses(billing=address(root, "billing_address."), shipping=address(root, "shipping_address."))


def _payments(root: Row, parts: Parts, database: DatabaseMap) -> Payments | None:
    if "payments" not in parts and "refunds" not in parts:
        return None
    return Payments(
        payments=tuple(
            Payment(
                external_id=row["id"],
                status=database.meaning("payments", "status", row, PaymentStatus),
                raw_status=row.get("status"),
                method=row.get("method"),
                authorized=money(root, row, "authorized", "payments"),
                captured=money(root, row, "captured", "payments"),
                refunded=money(root, row, "refunded", "payments"),
                transactions=_transactions(root, parts, row["id"], database),
            )
            for row in parts.get("payments", ())
        ),
        refunds=tuple(
            Refund(
                external_id=row["id"],
                amount=money(root, row, "amount", "refunds"),
                created_at=row.get("created_at"),
                note=row.get("note"),
            )
            for row in parts.get("refunds", ())
        ),
    )


def _transactions(root: Row, parts: Parts, payment: str, database: DatabaseMap) -> tuple[Transaction, ...]:
    return tuple(
        Transaction(
            external_id=row["id"],
            kind=database.meaning("transactions", "kind", row, TransactionKind),
            raw_kind=row.get("kind"),
            status=database.meaning("transactions", "status", row, TransactionStatus),
            raw_status=row.get("status"),
            amount=money(root, row, "amount", "transactions"),
            processed_at=row.get("processed_at"),
            gateway=row.get("gateway"),
        )
        for row in parts.get("transactions", ())
        if row["payment"] == payment
    )


def _invoices(root: Row, parts: Parts, database: DatabaseMap) -> Invoices | None:
    if "invoices" not in parts:
        return None
    found = tuple(
        Invoice(
            external_id=row["id"],
            number=row.get("number"),
            status=database.meaning("invoices", "status", row, InvoiceDocumentStatus),
            raw_status=row.get("status"),
            issued_at=row.get("issued_at"),
            due_at=row.get("due_at"),
            total=money(root, row, "total", "invoices"),
            paid=money(root, row, "paid", "invoices"),
            due=money(root, row, "due", "invoices"),
        )
        for row in parts["invoices"]
    )
    return Invoices(invoices=found, payment_terms=root.get("payment_terms"))


def _returns(parts: Parts, database: DatabaseMap) -> tuple[Return, ...] | None:
    if "returns" not in parts:
        return None
    return tuple(
        Return(
            external_id=row["id"],
            status=database.meaning("returns", "status", row, ReturnStatus),
            raw_status=row.get("status"),
            number=row.get("number"),
            created_at=row.get("created_at"),
            lines=tuple(
                ReturnLine(
                    sku=line.get("sku"), line_id=line.get("line"), quantity=line["quantity"], reason=line.get("reason")
                )
                for line in parts.get("return_lines", ())
                if line["return"] == row["id"]
            ),
        )
        for row in parts["returns"]
    )


def _holds(parts: Parts, database: DatabaseMap) -> tuple[Hold, ...] | None:
    if "holds" not in parts:
        return None
    return tuple(hold(row, database) for row in parts["holds"] if "fulfillment_order" not in row)


def _timeline(parts: Parts) -> tuple[Happening, ...] | None:
    if "timeline" not in parts:
        return None
    return tuple(
        Happening(occurred_at=row["occurred_at"], kind=row["kind"], message=row.get("message"))
        for row in parts["timeline"]
    )
