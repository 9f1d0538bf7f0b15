"""Numbers are read however they are written, and placeholders never."""

from __future__ import annotations

import pytest

from orderweave.matching.keys import KeyReader, is_placeholder, rules_naming, tidy
from orderweave.model.systems import ReferenceRule
from orderweave_sdk.records import Key, SystemKind
from tests.unit.businesses import business, record, system
from tests.unit.matching.worlds import RETAILER, SHOPS, SPELLINGS, retailer

READER = KeyReader(RETAILER)
RULE = ReferenceRule(field="reference", names=SHOPS, spellings=SPELLINGS)


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("EU1001", "eu1001"),
        ("  1001\t", "1001"),
        ("EU \u00a0 1001", "eu 1001"),
        ("\uff11\uff10\uff10\uff11", "1001"),
        ("", ""),
    ],
)
def test_tidy_takes_off_the_accidents_of_typing(written: str, tidied: str) -> None:
    """Width, case, outer and doubled spaces, no-break spaces among them, are gone."""
    assert tidy(written) == tidied


@pytest.mark.parametrize(
    "written",
    ["", "  ", "0", "00000", "-", "--", "...", "?", "#", "# ", "x", "XXXX", "N/A", "n / a", "n.a.", "None", "NULL"],
)
def test_placeholders_are_known(written: str) -> None:
    """What people type where they have no number stands for nothing, whatever its case, width, length or dots."""
    assert is_placeholder(written)


@pytest.mark.parametrize(
    "written",
    ["(none)", "TBD", "tba.", "test", "Unknown", "keine", "siehe oben", "see  above", "pending", "#0", "\uff10"],
)
def test_words_for_no_number_are_placeholders(written: str) -> None:
    """So are the words for it, in brackets or not."""
    assert is_placeholder(written)


@pytest.mark.parametrize("written", ["1001", "0001", "#1001", "S000001", "x1", "NA-1", "none-2", "10", "test1"])
def test_numbers_are_no_placeholders(written: str) -> None:
    """A number is a number though it begins like a placeholder."""
    assert not is_placeholder(written)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1001", Key("shop-us:number", "1001")),
        ("#1001", Key("shop-us:number", "1001")),
        ("# 1001", Key("shop-us:number", "1001")),
        (" 1001 ", Key("shop-us:number", "1001")),
        ("SO-1001", Key("shop-us:number", "1001")),
        ("so-1001", Key("shop-us:number", "1001")),
        ("SO-#1001", Key("shop-us:number", "1001")),
        ("\uff03\uff11\uff10\uff10\uff11", Key("shop-us:number", "1001")),
        ("eu1001", Key("shop-eu:number", "eu1001")),
        ("SO-EU1001", Key("shop-eu:number", "eu1001")),
        ("101", None),
        ("PO-77", None),
        ("1001a", None),
        ("SO-", None),
        ("N/A", None),
    ],
)
def test_a_reference_is_read_in_every_spelling(written: str, key: Key | None) -> None:
    """The text names the first system whose pattern it fits once its spelling is taken off; else nobody."""
    assert READER.read(RULE, written) == key


def test_the_own_sign_is_read_without_being_a_spelling() -> None:
    """A reference copied from the shop with its # names the same order, though only the bare number is a spelling."""
    rule = ReferenceRule(field="reference", names=SHOPS, spellings=("{}",))
    assert READER.read(rule, "#EU1001") == Key("shop-eu:number", "eu1001")


def test_padding_is_a_spelling() -> None:
    """Zeros before a number are read off where the configuration names them, and left on where it does not."""
    padded = ReferenceRule(field="reference", names=("shop-us:number",), spellings=("{}", "000000{}"))
    plain = ReferenceRule(field="reference", names=("shop-us:number",), spellings=("{}",))
    assert READER.read(padded, "0000001001") == Key("shop-us:number", "1001")
    assert READER.read(plain, "0000001001") == Key("shop-us:number", "0000001001")


def test_spellings_are_compared_as_tidied_texts() -> None:
    """A spelling with a wide or joined sign matches a text that is written so, or plainly."""
    rule = ReferenceRule(field="reference", names=("shop-us:number",), spellings=("\u2116 {}",))
    assert READER.read(rule, "\u2116 1001") == Key("shop-us:number", "1001")
    assert READER.read(rule, "No 1001") == Key("shop-us:number", "1001")


