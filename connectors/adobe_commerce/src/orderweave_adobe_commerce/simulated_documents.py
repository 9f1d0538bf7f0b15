"""What belongs to orders, and goods, as the vendor's documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from orderweave_adobe_commerce.expressible_goods import RMA_STATUSES, ZERO
from orderweave_adobe_commerce.simulated_orders import FOR_STAFF, Document, Purse, moment, number_of, without_nothing
from orderweave_sdk.records import (
    Address,
    Fulfillment,
    Header,
    InvoiceDocumentStatus,
    Invoices,
    LocationKind,
    LocationRecord,
    OrderRecord,
    Package,
    Payments,
    ProductRecord,
    StockRecord,
    TransactionKind,
)

_INVOICE_STATES: Mapping[InvoiceDocumentStatus, int] = {
    InvoiceDocumentStatus.POSTED: 1,
    InvoiceDocumentStatus.PAID: 2,
    InvoiceDocumentStatus.CANCELED: 3,
}
_TYPES: Mapping[TransactionKind, str] = {
    TransactionKind.AUTHORIZATION: "authorization",
    TransactionKind.CAPTURE: "capture",
    TransactionKind.SALE: "payment",
    TransactionKind.REFUND: "refund",
    TransactionKind.VOID: "void",
}


def shipment_documents(order: OrderRecord) -> Iterator[Document]:
    """The order's shipments."""
    order_id = int(order.external_id)
    for shipment in (order.fulfillment or Fulfillment()).shipments:
        shipment_id = int(shipment.external_id)
        items = [
            {"order_item_id": number_of(goods.line_id), "qty": goods.quantity, "sku": goods.sku or ""}
            for goods in shipment.lines
        ]
        yield without_nothing(
            {
                "entity_id": shipment_id,
                "order_id": order_id,
                "increment_id": shipment.number,
                "created_at": moment(shipment.shipped_at),
                "total_qty": sum((goods.quantity for goods in shipment.lines), ZERO),
                "items": items,
                "tracks": [_track(package, order_id, shipment_id) for package in shipment.packages],
                "comments": [],
                "packages": [],
                "extension_attributes": {"source_code": shipment.location.external_id} if shipment.location else None,
            }
        )


def _track(package: Package, order_id: int, shipment_id: int) -> Document:
    carrier = package.carrier
    return without_nothing(
        {
            "entity_id": number_of(package.external_id),
            "order_id": order_id,
            "parent_id": shipment_id,
            "track_number": package.tracking_number or "",
            "carrier_code": (carrier.code if carrier else None) or "custom",
            "title": (carrier.name if carrier else None) or "",
            "description": "",
            "weight": ZERO,
            "qty": ZERO,
        }
    )


def invoice_documents(order: OrderRecord) -> Iterator[Document]:
    """The order's invoices."""
    purse = Purse(order.header or Header())
    for invoice in (order.invoices or Invoices()).invoices:
        issued = invoice.issued_at
        yield without_nothing(
            {
                "entity_id": int(invoice.external_id),
                "order_id": int(order.external_id),
                "increment_id": invoice.number,
                "created_at": moment(datetime.combine(issued, time(12), UTC)) if issued else None,
                "state": _INVOICE_STATES[invoice.status],
                "total_qty": ZERO,
                "items": [],
                **purse.named(),
                **purse.both(grand_total=invoice.total),
            }
        )


def creditmemo_documents(order: OrderRecord) -> Iterator[Document]:
    """The order's credit memos."""
    purse = Purse(order.header or Header())
    for refund in (order.payments or Payments()).refunds:
        memo_id = int(refund.external_id)
        remarks = [(FOR_STAFF, 0), *([(refund.note, 1)] if refund.note else [])]
        yield without_nothing(
            {
                "entity_id": memo_id,
                "order_id": int(order.external_id),
                "created_at": moment(refund.created_at),
                "state": 2,
                "items": [],
                "comments": [
                    {"comment": said, "is_customer_notified": 0, "is_visible_on_front": front, "parent_id": memo_id}
                    for said, front in remarks
                ],
                **purse.named(),
                **purse.both(grand_total=refund.amount),
            }
        )


def transaction_documents(order: OrderRecord) -> Iterator[Document]:
    """What passed between the shop and the gateway."""
    for payment in (order.payments or Payments()).payments:
        for transaction in payment.transactions:
            yield {
                "transaction_id": int(transaction.external_id),
                "order_id": int(order.external_id),
                "payment_id": int(payment.external_id),
                "txn_id": f"gateway-{transaction.external_id}",
                "parent_txn_id": "",
                "txn_type": _TYPES[transaction.kind],
                "is_closed": 1,
                "created_at": moment(transaction.processed_at) or "",
                "child_transactions": [],
            }


def rma_documents(order: OrderRecord) -> Iterator[Document]:
    """The order's returns."""
    header = order.header or Header()
    for back in order.returns or ():
        rma_id = int(back.external_id)
        status = RMA_STATUSES[back.status][0]
        yield {
            "entity_id": rma_id,
            "order_id": int(order.external_id),
            "order_increment_id": header.number or "",
            "increment_id": back.number or "",
            "store_id": 1,
            "customer_id": 0,
            "customer_custom_email": "",
            "date_requested": moment(back.created_at) or "",
            "status": status,
            "items": [
                {
                    "entity_id": rma_id * 10 + position,
                    "rma_entity_id": rma_id,
                    "order_item_id": number_of(line.line_id),
                    "qty_requested": int(line.quantity),
                    "qty_authorized": 0,
                    "qty_approved": 0,
                    "qty_returned": 0,
                    "reason": line.reason or "",
                    "condition": "",
                    "resolution": "",
                    "status": status,
                }
                for position, line in enumerate(back.lines)
            ],
            "comments": [],
            "tracks": [],
        }


def source_item_document(level: StockRecord) -> Document:
    """One SKU at one source."""
    return without_nothing(
        {
            "sku": level.sku,
            "source_code": level.location.external_id,
            "quantity": level.on_hand,
            "status": 0 if level.available is not None else 1,
        }
    )


def source_document(place: LocationRecord) -> Document:
    """One source."""
    address = place.address or Address()
    return without_nothing(
        {
            "source_code": place.external_id,
            "name": place.name,
            "enabled": place.active is not False,
            "street": "\n".join(address.lines) or None,
            "city": address.city,
            "region": address.region,
            "postcode": address.postal_code or "",
            "country_id": address.country_code or "US",
            "phone": address.phone,
            "carrier_links": [],
            "extension_attributes": {"is_pickup_location_active": place.kind is LocationKind.STORE},
        }
    )


def product_document(product: ProductRecord) -> Document:
    """One simple product."""
    return without_nothing(
        {
            "id": int(product.external_id),
            "sku": product.sku,
            "name": product.title,
            "status": 1 if product.active else 2,
            "type_id": "simple",
            "updated_at": moment(product.updated_at),
        }
    )
