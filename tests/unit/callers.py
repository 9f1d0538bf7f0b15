"""Callers for tests of the doors: one who may ask for anything, and those who may not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from orderweave.answering import Gateway
from orderweave.model.rights import ALL_RIGHTS, Caller, Limits, Rights, Scope
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority

_ANY = 2**53
UNLIMITED = Caller(
    name="unlimited",
    role="test",
    rights=ALL_RIGHTS,
    limits=Limits(
        tokens=2_000,
        depth=_ANY,
        aliases=_ANY,
        directives=_ANY,
        fields=_ANY,
        root_fields=_ANY,
        response_cost=None,
        upstream_calls=None,
    ),
)
_NOBODY = Business(systems={})
# A gateway that nobody asks anything but what its plans would cost: nothing, for it has no systems.
_PARTS = SimpleNamespace(business=_NOBODY, authority=Authority(_NOBODY), index=None)
NO_SYSTEMS = cast("Gateway", SimpleNamespace(parts=_PARTS, points=None, introspection=True))


def limited(name: str = "somebody", *, without: frozenset[Scope] = frozenset(), **limits: Any) -> Caller:
    """A caller with the default limits but for some, and all scopes but for some."""
    return Caller(name=name, role="test", rights=Rights(scopes=frozenset(Scope) - without), limits=Limits(**limits))
