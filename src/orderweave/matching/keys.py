"""Reading keys: what a number or a reference field means, however it was written.

A full key is (`system:field`, tidied value). Only numbers are tidied; ids are compared as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from orderweave.model.systems import Business, ReferenceRule, SystemSpec
from orderweave_sdk.records import Key, OrderRecord

# What people type where they have no number, by its letters and digits alone; never joins anything.
PLACEHOLDERS = frozenset(
    {"na", "none", "null", "nil", "no", "tbd", "tba", "tbc", "test", "unknown", "pending"}
    | {"keine", "ohne", "sieheoben", "seeabove"}
)
_OWN_SPELLINGS = ("{}", "#{}")
# Texts whose reading is kept, because the same numbers are read again for each wave and each query.
_MOST_KEPT = 8192


@lru_cache(maxsize=_MOST_KEPT)
def tidy(value: str) -> str:
    """A number without the accidents of typing: width, case, outer and doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


@lru_cache(maxsize=_MOST_KEPT)
def is_placeholder(value: str) -> bool:
    """Whether a text stands for "there is no number"."""
    telling = "".join(character for character in tidy(value) if character.isalnum())
    return telling in PLACEHOLDERS or set(telling) <= {"0"} or set(telling) == {"x"}


class Reading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a record's own names and references say, as full keys.

    `claims` are the references, each with whether its rule allows several records for one order; `referred` are those
    that are not the record's own names.
    """

    owned: frozenset[Key]
    namespaces: frozenset[str]
    claims: tuple[tuple[Key, bool], ...]
    referred: frozenset[Key]


class KeyReader:
    """Reads and spells keys for one business. Build once, use for all."""

    def __init__(self, business: Business) -> None:
        self._systems = business.systems
        self._patterns = {
            name: re.compile(spec.number_pattern, re.IGNORECASE)
            for name, spec in business.systems.items()
            if spec.number_pattern is not None
        }
        self._kept_spellings = lru_cache(maxsize=_MOST_KEPT)(self._spellings)
        self._kept_keys = lru_cache(maxsize=_MOST_KEPT)(self._own_keys)
        self._kept_references = lru_cache(maxsize=_MOST_KEPT)(self._references)
        self._kept_readings = lru_cache(maxsize=_MOST_KEPT)(self._reading)
        self._cased = {name: re.compile(pattern.pattern) for name, pattern in self._patterns.items()}

    def own_keys(self, system: str, record: OrderRecord) -> tuple[Key, ...]:
        """The record's own names as full keys: its id, its tidied number, other own keys as they stand."""
        return self._kept_keys(system, record.keys)

    def _own_keys(self, system: str, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        found = []
        for key in keys:
            if key.namespace == "number":
                number = self.own_number(key.value)
                if number is not None:
                    found.append(Key(f"{system}:number", number))
            else:
                found.append(Key(f"{system}:{key.namespace}", key.value))
        return tuple(found)

    def own_number(self, value: str) -> str | None:
        """A system's own number, tidied; None for a placeholder."""
        if is_placeholder(value):
            return None
        return tidy(value).removeprefix("#").strip()

    def references(self, system: str, record: OrderRecord) -> tuple[tuple[Key, ReferenceRule], ...]:
        """The keys of others that the record knows, each with the rule by which it was read."""
        return self._kept_references(system, record.references) if record.references else ()

    def _references(self, system: str, references: tuple[Key, ...]) -> tuple[tuple[Key, ReferenceRule], ...]:
        found = []
        for rule in self._systems[system].references:
            for reference in references:
                if reference.namespace == rule.field:
                    key = self.read(rule, reference.value)
                    if key is not None:
                        found.append((key, rule))
        return tuple(found)

    def reading(self, system: str, record: OrderRecord) -> Reading:
        """The record's names and references together."""
        return self._kept_readings(system, record.keys, record.references)

    def _reading(self, system: str, keys: tuple[Key, ...], references: tuple[Key, ...]) -> Reading:
        owned = frozenset(self._kept_keys(system, keys))
        claims = tuple((key, rule.many) for key, rule in self._kept_references(system, references))
        return Reading(
            owned=owned,
            namespaces=frozenset({f"{system}:id", *(key.namespace for key in owned)}),
            claims=claims,
            referred=frozenset(key for key, _ in claims) - owned,
        )

    def read(self, rule: ReferenceRule, value: str) -> Key | None:
        """What a reference field's text names by this rule; None for placeholders and what fits no system.

        A rule's numbers go before its ids, because any text may be an id.
        """
        if is_placeholder(value):
            return None
        tidied = tidy(value)
        # The most telling spelling first, so that "SO-1001" is not read as a number "so-1001".
        for spelling in sorted(rule.spellings, key=len, reverse=True):
            unspelled = _unspell(spelling, tidied)
            if unspelled is None:
                continue
            number = self.own_number(unspelled)
            if number is None:
                return None
            for name in rule.names:
                if name.endswith(":number") and self.fits(name.partition(":")[0], number):
                    return Key(name, number)
        ids = (name for name in rule.names if not name.endswith(":number"))
        return next((Key(name, value.strip()) for name in ids), None)

    def fits(self, system: str, number: str) -> bool:
        """Whether a tidied number can be one of this system's."""
        pattern = self._patterns.get(system)
        return pattern is None or pattern.fullmatch(number) is not None

    def own_spellings(self, system: str, number: str) -> tuple[str, ...]:
        """The texts under which to look a number up in its own system."""
        forms = self._forms(system, number)
        return tuple(dict.fromkeys(spelling.format(form) for spelling in _OWN_SPELLINGS for form in forms))

    def reference_spellings(self, rule: ReferenceRule, key: Key) -> tuple[str, ...]:
        """The texts under which a reference field may hold this key."""
        return self._kept_spellings(rule.spellings, key)

    def _spellings(self, spellings: tuple[str, ...], key: Key) -> tuple[str, ...]:
        if not key.namespace.endswith(":number"):
            return (key.value,)
        forms = self._forms(key.namespace.partition(":")[0], key.value)
        return tuple(dict.fromkeys(spelling.format(form) for spelling in spellings for form in forms))

    def _forms(self, system: str, number: str) -> tuple[str, ...]:
        """A tidied number in the case in which its system writes it: the one that fits the pattern, else both."""
        both = tuple(dict.fromkeys((number.upper(), number)))
        pattern = self._cased.get(system)
        return tuple(form for form in both if pattern is None or pattern.fullmatch(form)) or both

    def identity(self, system: str, record: OrderRecord) -> Key:
        """The key that an order's global id is made of when it is anchored in this record.

        The number where numbers are unique in the system: others know it by that, so the id holds while the
        anchor is down. The system's own id otherwise.
        """
        if self._systems[system].manifest.numbers_unique:
            for key in self.own_keys(system, record):
                if key.namespace == f"{system}:number":
                    return key
        return Key(f"{system}:id", record.external_id)

    def candidates(self, number: str) -> tuple[Key, ...]:
        """The keys that a bare number may mean, in order of the configuration."""
        own = self.own_number(number)
        if own is None:
            return ()
        return tuple(
            Key(f"{name}:number", own)
            for name, spec in self._systems.items()
            if "number" in spec.manifest.lookups and self.fits(name, own)
        )


def rules_naming(spec: SystemSpec, namespaces: Iterable[str]) -> list[ReferenceRule]:
    """The system's rules that can hold a key of one of these namespaces."""
    wanted = set(namespaces)
    return [rule for rule in spec.references if wanted.intersection(rule.names)]


def _unspell(spelling: str, tidied: str) -> str | None:
    prefix, _, suffix = (unicodedata.normalize("NFKC", part).casefold() for part in spelling.partition("{}"))
    prefix, suffix = prefix.lstrip(), suffix.rstrip()
    if tidied.startswith(prefix) and tidied.endswith(suffix) and len(tidied) > len(prefix) + len(suffix):
        return tidied[len(prefix) : len(tidied) - len(suffix)].strip()
    return None
