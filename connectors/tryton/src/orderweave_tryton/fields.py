"""Which of Tryton's fields each facet needs; dotted names come back nested, in the same call."""

from __future__ import annotations

from collections.abc import Iterable

from orderweave_sdk.records import Facet

# Always read: the keys, the moments, and whether the sale is a return of another.
KEYS = ("number", "reference", "origin", "create_date", "write_date")


def _under(name: str, fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{name}.{field}" for field in fields)


_REACHED = _under("contact_mechanisms", ("type", "value", "name"))
_ADDRESS = (
    *("party_name", "attn", "street", "city", "postal_code"),
    *("country.code", "subdivision.code", "party.name"),
)
# What tells goods from the lines that bill the freight or take a discount off.
_LINE_KIND = _under("line_lines", ("amount", "shipment_cost", "description", "product.code"))

_FIELDS_OF: dict[Facet, tuple[str, ...]] = {
    Facet.HEADER: ("state", "currency.code", "untaxed_amount", "tax_amount", "total_amount", *_LINE_KIND),
    Facet.LINES: (
        "currency.code",
        *_LINE_KIND,
        *_under("line_lines", ("quantity", "unit_price", "unit.symbol", "product.name")),
        *_under("line_lines.moves_ignored", ("quantity", "unit")),
    ),
    Facet.CUSTOMER: (
        *_under("party", ("name", "categories.name", "tax_identifier.code", *_REACHED)),
        *_under("contact", ("type", "value", "name", "party.name", *_under("party", _REACHED))),
    ),
    Facet.ADDRESSES: (*_under("invoice_address", _ADDRESS), *_under("shipment_address", _ADDRESS)),
    Facet.INVOICES: (
        *("invoice_state", "to_invoice", "payment_term.name"),
        *_under("invoices", ("number", "state", "invoice_date", "total_amount", "amount_to_pay", "currency.code")),
        "invoices.lines_to_pay.maturity_date",
    ),
    Facet.FULFILLMENT: (
        *("shipment_state", "line_lines.shipment_cost"),
        *_under("shipments", ("number", "state", "shipping_reference", "delivery_address")),
        *_under("shipments.warehouse", ("name", "address")),
        *_under("shipments.carrier", ("shipping_service", "party.name")),
        *_under("shipments.outgoing_moves", ("quantity", "state", "origin", "product.code")),
        *_under("shipments.packages", ("shipping_reference", "shipping_tracking_url")),
    ),
    Facet.RETURNS: (),  # a second call: a return is a sale of its own
}

RETURN = (
    *KEYS,
    *("state", "shipment_state"),
    *_under("line_lines", ("quantity", "product.code")),
)
STAMPS = ("create_date", "write_date")
STOCK = ("code", "name", "quantity", "forecast_quantity")
# `internal_quantity` is in the product's own unit, in which its stock is counted.
EXPECTED = ("internal_quantity", "planned_date", "product.code")
PRODUCT = ("code", "name", "active", "identifiers.type", "identifiers.code")
CODE = ("code",)
WAREHOUSE = ("name", "active", *_under("address", _ADDRESS))


def fields_for(facets: frozenset[Facet]) -> list[str]:
    """The fields of a sale for these facets, each once."""
    wanted = [*KEYS, *(field for facet in sorted(facets) for field in _FIELDS_OF[facet])]
    return list(dict.fromkeys(wanted))
