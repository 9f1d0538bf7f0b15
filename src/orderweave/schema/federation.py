"""The schema as a subgraph of a federated graph: how it is told to composers, and entities by their keys.

Source: the Apollo Federation subgraph specification, version 2. The names that begin with an underscore are its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NewType, TypeAlias, cast

import strawberry
from graphql import (
    ConstArgumentNode,
    ConstDirectiveNode,
    DefinitionNode,
    DocumentNode,
    NameNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
    parse,
    print_ast,
)
from strawberry import field

from orderweave.answering.errors import RequestError, bad_input
from orderweave.model.ids import MalformedToken, decode_id, encode_id
from orderweave.schema.context import Asked
from orderweave.schema.fulfillment_types import Location
from orderweave.schema.inventory_types import Product
from orderweave.schema.objects import by_ids
from orderweave.schema.order_types import Customer, Order
from orderweave.schema.query import Query
from orderweave.schema.schema import Schema, new_schema, print_sdl

# The first version that has all that is used here. Composers read it as they read later ones, and one of the common
# two refuses those after 2.9.
_LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])'
_KEYS: Mapping[str, tuple[str, ...]] = {
    "Order": ("id",),
    "Customer": ("id",),
    "Product": ("id", "sku"),
    "Location": ("id",),
}
# What other subgraphs are likely to have too, in the very same shape.
_SHAREABLE = frozenset({"Money", "PageInfo"})
# A page of orders in another subgraph; routers send all representations of one at once.
_MOST_REPRESENTATIONS = 100

Representation = NewType("Representation", dict[str, Any])
ANY = strawberry.scalar(
    name="_Any",
    description="A representation of an entity: its type's name and the fields of one of its keys.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)
Entity: TypeAlias = Annotated[
    Order | Customer | Product | Location,
    strawberry.union("_Entity", description="Whatever other subgraphs may refer to by a key."),
]
Representations = Annotated[
    list[Representation], strawberry.argument(description="1 to 100 entities, each by one of its keys.")
]


@strawberry.type(name="_Service", description="This subgraph, for composers.")
class Service:
    """What a composer reads."""

    sdl: str = field(description="The schema in the schema language, with the directives of federation.")


@strawberry.type(name="Query", description="Questions over all systems.")
class FederatedQuery(Query):
    """The root, with the two fields that make a schema a subgraph."""

    @field(name="_service", description="This subgraph, for composers.")
    def service(self) -> Service:
        """The text, made once."""
        return Service(sdl=subgraph_sdl())

    @field(
        name="_entities",
        description="Entities by their keys, in the order asked; null, with an error where there is a reason, for "
        "what is not there.",
    )
    async def entities(self, info: Asked, representations: Representations) -> list[Entity | None]:
        """The objects behind some representations, each system asked for all of them at once."""
        if not 1 <= len(representations) <= _MOST_REPRESENTATIONS:
            most, count = _MOST_REPRESENTATIONS, len(representations)
            raise bad_input(f"representations must hold 1 to {most} entities, holds {count}")
        tokens = [_token(each) for each in representations]
        asked = [token for token in tokens if isinstance(token, str)]
        objects = iter(await by_ids(info, asked))
        found = [next(objects) if isinstance(token, str) else token for token in tokens]
        return cast("list[Entity | None]", found)


@cache
def build_subgraph() -> Schema:
    """The schema with the fields of federation; one for the process, as `build_schema`'s."""
    return new_schema(FederatedQuery, {Representation: ANY})


@cache
def subgraph_sdl() -> str:
    """The schema in the schema language, as a composer wants it: with keys, without the fields of federation."""
    document = parse(_LINK + print_sdl())
    definitions = tuple(_directed(node) for node in document.definitions)
    return print_ast(DocumentNode(definitions=definitions)) + "\n"


def _directed(node: DefinitionNode) -> DefinitionNode:
    """A definition with the directives that federation wants on it."""
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    name = node.name.value
    added = [_directive("key", fields=fields) for fields in _KEYS.get(name, ())]
    added += [_directive("shareable")] if name in _SHAREABLE else []
    return ObjectTypeDefinitionNode(
        name=node.name,
        description=node.description,
        directives=(*(node.directives or ()), *added),
        interfaces=node.interfaces,
        fields=node.fields,
    )


def _directive(name: str, **arguments: str) -> ConstDirectiveNode:
    given = tuple(
        ConstArgumentNode(name=NameNode(value=argument), value=StringValueNode(value=value))
        for argument, value in arguments.items()
    )
    return ConstDirectiveNode(name=NameNode(value=name), arguments=given)


def _token(representation: Any) -> str | RequestError:
    """The global id of what is represented, or what is wrong with the representation."""
    given = representation if isinstance(representation, dict) else {}
    name = given.get("__typename")
    if not isinstance(name, str) or name not in _KEYS:
        return bad_input(f"representations: __typename must be one of {', '.join(_KEYS)}")
    key = next((key for key in _KEYS[name] if isinstance(given.get(key), str)), None)
    if key is None:
        return bad_input(f"representations: {name} needs {' or '.join(_KEYS[name])}")
    if key == "sku":
        return encode_id("Product", given["sku"].strip().casefold())
    token: str = given[key]
    try:
        kind, _ = decode_id(token)
    except MalformedToken as error:
        return bad_input(f"representations: id: {error}")
    return token if kind == name else bad_input(f"representations: id: of another type than {name}")
