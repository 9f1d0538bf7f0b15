"""Running operations of a connection that stays: each answer in a turn of its own, under who the caller is by then."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Scope

from orderweave.access import Headers, Identify, Unidentified
from orderweave.answering import Gateway
from orderweave.answering.errors import overloaded
from orderweave.guests.attempts import block_of
from orderweave.live import Feed
from orderweave.model.rights import UNNAMED, Caller
from orderweave.model.terms import Lane
from orderweave.observing import Observing
from orderweave.operations.answers import Answer, Request
from orderweave.operations.paying import shares_points
from orderweave.operations.running import Operations
from orderweave.schema import LiveContext
from orderweave.web.addresses import IPAddress
from orderweave.web.admission import Admission, Overloaded
from orderweave.web.asking import document_of
from orderweave.web.bodies import Sent
from orderweave.web.current import Current

# Whatever is asked of a system ends at the deadline or a moment later; a turn that does not has lost its way.
_GRACE = 5.0
# An answer of a subscription for which there is no place waits so long, more or less, before it asks for one again.
_TRY_AGAIN_SECONDS = 1.0


class Identity:
    """Who is at the other end of a connection, the headers that say so, and from where it comes."""

    def __init__(self, identify: Identify, headers: Headers, caller: Caller, address: IPAddress | None) -> None:
        self._identify = identify
        self._headers = headers
        self._rights = caller.rights
        self.caller = caller
        self.address = address

    @classmethod
    async def of(cls, current: Current, headers: Headers, scope: Scope) -> Identity:
        """Find out, by the configuration that is in force whenever it is asked; raises Unidentified."""
        address = current.request().door.addresses.of(scope)
        return cls(current.identify, headers, await current.identify(headers), address)

    @property
    def share(self) -> str:
        """Whose share of the connections this one is of: the caller's own, or that of where nameless ones come from."""
        if self.caller.name in UNNAMED:
            return f"at {block_of(self.address)}"
        return f"{self.caller.role} as {self.caller.name}"

    def take_over(self, newer: Identity) -> None:
        """The same caller has shown a credential again, perhaps a newer one."""
        self._headers, self.caller = newer._headers, newer.caller

    async def lapse(self, seconds: float) -> Unidentified:
        """Ask again every so many seconds, until the credential does not hold any more, or gives no role or other
        rights: what is followed was let through by those it had. An identity that cannot be checked at present stays
        as it is.
        """
        while True:
            await asyncio.sleep(seconds)
            try:
                caller = await self._identify(self._headers)
                if caller.rights != self._rights:
                    return Unidentified("the caller's rights are others now; connect again")
                self.caller = caller
            except Unidentified as error:
                if not is_unchecked(error):
                    return error


def share_of_newcomers(address: IPAddress | None) -> str:
    """The share of all from one part of the network who have not said yet who they are. Not that of who stays without a
    name there: those would keep the others out.
    """
    return f"new at {block_of(address)}"


def is_unchecked(error: Unidentified) -> bool:
    """Whether it is not known at present who somebody is: nothing is said against their credential."""
    return error.status == 503


class Running:
    """Runs operations for the doors."""

    def __init__(
        self, operations: Operations, current: Current, admission: Admission, feed: Feed, observing: Observing
    ) -> None:
        self._operations = operations
        self._current = current
        self._admission = admission
        self._feed = feed
        self._observing = observing

    async def begin(
        self,
        sent: Sent,
        who: Identity,
        lane: Lane,
        *,
        within: float | None = None,
        after: str | None = None,
        read_only: bool = False,
    ) -> Answer | Stream:
        """The answer of a query, or the answers of a subscription. Raises BadRequest where no document is meant, and
        Overloaded where there is no place.
        """
        lease = self._current.request()
        with lease as gateway:

            @asynccontextmanager
            async def turn() -> AsyncIterator[tuple[Gateway, Caller]]:
                async with self._turn(who) as found:
                    yield found

            @asynccontextmanager
            async def place() -> AsyncIterator[None]:
                seconds = context.call.remaining()
                await self._admission.enter(seconds)
                try:
                    async with asyncio.timeout(seconds + _GRACE):
                        yield
                except TimeoutError:
                    raise Overloaded from None
                finally:
                    self._admission.leave()

            context = LiveContext(
                gateway,
                who.caller,
                feed=self._feed,
                turn=turn,
                lane=lane,
                within=within,
                after=after,
                address=who.address,
            )
            origin = block_of(who.address) if shares_points(who.caller) else ""
            if (spent := self._operations.spent(origin, context)) is not None:
                return spent
            found = await document_of(sent, lease.door.documents)
            if isinstance(found, Answer):
                return await self._operations.refused(found, origin, context)
            request = Request(
                query=found.text, variables=sent.variables, operation_name=sent.operationName, origin=origin
            )
            with self._observing.request(None, None) as asked:
                begun = await self._operations.stream(request, context, place=place, read_only=read_only)
                if found.leave is not None and (not isinstance(begun, Answer) or begun.executed):
                    await lease.door.documents.keep(found)
                if not isinstance(begun, Answer):
                    return Stream(begun, context)
                codes = [error["extensions"]["code"] for error in begun.errors]
                asked.answered(status=200 if begun.executed else 400, executor=begun.executor, codes=codes)
                return begun

    @asynccontextmanager
    async def _turn(self, who: Identity) -> AsyncIterator[tuple[Gateway, Caller]]:
        """A place, as soon as there is one: what a subscription has to tell does not go stale by waiting."""
        while True:
            with self._current.request() as gateway:
                seconds = gateway.call().remaining()
                try:
                    await self._admission.enter(seconds)
                except Overloaded:
                    pass
                else:
                    try:
                        async with asyncio.timeout(seconds + _GRACE):
                            yield gateway, who.caller
                    except TimeoutError:
                        raise overloaded("the answer was not done within the deadline") from None
                    finally:
                        self._admission.leave()
                    return
            await asyncio.sleep(_TRY_AGAIN_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - spreads, guards nothing


class Stream:
    """The answers of one subscription; `close` it when done. `cursor` is that of the last answer."""

    def __init__(self, answers: AsyncGenerator[Answer, None], context: LiveContext) -> None:
        self._answers = answers
        self._context = context

    @property
    def cursor(self) -> str | None:
        """What to go on from."""
        return self._context.cursor

    def __aiter__(self) -> AsyncIterator[Answer]:
        return self._answers

    async def aclose(self) -> None:
        """Follow no longer."""
        await self._answers.aclose()