def test_without_a_pattern_every_number_fits() -> None:
    """A system that says nothing of its numbers may be meant by any text that is no placeholder."""
    free = business(system("shop", SystemKind.STOREFRONT))
    rule = ReferenceRule(field="reference", names=("shop:number",), spellings=("{}", "SO-{}"))
    reader = KeyReader(free)
    assert reader.read(rule, "Autumn Fair") == Key("shop:number", "autumn fair")
    assert reader.read(rule, "SO-7") == Key("shop:number", "7")


def test_a_placeholder_in_a_spelling_is_a_placeholder() -> None:
    """ "SO-N/A" names nobody, also where any text might be a number."""
    free = business(system("shop", SystemKind.STOREFRONT))
    rule = ReferenceRule(field="reference", names=("shop:number",), spellings=("{}", "SO-{}"))
    assert KeyReader(free).read(rule, "SO-N/A") is None


def test_a_field_of_numbers_and_ids_is_read_as_a_number_first() -> None:
    """Where a field may hold a number or an id, what fits a number is one, and the rest is an id as it stands."""
    rule = ReferenceRule(field="link", names=("shop-us:id", "erp:number"))
    assert READER.read(rule, "S000001") == Key("erp:number", "s000001")
    assert READER.read(rule, "Gid/1") == Key("shop-us:id", "Gid/1")


def test_ids_are_read_as_they_stand() -> None:
    """A reference to an id keeps its case; only outer spaces go."""
    rule = ReferenceRule(field="link", names=("shop-us:id",))
    assert READER.read(rule, " gid://Order/A1 ") == Key("shop-us:id", "gid://Order/A1")


def test_own_keys_tidy_the_number_alone() -> None:
    """A record is known by its id as it stands and by its tidied number; a placeholder is no number."""
    assert READER.own_keys("shop-us", record("Gid/1", " #EU1001 ")) == (
        Key("shop-us:id", "Gid/1"),
        Key("shop-us:number", "eu1001"),
    )
    assert READER.own_keys("shop-us", record("2", "N/A")) == (Key("shop-us:id", "2"),)


def test_identity_is_the_number_where_numbers_are_unique() -> None:
    """Ids are built on the number that others know, and on the system's own id where a number may name several."""
    said = record("Gid/1", "#1001")
    assert READER.identity("shop-us", said) == Key("shop-us:number", "1001")
    assert KeyReader(retailer(shop_numbers_unique=False)).identity("shop-us", said) == Key("shop-us:id", "Gid/1")
    assert READER.identity("shop-us", record("Gid/2")) == Key("shop-us:id", "Gid/2")


def test_candidates_are_all_systems_that_a_bare_number_fits() -> None:
    """A number given by a caller may be any system's whose pattern it fits, in order of the configuration."""
    assert READER.candidates("#1001") == (
        Key("shop-us:number", "1001"),
        Key("wms:number", "1001"),
        Key("crm:number", "1001"),
    )
    assert READER.candidates("s000001")[0] == Key("erp:number", "s000001")
    assert READER.candidates(" N/A ") == ()


def test_spellings_for_looking_up_cover_the_configured_ones() -> None:
    """A number is looked up in the case that its system's pattern tells, in both cases where none does."""
    assert READER.own_spellings("shop-eu", "eu1001") == ("EU1001", "#EU1001")
    assert READER.own_spellings("wms", "w1") == ("W1", "w1", "#W1", "#w1")
    assert READER.reference_spellings(RULE, Key("shop-us:number", "1001")) == ("1001", "#1001", "1001 ", "SO-1001")
    assert READER.reference_spellings(RULE, Key("shop-us:id", "Gid/1")) == ("Gid/1",)


def test_rules_naming_finds_the_fields_that_may_hold_a_key() -> None:
    """Of the warehouse's rules both may hold the ERP's number, only the first a shop's."""
    wms = RETAILER.systems["wms"]
    assert [rule.field for rule in rules_naming(wms, ["erp:number"])] == ["order_number", "partner"]
    assert [rule.field for rule in rules_naming(wms, ["shop-eu:number"])] == ["order_number"]
    assert rules_naming(wms, ["shop-eu:id"]) == []
