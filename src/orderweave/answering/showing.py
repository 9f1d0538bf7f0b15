"""What of an order a caller sees: conflicts of hidden fields left out, people masked where they are only counted, and
no words of systems about others' records where only some orders exist for the caller.

Which fields may be selected at all is decided before anything runs (`operations/permitting.py`); this is about what
would tell of them by another way. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from orderweave.model.access import SCOPES
from orderweave.model.order import Company, Customer, Order, Shipment, TimelineEntry
from orderweave.model.provenance import Coverage, FieldConflict, IssueReason, SourceIssue
from orderweave.model.rights import Rights, Scope
from orderweave_sdk.records import Address, Refund

# What stands for a text about a person: that there is one, and nothing of it.
MASKED = "masked"
# The path of a conflict about which records are the order.
IDENTITY = "identity"
# Of a postal code, what tells a region and no house.
_REGION = 2
_ALL = frozenset(Scope)
_NOT_WHOLE = "its part is not whole"
_WORDS = {
    IssueReason.UNREACHABLE: "it could not be reached",
    IssueReason.TIMED_OUT: "it did not answer in time",
    IssueReason.FAILED: "it failed",
    IssueReason.THROTTLED: "it may not be asked more at present",
    IssueReason.UNAUTHORIZED: "it did not let the gateway in",
    IssueReason.BAD_PAYLOAD: "something of its answer could not be read",
    IssueReason.REFUSED: "it does not answer this",
}

# The field of `Order`, and the field of what it holds, in a path such as `lines[TEA-1].unitPrice`.
_PATH = re.compile(r"(?P<field>\w+)(\[.*\])?(\.(?P<inner>\w+))?.*", re.DOTALL)


def shown(order: Order, rights: Rights) -> Order:
    """The order as this caller may see it."""
    if rights.masked:
        order = _masked(order)
    if order.conflicts and (rights.owned is not None or not rights.scopes >= _ALL):
        kept = tuple(conflict for conflict in order.conflicts if _is_shown(conflict, rights))
        order = msgspec.structs.replace(order, conflicts=kept)
    freshness = order.freshness
    if rights.owned is not None and (freshness.missing or freshness.unmet):
        told = msgspec.structs.replace(freshness, missing=_told(freshness.missing), unmet=_told(freshness.unmet))
        order = msgspec.structs.replace(order, freshness=told)
    return order


def covered(coverage: Coverage, rights: Rights) -> Coverage:
    """How complete a list is, as this caller may be told."""
    if rights.owned is None or coverage.complete:
        return coverage
    sources = tuple(
        msgspec.structs.replace(source, error=_NOT_WHOLE) if source.error else source for source in coverage.sources
    )
    return msgspec.structs.replace(coverage, sources=sources)


def _told(issues: Iterable[SourceIssue]) -> tuple[SourceIssue, ...]:
    """The words of a system may name records of anybody; what stands for them follows from the reason alone."""
    return tuple(msgspec.structs.replace(issue, message=_WORDS[issue.reason]) for issue in issues)


def _is_shown(conflict: FieldConflict, rights: Rights) -> bool:
    """What makes its identity doubtful are records of other orders, perhaps of other people."""
    if conflict.path == IDENTITY:
        return rights.owned is None
    return scopes_of(conflict.path) <= rights.scopes


def scopes_of(path: str) -> frozenset[Scope]:
    """The scopes that the field of a conflict takes; all of them where it is none that is known."""
    found = _PATH.fullmatch(path)
    field, inner = (found["field"], found["inner"]) if found else (path, None)
    scopes = SCOPES.get(f"Order.{field}", _ALL)
    return scopes | SCOPES.get(f"OrderLine.{inner}", frozenset()) if field == "lines" else scopes


def _masked(order: Order) -> Order:
    return msgspec.structs.replace(
        order,
        customer=_person(order.customer) if order.customer else None,
        company=_company(order.company) if order.company else None,
        billing_address=_address(order.billing_address) if order.billing_address else None,
        shipping_address=_address(order.shipping_address) if order.shipping_address else None,
        shipments=tuple(_shipment(shipment) for shipment in order.shipments),
        adjustments=tuple(_refund(refund) for refund in order.adjustments),
        timeline=tuple(_entry(entry) for entry in order.timeline),
        conflicts=tuple(_conflict(conflict) for conflict in order.conflicts),
    )


def _person(person: Customer) -> Customer:
    return msgspec.structs.replace(
        person,
        name=_text(person.name),
        email=_text(person.email),
        phone=_text(person.phone),
        company=_company(person.company) if person.company else None,
    )


def _company(company: Company) -> Company:
    """A company's name is how a business is counted; its tax number may be a person's."""
    return msgspec.structs.replace(company, tax_id=_text(company.tax_id))


def _address(address: Address) -> Address:
    """Country, region and town stay, for they are what is counted by."""
    return msgspec.structs.replace(
        address,
        name=_text(address.name),
        company=_text(address.company),
        lines=tuple(MASKED for _ in address.lines),
        postal_code=address.postal_code[:_REGION] + "…" if address.postal_code else None,
        phone=_text(address.phone),
    )


def _shipment(shipment: Shipment) -> Shipment:
    """A carrier's words say who signed and with whom a parcel was left; where it was is a place of the carrier."""
    packages = tuple(
        msgspec.structs.replace(
            package,
            events=tuple(msgspec.structs.replace(event, message=_text(event.message)) for event in package.events),
        )
        for package in shipment.packages
    )
    return msgspec.structs.replace(shipment, packages=packages)


def _refund(refund: Refund) -> Refund:
    """Its note is typed by people, about people. The reason of a return or cancelation is a word that is counted by."""
    return msgspec.structs.replace(refund, note=_text(refund.note))


def _entry(entry: TimelineEntry) -> TimelineEntry:
    return msgspec.structs.replace(entry, message=_text(entry.message))


def _conflict(conflict: FieldConflict) -> FieldConflict:
    """That systems disagree on a person stays, not what each says."""
    if conflict.path == IDENTITY or Scope.PERSONAL not in scopes_of(conflict.path):
        return conflict
    winner = conflict.winner
    return msgspec.structs.replace(
        conflict,
        winner=msgspec.structs.replace(winner, value=_text(winner.value)) if winner else None,
        values=tuple(msgspec.structs.replace(said, value=_text(said.value)) for said in conflict.values),
    )


def _text(text: str | None) -> str | None:
    return MASKED if text else text
