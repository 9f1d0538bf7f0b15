"""Relay's node."""

from __future__ import annotations

import strawberry
from strawberry import ID, field


@strawberry.interface(description="Anything that can be asked for again by its global id (Relay).")
class Node:
    """Each type of it is one that `orderweave.schema.objects` finds by an id."""

    id: ID = field(description="The global id: opaque, and the same whichever system's number was given.")
