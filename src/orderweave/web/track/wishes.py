"""What a browser wishes for in a header such as Accept-Language, and how much (RFC 9110, 12.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

# Of one header; browsers send a tenth of it.
_LONGEST_WISH = 500


def wishes(header: str) -> Iterator[tuple[str, float]]:
    """Each thing wished for, in small letters, with its quality from 0 to 1; what cannot be read has none."""
    for entry in header[:_LONGEST_WISH].split(","):
        name, _, parameter = entry.partition(";")
        yield name.strip().lower(), _quality(parameter)


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
