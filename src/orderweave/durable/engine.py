"""DBOS at work in this process: what is begun is noted, step by step, and goes on after the last of them, in whichever
process that offers such work.

DBOS is one in a process, and its workflows are functions of a module. It runs in threads and an event loop of its own:
in ours it would put its pool of threads in the place of the loop's, and take that with it when it is closed. Only the
steps come over to where the systems and the index are. Nothing of it reaches the network: no conductor, no exporter. It
is imported with this module alone, for that takes a second. Everything of `Engine` is called in threads without a loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import URL

from orderweave.durable.durable import Offer
from orderweave.durable.seats import Seats

T = TypeVar("T")
# Which steps work is made of. Counted up when that changes: what was begun by other code is not gone on with.
_FORM = "2"
_SCHEMA = "orderweave_durable"
# Work goes on as often as its process is ended.
_MOST_RECOVERIES = 1_000_000
# Connections to PostgreSQL. A step keeps none while it is done.
_MOST_CONNECTIONS = 5
# Seconds between two looks of DBOS's listener at its empty list.
_LISTENER_LOOK = 0.1
# Tries of a step that only waits for the database, and seconds between two of them.
_MOST_TRIES = 10_000
_TRY_SECONDS = 5.0
# Pieces of work of one kind that are looked at together: far more than are ever under way.
_SOME = 1_000
_UNFINISHED = ("PENDING", "ENQUEUED")

workflow = DBOS.workflow(max_recovery_attempts=_MOST_RECOVERIES)
step = DBOS.step()
# A step that is done again after any exception, for it raises nothing but what a database does that is away.
patient_step = DBOS.step(
    retries_allowed=True, max_attempts=_MOST_TRIES, interval_seconds=_TRY_SECONDS, backoff_rate=1.0
)


class WorkFailed(Exception):
    """A piece of work ended by a fault of ours or of the database."""


class _Ended(BaseException):
    """The process ends. Not an Exception: DBOS would note that as the end of the work, which is to go on."""


class _Home:
    """Who does the steps of this process, and the event loop that they belong to."""

    def __init__(self, doers: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        self.doers = doers
        self.loop = loop


_home: _Home | None = None


def doer_of(queue: str) -> Any:
    """Who does the steps of such work in this process; called in a step."""
    assert _home is not None, "launched by Engine"
    return _home.doers[queue]


async def over_there(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives, done where the systems and the index are; called in a step."""
    assert _home is not None, "launched by Engine"
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, _home.loop))


@contextmanager
def as_it_stands() -> Iterator[None]:
    """Round the whole of a workflow: it is left under way when its process ends."""
    try:
        yield
    except asyncio.CancelledError:
        raise _Ended from None


