"""An order for a guest: the number and a second fact give a token, the token a reduced view.

What is told to a guest, and when, is the same whether there is no such order, several have the number, or the second
fact is wrong: see docs/decisions/guests.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.order import key_of_id, order_by_id, orders_by_keys
from orderweave.answering.parts import Parts
from orderweave.guests import Desk
from orderweave.guests.attempts import IPAddress, UsedUp, block_of, number_of
from orderweave.guests.desk import Outcome
from orderweave.guests.facts import Fact, NoFact, email_fact, postal_code_fact
from orderweave.guests.revocations import TooManyRevoked, Unsure
from orderweave.merging.order import order_id
from orderweave.merging.tracking import TRACKED_COORDINATES, tracked
from orderweave.model.codes import Code
from orderweave.model.order import Order
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.rights import ALL_RIGHTS, Caller, Scope
from orderweave.model.terms import Terms
from orderweave.model.tracking import (
    TrackedOrder,
    TrackingAccess,
    TrackingAttempt,
    TrackingLink,
    TrackingRevocation,
)
from orderweave.planning.needs import needs_of
from orderweave_sdk.records import Facet, Key

_LONGEST_NUMBER = 200
_TRACKED = needs_of(TRACKED_COORDINATES)
_FACTS = needs_of(("Order.customer", "Order.billingAddress", "Order.shippingAddress"))
_FACETS = frozenset({Facet.CUSTOMER, Facet.ADDRESSES})
# Failures that tell of a system. An answer that cannot be read may tell of an order, and is told to nobody.
_SILENT = frozenset(IssueReason) - {IssueReason.BAD_PAYLOAD}


async def track_order(parts: Parts, asked: TrackingAttempt, call: Terms) -> TrackingAccess | None:
    """A token for the one order that has this number and bears the second fact out; None for anything that does not.

    `call` are the gateway's own terms, and not shortened by the caller. Once an attempt is let through, the answer or
    error comes at the end of a slot. Raises RATE_LIMITED, and INCOMPLETE where nothing fits while a system does not
    answer in which the number may have been given.
    """
    desk = _desk(parts)
    fact = _fact(desk, asked)
    if not asked.number.strip() or len(asked.number) > _LONGEST_NUMBER:
        raise bad_input("number must be a text of 1 to 200 characters")
    keys = parts.reader.candidates(asked.number)
    counted_as, block = number_of(keys, asked.number), block_of(asked.address)
    try:
        with desk.serving():
            began, access = parts.clock.monotonic(), None
            counted = await desk.attempts.take(counted_as, fact, block)
            order, outcome, fault = await _tried(parts, keys, fact, call)
            if order is not None:
                access = desk.tokens.for_guest(key_of_id(order.id))
                await desk.attempts.forgive(counted)
            desk.tried(outcome, counted_as, fact.kind, block)
            await desk.slots.end(began, call.deadline)
    except UsedUp as used_up:
        desk.tried(Outcome.USED_UP, counted_as, fact.kind, block)
        raise _rate_limited(used_up.seconds) from None
    if fault is not None:
        raise fault
    if outcome is Outcome.SYSTEMS_SILENT:
        raise RequestError(Code.INCOMPLETE, "orders cannot be looked up at present; try again later")
    return access


async def tracked_order(parts: Parts, token: str, call: Terms, address: IPAddress | None) -> TrackedOrder | None:
    """The order behind a token as its guest at this address may see it; None for a token that does not hold."""
    desk = _desk(parts)
    grant = desk.tokens.opened(token)
    try:
        holds = grant is not None and not await desk.revocations.revoked(grant)
    except Unsure:
        raise _not_now() from None
    if grant is None:
        desk.seen(Outcome.TOKEN_REFUSED, None, 0, block_of(address))
        return None
    name = order_id(grant.order)
    holds = holds and name not in desk.settings.revoked_orders
    desk.seen(Outcome.VIEWED if holds else Outcome.TOKEN_REFUSED, name, grant.given, block_of(address))
    if not holds:
        return None
    try:
        order = await order_by_id(parts, name, _TRACKED, msgspec.structs.replace(call, rights=ALL_RIGHTS))
    except RequestError:
        # Its words name systems and orders.
        raise _not_now() from None
    return tracked(order, desk.tokens.renewed(grant)) if order is not None else None


def tracked_name(parts: Parts, token: str) -> str | None:
    """The global id of the order that a token is for; None for one that does not hold. `tracked_order` says whether it
    still does.
    """
    grant = _desk(parts).tokens.opened(token)
    return order_id(grant.order) if grant is not None else None


def tracking_link(parts: Parts, order: Order, caller: Caller) -> TrackingLink:
    """A link to the tracking of an order that the caller sees."""
    desk = _desk(parts)
    access = desk.tokens.for_link(key_of_id(order.id))
    desk.managed(Outcome.LINK_GIVEN, caller.name, order.id)
    url = f"{desk.settings.link_url}#token={access.token}"
    return TrackingLink(url=url, token=access.token, expires_at=access.expires_at)


async def revoke_tracking(parts: Parts, token: str, caller: Caller) -> TrackingRevocation:
    """From now on no token holds that was given for the order with this global id, whether or not there is one."""
    desk = _desk(parts)
    key = key_of_id(token)
    try:
        revocation = await desk.revocations.revoke(key)
    except TooManyRevoked:
        raise RequestError(
            Code.UNSUPPORTED, "no more orders can be revoked one by one; set tracking.revoked_before"
        ) from None
    desk.managed(Outcome.REVOKED, caller.name, token)
    return revocation


def check_manages(caller: Caller) -> None:
    """Raise FORBIDDEN unless the caller sees all orders, as staff and services do."""
    if Scope.ORDERS not in caller.rights.scopes or caller.rights.owned is not None:
        raise RequestError(Code.FORBIDDEN, "links and revocations are for those who see all orders")


def check_links(caller: Caller) -> None:
    """Raise FORBIDDEN unless the caller may make links: what they lead to has words of carriers, about people."""
    check_manages(caller)
    if Scope.PERSONAL not in caller.rights.scopes or caller.rights.masked:
        message = "links are for those who may read what carriers write about people"
        raise RequestError(Code.FORBIDDEN, message, scopes=[Scope.PERSONAL.value])


async def _tried(
    parts: Parts, keys: tuple[Key, ...], fact: Fact, call: Terms
) -> tuple[Order | None, Outcome, Exception | None]:
    """See `_fitting`; an error is given and not raised, for an answer at another time would tell of it."""
    try:
        return (*await _fitting(parts, keys, fact, call), None)
    except Exception as error:
        return None, Outcome.FAILED, error


async def _fitting(parts: Parts, keys: tuple[Key, ...], fact: Fact, call: Terms) -> tuple[Order | None, Outcome]:
    """The one order that fits; else None and why. The systems themselves are asked, so that what is at hand of an order
    that was looked at before shows neither in the time nor in the answer.
    """
    orders, issues = await orders_by_keys(parts, keys, _FACTS, msgspec.structs.replace(call, max_age=0.0))
    fitting = [order for order in orders if fact.fits(order)]
    if len(fitting) == 1:
        return fitting[0], Outcome.GIVEN
    if len(fitting) > 1:
        return None, Outcome.SEVERAL_FIT
    if _silent(parts, keys, issues):
        return None, Outcome.SYSTEMS_SILENT
    return None, Outcome.WRONG_FACT if orders else Outcome.NO_ORDER


def _silent(parts: Parts, keys: Sequence[Key], issues: Sequence[SourceIssue]) -> bool:
    """Whether a system that may have given the number, and would know the fact, does not answer. It is asked in any
    case, so that this tells nothing of the order; what only an order that is there leads on to does not count.
    """
    owners = {key.namespace.partition(":")[0] for key in keys}
    knowing = {name for name in owners if _FACETS & parts.business.systems[name].manifest.facets}
    return any(issue.system in knowing and issue.reason in _SILENT for issue in issues)


def _desk(parts: Parts) -> Desk:
    if parts.desk is None:
        raise RequestError(Code.UNSUPPORTED, "guests do not track orders at this gateway")
    return parts.desk


def _fact(desk: Desk, asked: TrackingAttempt) -> Fact:
    email, postal_code = asked.email, asked.postal_code
    if postal_code is not None and not desk.settings.postal_code:
        raise bad_input("give the e-mail address of the order; a postal code is not enough here")
    try:
        if email is not None and postal_code is None:
            return email_fact(email)
        if postal_code is not None and email is None:
            return postal_code_fact(postal_code)
    except NoFact as problem:
        raise bad_input(str(problem)) from None
    raise bad_input("give exactly one of email and postalCode")


def _rate_limited(seconds: float) -> RequestError:
    whole = max(1, -int(-seconds // 1))
    return RequestError(Code.RATE_LIMITED, f"too many attempts; try again in {whole} seconds", retryAfterSeconds=whole)


def _not_now() -> RequestError:
    return RequestError(Code.INCOMPLETE, "the order cannot be shown at present; try again later")
