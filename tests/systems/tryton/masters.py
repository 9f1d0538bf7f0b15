"""What orders refer to, each made in Tryton when it is first needed: places, products, parties, terms."""

# Tryton lives in an environment of its own, so the type checker cannot see it.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from trytond.pool import Pool

# Records of the world come as plain JSON.
Record = dict[str, Any]
COMPANY_CATEGORY = "Company"


def get(model: str) -> Any:
    """The model, as Tryton's pool knows it."""
    return Pool().get(model)


def make(model: str, /, **values: Any) -> Any:
    """A new record of a model."""
    (made,) = get(model).create([values])
    return made


class Masters:
    """`ids` says which id the server gave to each record, by the record's own."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self._made: dict[Any, Any] = {}

    def note(self, ours: str | None, theirs: Any) -> None:
        """Remember the server's id of a record."""
        if ours is not None:
            self.ids[ours] = str(theirs.id)

    def made(self, model: str, ours: str) -> Any:
        """The server's record of one of ours."""
        return get(model)(int(self.ids[ours]))

    def warehouse(self, place: Record) -> None:
        """A warehouse with its zones; the first takes over the one that every new database has."""
        location = get("stock.location")
        unnamed = location.search([("type", "=", "warehouse"), ("name", "=", "Warehouse")])
        if unnamed:
            location.write(unnamed, {"name": place["name"]})
            self.note(place["external_id"], unnamed[0])
            return
        (lost,) = location.search([("type", "=", "lost_found")], limit=1)
        zones = {
            f"{zone}_location": make("stock.location", name=f"{place['name']} {zone}", type="storage").id
            for zone in ("input", "output", "storage")
        }
        values = {"name": place["name"], "type": "warehouse", "lost_found_location": lost.id}
        self.note(place["external_id"], make("stock.location", **values, **zones))

    def product(self, record: Record) -> None:
        """A product to sell and to keep in stock."""
        made = self._variant(record["title"], "goods", suffix_code=record["sku"])
        self._made["product", record["sku"]] = made
        self.note(record["external_id"], made)

    def by_sku(self, sku: str) -> Any:
        """The product with that SKU."""
        return self._made["product", sku]

    def carrier(self, name: str) -> Any:
        """The carrier of that name."""

        def create() -> Any:
            return make(
                "carrier",
                party=make("party.party", name=name).id,
                carrier_product=self._variant("Delivery", "service").id,
            )

        return self._once(("carrier", name), create)

    def customer(self, record: Record) -> Any:
        """A person as a party, with ways to be reached."""
        reached = [
            {"type": kind, "value": record[kind], "name": record["name"]}
            for kind in ("email", "phone")
            if record[kind] is not None
        ]
        return self._party(record, contact_mechanisms=[("create", reached)])

    def company(self, record: Record) -> Any:
        """A company as a party, marked by its category."""
        category = self._once("category", lambda: make("party.category", name=COMPANY_CATEGORY))
        return self._party(record, categories=[("add", [category.id])])

    def address(self, party: Any, record: Record) -> Any:
        """An address of a party."""
        code = record["country_code"]
        region = f"{code}-{record['region']}"
        country = self._once(("country", code), lambda: make("country.country", name=code, code=code))
        subdivision = self._once(
            ("region", region),
            lambda: make("country.subdivision", name=region, code=region, type="state", country=country.id),
        )
        return self._once(
            ("address", party.id, json.dumps(record)),
            lambda: make(
                "party.address",
                party=party.id,
                party_name=record["name"],
                street_unstructured="\n".join(record["lines"]),
                city=record["city"],
                postal_code=record["postal_code"],
                country=country.id,
                subdivision=subdivision.id,
            ),
        )

    def terms(self, name: str) -> Any:
        """Payment terms of that name."""
        lines = [("create", [{"type": "remainder", "relativedeltas": [("create", [{"days": 30}])]}])]
        return self._once(("terms", name), lambda: make("account.invoice.payment_term", name=name, lines=lines))

    def currency(self, code: str) -> Any:
        """The currency with that code."""
        return get("currency.currency").search([("code", "=", code)])[0]

    def box(self) -> Any:
        """The one type of package."""
        return self._once("box", lambda: make("stock.package.type", name="Box"))

    def _once(self, key: Any, create: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = create()
        return self._made[key]

    def _party(self, record: Record, **values: Any) -> Any:
        def create() -> Any:
            made = make("party.party", name=record["name"], addresses=[], **values)
            self.note(record["external_id"], made)
            return made

        return self._once(("party", record["external_id"]), create)

    def _variant(self, name: str, kind: str, **values: Any) -> Any:
        (unit,) = get("product.uom").search([("symbol", "=", "u")])
        (category,) = get("product.category").search([("accounting", "=", True)])
        template = make(
            "product.template",
            name=name,
            type=kind,
            default_uom=unit.id,
            account_category=category.id,
            salable=True,
            sale_uom=unit.id,
            list_price=Decimal(1),
            products=[("create", [values])],
        )
        return template.products[0]
