"""GraphQL over HTTP: POST for everything, GET for queries. What is no request gets a 4xx and plain words.

The endpoint is an ASGI application by itself and not a route of Starlette's: see docs/decisions/bare-endpoint.md. How
a request is read stands in `bodies`, in which form it is answered in `negotiation` and `replying`, who may ask from
other sites in `origins` and `forgery`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from orderweave.access import Headers, Unidentified
from orderweave.answering import Gateway
from orderweave.answering.errors import RequestError
from orderweave.guests.attempts import block_of
from orderweave.model.codes import Code
from orderweave.model.exports import Format
from orderweave.model.rights import Caller
from orderweave.model.terms import Lane
from orderweave.observing import UNOBSERVED, Observing, Stage
from orderweave.observing.port import Asked
from orderweave.operations.answers import Answer, Request
from orderweave.operations.delivering import Delivery
from orderweave.operations.paying import shares_points
from orderweave.operations.persisted import Found
from orderweave.operations.running import Operations
from orderweave.operations.tables import Tabled
from orderweave.schema import Context
from orderweave.web.addresses import IPAddress
from orderweave.web.admission import Admission, Overloaded
from orderweave.web.asking import document_of, lane_of, seconds_of
from orderweave.web.bodies import Bodies, Sent
from orderweave.web.current import Current, Lease
from orderweave.web.forgery import refuse_forged
from orderweave.web.headers import headers_of, text_of
from orderweave.web.incremental import CONTENT_TYPE, Form, accepted_form, written_parts
from orderweave.web.live.streams import Streams
from orderweave.web.negotiation import JSON_TYPE, Events, answer_type, events_wished, status_of, table_type
from orderweave.web.refusals import BadRequest, CallerGone, HeaderList, failed, refusal_of
from orderweave.web.replying import Reply
from orderweave.web.tabling import Sheet, failed_status, refused, sheet
from orderweave.web.watching import Ended, Watch
from orderweave.web.wishes import with_wishes

_METHODS = b"GET, HEAD, POST"


class Endpoint:
    """The application at /graphql. What is to be answered by an event stream it leaves to `streams`.

    `admission` knows how many requests are at work, wait and were turned away. `callers_gone` counts requests whose
    callers hung up before the answer, `too_late` those whose work had to be ended from here because it did not end
    at its deadline by itself.
    """

    def __init__(
        self,
        operations: Operations,
        current: Current,
        admission: Admission,
        context: Callable[[Gateway, Lane, float | None, Caller, IPAddress | None], Context] = Context,
        *,
        bodies: Bodies,
        streams: Streams,
        observing: Observing = UNOBSERVED,
    ) -> None:
        self._operations = operations
        self._current = current
        self.admission = admission
        self._context = context
        self._observing = observing
        self._bodies = bodies
        self._streams = streams
        self.callers_gone = 0
        self.too_late = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers = headers_of(scope)
        wished = events_wished(headers.get(b"accept"))
        if wished is Events.PREFERRED and scope["method"] in ("GET", "POST"):
            await self._streams(scope, receive, send)
            return
        lease = self._current.request()
        reply = Reply(headers, lease.door, send)
        if lease.door.origins.is_asked(scope["method"], headers):
            await reply.leave(_METHODS)
            return
        identity, parent = text_of(headers, b"x-request-id"), text_of(headers, b"traceparent")
        with self._observing.request(identity, parent) as asked:
            followed = await self._answered(scope, headers, receive, reply, lease=lease, asked=asked, wished=wished)
        if followed is not None:
            await self._streams.follow(scope, receive, send, sent=followed.sent, caller=followed.caller)

    async def _answered(
        self,
        scope: Scope,
        headers: Headers,
        receive: Receive,
        reply: Reply,
        *,
        lease: Lease,
        asked: Asked,
        wished: Events,
    ) -> _Followed | None:
        """Answer, unless what came is to be followed."""
        more: HeaderList = []
        answer: Answer | None = None
        found: Found | None = None
        laid: Sheet | None = None
        form = table_type(headers.get(b"accept"))
        kind = answer_type(headers.get(b"accept")) if form is None else JSON_TYPE
        if kind is None and accepted_form(headers.get(b"accept", b"")) is not None:
            # Whoever takes parts alone gets what has none as JSON.
            kind = JSON_TYPE
        try:
            if kind is None:
                raise BadRequest(406, "accept application/graphql-response+json or application/json")
            given = await self._answer(
                scope, headers, receive, reply, lease=lease, name=asked.id, form=form, wished=wished
            )
            if isinstance(given, _Followed):
                return given
            answer, found, laid = given.answer, given.found, given.laid
            if given.sent:
                asked.answered(status=200, executor=answer.executor, codes=_codes(answer.errors))
                return None
            fitting = status_of(answer, kind) if form is None or laid is not None else failed_status(answer)
            status, document = answer.status or fitting, answer.document()
            more = [(b"allow", _METHODS)] if status == 405 else [*answer.headers]
        except CallerGone:
            self.callers_gone += 1
            return None
        except (BadRequest, Unidentified, Overloaded) as error:
            status, refused_by, more = refusal_of(error)
            document = refused_by.document()
        except _TooLate:
            self.too_late += 1
            late = failed("the answer was not done within the deadline", Code.DEADLINE_EXCEEDED)
            status, document = 504, late.document()
        with self._observing.stage(Stage.WRITE):
            body = laid.body if laid is not None else msgspec.json.encode(document)
        codes = _codes(document.get("errors", ()))
        more = [*more, *(laid.headers if laid is not None else ()), *_named(asked.id)]
        method = scope["method"]
        again = status == 200 and not codes and method != "POST"
        sent_as = laid.kind if laid is not None else kind or JSON_TYPE
        status = await reply.whole(status, sent_as, body, more, again=again, head=method == "HEAD")
        listed = found.listed if found is not None else None
        asked.answered(
            status=status,
            executor=answer.executor if answer is not None else None,
            codes=codes,
            document=(listed.id, listed.name) if listed is not None else None,
        )
        return None

    async def _answer(
        self,
        scope: Scope,
        headers: Headers,
        receive: Receive,
        reply: Reply,
        *,
        lease: Lease,
        name: str | None,
        form: Format | None,
        wished: Events,
    ) -> _Given | _Followed:
        """The answer of the gateway that is current when the request begins, as a table where it is wanted in a form
        of one.
        """
        with lease as gateway:
            within = seconds_of(headers)
            method = scope["method"]
            if method in ("GET", "HEAD"):
                refuse_forged(headers, lease.door.preflight)
            elif method != "POST":
                raise BadRequest(405, "send the request by POST, or a query by GET", [(b"allow", _METHODS)])
            self.admission.look_in()
            lane, caller = lane_of(headers), await lease.door.identify(headers)
            context = self._context(gateway, lane, within, caller, lease.door.addresses.of(scope))
            origin = block_of(context.address) if shares_points(caller) else ""
            if (spent := self._operations.spent(origin, context)) is not None:
                return _Given(answer=spent)
            sent = await self._bodies.sent(scope, headers, receive)
            if sent.query is not None and sent.identity is None and lease.door.documents.open:
                found = Found(sent.query)
            else:
                named = await document_of(sent, lease.door.documents)
                if isinstance(named, Answer):
                    return _Given(answer=await self._operations.refused(named, origin, context))
                found = named
            request = Request(query=found.text, variables=sent.variables, operation_name=sent.operationName)
            if wished is Events.TAKEN and self._operations.follows(request, caller):
                return _Followed(sent, caller)
            request = with_wishes(request, headers, origin)
            tabled = self._tabled(request, caller, form)
            if isinstance(tabled, Answer):
                return _Given(answer=await self._operations.refused(tabled, origin, context), found=found)
            request = request if tabled is None else tabled.request
            in_parts = accepted_form(headers.get(b"accept", b"")) if tabled is None else None
            parted = _Parted(reply, in_parts, name) if in_parts is not None else None
            answer: Answer | None = None
            with Watch(receive, context.call.remaining()) as watch:
                answer = await self._worked(request, context, parted, read_only=method != "POST")
            begun = parted is not None and parted.begun
            if answer is None or (begun and watch.ended is not None):
                raise _TooLate if watch.ended is Ended.TOO_LATE and not begun else CallerGone
            if found.leave is not None and answer.executed:
                await lease.door.documents.keep(found)
            if form is None or tabled is None:
                return _Given(answer=answer, found=found, sent=begun)
            return _laid(answer if tabled.request.query == found.text else answer.elsewhere(), found, tabled, form)

    def _tabled(self, request: Request, caller: Caller, form: Format | None) -> Tabled | Answer | None:
        """The request for a table where one is wanted, or the answer to what can be none."""
        if form is None:
            return None
        try:
            return Tabled(request, self._operations.graphql, caller.limits.tokens)
        except RequestError as error:
            return refused(error)

    async def _worked(
        self, request: Request, context: Context, parted: _Parted | None, *, read_only: bool
    ) -> Answer | None:
        """The answer, in a place among those that are worked on; sent in parts where it is deferred and may be."""
        await self.admission.enter(context.call.remaining())
        try:
            most = context.caller.limits.deferred
            parts = self._operations.parts(request, context, most=most) if parted is not None else None
            if parts is None or parted is None:
                return await self._operations.run(request, context, read_only=read_only)
            async with Delivery(self._operations, request, context, parts) as delivery:
                return await parted.sent(delivery)
        finally:
            self.admission.leave()


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request: which document gave the answer, the table that it is, and whether it is `sent` already,
    because it came in parts.
    """

    answer: Answer
    found: Found | None = None
    laid: Sheet | None = None
    sent: bool = False


