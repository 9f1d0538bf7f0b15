"""E-mail addresses as they are compared."""

from __future__ import annotations

import string

# Only ASCII letters: lower() turns some others into these (\u212a, the sign of the kelvin, into k), and an address
# that somebody else can have must not become this one.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def tidy_email(address: str) -> str:
    """An e-mail address without outer spaces and in lower case."""
    return address.strip().translate(_LOWER)
