"""The least rights under which the connector reads: one group that may read these models, and nothing else."""

from __future__ import annotations

READABLE = (
    "account.invoice",
    "account.invoice.payment_term",
    "account.move.line",
    "carrier",
    "country.country",
    "country.subdivision",
    "currency.currency",
    "party.address",
    "party.category",
    "party.contact_mechanism",
    "party.identifier",
    "party.party",
    "product.product",
    "product.uom",
    "sale.line",
    "sale.sale",
    "stock.location",
    "stock.move",
    "stock.package",
    "stock.shipment.out",
)
PASSWORD = "only-for-the-test-server"
READER, STRANGER = "orderweave", "stranger"
