"""The passes as workflows: each step is noted when it is done, and a pass that was under way when its process was ended
goes on after the last of them, in whichever process that syncs is alive.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from orderweave.durable.engine import Engine, WorkFailed, as_it_stands, doer_of, over_there, step, workflow
from orderweave.sync.histories import Outcome
from orderweave.sync.passes import PASSES, PassFailed, Steps, history, sweep
from orderweave.sync.sweeping import Step, Swept

# Seconds between two looks at whether a pass is done.
_LOOK = 0.2
# Finished passes of one system that are kept, to be looked at.
_KEPT = 20


class DurablePasses:
    """The passes, done by whichever process has room."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def history(self, name: str) -> Outcome:
        """Read a system's orders to the end."""
        return Outcome(await self._one(_history, f"history:{name}:", name))

    async def sweep(self, name: str, began: datetime) -> Swept | None:
        """Hold all of a system's orders against the index."""
        done = await self._one(_sweep, f"sweep:{name}:", name, began.isoformat())
        return msgspec.convert(done, Swept) if done is not None else None

    async def _one(self, work: Any, prefix: str, *arguments: str) -> Any:
        """What the pass gives that is under way, or a new one."""
        engine = self._engine
        try:
            name = await asyncio.to_thread(partial(_asked_for, engine, work, prefix, arguments))
            while await asyncio.to_thread(engine.is_unfinished, name):  # noqa: ASYNC110 - it may end in any process
                await asyncio.sleep(_LOOK)
            return await asyncio.to_thread(engine.result, name)
        except WorkFailed as error:
            raise PassFailed(f"{prefix.rstrip(':')}: {error}") from error
        except Exception as error:
            raise PassFailed(f"{prefix.rstrip(':')}: {type(error).__name__}") from error


def _asked_for(engine: Engine, work: Any, prefix: str, arguments: tuple[str, ...]) -> str:
    under_way = engine.unfinished(prefix)
    if under_way:
        return under_way[0]
    engine.tidy(prefix, _KEPT)
    name = f"{prefix}{datetime.now(UTC).isoformat()}"
    engine.ask(PASSES, work, name, *arguments)
    return name


class _Noted:
    """The steps, each of them noted."""

    @staticmethod
    async def read_on(name: str) -> Outcome:
        return Outcome(await _read_on(name))

    @staticmethod
    async def list_on(name: str, after: str | None) -> Step | None:
        done = await _list_on(name, after)
        return msgspec.convert(done, Step) if done is not None else None

    @staticmethod
    async def look_up(name: str, seen: bytes, after: str) -> Step | None:
        done = await _look_up(name, seen, after)
        return msgspec.convert(done, Step) if done is not None else None

    @staticmethod
    async def read_again(name: str, done: int) -> Step | None:
        made = await _read_again(name, done)
        return msgspec.convert(made, Step) if made is not None else None

    @staticmethod
    async def end(name: str, began: datetime, swept: Swept) -> None:
        await _end(name, began, swept)


def _steps() -> Steps:
    steps: Steps = doer_of(PASSES)
    return steps


@workflow
async def _history(name: str) -> str:
    with as_it_stands():
        return (await history(_Noted(), name)).value


@workflow
async def _sweep(name: str, began: str) -> Any:
    with as_it_stands():
        return msgspec.to_builtins(await sweep(_Noted(), name, datetime.fromisoformat(began)))


@step
async def _read_on(name: str) -> str:
    return (await over_there(_steps().read_on(name))).value


@step
async def _list_on(name: str, after: str | None) -> Any:
    return msgspec.to_builtins(await over_there(_steps().list_on(name, after)))


@step
async def _look_up(name: str, seen: bytes, after: str) -> Any:
    return msgspec.to_builtins(await over_there(_steps().look_up(name, seen, after)))


@step
async def _read_again(name: str, done: int) -> Any:
    return msgspec.to_builtins(await over_there(_steps().read_again(name, done)))


@step
async def _end(name: str, began: datetime, swept: Swept) -> None:
    await over_there(_steps().end(name, began, swept))
