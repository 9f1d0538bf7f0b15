"""The second fact: how it may be written, what it is held against, and that nothing empty ever fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.guests.facts import NoFact, email_fact, postal_code_fact
from orderweave.model.order import Customer, Order
from orderweave.model.provenance import Freshness
from orderweave_sdk.records import Address

FRESH = Freshness(as_of=None, max_age_seconds=0, stale=False, missing=())


def order(
    email: str | None = None,
    shipping: str | None = None,
    billing: str | None = None,
    country: str | None = "DE",
) -> Order:
    """An order with an e-mail address and postal codes, as far as given."""
    return Order(
        id="1",
        key="k",
        freshness=FRESH,
        customer=Customer(id="c", name="Ada", email=email, phone=None),
        shipping_address=Address(postal_code=shipping, country_code=country),
        billing_address=Address(postal_code=billing, country_code=country),
    )


@pytest.mark.parametrize("given", ["ada@example.com", " Ada@Example.COM ", "ADA@EXAMPLE.COM", "\uff41da@example.com"])
def test_an_email_address_however_typed(given: str) -> None:
    """Case, outer spaces and width do not matter, on either side."""
    assert email_fact(given).fits(order("ada@example.com"))
    assert email_fact("ada@example.com").fits(order(given))
    assert not email_fact(given).fits(order("ada@example.org"))


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("10115", "10115"),
        ("sw1a1aa", "SW1A 1AA"),
        ("SW1A-1AA", "sw1a 1aa"),
        ("123-4567", "1234567"),
        ("k1a 0b1", "K1A0B1"),
    ],
)
def test_a_postal_code_however_typed(given: str, known: str) -> None:
    """Case, spaces and hyphens do not matter; the code of the delivery fits, and that of the bill."""
    fact = postal_code_fact(given)
    assert fact.fits(order(shipping=known, billing="99999"))
    assert fact.fits(order(shipping="99999", billing=known))
    assert not fact.fits(order(shipping="99999", billing="88888"))


def test_five_digits_are_enough_in_the_united_states() -> None:
    """A code of nine digits fits with its first five, either way round, there and nowhere else."""
    assert postal_code_fact("94107").fits(order(shipping="94107-1234", country="US"))
    assert postal_code_fact("94107-1234").fits(order(shipping="94107", country="US"))
    assert not postal_code_fact("94107").fits(order(shipping="94107-1234", country="DE"))
    assert not postal_code_fact("9410").fits(order(shipping="94107", country="US"))


@pytest.mark.parametrize("country", ["US", "PR"])
@pytest.mark.parametrize(
    "given", ["1234", "123456", "12345-678", "1234567890", "12345abc", "12345-abcd", "\u0661\u0662\u0663\u0664\u0665"]
)
@pytest.mark.parametrize("known", ["12345", "12345-6789"])
def test_a_zip_code_has_five_digits_or_nine(known: str, given: str, country: str) -> None:
    """Where a code is compared by its first five digits, only five or nine digits are one; what follows them is not
    passed over.
    """
    assert postal_code_fact("12345").fits(order(shipping=known, country=country))
    assert not postal_code_fact(given).fits(order(shipping=known, country=country))


_WRITTEN = st.one_of(
    st.from_regex(r"1234[56]([- ]?000[12])?[a-z]?", fullmatch=True),
    st.sampled_from(["SW1A 1AA", "sw1a1aa", "\uff11\uff12\uff13\uff14\uff15", "12345\u20130001", "k1a 0b1", "1010"]),
)


@given(_WRITTEN, _WRITTEN, _WRITTEN, st.sampled_from(["US", "PR", "DE", "GB", "CA", "IN", None]))
def test_codes_that_fit_one_address_share_a_budget(one: str, other: str, known: str, country: str | None) -> None:
    """Whatever an address is: two codes that both fit it are counted as one, so that no way of writing it is another
    guess's.
    """
    there = order(shipping=known, country=country)
    first, second = postal_code_fact(one), postal_code_fact(other)
    if first.fits(there) and second.fits(there):
        assert first.counted_as == second.counted_as


@given(
    st.lists(
        st.sampled_from(
            ["ada@example.com", "ADA@example.com", " ada@Example.com\t", "\uff41da@example.com", "a\u0301@e.com"]
        ),
        min_size=2,
        max_size=2,
    )
)
def test_addresses_that_fit_one_customer_share_a_budget(written: list[str]) -> None:
    """Two spellings of an e-mail address that fit the same customer are counted as one."""
    first, second = map(email_fact, written)
    there = order(written[0])
    assert first.fits(there)
    assert second.fits(there) == (first.counted_as == second.counted_as)


@pytest.mark.parametrize("text", ["", " ", "ada", "a" * 320 + "@example.com"])
def test_no_email_address(text: str) -> None:
    """What cannot be an address is refused, and not repeated in the words."""
    with pytest.raises(NoFact) as refusal:
        email_fact(text)
    assert str(refusal.value) == "email must be an e-mail address"


@pytest.mark.parametrize("text", ["", "--", "1-", "0" * 21, "n/a"[:2]])
def test_no_postal_code(text: str) -> None:
    """Fewer than three letters and digits, or more than twenty characters, are no code."""
    with pytest.raises(NoFact):
        postal_code_fact(text)


@given(st.text(min_size=1))
def test_what_is_not_known_never_fits(text: str) -> None:
    """An order without an address, or with an empty one, is borne out by nothing."""
    facts = []
    for read, typed in ((email_fact, f"{text}@"), (postal_code_fact, text)):
        try:
            facts.append(read(typed))
        except NoFact:
            continue
    bare = Order(id="1", key="k", freshness=FRESH)
    assert not any(
        fact.fits(known) for fact in facts for known in (bare, order(), order("", "", ""), order(" ", "-", "-"))
    )


def test_a_fact_is_not_printed() -> None:
    """Its value does not stand in its representation."""
    assert "ada" not in repr(email_fact("ada@example.com"))
