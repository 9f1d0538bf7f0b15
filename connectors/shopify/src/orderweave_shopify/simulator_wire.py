"""An order on Shopify's wire, as the simulator's schema resolves it: dicts, with a function where there are pages."""

from __future__ import annotations

from orderweave_sdk.records import (
    Address,
    Axis,
    Channel,
    Discount,
    Happening,
    Header,
    Line,
    Money,
    OrderRecord,
    Payments,
    Person,
    Return,
    ReturnLine,
    TaxLine,
    Totals,
)
from orderweave_shopify.simulator_expressing import source_name
from orderweave_shopify.simulator_paging import Wire, connection
from orderweave_shopify.simulator_wire_goods import fulfillment_order_wire, fulfillment_wire
from orderweave_shopify.simulator_wire_money import bag, refund_wires, transaction_wires, units_back
from orderweave_shopify.simulator_words import raw_word
from orderweave_shopify.statuses import NO_RETURN


def order_wire(order: OrderRecord) -> Wire:
    """One order; it must have gone through `expressible_order`."""
    header = order.header or Header()
    back = units_back(order)
    lines = {line.external_id: line_wire(line, back.get(line.external_id, 0)) for line in order.lines or ()}
    fulfillment = order.fulfillment
    references = {key.namespace: key.value for key in order.references}
    raws = {word.axis: word.raw for word in order.statuses}
    return {
        "__typename": "Order",
        "id": order.external_id,
        "name": order.key("number") or "",
        "updatedAt": order.updated_at,
        "poNumber": references.get("po_number"),
        "sourceIdentifier": references.get("source_identifier"),
        "displayFinancialStatus": raws.get(Axis.PAYMENT),
        "displayFulfillmentStatus": raws.get(Axis.FULFILLMENT, "UNFULFILLED"),
        "returnStatus": raws.get(Axis.RETURN, NO_RETURN),
        **_header(header),
        **_customer(order),
        "lineItems": connection(list(lines.values())),
        "transactions": transaction_wires(order.payments or Payments()),
        "refunds": refund_wires(order, lines, back),
        "fulfillmentOrders": connection(
            [fulfillment_order_wire(item, lines) for item in fulfillment.fulfillment_orders] if fulfillment else []
        ),
        "fulfillments": [fulfillment_wire(item, lines) for item in fulfillment.shipments] if fulfillment else [],
        "returns": connection([_return(item, lines) for item in order.returns or ()]),
        "events": connection([_happening(order, n, entry) for n, entry in enumerate(order.timeline or ())]),
    }


def _header(header: Header) -> Wire:
    totals = header.totals or Totals()
    subtotal = totals.subtotal
    if subtotal is not None and totals.discount is not None:
        subtotal = Money(subtotal.amount - totals.discount.amount, subtotal.currency)
    return {
        "processedAt": header.placed_at,
        "cancelledAt": header.canceled_at,
        "closedAt": header.closed_at,
        "cancelReason": header.cancel_reason,
        "currencyCode": header.currency,
        "presentmentCurrencyCode": header.presentment_currency,
        **_channel(header.channel),
        "subtotalPriceSet": bag(subtotal),
        "cartDiscountAmountSet": bag(totals.discount),
        "totalTaxSet": bag(totals.tax),
        "originalTotalDutiesSet": bag(totals.duties),
        "originalTotalAdditionalFeesSet": bag(totals.fees),
        "totalPriceSet": bag(totals.total),
        "totalReceivedSet": bag(totals.paid),
        "totalRefundedSet": bag(totals.refunded),
        "totalOutstandingSet": bag(totals.due),
        "taxLines": [_tax(tax) for tax in header.taxes],
        "shippingLines": connection([{"discountedPriceSet": bag(totals.shipping)}] if totals.shipping else []),
        "discountApplications": connection([_application(item, "ALL") for item in header.discounts]),
    }


def _channel(channel: Channel | None) -> Wire:
    if channel is None:
        return {"attribution": None, "sourceName": None}
    return {
        "attribution": {"handle": channel.code, "displayName": channel.name},
        "sourceName": source_name(channel),
    }


def _tax(tax: TaxLine) -> Wire:
    return {"title": tax.title, "rate": None if tax.rate is None else float(tax.rate), "priceSet": bag(tax.amount)}


