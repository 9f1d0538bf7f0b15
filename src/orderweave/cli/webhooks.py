"""Commands about webhooks: having a system send them, looking at those that came, and having dead ones worked on again.

Nothing personal is printed: how many names a delivery has, none of them.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from orderweave.bootstrap import Orderweave
from orderweave.cli.configured import loaded
from orderweave.config import Configuration
from orderweave.model.terms import Lane
from orderweave.receiving.deliveries import Concerned, Kept, State
from orderweave.receiving.storing import IndexStore
from orderweave_sdk.manifest import Capability
from orderweave_sdk.webhooks import SECRETS, Registered

_REGISTER_SECONDS = 60.0
_NO_INDEX = "webhooks are not configured: add [webhooks] and [index]"


@asynccontextmanager
async def _store(path: Path, environment: Mapping[str, str]) -> AsyncIterator[IndexStore | None]:
    """What keeps the deliveries; None, after what is wrong was printed, where nothing does."""
    configuration = loaded(path, environment)
    if configuration is None or configuration.webhooks is None:
        if configuration is not None:
            print(_NO_INDEX, file=sys.stderr)
        yield None
        return
    woven = Orderweave(configuration)
    try:
        yield IndexStore(lambda: nullcontext(woven.gateway))
    finally:
        await woven.close()


async def list_deliveries(path: Path, environment: Mapping[str, str], *, state: str, most: int) -> int:
    """A line for each delivery, the newest first."""
    async with _store(path, environment) as store:
        if store is None:
            return 1
        found = await store.listed(None if state == "all" else State(state.upper()), most=most)
        for kept in found:
            print(_line(kept))
        counts = await store.counts()
    print(f"{len(found)} shown; {counts.waiting} wait, {counts.dead} dead")
    return 0


async def show_delivery(path: Path, environment: Mapping[str, str], number: int) -> int:
    """All that is known of one delivery but whom it is about."""
    async with _store(path, environment) as store:
        if store is None:
            return 1
        kept = await store.shown(number)
    if kept is None:
        print(f"there is no delivery {number}", file=sys.stderr)
        return 1
    said = {
        "system": kept.system,
        "topic": kept.topic,
        "state": kept.state.value,
        "about": about(kept.concerned),
        "named by": ", ".join(dict.fromkeys(key.namespace for key in kept.concerned.order)) or None,
        "happened": _moment(kept.happened_at),
        "received": _moment(kept.received_at),
        "attempts": str(kept.attempts),
        "next attempt": _moment(kept.due_at),
        "problem": kept.problem,
    }
    for name, value in said.items():
        if value is not None:
            print(f"{name:<13}{value}")
    return 0


async def replay_deliveries(
    path: Path, environment: Mapping[str, str], numbers: Sequence[int], *, every: bool, now: datetime
) -> int:
    """Have dead deliveries worked on again by the gateways that run, or by the next that starts."""
    if every == bool(numbers):
        print("give the numbers of dead deliveries, or --all", file=sys.stderr)
        return 2
    async with _store(path, environment) as store:
        if store is None:
            return 1
        count = await store.replay(None if every else numbers, now)
    print(f"{count} {'deliveries wait' if count != 1 else 'delivery waits'} to be worked on again")
    return 0 if count or every else 1


async def register(path: Path, environment: Mapping[str, str], system: str, url: str) -> int:
    """Have a system send webhooks to this gateway."""
    configuration = loaded(path, environment)
    if configuration is None:
        return 1
    problem = _unfit(configuration, system, url)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 2
    woven = Orderweave(configuration)
    try:
        call = woven.systems.call(_REGISTER_SECONDS, Lane.SYNC)
        done, issue = await woven.systems.ask(
            system, frozenset(), Registered, lambda connector: connector.register_webhooks(url, call), call
        )
    finally:
        await woven.close()
    if done is None:
        print(f"{issue.reason.value}: {issue.message}" if issue else "nothing came of it", file=sys.stderr)
        return 1
    for what, topics in (("registered", done.made), ("there already", done.kept)):
        if topics:
            print(f"{what}: {', '.join(topics)}")
    if done.secrets:
        print(f"These secrets are shown once; set {SECRETS} of {system} to them:\n{' '.join(done.secrets)}")
    return 0


def _unfit(configuration: Configuration, system: str, url: str) -> str | None:
    """Why that cannot be registered."""
    spec = configuration.business.systems.get(system)
    if spec is None:
        return f"there is no system {system!r}; there are: {', '.join(sorted(configuration.business.systems))}"
    if Capability.REGISTER_WEBHOOKS not in spec.manifest.capabilities:
        return f"{spec.manifest.title} has no way to register webhooks by its API; see the README of its connector"
    if not url.startswith("https://") or not url.endswith(f"/webhooks/{system}"):
        return f"--url must be the address at which the system reaches this gateway: https://…/webhooks/{system}"
    return None


def about(concerned: Concerned) -> str:
    """What a delivery is about, by count."""
    orders = ["1 order"] if concerned.order else []
    goods = [
        _counted(len(concerned.skus), "SKU"),
        _counted(len(concerned.stock_levels), "stock level"),
        _counted(len(concerned.tracking_numbers), "parcel"),
    ]
    return ", ".join([*orders, *(part for part in goods if part)])


def _line(kept: Kept) -> str:
    parts = [str(kept.number), _moment(kept.received_at), kept.system, kept.topic, kept.state.value]
    parts.append(about(kept.concerned))
    if kept.attempts:
        parts.append(f"{_counted(kept.attempts, 'attempt')}: {kept.problem or 'none failed'}")
    return "  ".join(part for part in parts if part)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}" if count else ""


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None
