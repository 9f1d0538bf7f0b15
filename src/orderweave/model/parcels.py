"""Tracking numbers, which people and systems space and write in their own ways."""

from __future__ import annotations


def tidy_tracking(number: str) -> str:
    """A tracking number without spaces and case."""
    return "".join(number.split()).casefold()
