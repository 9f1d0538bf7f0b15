"""ShipStation's API 1.0 as far as the example asks it, in the shape of its OpenAPI file."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from connectors.rest.tests.examples import SECRET, settings
from orderweave_rest.simulator_wire import encoded
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import order_matches, sort_value
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Company,
    Customer,
    Fulfillment,
    Header,
    Line,
    Money,
    OrderRecord,
    Package,
    Person,
    Place,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    Totals,
)
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator

_HERE = ZoneInfo("America/Los_Angeles")
# What each of the API's words means on the two axes it speaks for.
_MEANINGS = {
    "awaiting_shipment": ("OPEN", "UNFULFILLED"),
    "shipped": ("COMPLETED", "FULFILLED"),
    "cancelled": ("CANCELED", "CANCELED"),
}
_NO_WEIGHT = {"value": 0, "units": "ounces"}


class ShipStationSimulator(Simulator):
    """Orders, shipments, products and warehouses; whole numbers for ids and Californian clocks for times."""

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers."""
        return str(n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """One word for an order, one parcel a shipment, and the buyer by the billing address."""
        header, customer = record.header or Header(), record.customer or Customer()
        addresses, totals = record.addresses or Addresses(), header.totals or Totals()
        order, fulfillment = _MEANINGS[_word(record)]
        person, company = customer.person or Person(), customer.company or Company()
        billing = addresses.billing and msgspec.structs.replace(
            addresses.billing, phone=person.phone, company=company.name
        )
        return OrderRecord(
            external_id=record.external_id,
            keys=record.keys,
            updated_at=record.updated_at,
            statuses=(StatusWord(Axis.ORDER, "", order, ""), StatusWord(Axis.FULFILLMENT, "", fulfillment, "")),
            header=Header(
                number=header.number,
                placed_at=header.placed_at,
                updated_at=record.updated_at,
                currency="USD",
                totals=Totals(total=totals.total, paid=totals.paid, tax=totals.tax, shipping=totals.shipping),
            ),
            lines=tuple(
                msgspec.structs.replace(line, quantity=Quantities(ordered=line.quantity.ordered))
                for line in record.lines or ()
            ),
            customer=Customer(person=person, company=Company(name=company.name) if company.name else None),
            addresses=Addresses(billing=billing, shipping=addresses.shipping),
            fulfillment=Fulfillment(
                shipments=tuple(_expressible_shipment(each) for each in (record.fulfillment or Fulfillment()).shipments)
            ),
            holds=(),
        )

    def settings(self) -> dict[str, Any]:
        """Those of the example."""
        return settings("shipstation", self.url)

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The first word of the path, and what was asked."""
        return request.path.split("/")[1], dict(request.query)

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The API's answer, without any fault."""
        expected = base64.b64encode(f"the-api-key:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return SimulatedAnswer.of({"message": "Unauthorized"}, status=401)
        query, path = dict(request.query), request.path
        if path.startswith("/orders/"):
            found = [order for order in self.world.orders if order.external_id == path.removeprefix("/orders/")]
            return (
                _said(_alone(_order(found[0]))) if found else SimulatedAnswer.of({"message": "Not Found"}, status=404)
            )
        if path == "/orders":
            return _page("orders", [_order(order) for order in _chosen(self.world.orders, query)], query)
        if path == "/shipments":
            found = [order for order in self.world.orders if order.external_id == query["orderId"]]
            shipments = [_shipment(order, each) for order in found for each in (order.fulfillment or NOTHING).shipments]
            return _page("shipments", shipments, query)
        if path == "/products":
            return _page("products", [_product(p) for p in self.world.products if p.sku == query["sku"]], query)
        return _said([_warehouse(place.external_id, place.name) for place in self.world.locations])


NOTHING = Fulfillment()


def _word(order: OrderRecord) -> str:
    meant = {word.axis: word.normalized for word in order.statuses}
    if meant.get(Axis.ORDER) == "CANCELED":
        return "cancelled"
    return "shipped" if meant.get(Axis.FULFILLMENT) == "FULFILLED" else "awaiting_shipment"


def _expressible_shipment(shipment: Shipment) -> Shipment:
    (package,) = shipment.packages
    return Shipment(
        external_id=shipment.external_id,
        status=ShipmentStatus.LABEL_CREATED,
        location=Place(external_id=shipment.location.external_id) if shipment.location else None,
        shipped_at=shipment.shipped_at,
        lines=shipment.lines,
        packages=(
            Package(
                carrier=Carrier(code=package.carrier.code) if package.carrier else None,
                tracking_number=package.tracking_number,
                status=ShipmentStatus.LABEL_CREATED,
            ),
        ),
    )


def _chosen(orders: Iterable[OrderRecord], query: dict[str, str]) -> list[OrderRecord]:
    found = list(orders)
    for name, value in query.items():
        if name == "orderNumber":
            found = [order for order in found if (order.key("number") or "").startswith(value)]
        elif name == "orderStatus":
            found = [order for order in found if _word(order) == value]
        elif name.endswith(("DateStart", "DateEnd")):
            field = SearchField.PLACED_AT if name.startswith("order") else SearchField.UPDATED_AT
            operator = Operator.GTE if name.endswith("Start") else Operator.LTE
            moment = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_HERE)
            condition = Condition(field, operator, (moment,))
            found = [order for order in found if order_matches(order, condition)]
    field = SearchField.UPDATED_AT if query.get("sortBy") == "ModifyDate" else SearchField.PLACED_AT
    return sorted(found, key=lambda order: sort_value(order, field), reverse=query.get("sortDir") == "DESC")


def _page(name: str, found: list[Any], query: dict[str, str]) -> SimulatedAnswer:
    page, size = int(query.get("page", "1")), int(query.get("pageSize", "100"))
    pages = -(-len(found) // size)
    return _said({name: found[(page - 1) * size : page * size], "total": len(found), "page": page, "pages": pages})


def _said(document: Any) -> SimulatedAnswer:
    return SimulatedAnswer(headers={"content-type": "application/json"}, body=encoded(document))


def _clock(moment: datetime | None) -> str:
    return moment.astimezone(_HERE).strftime("%Y-%m-%dT%H:%M:%S.%f0") if moment else ""


def _amount(money: Money | None) -> Decimal | int:
    amount = money.amount if money else Decimal(0)
    return int(amount) if amount == amount.to_integral_value() else amount


def _address(address: Address | None, verified: str) -> dict[str, Any]:
    told = address or Address()
    streets = dict(zip(("street1", "street2"), (*told.lines, "", ""), strict=False))
    return {
        "name": told.name or "",
        "company": told.company or "",
        **streets,
        "street3": "",
        "city": told.city or "",
        "state": told.region or "",
        "postalCode": told.postal_code or "",
        "country": told.country_code or "",
        "phone": told.phone or "",
        "residential": verified if verified else False,
        "addressVerified": "Address validated successfully",
    }


def _item(line: Line) -> dict[str, Any]:
    return {
        "orderItemId": int(line.external_id),
        "lineItemKey": "",
        "sku": line.sku,
        "name": line.title,
        "weight": _NO_WEIGHT,
        "quantity": int(line.quantity.ordered or 0),
        "unitPrice": _amount(line.unit_price),
        "warehouseLocation": "",
        "options": [],
        "productId": 1,
        "fulfillmentSku": "",
        "adjustment": False,
        "createDate": "",
        "modifyDate": "",
    }


def _order(order: OrderRecord) -> dict[str, Any]:
    header, customer = order.header or Header(), order.customer or Customer()
    addresses, totals = order.addresses or Addresses(), header.totals or Totals()
    person = customer.person or Person()
    texts = ("paymentDate", "shipByDate", "customerNotes", "internalNotes", "requestedShippingService", "carrierCode")
    more = ("serviceCode", "packageCode", "confirmation", "shipDate", "orderKey")
    return {
        **dict.fromkeys((*texts, *more), ""),
        "orderId": int(order.external_id),
        "orderNumber": order.key("number"),
        "orderDate": _clock(header.placed_at),
        "createDate": _clock(header.placed_at),
        "modifyDate": _clock(order.updated_at),
        "orderStatus": _word(order),
        "customerId": int(person.external_id or 0),
        "customerUsername": person.email or "",
        "customerEmail": person.email or "",
        "billTo": _address(addresses.billing, "no"),
        "shipTo": _address(addresses.shipping, ""),
        "items": [_item(line) for line in order.lines or ()],
        "orderTotal": _amount(totals.total),
        "amountPaid": _amount(totals.paid),
        "taxAmount": _amount(totals.tax),
        "shippingAmount": _amount(totals.shipping),
        "gift": False,
        "giftMessage": "",
        "paymentMethod": "",
        "weight": _NO_WEIGHT,
        "dimensions": {"units": "inches", "length": 1, "width": 1, "height": 1},
        "insuranceOptions": {"provider": "", "insureShipment": False, "insuredValue": 0},
        "internationalOptions": {"contents": "merchandise", "customsItems": [], "nonDelivery": "return_to_sender"},
        "advancedOptions": {
            **dict.fromkeys(("nonMachinable", "saturdayDelivery", "containsAlcohol", "mergedOrSplit"), False),
            "warehouseId": 1,
            "mergedIds": [],
            "storeId": 1,
            "customField1": "",
            "customField2": "",
            "customField3": "",
            "source": "",
        },
        "externallyFulfilled": False,
    }


def _alone(order: dict[str, Any]) -> dict[str, Any]:
    """An order asked for by its id: the contract knows its customs items as a text, not as a list."""
    return {**order, "internationalOptions": {**order["internationalOptions"], "customsItems": None}}


def _shipment(order: OrderRecord, shipment: Shipment) -> dict[str, Any]:
    (package,) = shipment.packages
    addresses = order.addresses or Addresses()
    texts = ("userId", "batchNumber", "serviceCode", "packageCode", "confirmation")
    return {
        **dict.fromkeys(texts, ""),
        "shipmentId": int(shipment.external_id),
        "orderId": int(order.external_id),
        "orderNumber": order.key("number"),
        "createDate": _clock(shipment.shipped_at),
        "shipDate": _clock(shipment.shipped_at),
        "shipmentCost": 0,
        "insuranceCost": 0,
        "trackingNumber": package.tracking_number,
        "isReturnLabel": False,
        "carrierCode": package.carrier.code if package.carrier else "",
        "warehouseId": int(shipment.location.external_id) if shipment.location else 1,
        "voided": False,
        "marketplaceNotified": True,
        "shipTo": {
            name: value for name, value in _address(addresses.shipping, "no").items() if name != "addressVerified"
        },
        "weight": _NO_WEIGHT,
        "insuranceOptions": {"provider": "", "insureShipment": False, "insuredValue": 0},
        "shipmentItems": [
            {
                "orderItemId": int(line.line_id or 0),
                "sku": line.sku,
                "name": line.sku,
                "quantity": int(line.quantity),
                "unitPrice": 0,
                "productId": 1,
            }
            for line in shipment.lines
        ],
    }


def _product(product: Any) -> dict[str, Any]:
    numbers = ("price", "defaultCost", "length", "width", "height", "weightOz")
    texts = ("fulfillmentSku", "createDate", "modifyDate", "warehouseLocation")
    defaults = ("CarrierCode", "ServiceCode", "PackageCode", "IntlCarrierCode", "IntlServiceCode", "IntlPackageCode")
    usual = [f"default{name}" for name in (*defaults, "Confirmation", "IntlConfirmation")]
    return {
        **dict.fromkeys(numbers, 0),
        **dict.fromkeys((*texts, *usual), ""),
        "productId": int(product.external_id),
        "sku": product.sku,
        "name": product.title,
        "active": product.active,
        "productCategory": {"categoryId": 1, "name": ""},
        "tags": [],
    }


def _warehouse(number: str, name: str | None) -> dict[str, Any]:
    address = {name: value for name, value in _address(None, "").items() if name != "addressVerified"}
    return {
        "warehouseId": int(number),
        "warehouseName": name,
        "originAddress": address,
        "returnAddress": {**address, "residential": "no"},
        "createDate": "",
        "isDefault": False,
    }
