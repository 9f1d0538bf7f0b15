"""Status maps: a vendor's words on each axis, what they mean here, and under which version of the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar, cast

import msgspec

from orderweave_sdk.records import WORDS_OF_AXIS, Axis, StatusWord
from orderweave_sdk.unmapped import tell_unmapped

Word = TypeVar("Word", bound=StrEnum)


@lru_cache(maxsize=1024)
def _member(enum: type[StrEnum], word: str) -> StrEnum:
    """The member by its word; looking one up takes longer than all else that is done with a status."""
    return enum(word)


class StatusMap(msgspec.Struct, frozen=True, kw_only=True):
    """`documented` lists the vendor's words per axis, `words` what each means; `version` is a date or number.

    A documented word without a meaning is a hole, and a hole is an error at start (`problems`). A word that
    the vendor never documented reads as UNKNOWN with the raw word kept.
    """

    version: str
    documented: Mapping[Axis, tuple[str, ...]]
    words: Mapping[Axis, Mapping[str, str]]

    @classmethod
    def of(cls, version: str, words: Mapping[Axis, Mapping[str, str]]) -> StatusMap:
        """A map whose documented words are exactly those that it gives a meaning."""
        return cls(version=version, documented={axis: tuple(entry) for axis, entry in words.items()}, words=words)

    def read(self, axis: Axis, raw: str) -> StatusWord:
        """The status word for a raw word; UNKNOWN when nobody mapped it, which is told (`orderweave_sdk.unmapped`)."""
        return StatusWord(axis=axis, raw=raw, normalized=self._meaning(axis, raw), mapping_version=self.version)

    def part(self, axis: Axis, raw: str | None, enum: type[Word]) -> Word:
        """The meaning of a raw word as a member of the axis's enum; UNKNOWN for None and unmapped words."""
        return cast("Word", _member(enum, "UNKNOWN" if raw is None else self._meaning(axis, raw)))

    def _meaning(self, axis: Axis, raw: str) -> str:
        found = self.words.get(axis, {}).get(raw)
        if found is None:
            tell_unmapped(axis, raw)
        return found or "UNKNOWN"

    def problems(self) -> list[str]:
        """Every hole and every meaning that is not a word of the axis, in words."""
        found = []
        for axis, raws in self.documented.items():
            holes = [raw for raw in raws if raw not in self.words.get(axis, {})]
            found += [f"status map: axis {axis} has no meaning for the documented word {raw!r}" for raw in holes]
        for axis, entries in self.words.items():
            allowed = {member.value for member in WORDS_OF_AXIS[axis]}
            found += [
                f"status map: axis {axis}, word {raw!r}: {meaning!r} is not one of {', '.join(sorted(allowed))}"
                for raw, meaning in entries.items()
                if meaning not in allowed
            ]
        return found
