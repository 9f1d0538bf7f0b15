"""From Adobe Commerce's words to ours: one order with the documents that belong to it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from orderweave_adobe_commerce.fields import Amounts
from orderweave_adobe_commerce.mapping_goods import Goods, fulfillment, fulfillment_word, lines, return_word, returns
from orderweave_adobe_commerce.mapping_money import Sums, invoice_word, invoices, payments
from orderweave_adobe_commerce.payloads import (
    AddressPayload,
    CreditmemoPayload,
    HistoryPayload,
    InvoicePayload,
    OrderPayload,
    RmaPayload,
    ShipmentPayload,
    TransactionPayload,
)
from orderweave_adobe_commerce.statuses import FRAUD, STATUSES, order_word
from orderweave_adobe_commerce.times import in_utc
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Facet,
    Happening,
    Header,
    Hold,
    HoldReason,
    Key,
    OrderRecord,
    Person,
    StatusWord,
)


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to one order and is asked for apart; empty where its facet was not asked."""

    shipments: Sequence[ShipmentPayload] = ()
    invoices: Sequence[InvoicePayload] = ()
    creditmemos: Sequence[CreditmemoPayload] = ()
    transactions: Sequence[TransactionPayload] = ()
    rmas: Sequence[RmaPayload] = ()


def order_record(order: OrderPayload, documents: Documents, facets: frozenset[Facet], amounts: Amounts) -> OrderRecord:
    """The order with these facets. Raises BadPayload for a time that is none."""
    external_id = str(order.entity_id)
    sums, goods = Sums(order, amounts), Goods(order.items or ())
    try:
        return OrderRecord(
            external_id=external_id,
            keys=tuple(
                Key(name, value) for name, value in (("id", external_id), ("number", order.increment_id)) if value
            ),
            references=tuple(_references(order)),
            updated_at=in_utc(order.updated_at),
            statuses=tuple(_words(order, documents, facets, sums, goods)),
            header=_header(order, sums) if Facet.HEADER in facets else None,
            lines=lines(goods, amounts, sums.currency) if Facet.LINES in facets else None,
            customer=_customer(order) if Facet.CUSTOMER in facets else None,
            addresses=_addresses(order) if Facet.ADDRESSES in facets else None,
            payments=payments(sums, documents.transactions, documents.creditmemos)
            if Facet.PAYMENTS in facets
            else None,
            invoices=invoices(sums, documents.invoices) if Facet.INVOICES in facets else None,
            fulfillment=fulfillment(goods, documents.shipments) if Facet.FULFILLMENT in facets else None,
            returns=returns(documents.rmas, goods) if Facet.RETURNS in facets else None,
            holds=_holds(order) if Facet.HOLDS in facets else None,
            timeline=_timeline(order) if Facet.TIMELINE in facets else None,
        )
    except BadPayload as error:
        raise BadPayload(f"order {external_id}: {error}") from None


def _references(order: OrderPayload) -> Iterator[Key]:
    if order.ext_order_id:
        yield Key("ext_order_id", order.ext_order_id)
    if order.original_increment_id:
        yield Key("original_increment_id", order.original_increment_id)
    if order.payment and order.payment.po_number:
        yield Key("po_number", order.payment.po_number)


def _words(
    order: OrderPayload, documents: Documents, facets: frozenset[Facet], sums: Sums, goods: Goods
) -> Iterator[StatusWord]:
    said: dict[Facet, Callable[[], StatusWord | None]] = {
        Facet.HEADER: lambda: order_word(order.state, order.status),
        Facet.PAYMENTS: sums.payment_word,
        Facet.FULFILLMENT: lambda: fulfillment_word(order, goods),
        Facet.INVOICES: lambda: invoice_word(sums, documents.invoices),
        Facet.RETURNS: lambda: return_word(documents.rmas),
    }
    for facet, word in said.items():
        found = word() if facet in facets else None
        if found is not None:
            yield found


def _header(order: OrderPayload, sums: Sums) -> Header:
    return Header(
        number=order.increment_id or None,
        channel=_channel(order),
        placed_at=in_utc(order.created_at),
        updated_at=in_utc(order.updated_at),
        currency=sums.currency,
        presentment_currency=order.order_currency_code or None,
        purchase_order_number=(order.payment.po_number or None) if order.payment else None,
        totals=sums.totals(),
        discounts=sums.discounts(),
        taxes=sums.taxes(),
    )


def _channel(order: OrderPayload) -> Channel | None:
    """The store view. `store_name` holds website, store and view, one a line."""
    if order.store_id is None:
        return None
    names = [name.strip() for name in (order.store_name or "").splitlines() if name.strip()]
    return Channel(code=str(order.store_id), name=names[-1] if names else None, kind=ChannelKind.ONLINE_STORE)


def _customer(order: OrderPayload) -> Customer:
    """A guest has no id, and often no name but that of the billing address."""
    billing = order.billing_address or AddressPayload()
    person = Person(
        external_id=None if order.customer_id is None else str(order.customer_id),
        name=_joined(order.customer_firstname, order.customer_lastname) or _joined(billing.firstname, billing.lastname),
        email=order.customer_email or None,
    )
    extension = order.extension_attributes
    company = extension.company_order_attributes if extension else None
    return Customer(
        person=person if person != Person() else None,
        company=Company(
            external_id=str(company.company_id), name=company.company_name or None, tax_id=order.customer_taxvat or None
        )
        if company is not None and company.company_id is not None
        else None,
    )


def _addresses(order: OrderPayload) -> Addresses:
    """Billing and shipping; an order of nothing but virtual goods has no shipping address."""
    extension = order.extension_attributes
    shippings = [item.shipping for item in (extension.shipping_assignments if extension else None) or ()]
    shipped_to = next((shipping.address for shipping in shippings if shipping and shipping.address), None)
    return Addresses(billing=_address(order.billing_address), shipping=_address(shipped_to))


def _address(address: AddressPayload | None) -> Address | None:
    if address is None:
        return None
    return Address(
        name=_joined(address.firstname, address.lastname),
        company=address.company or None,
        lines=tuple(line for line in address.street or () if line),
        city=address.city or None,
        region=address.region_code or address.region or None,
        postal_code=address.postcode or None,
        country_code=address.country_id or None,
        phone=address.telephone or None,
    )


def _joined(*names: str | None) -> str | None:
    return " ".join(name.strip() for name in names if name and name.strip()) or None


def _holds(order: OrderPayload) -> tuple[Hold, ...]:
    """What the state says of a hold, and the status where it says why. Since when is not told."""
    words = STATUSES.words[Axis.HOLD_REASON]
    raw = order.status if order.status == FRAUD else order.state
    if raw is None or raw not in words:
        return ()
    return (Hold(reason=STATUSES.part(Axis.HOLD_REASON, raw, HoldReason), raw=raw),)


def _timeline(order: OrderPayload) -> tuple[Happening, ...]:
    # The vendor lists the newest first; of two within one second the later stays the later.
    found = [happening for entry in reversed(order.status_histories or ()) for happening in _happening(entry)]
    return tuple(sorted(found, key=lambda happening: happening.occurred_at))


def _happening(entry: HistoryPayload) -> Iterator[Happening]:
    """A remark, or the status that was reached; an entry without a time cannot be placed.

    What staff wrote for themselves stays with them: of such a remark only that it was made is told.
    """
    at = in_utc(entry.created_at)
    if at is not None and (entry.comment or entry.status):
        if entry.comment:
            yield Happening(occurred_at=at, kind="NOTE", message=entry.told())
        else:
            yield Happening(occurred_at=at, kind="STATUS", message=entry.status)
