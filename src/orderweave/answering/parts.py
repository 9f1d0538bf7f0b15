"""What every answer is made with: the systems and the rules of one configuration."""

from __future__ import annotations

import msgspec

from orderweave.fetching.systems import Systems
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority
from orderweave_sdk.clock import Clock


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms, wired. Made once a configuration by the bootstrap."""

    business: Business
    systems: Systems
    reader: KeyReader
    authority: Authority
    merger: Merger
    clock: Clock
