"""One question for a field that a document asks more than once under other names."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, print_ast
from strawberry import Info
from strawberry.extensions import FieldExtension

from orderweave.schema.context import Context, raw


class AskedOnce(FieldExtension):
    """For a field of `Query`: what is written alike in one document but for its alias is found once, with its error.

    Fields that differ in an argument, a directive or a selection are asked apart, though the cache may join them.
    """

    async def resolve_async(self, next_: Any, source: Any, info: Info[Context, None], **kwargs: Any) -> Any:
        """What the resolver gives, or is about to give, to the first of these fields."""
        asked = raw(info)
        if _stands_alone(asked.field_name, asked.operation):
            return await next_(source, info, **kwargs)
        # Fragments and variables are the same throughout the document: equal texts mean equal questions.
        text = "\n".join(_without_alias(node) for node in asked.field_nodes)
        under_way = info.context.under_way
        if text not in under_way:
            under_way[text] = asyncio.ensure_future(next_(source, info, **kwargs))
        return await under_way[text]


def _stands_alone(name: str, operation: OperationDefinitionNode) -> bool:
    """Whether no other field of this name can stand at the root; what fragments bring there is not looked into."""
    roots = [selection for selection in operation.selection_set.selections if isinstance(selection, FieldNode)]
    same = sum(root.name.value == name for root in roots)
    return same == 1 and len(roots) == len(operation.selection_set.selections)


def _without_alias(node: FieldNode) -> str:
    text = print_ast(node)
    return text.removeprefix(f"{node.alias.value}: ") if node.alias else text
