"""Callers, root fields, owners, parts and filters: what each sees is what docs/access.md says, by either executor."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from orderweave.config.roles import BUILT_IN
from orderweave.model.rights import Scope
from orderweave.operations.answers import ExecutorKind
from orderweave.schema import build_subgraph
from tests.access.asking import REFUSED, asking, outcome
from tests.access.callers import CALLERS, OWN, OWNERS, words
from tests.access.matrix import WAY, expected, matrix, printed
from tests.access.questions import OF_HOLDER, OF_NOBODY, OF_OWNER, PARTS, WAYS, Question, leaves_of, of_leaf

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text()
_, BEGIN, _REST = PAGE.partition("<!-- matrix -->\n")
WRITTEN, END, _ = _REST.partition("\n<!-- /matrix -->")
SCHEMA = build_subgraph()._schema
EVERYTHING = Question(
    text="query { found: orders { totalCount nodes { number } edges { node { number } } } "
    "groups: orderAggregates(groupBy: [{field: CURRENCY}]) { groups { count } } }"
)


def test_every_root_field_is_asked() -> None:
    """The matrix asks every field of the schema's roots: a new one is missed here until somebody says who sees it."""
    roots = [root for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if root]
    asked = {row.partition(" ")[0] for row in [*OF_OWNER, *OF_HOLDER, *OF_NOBODY]}
    assert {name for root in roots for name in root.fields} == asked


def test_every_field_of_an_order_is_a_part() -> None:
    """The parts are all that an order has: a new field is missed here until somebody says in which part it is."""
    order = SCHEMA.type_map["Order"]
    assert isinstance(order, GraphQLObjectType)
    selected = {leaf.partition(" ")[0] for part in PARTS for leaf in leaves_of(part)}
    assert selected == order.fields.keys() - {"id"}


@pytest.mark.parametrize("role", BUILT_IN)
def test_every_built_in_role_asks(role: str) -> None:
    """Each role that is there unasked is one of the callers."""
    made = BUILT_IN[role]
    callers = [(rights.scopes, rights.masked, rights.owned is not None) for rights in CALLERS.values()]
    assert (made.scopes, made.masked, made.own) in callers


async def test_the_page_holds_the_matrix() -> None:
    """`python -m tests.access.matrix` prints what stands on the page."""
    assert BEGIN
    assert END
    assert await printed() == WRITTEN


async def test_both_executors_show_the_same() -> None:
    """Cell by cell the reference executor shows what the compiled one does, and of parts in the same words."""
    compiled, reference = await matrix(compiled=True), await matrix(compiled=False)
    assert reference.by_owner() == compiled.by_owner()
    assert reference.parts.keys() == compiled.parts.keys()
    for row, answers in compiled.parts.items():
        for name, answer in answers.items():
            assert reference.parts[row][name].document() == answer.document(), (row, name)


async def test_each_executor_ran_what_it_runs() -> None:
    """All that was run, but mutations, was run by compiled code, and on the other side none of it."""
    assert SCHEMA.mutation_type is not None
    for compiled in (True, False):
        for what, who, answer in (await matrix(compiled=compiled)).answers():
            if answer.executed:
                mutation = what.partition(" ")[0] in SCHEMA.mutation_type.fields
                kind = ExecutorKind.COMPILED if compiled and not mutation else ExecutorKind.REFERENCE
                assert answer.executor is kind, (what, who)


async def test_a_part_is_refused_in_every_leaf() -> None:
    """Where a part is refused, so is each leaf of it alone, and where it is not, none is."""
    found = (await matrix(compiled=True)).by_part()
    async with asking(compiled=True) as process:
        for part in PARTS:
            for leaf in leaves_of(part):
                for name, seen in found[WAY, part].items():
                    answer = await process.ask(of_leaf(leaf, OWN.get(name, "Ada's")), name)
                    assert (outcome(answer.document()) == REFUSED) is (seen == REFUSED), (leaf, name)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
async def test_by_every_way_the_same_parts(compiled: bool) -> None:
    """In lists, nodes, connections, entities and subscriptions a part is shown, masked or refused as in `order`."""
    found = (await matrix(compiled=compiled)).by_part()
    first = next(iter(PARTS))
    for way in WAYS:
        for part in PARTS:
            assert found[way, part] == expected(found[way, first], found[WAY, part]), (way, part)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
@pytest.mark.parametrize("caller", OWN)
async def test_of_others_nothing_is_told(caller: str, compiled: bool) -> None:
    """About orders of others and of nobody an owner is answered, to the byte, as about one that does not exist."""
    found = (await matrix(compiled=compiled)).asked
    # Whoever knows an order's second fact may track it, as anybody may.
    for field in OF_OWNER.keys() - {"trackOrder"}:
        about = {owner: found[field, owner][caller].document() for owner in OWNERS}
        others = [about[owner] for owner in OWNERS if owner != OWN[caller]]
        assert others == [about["unknown"]] * len(others), field
        # Links and revocations are for nobody who sees only their own.
        assert (about[OWN[caller]] == about["unknown"]) is (field in {"trackingLink", "revokeTracking"})


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
async def test_no_word_of_people_slips_through(compiled: bool) -> None:
    """In no answer at all stands a text about somebody whom the caller may not read about."""
    for what, who, answer in (await matrix(compiled=compiled)).answers():
        rights, text = CALLERS[who], str(answer.document())
        reads = Scope.PERSONAL in rights.scopes and not rights.masked
        hidden = [owner for owner in OWNERS if not reads or (rights.owned is not None and OWN.get(who) != owner)]
        for owner in hidden:
            assert not [word for word in words(owner).values() if word in text], (what, who)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
async def test_lists_and_totals_hold_no_more(compiled: bool) -> None:
    """A list without a filter, its count and the groups hold every order that exists for a caller, and no other."""
    async with asking(compiled=compiled) as process:
        for name, rights in CALLERS.items():
            document = (await process.ask(EVERYTHING, name)).document()
            if Scope.ORDERS not in rights.scopes:
                assert document["errors"][0]["extensions"]["code"] == "FORBIDDEN"
                continue
            theirs = [OWN[name]] if name in OWN else [owner for owner in OWNERS if owner != "unknown"]
            numbers = sorted(f"#{OWNERS[owner]}" for owner in theirs)
            found, groups = document["data"]["found"], document["data"]["groups"]["groups"]
            assert sorted(node["number"] for node in found["nodes"]) == numbers
            assert sorted(edge["node"]["number"] for edge in found["edges"]) == numbers
            assert found["totalCount"] == len(numbers)
            assert sum(group["count"] for group in groups) == len(numbers)
