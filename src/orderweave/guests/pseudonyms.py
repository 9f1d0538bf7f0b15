"""Names in place of values: what is counted or told of a guest stands under a keyed hash of it, never by itself."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

_LENGTH = 32


class Pseudonyms:
    """Keyed hashes under one secret; the same value has another name for each kind of thing."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"orderweave guests: pseudonyms", "sha256")

    def __repr__(self) -> str:
        return "Pseudonyms(…)"

    def of(self, kind: str, value: str) -> str:
        """The name of a value of this kind: 32 hexadecimal digits."""
        text = f"{len(kind)}:{kind}{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:_LENGTH]

    def of_the_day(self, kind: str, value: str, at: datetime) -> str:
        """A name that is another one each day (UTC), so that days cannot be put together."""
        return self.of(f"{kind} {at.date().isoformat()}", value)
