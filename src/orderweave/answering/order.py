"""One order, by whatever name a caller holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from orderweave.answering.errors import RequestError, ambiguous, bad_input, incomplete
from orderweave.answering.parts import Parts
from orderweave.answering.showing import shown
from orderweave.answering.visibility import is_visible, silent_about_customers, with_owner
from orderweave.fetching.gathering import Gathering, issues_about
from orderweave.fetching.parcels import NO_PARCELS, Parcels, parcels_of
from orderweave.matching import Group
from orderweave.model.ids import MalformedToken, decode_id
from orderweave.model.order import Order
from orderweave.model.provenance import SourceIssue
from orderweave.model.rights import Rights, Scope
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave.planning.needs import Needs
from orderweave.planning.orders import OrderPlan, plan_orders
from orderweave_sdk.records import Key

_LONGEST_NUMBER = 200


async def order_by_id(parts: Parts, token: str, needs: Needs, call: Terms) -> Order | None:
    """The order with this global id; None when no system knows it."""
    return await _by_keys(parts, (key_of_id(token),), needs, call, said=None)


async def order_by_number(parts: Parts, number: str, needs: Needs, call: Terms) -> Order | None:
    """The order that has this number in any system; AMBIGUOUS when several do."""
    if not number.strip() or len(number) > _LONGEST_NUMBER:
        raise bad_input("number must be a text of 1 to 200 characters")
    keys = parts.reader.candidates(number)
    return await _by_keys(parts, keys, needs, call, said=number) if keys else None


async def order_by_key(parts: Parts, namespace: str, value: str, needs: Needs, call: Terms) -> Order | None:
    """The order that a system knows under `namespace` (such as `erp:reference`) as `value`."""
    system, _, lookup = namespace.partition(":")
    spec = parts.business.systems.get(system)
    if spec is None or lookup not in spec.manifest.lookups:
        if Scope.SYSTEMS not in call.rights.scopes:
            raise bad_input("namespace must be a system and one of its look-ups, such as erp:number")
        known = [f"{name}:{by}" for name, entry in parts.business.systems.items() for by in entry.manifest.lookups]
        raise bad_input(f"namespace must be one of {', '.join(known)}")
    if not value.strip() or len(value) > _LONGEST_NUMBER:
        raise bad_input("value must be a text of 1 to 200 characters")
    if lookup in spec.manifest.references:
        rules = [rule for rule in spec.references if rule.field == lookup]
        keys = tuple(key for rule in rules if (key := parts.reader.read(rule, value)) is not None)
        if not keys:
            raise bad_input(f"{namespace}: no order number can be read from that value")
        return await _by_keys(parts, keys[:1], needs, call, said=value)
    own = parts.reader.own_number(value) if lookup == "number" else value
    return await _by_keys(parts, (Key(namespace, own),) if own else (), needs, call, said=value)


async def orders_by_ids(
    parts: Parts, tokens: Sequence[str], needs: Needs, call: Terms
) -> list[Order | RequestError | None]:
    """What `order_by_id` gives for each id, its error in its place, by one gathering: one batch a system and wave."""
    keys = [_key_or_error(token) for token in tokens]
    wanted = {key for key in keys if isinstance(key, Key)}
    if not wanted:
        return [key if isinstance(key, RequestError) else None for key in keys]
    groups, gathering, plan = await _looked_up(parts, sorted(wanted), needs, call)
    groups_of = {key: [group for group in groups if key in group.keys] for key in wanted}
    unknown = sorted(key for key, groups in groups_of.items() if not groups)
    missed = await _unknown(gathering, unknown, call.rights) if unknown else None
    parcels = await parcels_of(groups, plan.carriers, parts.systems, call)

    def found(key: Key) -> Order | RequestError | None:
        named = groups_of[key]
        try:
            return _one(parts, named, gathering, parcels, needs=needs, call=call) if named else missed
        except RequestError as error:
            return error

    return [key if isinstance(key, RequestError) else found(key) for key in keys]


def _key_or_error(token: str) -> Key | RequestError:
    try:
        return key_of_id(token)
    except RequestError as error:
        return error


def key_of_id(token: str) -> Key:
    """The key inside an order's global id."""
    try:
        kind, found = decode_id(token)
    except MalformedToken as error:
        raise bad_input(f"id: {error}") from None
    if kind != "Order" or len(found) != 2:
        raise bad_input("id: not the id of an order")
    return Key(*found)


