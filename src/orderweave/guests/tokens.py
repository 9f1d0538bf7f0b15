"""Tokens: the right to track one order for a while, sealed, so that whoever holds one reads nothing in it.

Fernet (AES-128-CBC under HMAC-SHA256) seals and MultiFernet rotates: the first key seals, all of them open. The keys
are made of the configured secrets for this one purpose, and the purpose stands in each token, too.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orderweave.config.configuration import TrackingSettings
from orderweave.model.tracking import TrackingAccess
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Key

_PURPOSE = "tracking-1"
_DERIVED_FOR = b"orderweave guests: tracking tokens"
_LONGEST_TOKEN = 1000
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What stands in a token: the order, when the right was first given, until when this token holds, and until when
    another may take its place. Times are milliseconds since 1970, UTC.
    """

    purpose: str
    namespace: str
    value: str
    given: int
    expires: int
    until: int

    @property
    def order(self) -> Key:
        """The key that the order's id is made of."""
        return Key(self.namespace, self.value)


class Tokens:
    """Makes and reads tokens. Nothing of them is kept."""

    def __init__(self, settings: TrackingSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._sealing = MultiFernet([_fernet(secret) for secret in settings.keys])

    def for_guest(self, order: Key) -> TrackingAccess:
        """A short-lived token for whoever has just shown the second fact."""
        return self._fresh(order, self._settings.token_seconds, self._settings.session_seconds)

    def for_link(self, order: Key) -> TrackingAccess:
        """A long-lived token for a link that a shop mails."""
        return self._fresh(order, self._settings.link_seconds, self._settings.link_seconds)

    def renewed(self, grant: Grant) -> TrackingAccess:
        """A token for a page that stays open: it holds from now on, though never past the end of the first right."""
        longest = self._now() + self._settings.token_seconds * 1000
        expires = max(grant.expires, min(longest, grant.until))
        return self._sealed(msgspec.structs.replace(grant, expires=expires))

    def opened(self, token: str) -> Grant | None:
        """What a token grants now; None for one that does not hold, whatever is wrong with it."""
        if len(token) > _LONGEST_TOKEN or not _TOKEN.fullmatch(token):
            return None
        try:
            sealed = self._sealing.decrypt(token + "=" * (-len(token) % 4))
            grant = msgspec.msgpack.decode(sealed, type=Grant)
        except (InvalidToken, msgspec.DecodeError):
            return None
        revoked = self._settings.revoked_before
        if grant.purpose != _PURPOSE or grant.expires <= self._now():
            return None
        if revoked is not None and grant.given < milliseconds(revoked):
            return None
        return grant

    def _fresh(self, order: Key, seconds: int, until: int) -> TrackingAccess:
        now = self._now()
        return self._sealed(
            Grant(_PURPOSE, order.namespace, order.value, now, now + min(seconds, until) * 1000, now + until * 1000)
        )

    def _sealed(self, grant: Grant) -> TrackingAccess:
        sealed = self._sealing.encrypt_at_time(msgspec.msgpack.encode(grant), self._now() // 1000)
        return TrackingAccess(
            token=sealed.decode().rstrip("="), expires_at=_EPOCH + timedelta(milliseconds=grant.expires)
        )

    def _now(self) -> int:
        return milliseconds(self._clock.now())


def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVED_FOR).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def milliseconds(moment: datetime) -> int:
    """A moment as tokens hold it."""
    return (moment - _EPOCH) // _MILLISECOND
