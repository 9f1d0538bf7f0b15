"""Who buys: persons in two markets and companies, with addresses; mail and phone numbers reach nobody.

Mail domains are the reserved example ones; phone numbers come from the ranges that regulators keep for fiction.
"""

from __future__ import annotations

from random import Random

import msgspec

from orderweave_sdk.records import Address


class Town(msgspec.Struct, frozen=True):
    """Where people live: the sales tax or VAT there, as the name and percentage that a shop charges."""

    city: str
    region: str | None
    country_code: str
    postal_code: str
    tax_title: str
    tax_percent: str

    @property
    def label(self) -> str:
        """How carriers write the town."""
        return ", ".join(part for part in (self.city, self.region, self.country_code) if part)


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """A person, or a person who buys for a company. `n` numbers persons and `company_n` companies from 1 on."""

    n: int
    name: str
    email: str
    phone: str | None
    address: Address
    town: Town
    company_n: int | None = None
    company: str | None = None
    tax_id: str | None = None


_TOWNS_US = (
    Town("Portland", "ME", "US", "04103", "ME sales tax", "5.5"),
    Town("Boston", "MA", "US", "02118", "MA sales tax", "6.25"),
    Town("Burlington", "VT", "US", "05401", "VT sales tax", "7"),
    Town("Providence", "RI", "US", "02903", "RI sales tax", "7"),
    Town("Albany", "NY", "US", "12203", "NY sales tax", "8"),
    Town("Pittsburgh", "PA", "US", "15206", "PA sales tax", "7"),
    Town("Chicago", "IL", "US", "60614", "IL sales tax", "10.25"),
    Town("Austin", "TX", "US", "78704", "TX sales tax", "8.25"),
    Town("Denver", "CO", "US", "80205", "CO sales tax", "8.81"),
    Town("Eugene", "OR", "US", "97401", "No sales tax", "0"),
)
_TOWNS_EU = (
    Town("Hamburg", None, "DE", "20359", "MwSt.", "19"),
    Town("Köln", None, "DE", "50674", "MwSt.", "19"),
    Town("Lyon", None, "FR", "69003", "TVA", "20"),
    Town("Utrecht", None, "NL", "3512 JE", "BTW", "21"),
    Town("Wien", None, "AT", "1070", "USt.", "20"),
    Town("Cork", None, "IE", "T12 XY90", "VAT", "23"),
    Town("Gent", None, "BE", "9000", "TVA", "21"),
)
_FIRST_US = ("Ada", "Ben", "Carla", "Dev", "Elena", "Frank", "Grace", "Hiro", "Iris", "Jon", "Keisha", "Luis", "Mina")
_LAST_US = ("Abbott", "Brooks", "Castillo", "Dunn", "Ellis", "Fischer", "Garner", "Huang", "Ito", "Jensen", "Kowalski")
_FIRST_EU = ("Anke", "Bram", "Chloé", "Daan", "Eva", "Fiona", "Gerd", "Hélène", "Ines", "Jörg", "Katrin", "Liam")
_LAST_EU = ("Aigner", "Bakker", "Caron", "Dietz", "Egger", "Fournier", "Götz", "Hofer", "Janssen", "Keane", "Lambert")
_STREETS_US = ("Maple Street", "Chestnut Avenue", "Harbor Road", "Elm Court", "Prospect Street", "Mill Lane")
_STREETS_EU = {
    "DE": "Lindenstraße {}",
    "AT": "Neugasse {}",
    "FR": "{} rue des Lilas",
    "NL": "Oudegracht {}",
    "IE": "{} Bridge Street",
    "BE": "Koestraat {}",
}
_TRADES = (
    "Corner Cafe",
    "Blue Door Hotel",
    "Linen & Leaf",
    "Northside Grocers",
    "The Reading Room",
    "Pine Ridge Spa",
    "Old Mill Bakery",
    "Granite Offices",
    "Sail Loft Inn",
    "Wharf Market",
    "Elm Tree Clinic",
    "Lantern Books",
)
_FORMS = ("LLC", "Inc", "Co-op")


class People:
    """Everybody who may buy, made before the first order; people come back."""

    def __init__(self, rng: Random, *, us: int, eu: int, companies: int) -> None:
        self.us = tuple(_person(rng, n, _TOWNS_US, _FIRST_US, _LAST_US) for n in range(1, us + 1))
        self.eu = tuple(_person(rng, us + n, _TOWNS_EU, _FIRST_EU, _LAST_EU) for n in range(1, eu + 1))
        self.companies = tuple(_contact(rng, us + eu + n, n) for n in range(1, companies + 1))


def _person(rng: Random, n: int, towns: tuple[Town, ...], firsts: tuple[str, ...], lasts: tuple[str, ...]) -> Buyer:
    name, town = f"{rng.choice(firsts)} {rng.choice(lasts)}", rng.choice(towns)
    return Buyer(
        n=n,
        name=name,
        email=_email(name, n),
        phone=_phone(town, n) if rng.random() < 0.7 else None,
        address=_address(rng, name, None, town),
        town=town,
    )


def _contact(rng: Random, n: int, company_n: int) -> Buyer:
    name, town = f"{rng.choice(_FIRST_US)} {rng.choice(_LAST_US)}", rng.choice(_TOWNS_US)
    trade, form = _TRADES[(company_n - 1) % len(_TRADES)], _FORMS[(company_n - 1) // len(_TRADES) % len(_FORMS)]
    # Past the last new name, companies are told apart by their town, as chains are.
    branch = (company_n - 1) // (len(_TRADES) * len(_FORMS))
    company = f"{trade} {form}" if branch == 0 else f"{trade} {town.city} {branch} {form}"
    return Buyer(
        n=n,
        name=name,
        email=_email(name, n),
        phone=_phone(town, n),
        address=_address(rng, name, company, town),
        town=town,
        company_n=company_n,
        company=company,
        tax_id=f"98-{7000000 + company_n}",
    )


def _email(name: str, n: int) -> str:
    first, last = name.lower().translate(str.maketrans("éèöäü", "eeoau")).split()
    return f"{first}.{last}{n}@example.com"


def _phone(town: Town, n: int) -> str | None:
    if town.country_code == "US":
        return f"+1202555{100 + n % 100:04d}"
    if town.country_code == "DE":
        return f"+493023125{n % 1000:03d}"
    return None


def _address(rng: Random, name: str, company: str | None, town: Town) -> Address:
    house = rng.randint(1, 180)
    if town.country_code == "US":
        street = f"{house} {rng.choice(_STREETS_US)}"
    else:
        street = _STREETS_EU[town.country_code].format(house)
    second = (f"Apt {rng.randint(1, 40)}",) if town.country_code == "US" and rng.random() < 0.2 else ()
    return Address(
        name=name,
        company=company,
        lines=(street, *second),
        city=town.city,
        region=town.region,
        postal_code=town.postal_code,
        country_code=town.country_code,
    )