def _application(discount: Discount, selection: str) -> Wire:
    named = (
        {"__typename": "DiscountCodeApplication", "code": discount.code}
        if discount.code
        else {"__typename": "ManualDiscountApplication", "title": discount.title}
    )
    amount = discount.amount
    return {
        **named,
        "allocationMethod": "ACROSS",
        "targetSelection": selection,
        "targetType": "LINE_ITEM",
        "value": (
            {"__typename": "MoneyV2", "amount": format(amount.amount, "f"), "currencyCode": amount.currency}
            if amount
            else {"__typename": "PricingPercentageValue", "percentage": 0.0}
        ),
    }


def line_wire(line: Line, back: int) -> Wire:
    """One order line; `back` of its units came back, which lowers its current quantity as what was canceled does."""
    return {
        "id": line.external_id,
        "sku": line.sku,
        "name": line.title or "",
        "quantity": int(line.quantity.ordered or 0),
        "currentQuantity": int(line.quantity.current or 0) - back,
        "nonFulfillableQuantity": int(line.quantity.canceled or 0),
        "originalUnitPriceSet": bag(line.unit_price),
        "discountedTotalSet": bag(line.total),
        "discountAllocations": [
            {"allocatedAmountSet": bag(item.amount), "discountApplication": _application(item, "EXPLICIT")}
            for item in line.discounts
        ],
        "taxLines": [_tax(tax) for tax in line.taxes],
    }


def _customer(order: OrderRecord) -> Wire:
    person = order.customer.person if order.customer else None
    company = order.customer.company if order.customer else None
    account = _account(person) if person and person.external_id else None
    buyer = account
    if company is not None:
        buyer = {
            "__typename": "PurchasingCompany",
            "company": {"id": company.external_id, "name": company.name or ""},
            "location": {
                "id": "gid://shopify/CompanyLocation/1",
                "taxSettings": {"taxRegistrationId": company.tax_id},
            },
        }
    addresses = order.addresses
    return {
        "email": person.email if person else None,
        "phone": person.phone if person else None,
        "customer": account,
        "purchasingEntity": buyer,
        "billingAddress": _address(addresses.billing if addresses else None),
        "shippingAddress": _address(addresses.shipping if addresses else None),
    }


def _account(person: Person) -> Wire:
    return {
        "__typename": "Customer",
        "id": person.external_id,
        "displayName": person.name or "",
        "defaultEmailAddress": {"emailAddress": person.email} if person.email else None,
        "defaultPhoneNumber": {"phoneNumber": person.phone} if person.phone else None,
    }


def _address(address: Address | None) -> Wire | None:
    if address is None:
        return None
    first, second = (*address.lines, None, None)[:2]
    return {
        "name": address.name,
        "company": address.company,
        "address1": first,
        "address2": second,
        "city": address.city,
        "province": address.region,
        "provinceCode": address.region,
        "zip": address.postal_code,
        "countryCodeV2": address.country_code,
        "phone": address.phone,
    }


def _return(item: Return, lines: dict[str, Wire]) -> Wire:
    return {
        "__typename": "Return",
        "id": item.external_id,
        "name": item.number,
        "status": raw_word(Axis.RETURN_PART, item.status),
        "createdAt": item.created_at,
        "returnLineItems": connection([_return_line(line, lines) for line in item.lines]),
    }


def _return_line(line: ReturnLine, lines: dict[str, Wire]) -> Wire:
    goods = lines.get(line.line_id or "")
    return {
        "__typename": "ReturnLineItem" if goods else "UnverifiedReturnLineItem",
        "quantity": int(line.quantity),
        "returnReasonNote": "",
        "returnReasonDefinition": {"handle": line.reason} if line.reason else None,
        "fulfillmentLineItem": {"lineItem": goods},
    }


def _happening(order: OrderRecord, n: int, entry: Happening) -> Wire:
    return {
        "__typename": "BasicEvent",
        "id": f"{order.external_id.replace('/Order/', '/BasicEvent/')}{n:03}",
        "action": entry.kind.lower(),
        "createdAt": entry.occurred_at,
        "message": entry.message or "",
    }
