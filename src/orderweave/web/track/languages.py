"""The page's words: a file a language under `translations/`, and which of them a browser wants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from orderweave.web.track.wishes import wishes

_FOLDER = Path(__file__).parent / "translations"
# Whose language none of ours is reads this one.
DEFAULT_LANGUAGE = "en"


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One translation: the language's own name, its direction (`ltr` or `rtl`) and its words by key.

    A word with a number in it is a table by the plural categories of that language (`one`, `other` and so on).
    """

    name: str
    direction: str
    words: Mapping[str, str | Mapping[str, str]]


@cache
def languages() -> Mapping[str, Language]:
    """Every translation by its code, which is the file's name, in the order of the languages' names."""
    read = {path.stem: msgspec.json.decode(path.read_bytes(), type=Language) for path in _FOLDER.glob("*.json")}
    return dict(sorted(read.items(), key=lambda entry: entry[1].name))


def chosen_language(asked: str | None, wished: str | None) -> str:
    """The code of the language to answer in: `asked` where we have it, else the most wished of Accept-Language.

    A wish for a country's variant (`de-AT`) is met by its language. Whatever cannot be read is no wish.
    """
    if asked in languages():
        return str(asked)
    ranked = [
        (-quality, place, code)
        for place, (tag, quality) in enumerate(wishes(wished or ""))
        if (code := tag.partition("-")[0]) in languages() and quality > 0
    ]
    return min(ranked)[2] if ranked else DEFAULT_LANGUAGE


def text(language: Language, key: str) -> str:
    """A word without a number in it; raises KeyError for one that there is not."""
    word: Any = language.words[key]
    if not isinstance(word, str):
        raise KeyError(key)
    return word
