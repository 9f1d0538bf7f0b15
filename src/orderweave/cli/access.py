"""Commands about who is let in."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from orderweave.access import digest_of, new_key
from orderweave.config.collecting import NAME

# The prompt for whoever reads the output on a screen.
_ONCE = "This key is shown once and kept nowhere:"
_PASTE = "Paste this into the configuration, which holds its SHA-256 alone:"


def make_key(name: str, *, role: str, days: int, now: datetime) -> int:
    """A new API key, and the lines of the configuration that let it in as a role for so many days."""
    if not NAME.fullmatch(name):
        print("a key's name has lower-case letters, digits and dashes, a letter first", file=sys.stderr)
        return 2
    if not NAME.fullmatch(role):
        print("a role's name has lower-case letters, digits and dashes, a letter first", file=sys.stderr)
        return 2
    key = new_key()
    expires = (now + timedelta(days=days)).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    print(f"{_ONCE}\n\n{key}\n\n{_PASTE}\n")
    print(f'[access.keys.{name}]\nrole = "{role}"\nsha256 = "{digest_of(key).hex()}"\nexpires = {expires}')
    return 0
