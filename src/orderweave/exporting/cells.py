"""Values as texts: for CSV, which spreadsheets take for formulas if they are let, and for JSON Lines.

A text that begins as a formula does (`=`, `+`, `-`, `@`, a tab or a line's end, and the wide forms of the four signs)
gets a `'` before it, unless the whole of it is a number; and so does one that begins with a `'`, so that who takes one
`'` away from the beginning of texts has exactly what was there. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

GUARD = "'"
_FORMULAS = frozenset("=+-@\t\r\n" + "\uff1d\uff0b\uff0d\uff20" + GUARD)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def cell(value: Any) -> str:
    """A value as a cell of CSV, before it is quoted; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    return str(plain(value)).lower() if isinstance(value, bool) else str(plain(value))


def guarded(text: str) -> str:
    """A text that no spreadsheet runs."""
    return GUARD + text if text and text[0] in _FORMULAS and not _NUMBER.fullmatch(text) else text


def plain(value: Any) -> Any:
    """A value as JSON has it: an amount as an exact text, an instant as ISO 8601 in UTC."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return value
