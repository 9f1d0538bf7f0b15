"""The page's words: a file a language under `translations/`, and which of them a browser wants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_FOLDER = Path(__file__).parent / "translations"
# Whose language none of ours is reads this one.
DEFAULT_LANGUAGE = "en"
# Of an Accept-Language header; browsers send a tenth of it.
_LONGEST_WISH = 500


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
    wishes: list[tuple[float, int, str]] = []
    for place, entry in enumerate((wished or "")[:_LONGEST_WISH].split(",")):
        tag, _, parameter = entry.partition(";")
        code = tag.strip().lower().partition("-")[0]
        quality = _quality(parameter)
        if code in languages() and quality > 0:
            wishes.append((-quality, place, code))
    return min(wishes)[2] if wishes else DEFAULT_LANGUAGE


def _quality(parameter: str) -> float:
    """How much a language is wished, 0 to 1 (RFC 9110, 12.4.2); 0 for what cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def text(language: Language, key: str) -> str:
    """A word without a number in it; raises KeyError for one that there is not."""
    word: Any = language.words[key]
    if not isinstance(word, str):
        raise KeyError(key)
    return word