class Engine:
    """DBOS, for these offers, with `look_seconds` between two looks at a queue. Make it in a thread: the modules of
    the offers are imported.
    """

    def __init__(self, index: URL, offers: Sequence[Offer], look_seconds: float) -> None:
        self._url = _beside(index)
        self._offers = offers
        self._look_seconds = look_seconds
        self._executor = ""
        self.is_up = False
        for offer in offers:
            import_module(offer.module)

    def launch(self, seat: int, loop: asyncio.AbstractEventLoop) -> None:
        """Open the work database; what this seat's last process left goes on, by steps that are done in `loop`."""
        global _home  # noqa: PLW0603 - DBOS has one in a process as well
        self._executor = _executor(seat)
        _home = _Home({offer.queue: offer.doer for offer in self._offers}, loop)
        logger = logging.getLogger("dbos")
        if not logger.handlers:
            # Its log goes where ours goes, and only what is wrong.
            logger.addHandler(logging.NullHandler())
        logger.propagate = True
        DBOS(
            config={
                "name": "orderweave",
                "system_database_url": self._url,
                "dbos_system_schema": _SCHEMA,
                "executor_id": self._executor,
                "application_version": _FORM,
                "serializer": DBOSPortableJSONSerializer(),
                "enable_otlp": False,
                "log_level": "ERROR",
                "use_listen_notify": False,
                # Nobody is notified of anything: it is how long closing may wait for the thread that would notify.
                "notification_listener_polling_interval_sec": _LISTENER_LOOK,
                "sys_db_pool_size": _MOST_CONNECTIONS,
            }
        )
        DBOS.listen_queues([offer.queue for offer in self._offers])
        DBOS.launch()
        for offer in self._offers:
            DBOS.register_queue(
                offer.queue,
                global_concurrency=offer.at_once,
                polling_interval_sec=self._look_seconds,
                # What `spread` has set stays.
                on_conflict="never_update" if offer.spread else "update_if_latest_version",
            )
        self.is_up = True

    def close(self) -> None:
        """Leave everything as it stands."""
        self.is_up = False
        DBOS.destroy()

    def take_up(self, seats: Seats) -> None:
        """Put what the dead left back into its queues, for whoever is alive."""
        for executor in {each.executor_id for each in self._under_way()} - {self._executor}:
            with seats.vacant(_seat(executor)) as vacant:
                # Looked at again, for until now somebody may have sat there, or taken it up.
                left = self._under_way(executor) if vacant else []
                by_queue = defaultdict(list)
                for each in left:
                    by_queue[each.queue_name].append(each.workflow_id)
                for queue, ids in by_queue.items():
                    DBOS.resume_workflows(ids, queue_name=queue)

    def spread(self, queue: str, alive: int) -> None:
        """Do no more here than our share of what there is, when so many processes do such work."""
        there = _listed(queue_name=[queue], status=list(_UNFINISHED))
        share = None if alive <= 1 else max(1, -(-len(there) // alive))
        known = DBOS.retrieve_queue(queue)
        if known is not None and known.worker_concurrency != share:
            known.set_worker_concurrency(share)
        ours = [each.workflow_id for each in there if (each.status, each.executor_id) == ("PENDING", self._executor)]
        if share is not None and len(ours) > share:
            # The youngest, of which the least is noted. Whoever claims it is its owner; what we still note is refused.
            DBOS.resume_workflows(ours[share:], queue_name=queue)

    def ask(self, queue: str, work: Callable[..., Any], name: str, *arguments: Any) -> None:
        """Have a workflow done by whoever offers to, unless there is one of that name."""
        with SetWorkflowID(name):
            DBOS.enqueue_workflow(queue, work, *arguments)

    def unfinished(self, prefix: str) -> list[str]:
        """The names, with this beginning, of work that waits or is under way, the oldest first."""
        return [each.workflow_id for each in _listed(workflow_id_prefix=prefix, status=list(_UNFINISHED))]

    def waiting(self, queue: str) -> list[str]:
        """The names of what waits in a queue for a process that has room, the oldest first."""
        return [each.workflow_id for each in _listed(queue_name=[queue], status=["ENQUEUED"])]

    def known(self, names: Sequence[str]) -> dict[str, bool]:
        """Which of these are noted, and whether that work waits or is under way and can be gone on with."""
        if not names:
            return {}
        found = DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False)
        return {each.workflow_id: _goes_on(each) for each in found}

    def is_unfinished(self, name: str) -> bool:
        """Whether such work waits or is under way."""
        return any(each.workflow_id == name for each in _listed(workflow_ids=[name], status=list(_UNFINISHED)))

    def result(self, name: str) -> Any:
        """What work gave that is finished; raises WorkFailed."""
        (found,) = DBOS.list_workflows(workflow_ids=[name], load_input=False)
        if found.status != "SUCCESS":
            raise WorkFailed(type(found.error).__name__)
        return found.output

    def forget(self, names: Collection[str]) -> None:
        """Delete all that is noted of some work, whatever stands there."""
        if names:
            DBOS.delete_workflows(sorted(names))

    def tidy(self, prefix: str, kept: int) -> None:
        """Forget the oldest of what is finished and begins so."""
        finished = DBOS.list_workflows(
            workflow_id_prefix=prefix, sort_desc=True, offset=kept, load_input=False, load_output=False
        )
        self.forget([each.workflow_id for each in finished if not _goes_on(each)])

    def _under_way(self, executor: str | None = None) -> list[Any]:
        queues = [offer.queue for offer in self._offers]
        return _listed(status=["PENDING"], queue_name=queues, executor_id=executor)


def _listed(**chosen: Any) -> list[Any]:
    return DBOS.list_workflows(app_version=_FORM, load_input=False, load_output=False, limit=_SOME, **chosen)


def _goes_on(found: Any) -> bool:
    return found.status in _UNFINISHED and found.app_version == _FORM


def _executor(seat: int) -> str:
    return f"seat-{seat}"


def _seat(executor: str) -> int:
    return int(executor.removeprefix("seat-"))


def _beside(index: URL) -> str:
    """Where steps are noted: in the database of the index, or in a file beside its file."""
    if index.get_backend_name() != "sqlite":
        return index.render_as_string(hide_password=False)
    return f"sqlite:///{index.database}-durable"