class _Followed(msgspec.Struct, frozen=True):
    """A subscription of one who takes an event stream: that is its answer."""

    sent: Sent
    caller: Caller


def _laid(answer: Answer, found: Found, tabled: Tabled, form: Format) -> _Given:
    """An answer as a table; what met an error is none."""
    if answer.errors or not answer.executed:
        return _Given(answer=answer, found=found)
    try:
        return _Given(answer=answer, found=found, laid=sheet(tabled, answer, form))
    except RequestError as error:
        return _Given(answer=refused(error), found=found)


class _Parted:
    """An answer that goes out in parts; `begun` once the first was sent."""

    def __init__(self, reply: Reply, form: Form, name: str | None) -> None:
        self._reply = reply
        self._form = form
        self._name = name
        self.begun = False

    async def sent(self, delivery: Delivery) -> Answer:
        """Send all parts; the first answer, unsent where nothing is pending after it."""
        answer, pending = await delivery.first()
        if answer.executed and pending:
            self.begun = True
            chunks = written_parts(answer, pending, delivery.rest(), self._form)
            await self._reply.parts(CONTENT_TYPE, chunks, _named(self._name))
        return answer


def _codes(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    return [error["extensions"]["code"] for error in errors]


def _named(name: str | None) -> HeaderList:
    return [(b"x-request-id", name.encode())] if name is not None else []


class _TooLate(Exception):
    """The work did not end at its deadline."""
