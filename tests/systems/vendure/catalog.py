"""What a Vendure needs before anybody can buy: taxes, shipping, payment, places, goods and the reader's account.

All through the server's own Admin API, as the superadmin.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from tests.systems.vendure.asking import Session

# What the connector's README tells to grant, and nothing else.
RIGHTS = ("ReadOrder", "ReadProduct", "ReadStockLocation")
READER = "reader@orderweave.example"
STRANGER = "stranger@orderweave.example"
COUPON, LINE_COUPON = "TENOFF", "HALFPOT"
# SKU, name and price in cents; a fifth of it is tax.
GOODS = (
    ("TEA-GREEN-100", "Green tea", 990),
    ("TEA-BLACK-250", "Black tea", 1450),
    ("POT-CAST-1", "Cast iron pot", 8900),
)
PLACES = ("East warehouse", "Harbor store")
ON_HAND = (400, 30)
SHIPPING = 500


class Catalog(msgspec.Struct):
    """The server's ids of what was made, and the reader's credentials."""

    variants: dict[str, str]
    places: dict[str, str]
    shipping_method: str
    password: str
    api_key: str


def stocked(admin: Session) -> Catalog:
    """Fill an empty server."""
    password = secrets.token_hex(12)
    _taxed(admin)
    method = _deliverable(admin)
    _payable(admin)
    places = {name: _place(admin, name) for name in PLACES}
    variants = {sku: _goods(admin, sku, name, cents, list(places.values())) for sku, name, cents in GOODS}
    _discounted(admin, COUPON, "Ten percent off", "order_percentage_discount", [("discount", "10")])
    cheaper = [("discount", "50"), ("productVariantIds", json.dumps([variants["POT-CAST-1"]]))]
    _discounted(admin, LINE_COUPON, "Half the pot", "products_percentage_discount", cheaper)
    role = _role(admin, "reader", RIGHTS)
    _administrator(admin, READER, password, role)
    _administrator(admin, STRANGER, password, _role(admin, "stranger", ("ReadCustomer",)))
    key = admin.ask(
        "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }",
        {"input": {"roleIds": [role], "translations": [{"languageCode": "en", "name": "Orderweave"}]}},
    )
    return Catalog(variants=variants, places=places, shipping_method=method, password=password, api_key=key["apiKey"])


def _taxed(admin: Session) -> None:
    country = _made(
        admin, "createCountry", "CreateCountryInput!", {"code": "US", "enabled": True, "translations": _named("USA")}
    )
    zone = _made(admin, "createZone", "CreateZoneInput!", {"name": "Everywhere", "memberIds": [country]})
    admin.ask(
        "mutation ($input: UpdateChannelInput!)"
        " { updateChannel(input: $input) { ... on Channel { id } ... on ErrorResult { errorCode message } } }",
        {"input": {"id": "1", "defaultTaxZoneId": zone, "defaultShippingZoneId": zone, "pricesIncludeTax": False}},
    )
    category = _made(admin, "createTaxCategory", "CreateTaxCategoryInput!", {"name": "Standard", "isDefault": True})
    rate = {"name": "Sales tax", "enabled": True, "value": 20, "categoryId": category, "zoneId": zone}
    _made(admin, "createTaxRate", "CreateTaxRateInput!", rate)


def _deliverable(admin: Session) -> str:
    calculator = [("rate", str(SHIPPING)), ("includesTax", "exclude"), ("taxRate", "20")]
    return _made(
        admin,
        "createShippingMethod",
        "CreateShippingMethodInput!",
        {
            "code": "standard",
            "fulfillmentHandler": "manual-fulfillment",
            "checker": _operation("default-shipping-eligibility-checker", [("orderMinimum", "0")]),
            "calculator": _operation("default-shipping-calculator", calculator),
            "translations": [{"languageCode": "en", "name": "Standard", "description": ""}],
        },
    )


def _payable(admin: Session) -> None:
    handler = _operation("dummy-payment-handler", [("automaticSettle", "false")])
    method = {
        "code": "card",
        "enabled": True,
        "handler": handler,
        "translations": [{"languageCode": "en", "name": "Card", "description": ""}],
    }
    _made(admin, "createPaymentMethod", "CreatePaymentMethodInput!", method)


def _discounted(admin: Session, coupon: str, name: str, code: str, arguments: Sequence[tuple[str, str]]) -> None:
    promotion = {
        "enabled": True,
        "couponCode": coupon,
        "conditions": [],
        "actions": [_operation(code, arguments)],
        "translations": [{"languageCode": "en", "name": name, "description": ""}],
    }
    admin.ask(
        "mutation ($input: CreatePromotionInput!)"
        " { createPromotion(input: $input) { ... on Promotion { id } ... on ErrorResult { errorCode message } } }",
        {"input": promotion},
    )


def _place(admin: Session, name: str) -> str:
    return _made(admin, "createStockLocation", "CreateStockLocationInput!", {"name": name, "description": ""})


def _goods(admin: Session, sku: str, name: str, cents: int, places: Sequence[str]) -> str:
    texts = [{"languageCode": "en", "name": name, "slug": sku.lower(), "description": ""}]
    product = _made(admin, "createProduct", "CreateProductInput!", {"enabled": True, "translations": texts})
    levels = [{"stockLocationId": place, "stockOnHand": count} for place, count in zip(places, ON_HAND, strict=True)]
    variant = {
        "productId": product,
        "sku": sku,
        "price": cents,
        "trackInventory": "TRUE",
        "stockLevels": levels,
        "translations": _named(name),
    }
    ((made),) = admin.ask(
        "mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }",
        {"input": [variant]},
    )
    return str(made["id"])


def _role(admin: Session, code: str, permissions: Sequence[str]) -> str:
    return _made(
        admin, "createRole", "CreateRoleInput!", {"code": code, "description": code, "permissions": [*permissions]}
    )


def _administrator(admin: Session, address: str, password: str, role: str) -> None:
    account = {
        "firstName": "Only",
        "lastName": "Reads",
        "emailAddress": address,
        "password": password,
        "roleIds": [role],
    }
    _made(admin, "createAdministrator", "CreateAdministratorInput!", account)


def _made(admin: Session, mutation: str, kind: str, values: Any) -> str:
    document = f"mutation ($input: {kind}) {{ {mutation}(input: $input) {{ id }} }}"
    return str(admin.ask(document, {"input": values})["id"])


def _named(name: str) -> list[dict[str, str]]:
    return [{"languageCode": "en", "name": name}]


def _operation(code: str, arguments: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"code": code, "arguments": [{"name": name, "value": value} for name, value in arguments]}
