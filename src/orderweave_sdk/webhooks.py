"""Webhooks: what a delivery says once it is believed, and the one way in which it is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from orderweave_sdk.records import Key

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The setting that a connector which receives webhooks has: what the vendor signs with, or the public half of it; one of
# them, or several while one takes another's place.
SECRETS = "webhook_secrets"
PUBLIC_KEYS = "webhook_public_keys"
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


class Refusal(StrEnum):
    """Why a delivery is not taken. For counting; whoever sent it is told none of it."""

    NO_SECRET = "NO_SECRET"  # noqa: S105 - a word; there is none to hold it against
    UNSIGNED = "UNSIGNED"  # it bears no signature, or not all that belongs to one
    FORGED = "FORGED"  # its signature is not that of what came
    STALE = "STALE"  # it is signed, for a time that is too far from now
    UNREADABLE = "UNREADABLE"  # it is the vendor's own and not what its documents promise


class Refused(Exception):
    """A delivery is not taken. Holds the reason and nothing of the delivery."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What a believed delivery says: that something changed, never what it is now; that is read from the system.

    All of it is of what the vendor signed; only `topic` and, where the vendor has no other, a part of `id` may come
    from headers that it did not sign. `id` is the same each time the delivery is sent again, and of no other one.
    `topic` is the vendor's word. Deliveries about one thing are ordered by `version`, or else by `occurred_at` (aware,
    UTC), by one and the same clock of the vendor; without both they count as they come. `order` are the names of one
    order, (look-up of the manifest, value), the surest first. `stock_levels` are levels of stock by their
    `StockRecord.external_id`, where the vendor names no SKU: they let whoever follows that stock look at once, and
    nothing else. A delivery about no order, SKU, level or parcel concerns nobody.

    `seal` is a digest of what was signed, and given where a part of `id` was not: whoever kept a delivery could send it
    under any number of ids, and is then heard once in a while.
    """

    id: str
    topic: str
    seal: str | None = None
    occurred_at: datetime | None = None
    version: int | None = None
    order: tuple[Key, ...] = ()
    skus: tuple[str, ...] = ()
    stock_levels: tuple[str, ...] = ()
    tracking_numbers: tuple[str, ...] = ()

    @property
    def position(self) -> int | None:
        """The place in the order of deliveries: the version, or the time in microseconds."""
        if self.version is not None or self.occurred_at is None:
            return self.version
        since = self.occurred_at - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    @property
    def idle(self) -> bool:
        """Whether nothing is concerned."""
        return not (self.order or self.skus or self.stock_levels or self.tracking_numbers)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """What a system now sends to an address, by its own words: what was `made` for it, and what was `kept` as it was.

    `secrets` are what the vendor signs with, where it makes that up and tells it once; to be shown once and not kept.
    """

    made: tuple[str, ...]
    kept: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Registered(made={self.made}, kept={self.kept})"


def secrets_of(settings: Mapping[str, Any], name: str = SECRETS) -> tuple[str, ...]:
    """The secrets in a setting: separated by white space, none where it is not set."""
    return tuple(str(settings.get(name) or "").split())


def public_keys_of(settings: Mapping[str, Any], name: str = PUBLIC_KEYS) -> tuple[str, ...]:
    """The public keys in a setting: PEM, one after the other, or each as base64, separated by white space."""
    text = str(settings.get(name) or "")
    return tuple(_PEM.findall(text)) if "-----BEGIN" in text else tuple(text.split())


def digest(*parts: str | bytes) -> str:
    """A short name of signed content, for an `id`: 32 hexadecimal digits, each part framed by its length."""
    said = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    return hashlib.sha256(msgspec.msgpack.encode(said)).hexdigest()[:32]


def read_body(body: bytes, kind: type[T]) -> T:
    """The body of a delivery that is believed, as JSON; raises Refused where it is something else."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal.UNREADABLE) from None


def read_moment(text: str | None) -> datetime | None:
    """A time as in RFC 3339, in UTC; None for none, and for one without a zone or that is none at all."""
    try:
        found = datetime.fromisoformat(text) if text else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
