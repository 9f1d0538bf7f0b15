"""An order as the vendor writes it, for what no record of ours can make: bundles, options, gift certificates."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_salesforce_b2c.manifest import MANIFEST
from orderweave_salesforce_b2c.mapping import order_record
from orderweave_salesforce_b2c.payloads import OrderPayload
from orderweave_sdk.records import Axis, OrderRecord


def wire(**changed: Any) -> dict[str, Any]:
    """An order in gross prices with much in it, with what is changed of it; what is changed to None is left out."""
    order: dict[str, Any] = {
        "orderNo": "00000410",
        "siteId": "RefArch",
        "channelType": "callcenter",
        "creationDate": "2026-05-19T15:23:18.000Z",
        "placeDate": "2026-05-19T15:23:21.000Z",
        "lastModified": "2026-05-20T14:13:31.061Z",
        "status": "new",
        "paymentStatus": "not_paid",
        "shippingStatus": "part_shipped",
        "confirmationStatus": "not_confirmed",
        "exportStatus": "ready",
        "currency": "EUR",
        "taxation": "gross",
        "orderTotal": 138.03,
        "productSubTotal": 120.10,
        "productTotal": 110.1,
        "shippingTotal": 7.93,
        "taxTotal": 18.85,
        "invoiceNo": "00000001",
        "externalOrderNo": "ERP-7",
        "customerOrderReference": "PO 12",
        "customerLocale": "de_DE",
        "remoteHost": "192.0.2.1",
        "customerInfo": {
            "customerId": "abMKqMaNYOBMnNdDNzyC5oNTi5",
            "customerName": "Erika Muster",
            "email": "erika@example.com",
            "guest": True,
        },
        "billingAddress": {
            "firstName": "Erika",
            "lastName": "Muster",
            "companyName": "Muster GmbH",
            "address1": "Am Wall 1",
            "address2": "Hinterhaus",
            "postBox": "Postfach 7",
            "city": "Bremen",
            "stateCode": "HB",
            "postalCode": "28195",
            "countryCode": "DE",
            "phone": "+4930231250",
        },
        "orderPriceAdjustments": [
            {"promotionId": "ten-off", "couponCode": "TEN", "itemText": "Ten off", "basePrice": -10, "grossPrice": -10}
        ],
        "productItems": [
            {
                "itemId": "item1",
                "productId": "TV-55",
                "productName": "A television",
                "quantity": 1,
                "shipmentId": "me",
                "basePrice": 100,
                "priceAfterItemDiscount": 95.05,
                "taxRate": 0.19,
                "taxItems": [{"id": "MwSt.", "rate": 0.19, "value": 15.18}],
                "priceAdjustments": [
                    {"promotionId": "autumn", "basePrice": -4.95},
                    {"promotionId": "express", "basePrice": 2.5},
                ],
                "optionItems": [
                    {"productId": "WARRANTY-2", "optionId": "warranty", "itemText": "Two years", "basePrice": 9.99}
                ],
            },
            {
                "itemId": "item2",
                "productId": "SET",
                "productName": "A set",
                "quantity": 2,
                "shipmentId": "shipment1",
                "basePrice": 12.53,
                "priceAfterItemDiscount": 25.05,
                "taxRate": 0.19,
                "bundledProductItems": [
                    {"itemId": "item3", "productId": "CUP", "quantity": 4, "shipmentId": "shipment1", "taxRate": 0.19}
                ],
            },
        ],
        "giftCertificateItems": [
            {"giftCertificateItemId": "gift1", "itemText": "For you", "basePrice": 20, "shipmentId": "me"}
        ],
        "shipments": [
            {
                "shipmentId": "me",
                "shipmentNo": "00001001",
                "shippingStatus": "shipped",
                "trackingNumber": "JD0146000",
                "shippingAddress": {
                    "fullName": "Max Muster",
                    "address1": "Hafen 2",
                    "city": "Bremen",
                    "countryCode": "DE",
                },
            },
            {"shipmentId": "shipment1", "shipmentNo": "00001002", "shippingStatus": "not_shipped"},
        ],
        "paymentInstruments": [
            {
                "paymentInstrumentId": "pay1",
                "paymentMethodId": "CREDIT_CARD",
                "paymentCard": {"holder": "Erika Muster", "maskedNumber": "************1111"},
                "paymentTransaction": {
                    "amount": 118.03,
                    "transactionId": "t1",
                    "authorizationStatus": {"status": 0, "code": "OK"},
                },
            },
            {"paymentInstrumentId": "pay2", "paymentMethodId": "GIFT_CERTIFICATE"},
        ],
        "c_giftWrap": "yes",
    }
    return {name: value for name, value in {**order, **changed}.items() if value is not None}


def record(**changed: Any) -> OrderRecord:
    """The record of `wire`, with every facet."""
    return order_record(msgspec.json.decode(msgspec.json.encode(wire(**changed)), type=OrderPayload), MANIFEST.facets)


def word(found: OrderRecord, axis: Axis) -> tuple[str, str]:
    """What a record says on an axis: the raw word, and what it means."""
    return next((each.raw, each.normalized) for each in found.statuses if each.axis is axis)
