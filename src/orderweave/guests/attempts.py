"""What an attempt is counted under: the order's number, the fact, the block of addresses, and everybody's."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network

import msgspec

from orderweave.config.configuration import Allowance, TrackingSettings
from orderweave.guests.facts import Fact
from orderweave.guests.ledger import Draw
from orderweave.guests.pseudonyms import Pseudonyms
from orderweave.guests.shared import Ledgers, Taken
from orderweave_sdk.records import Key

IPAddress = IPv4Address | IPv6Address

# What one customer of a network or of a home has: whoever holds one address of it may have all.
_BLOCK_BITS = {4: 24, 6: 56}
# Failures of one block that are forgiven, and the seconds after which all are: with one left its record is clean.
_FORGIVEN = Allowance(attempts=2, seconds=86_400)
# Beyond a used-up budget those of clean record share half as much again.
_BEYOND = 0.5


class UsedUp(Exception):
    """A budget is used up; `seconds` until it may be tried again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many attempts")
        self.seconds = seconds


class Counted(msgspec.Struct, frozen=True):
    """An attempt that was let through, with the draws that only a failure keeps."""

    taken: Taken
    failures: tuple[Draw, ...]


class Attempts:
    """The budgets. An attempt is counted as a failure when it begins, so that many at once are no more than allowed."""

    def __init__(self, settings: TrackingSettings, ledgers: Ledgers, pseudonyms: Pseudonyms) -> None:
        self._settings = settings
        self._ledgers = ledgers
        self._pseudonyms = pseudonyms

    async def take(self, number: str, fact: Fact, block: str) -> Counted:
        """Count an attempt; raises UsedUp, and then nothing is counted. `number` is tidied, however it was written."""
        settings = self._settings
        failures = (
            self._draw("number", number, settings.number, below=_BEYOND),
            self._draw(fact.kind.value, fact.counted_as, settings.fact, below=_BEYOND),
            self._draw("everybody", "", settings.everybody, below=_BEYOND),
        )
        record = self._draw("record", block, _FORGIVEN)
        taken = await self._ledgers.take((self._draw("block", block, settings.address), *failures), record)
        if taken.wait:
            raise UsedUp(taken.wait)
        return Counted(taken, (*failures, record))

    async def forgive(self, counted: Counted) -> None:
        """It was no failure: all but the block's own count is taken back."""
        await self._ledgers.give_back(counted.taken, counted.failures)

    def _draw(self, kind: str, value: str, allowed: Allowance, *, below: float = 0.0) -> Draw:
        beyond = float(int(allowed.attempts * below))
        return Draw(self._pseudonyms.of(kind, value), allowed.attempts, allowed.seconds, beyond)


def block_of(address: IPAddress | None) -> str:
    """The block that an address stands for: a /24 of IPv4, a /56 of IPv6. Who has no address shares one block."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address is None:
        return "unknown"
    bare = type(address)(int(address))  # without the zone that an IPv6 address may name
    return str(ip_network((bare, _BLOCK_BITS[bare.version]), strict=False))


def number_of(keys: Iterable[Key], number: str) -> str:
    """What a number is counted under: what it may mean, so that no way of writing it has a budget of its own."""
    meant = sorted({key.value for key in keys})
    return "\n".join(meant) if meant else " ".join(number.casefold().split())
