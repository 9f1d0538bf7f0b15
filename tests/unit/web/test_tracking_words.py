"""The tracking page's words: every language has all of them, the scripts use no others, and who gets which language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.web import track
from orderweave.web.track.languages import chosen_language, languages, text
from orderweave_sdk.records import ShipmentStatus

FOLDER = Path(track.__file__).parent
SOURCES = "".join(path.read_text() for path in (*FOLDER.glob("scripts/*.js"), FOLDER / "page.html", FOLDER / "page.py"))
# Words whose keys are put together of a beginning and what an order says.
MADE = (
    "headline.",
    "status.",
    "step.",
    "pickup.",
    "expected.",
    "lookup.",
    "left.",
    "unreachable.",
    "offline.",
    "limited.",
    "not_found.",
)
# How the plural forms of each language are called (Unicode CLDR 48, cardinals of whole numbers).
PLURALS = {"de": {"one", "other"}, "en": {"one", "other"}, "es": {"one", "many", "other"}}


def forms(word: str | object) -> Iterator[tuple[str, str]]:
    """The forms of a word by plural category; a word without a number has one, of no category."""
    if isinstance(word, str):
        yield "", word
    else:
        yield from dict(word).items()  # type: ignore[call-overload]  # the other kind of word is a table


def test_there_are_three_languages() -> None:
    """English, German and Spanish, by their own names."""
    assert {code: language.name for code, language in languages().items()} == {
        "de": "Deutsch",
        "en": "English",
        "es": "Español",
    }


@pytest.mark.parametrize("code", languages())
def test_translation_is_whole(code: str) -> None:
    """Every language has the keys of English, in its order, with the same places to fill, and leaves no form empty."""
    english, words = languages()["en"].words, languages()[code].words
    assert list(words) == list(english)
    assert languages()[code].direction in ("ltr", "rtl")
    for key, word in english.items():
        wanted = {place for _, form in forms(word) for place in re.findall(r"\{\w+\}", form)}
        assert isinstance(words[key], str) == isinstance(word, str), key
        for category, form in forms(words[key]):
            assert form.strip() == form, (key, category)
            assert form, (key, category)
            assert set(re.findall(r"\{\w+\}", form)) == wanted, (key, category)


@pytest.mark.parametrize("code", languages())
def test_plurals_are_the_languages(code: str) -> None:
    """A word about a number has exactly the forms that its language has."""
    for key, word in languages()[code].words.items():
        if not isinstance(word, str):
            assert set(word) == PLURALS[code], key


def test_every_word_that_is_used_is_there() -> None:
    """Each key that the scripts and the page name is in the translations, and none of these is left unused."""
    words = languages()["en"].words
    used = set(re.findall(r'(?:say|count|parcelName|text)\((?:language, )?"([a-z_.]+)"', SOURCES))
    used |= set(re.findall(r"\{\{([a-z_.]+)\}\}", (FOLDER / "page.html").read_text()))
    assert used - words.keys() == set()
    named = {key for key in words if re.search(rf'["{{>]{re.escape(key)}["}}<]', SOURCES)}
    assert [key for key in words if key not in used | named and not key.startswith(MADE)] == []


def test_every_status_has_its_words() -> None:
    """Each status that the gateway can tell of a parcel has words of its own: beside the parcel, at the top of one and
    of several that all stand so (all delivered is the order's own), and at the top of some if it goes before progress.
    """
    words = languages()["en"].words
    statuses = (FOLDER / "scripts" / "statuses.js").read_text()
    for status in ShipmentStatus:
        name = status.value.lower()
        assert f"status.{name}" in words
        assert f"headline.parcel_{name}" in words
        assert f"headline.parcels_{name}" in words or status is ShipmentStatus.DELIVERED
        assert re.search(rf"^  {status.value}: \d,$", statuses, re.M) or status is ShipmentStatus.UNKNOWN
    (foremost,) = re.findall(r"FOREMOST = \[([^\]]+)\]", statuses)
    assert {f"headline.some_{name.lower()}" for name in re.findall(r'"([A-Z_]+)"', foremost)} == {
        key for key in words if key.startswith("headline.some_")
    } - {"headline.some_delivered"}


@pytest.mark.parametrize(
    ("asked", "wished", "given"),
    [
        (None, None, "en"),
        (None, "de", "de"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr-CH, fr;q=0.9, es;q=0.8, *;q=0.5", "es"),
        (None, "en;q=0.2, de;q=0.7", "de"),
        (None, "en, de", "en"),
        (None, "de;q=0", "en"),
        (None, "de;q=x, es;q=1.5", "en"),
        (None, "de;q=nan", "en"),
        (None, "de;level=1", "en"),
        (None, "DE-de", "de"),
        (None, "fr", "en"),
        (None, "x," * 400 + "de", "en"),
        ("es", "de", "es"),
        ("xx", "de", "de"),
        ("../en", None, "en"),
        ("", "de", "de"),
    ],
)
def test_chosen_language(asked: str | None, wished: str | None, given: str) -> None:
    """The address goes before the browser, the browser's dearest before the others, and English is for the rest."""
    assert chosen_language(asked, wished) == given


@given(st.text(), st.text())
def test_whatever_is_asked_a_language_is_given(asked: str, wished: str) -> None:
    """No address and no header is without a language."""
    assert chosen_language(asked, wished) in languages()


def test_a_word_with_a_number_is_no_text() -> None:
    """The server fills in no word that depends on a number, nor one that is not there."""
    for key in ("parcels", "nothing"):
        with pytest.raises(KeyError):
            text(languages()["en"], key)
