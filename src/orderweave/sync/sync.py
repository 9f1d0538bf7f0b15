"""Keeping an index true: turn after turn, each of which reads what is due of every system."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from orderweave.config.configuration import SyncSettings
from orderweave.fetching.systems import Systems
from orderweave.index import Index
from orderweave.index.progress import ORDERS, PRODUCTS, SKUS, STOCK, Progress
from orderweave.index.tables import WAITING, records
from orderweave.model.systems import SystemSpec
from orderweave.observing import catalog
from orderweave.sync.asking import Asking, Unanswered
from orderweave.sync.catalogs import Catalogs
from orderweave.sync.goods import Goods
from orderweave.sync.histories import LONGEST_LOOK, Histories, Outcome
from orderweave.sync.parcels import TRACKING, CarriersParcels
from orderweave.sync.passes import Passes, PassFailed, Plain, history
from orderweave.sync.standing import Standing, standing_of
from orderweave.sync.sweeping import Step, Sweeping, Swept
from orderweave.sync.telling import UNTOLD, Telling
from orderweave_sdk.manifest import Capability

logger = logging.getLogger("orderweave.sync")

# Records that are woven in one transaction: while it runs, nobody else writes.
_WOVEN_AT_ONCE = 200
# Pages of a history in one noted step: whoever goes on after a kill is given the notes of all steps again, one by one.
# After so many seconds a step ends with fewer, for between two steps alone a history moves to another process.
_PAGES_A_STEP = 50
_LONGEST_STEP = 5.0
_READ_ORDERS = frozenset({Capability.LIST_CHANGES, Capability.SEARCH_ORDERS})
_GOODS = ((STOCK, Capability.READ_STOCK), (PRODUCTS, Capability.FIND_PRODUCTS))


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn left: what the systems that failed said, by name, and those of which the history is not in yet."""

    failed: dict[str, str]
    incomplete: frozenset[str]


