"""What a connector says of itself: quality.toml, one table a rule, in the order of the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from orderweave.quality.rules import RULES, Rule

FILE = "quality.toml"
_KEYS = frozenset({"done", "exempt", "note", "against"})
_SHAPE = 'say done = "tests/test_x.py::test_y" (or a list of such), or exempt = "why not"'


class QualityError(Exception):
    """The file is not there or no TOML; the message says which and why."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector says of one rule: its proofs (`path::name`, or `README.md#Chapter`), or why it does not hold.

    `against` is the kind of thing that the proofs compare with, where the rule has several. `note` says in a few words
    what else a reader should know, such as which contract it is.
    """

    done: tuple[str, ...] = ()
    exempt: str | None = None
    against: str | None = None
    note: str | None = None


class Quality(msgspec.Struct, frozen=True):
    """All that one file says, by rule; `problems` are its own mistakes, in words that name the rule."""

    said: Mapping[str, Said]
    problems: tuple[str, ...]


def read_quality(folder: Path) -> Quality:
    """The quality file of the connector in this folder; whether its proofs are there is for `problems_of` to say."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise QualityError(f"{path}: cannot be read ({reason}); orderweave connector new writes one") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise QualityError(f"{path}: {error}") from None
    said: dict[str, Said] = {}
    problems: list[str] = []
    known = {rule.name: rule for rule in RULES}
    for name, entry in document.items():
        if name not in known:
            problems.append(f"{name}: there is no such rule; the rules are {', '.join(known)}")
            continue
        wrong = _problem(known[name], entry)
        if wrong is None:
            said[name] = _said(entry)
        else:
            problems.append(f"{name}: {wrong}")
    problems += [
        f"{rule.name}: is missing. {rule.demands} {_SHAPE[0].upper()}{_SHAPE[1:]}"
        for rule in RULES
        if rule.name not in document
    ]
    return Quality(said, tuple(problems))


def _problem(rule: Rule, entry: Any) -> str | None:
    if not isinstance(entry, dict) or not entry.keys() <= _KEYS or ("done" in entry) == ("exempt" in entry):
        return _SHAPE
    done = entry.get("done", ["-"])
    proofs = [done] if isinstance(done, str) else done
    texts = [*(proofs if isinstance(proofs, list) else [None]), entry.get("exempt", "-"), entry.get("note", "-")]
    if not proofs or not all(isinstance(text, str) and text.strip() for text in texts):
        return _SHAPE
    if "done" in entry and rule.against and entry.get("against") not in rule.against:
        return f"say against = what it was proven, one of {', '.join(rule.against)}"
    if "against" in entry and not ("done" in entry and rule.against):
        return "against belongs to a rule that is done, and has several things to be proven against"
    return None


def _said(entry: dict[str, Any]) -> Said:
    done = entry.get("done", ())
    return Said(
        done=(done,) if isinstance(done, str) else tuple(done),
        exempt=entry.get("exempt"),
        against=entry.get("against"),
        note=entry.get("note"),
    )