async def orders_by_keys(
    parts: Parts, keys: tuple[Key, ...], needs: Needs, call: Terms
) -> tuple[tuple[Order, ...], tuple[SourceIssue, ...]]:
    """Every order that has one of these keys, and what failed on the way, also where a kept record made up for it.

    Only who owns a key is asked for it, and whoever stands in for them: as much for an order that is there as for one
    that is not. Whatever tells of the goods is not for this: carriers are not asked.
    """
    if not keys:
        return (), ()
    looked = await _looked_up(parts, keys, needs, call, through_thirds=False)
    groups = looked.groups
    made_up = [fetched.instead_of for group in groups for fetched in group.members if fetched.instead_of is not None]
    orders = tuple(_one(parts, [group], looked.gathering, NO_PARCELS, needs=needs, call=call) for group in groups)
    return orders, (*looked.gathering.issues, *made_up)


class _LookedUp(NamedTuple):
    """What a look-up found, as far as the caller may see it."""

    groups: list[Group]
    gathering: Gathering
    plan: OrderPlan


async def _looked_up(
    parts: Parts, keys: Sequence[Key], needs: Needs, call: Terms, *, through_thirds: bool = True
) -> _LookedUp:
    with parts.observing.stage(Stage.PLAN):
        plan = plan_orders(with_owner(needs, call.rights), parts.business, parts.authority)
    gathering = Gathering(parts.systems, parts.reader, plan, call, through_thirds=through_thirds)
    wanted = set(keys)
    named = [group for group in await gathering.run(keys) if group.keys & wanted and group.members]

    def silent(group: Group) -> frozenset[str]:
        about = issues_about(group, gathering.issues, parts.business)
        return silent_about_customers(about, parts.business)

    groups = [group for group in named if is_visible(group, call.rights, parts.authority, silent(group))]
    return _LookedUp(groups, gathering, plan)


async def _by_keys(parts: Parts, keys: tuple[Key, ...], needs: Needs, call: Terms, *, said: str | None) -> Order | None:
    if not keys:
        return None
    groups, gathering, plan = await _looked_up(parts, keys, needs, call)
    if len(groups) > 1 and said is not None:
        groups = _owners(groups, keys) or groups
    if groups:
        parcels = await parcels_of(groups, plan.carriers, parts.systems, call)
        return _one(parts, groups, gathering, parcels, needs=needs, call=call)
    missed = await _unknown(gathering, keys, call.rights)
    if missed is not None:
        raise missed
    return None


def _one(
    parts: Parts, groups: list[Group], gathering: Gathering, parcels: Parcels, *, needs: Needs, call: Terms
) -> Order:
    """The one order among those that have a name, as the caller may see it."""
    if len(groups) > 1:
        raise ambiguous([_candidate(parts, group) for group in groups])
    group = parcels.with_parcels(groups[0])
    parts.tell_ages(group.members)
    with parts.observing.stage(Stage.MERGE):
        missing = [*issues_about(group, gathering.issues, parts.business), *parcels.issues_about(group)]
        order = parts.merger.merge(group, now=parts.clock.now(), missing=missing, fields=needs.fields)
        return shown(order, call.rights)


async def _unknown(gathering: Gathering, keys: Sequence[Key], rights: Rights) -> RequestError | None:
    """INCOMPLETE where nobody can say that there is no such order."""
    if rights.owned is not None:
        return incomplete("this order", ()) if await gathering.like_unknown(keys) else None
    return incomplete("this order", sorted({issue.system for issue in gathering.issues})) if gathering.issues else None


def _owners(groups: list[Group], keys: tuple[Key, ...]) -> list[Group]:
    """Groups that own the name, before those that only refer to it by an ambiguous reference."""
    return [group for group in groups if group.identity in keys]


def _candidate(parts: Parts, group: Group) -> dict[str, Any]:
    order = parts.merger.merge(group, now=parts.clock.now(), fields=frozenset({"number"}))
    systems = sorted({fetched.system for fetched in group.members})
    return {"id": order.id, "number": order.number, "systems": systems}
