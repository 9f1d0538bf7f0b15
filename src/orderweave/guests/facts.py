"""The second fact: what a guest says beside the number, and whether an order bears it out. Pure."""

from __future__ import annotations

import hmac
import re
import unicodedata
from enum import StrEnum

import msgspec

from orderweave.model.order import Order

_LONGEST_EMAIL = 320
_LONGEST_POSTAL_CODE = 20
# No country has shorter codes; what is left of "-" or "n/a" is none.
_SHORTEST_POSTAL_CODE = 3
# Of a ZIP code the first five digits name the place; the four behind them are seldom known by heart.
_ZIP = re.compile(r"([0-9]{5})(?:[0-9]{4})?")
# The United States, and the places that its postal service serves under a country code of their own.
_ZIP_COUNTRIES = frozenset({"US", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "UM", "VI"})


class FactKind(StrEnum):
    """What may be said beside the number."""

    EMAIL = "EMAIL"
    POSTAL_CODE = "POSTAL_CODE"


class NoFact(ValueError):
    """What was given is no e-mail address or postal code; the message says what would be and holds nothing of it."""


class Fact(msgspec.Struct, frozen=True):
    """A second fact, tidied. Never printed."""

    kind: FactKind
    value: str

    def __repr__(self) -> str:
        return f"Fact({self.kind.value})"

    @property
    def counted_as(self) -> str:
        """What a budget counts it under: of all facts that one address bears out there is one. What may be compared by
        five digits alone counts as these, in whichever country the order turns out to be.
        """
        return (_zip(self.value) or self.value) if self.kind is FactKind.POSTAL_CODE else self.value

    def fits(self, order: Order) -> bool:
        """Whether the order bears it out: the customer's address, or the postal code of where it is shipped or billed.

        Each value is compared in the same time whatever is in it.
        """
        if self.kind is FactKind.EMAIL:
            return _same(self.value, _email(order.customer.email) if order.customer and order.customer.email else "")
        found = False
        for address in (order.shipping_address, order.billing_address):
            known, given = _postal_code(address.postal_code) if address and address.postal_code else "", self.value
            if address is not None and address.country_code in _ZIP_COUNTRIES:
                known, given = _zip(known), _zip(given)
            found |= _same(given, known)
        return found


def email_fact(text: str) -> Fact:
    """The fact in an e-mail address as it was typed; raises NoFact for what is none."""
    value = _email(text)
    if "@" not in value or len(value) > _LONGEST_EMAIL:
        raise NoFact("email must be an e-mail address")
    return Fact(FactKind.EMAIL, value)


def postal_code_fact(text: str) -> Fact:
    """The fact in a postal code as it was typed; raises NoFact for what is none."""
    value = _postal_code(text)
    if len(value) < _SHORTEST_POSTAL_CODE or len(text) > _LONGEST_POSTAL_CODE:
        raise NoFact("postalCode must be a postal code of 3 to 20 characters")
    return Fact(FactKind.POSTAL_CODE, value)


def _email(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _postal_code(text: str) -> str:
    """Letters and digits alone, without case: people write SW1A 1AA and sw1a1aa, 123-4567 and 1234567."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def _zip(code: str) -> str:
    """The first five digits of a ZIP code of five or nine; nothing of what is none."""
    found = _ZIP.fullmatch(code)
    return found[1] if found else ""


def _same(given: str, known: str) -> bool:
    """Whether both are the same and not empty."""
    equal = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode("utf-8", "surrogatepass"))
    return equal and bool(known)