class Sync:
    """The sync of one gateway's systems into its index; see `Steady` for who runs it when.

    A turn reads the orders of all systems side by side (whole histories and sweeps as passes), puts together what
    waits for it, then reads parcels and goods that are due. What fails waits for the next turn.
    """

    def __init__(self, systems: Systems, index: Index, settings: SyncSettings, telling: Telling = UNTOLD) -> None:
        asking = Asking(systems)
        self.index = index
        self.settings = settings
        self.telling = telling
        self.histories = Histories(
            asking, index, history_days=settings.history_days, clock=systems.clock, telling=telling
        )
        self.sweeping = Sweeping(asking, index, self.histories, systems.clock)
        self.passes: Passes = Plain(self)
        self._business = systems.business
        self._clock = systems.clock
        self._parcels = CarriersParcels(asking, index, systems.clock)
        self._catalogs = Catalogs(asking, index, systems.clock)
        self._goods = Goods(asking, index, systems.clock)
        self._standings: tuple[Standing, ...] = ()
        systems.observing.readings.read(catalog.SYNC_LAG, self.lags)
        systems.observing.readings.read(catalog.SYNC_DRIFT, self.drifts)
        systems.observing.readings.read(catalog.SYNC_SET_ASIDE, self.set_aside)

    def names(self) -> tuple[str, ...]:
        """The systems of which something can be read without being asked for it by name."""
        return tuple(name for name, spec in self._business.systems.items() if _readable(spec))

    async def turn(self, only: Collection[str] | None = None) -> Turn:
        """Read what is due, of these systems alone where some are named."""
        names = [name for name in self.names() if only is None or name in only]
        specs = {name: self._business.systems[name] for name in names}
        failed: dict[str, str] = {}
        found = await asyncio.gather(*(self._orders(name) for name in names if lists_orders(specs[name])))
        failed |= {name: message for name, message in found if message is not None}
        failed |= await self._weave()
        for name, spec in specs.items():
            if spec.knows_parcels_alone and (message := await self._part(name, TRACKING)) is not None:
                failed[name] = message
        failed |= await self._weave()
        # All listings before any stock: of what one system lists all others are asked.
        lists = [name for name in names if Capability.LIST_SKUS in specs[name].manifest.capabilities]
        listed = await asyncio.gather(*(self._of_goods(name, [SKUS]) for name in lists if name not in failed))
        goods = await asyncio.gather(
            *(
                self._of_goods(name, [part for part, able in _GOODS if able in specs[name].manifest.capabilities])
                for name in names
                if name not in failed
            )
        )
        failed |= {name: message for name, message in (*listed, *goods) if message is not None}
        await self.look()
        return Turn(failed=failed, incomplete=self._incomplete(names))

    async def seen(self, only: Collection[str] | None = None) -> Turn:
        """How these systems stand where others take the turns: what failed last of those that are not in."""
        await self.look()
        incomplete = self._incomplete([name for name in self.names() if only is None or name in only])
        parts = {each.system: each.orders for each in self._standings}
        failed = {name: part.error for name in incomplete if (part := parts.get(name)) and part.error}
        return Turn(failed=failed, incomplete=incomplete)

    async def look(self) -> tuple[Standing, ...]:
        """How the index stands, which the metrics tell from then on."""
        self._standings = await self.index.read(standing_of, seconds=LONGEST_LOOK)
        return self._standings

    def _incomplete(self, names: Collection[str]) -> frozenset[str]:
        """Those of which the history is not in, as of the last look."""
        complete = {each.system for each in self._standings if (part := each.orders) and part.complete_at}
        return frozenset(name for name in names if lists_orders(self._business.systems[name]) and name not in complete)

    async def _orders(self, name: str) -> tuple[str, str | None]:
        """Read a system's orders as far as they are; its name, and what it said where it failed."""
        try:
            outcome = await self._read(name)
        except Exception as error:
            return name, await self._broke(name, ORDERS, error)
        if outcome is not Outcome.FAILED:
            return name, None
        message = (await self.histories.standing(name)).error or "did not answer"
        self.telling.failed(name, ORDERS, message)
        return name, message

    async def _read(self, name: str) -> Outcome:
        known = await self.histories.standing(name)
        outcome = await (history(self, name) if known.complete_at else self.passes.history(name))
        if outcome is Outcome.FAILED or not self._is_due(
            known.swept_at or known.complete_at, self.settings.sweep_seconds
        ):
            return outcome
        swept = await self.passes.sweep(name, self._clock.now())
        if swept is None:
            return Outcome.FAILED
        if swept.wrong:
            logger.info("sync_mended", extra={"fields": {"system": name, **msgspec.to_builtins(swept)}})
        return Outcome.DONE

    async def _of_goods(self, name: str, parts: Sequence[str]) -> tuple[str, str | None]:
        for part in parts:
            if (message := await self._part(name, part)) is not None:
                return name, message
        return name, None

    async def _part(self, name: str, part: str) -> str | None:
        """Read one part of a system where it is due; what the system said where it failed."""
        known: Progress = await self.histories.standing(name, part)
        if known.reached_at is not None and not self._is_due(known.reached_at, self.settings.goods_seconds):
            return None
        try:
            if part == TRACKING:
                await self._parcels.read(name, known, ended=self._is_due(known.swept_at, self.settings.sweep_seconds))
            elif part == SKUS:
                await self._catalogs.read(name, known)
            else:
                await self._goods.read(name, part, known)
        except Unanswered as error:
            message = error.issue.message
            await self.histories.failed(name, part, message)
            self.telling.failed(name, part, message)
            return message
        except Exception as error:
            return await self._broke(name, part, error)
        return None

    async def _weave(self) -> dict[str, str]:
        """Put together what waits; where that fails as a whole, whose records wait on, each with what happened."""
        waiting = await self.index.read(_waiting, seconds=LONGEST_LOOK)
        left = sum(waiting.values())
        if not left:
            return {}
        try:
            while woven := await self.index.weave_some(_WOVEN_AT_ONCE):
                # What is tied to these was woven with them, so that the rest may be less.
                left = max(1, left - woven)
                self.telling.woven(woven, left)
        except Exception as error:
            return {name: await self._broke(name, ORDERS, error) for name in waiting}
        self.telling.woven(0, 0)
        return {}

    async def _broke(self, name: str, part: str, error: Exception) -> str:
        """Note and tell a fault of ours or of the database, which the next turn may not meet; what is said of it."""
        message = str(error) if isinstance(error, PassFailed) else f"could not be kept: {type(error).__name__}"
        logger.error("sync_failed", extra={"fields": {"system": name, "part": part, "error": message}})
        await self.histories.failed(name, part, message)
        self.telling.failed(name, part, message)
        return message

    def _is_due(self, last: datetime | None, seconds: float) -> bool:
        return last is not None and (self._clock.now() - last).total_seconds() >= seconds

    def lags(self) -> dict[tuple[str, ...], float]:
        """How far each system's part is behind, in seconds, as of the last look."""
        now = self._clock.now()
        return {(each.system,): lag for each in self._standings if (lag := each.lag(now)) is not None}

    def drifts(self) -> dict[tuple[str, ...], float]:
        """How many records of each system the last sweep found wrong."""
        return {(each.system,): float(each.drift.wrong) for each in self._standings if each.drift is not None}

    def set_aside(self) -> dict[tuple[str, ...], float]:
        """How much of each system could not be read."""
        return {(each.system,): float(each.set_aside) for each in self._standings}

    async def read_on(self, name: str) -> Outcome:
        """See `Steps`. Several pages: each is kept by itself, so that noting every one of them would gain nothing. The
        step ends early where somebody else reads the same history: one of the two is to go, and learns it then.
        """
        begun = self._clock.monotonic()
        for _ in range(_PAGES_A_STEP):
            outcome = await self.histories.read_on(name)
            if outcome is Outcome.OVERTAKEN:
                break
            if outcome is not Outcome.MORE:
                return outcome
            if self._clock.monotonic() - begun >= _LONGEST_STEP:
                break
        return Outcome.MORE

    async def list_on(self, name: str, after: str | None) -> Step | None:
        """See `Steps`."""
        return await self.sweeping.list_on(name, after)

    async def look_up(self, name: str, seen: bytes, after: str) -> Step | None:
        """See `Steps`."""
        return await self.sweeping.look_up(name, seen, after)

    async def read_again(self, name: str, done: int) -> Step | None:
        """See `Steps`."""
        return await self.sweeping.read_again(name, done)

    async def end(self, name: str, began: datetime, swept: Swept) -> None:
        """See `Steps`."""
        await self.sweeping.end(name, began, swept)


def lists_orders(spec: SystemSpec) -> bool:
    """Whether a system's orders can be read without being asked for by name: those of whom a history is read."""
    return not _READ_ORDERS.isdisjoint(spec.manifest.capabilities)


def _readable(spec: SystemSpec) -> bool:
    goods = {able for _, able in _GOODS}
    return lists_orders(spec) or spec.knows_parcels_alone or not goods.isdisjoint(spec.manifest.capabilities)


def _waiting(connection: Connection) -> dict[str, int]:
    """How many records of each system wait to be put together."""
    rows = connection.execute(select(records.c.system, func.count()).where(WAITING).group_by(records.c.system))
    return {system: count for system, count in rows}  # noqa: C416 - rows are no pairs to the type checker
