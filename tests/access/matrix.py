"""What each caller sees of each root field, whoever's order it is about. `python -m tests.access.matrix` prints it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from orderweave.operations.answers import Answer
from tests.access.asking import NOTHING, REFUSED, SHOWN, Asking, asking, outcome
from tests.access.callers import CALLERS, OWN, words
from tests.access.questions import PARTS, WAYS, Asked, Question, of_part, of_uses, questions

# What each caller is answered.
Row: TypeAlias = dict[str, Answer]
# What that shows, in a word for each.
Words: TypeAlias = dict[str, str]
# The way that the table of parts goes, and all others are held against.
WAY = "order"


class Matrix:
    """Every question put by every caller on one of the executors."""

    def __init__(self, asked: Mapping[Asked, Row], parts: Mapping[tuple[str, str], Row]) -> None:
        # By what is asked for and whose it is; by the way to an order and the part of it.
        self.asked = asked
        self.parts = parts

    def answers(self) -> Iterable[tuple[str, str, Answer]]:
        """Each answer with what was asked and who asked."""
        for row, answers in [*self.asked.items(), *self.parts.items()]:
            for name, answer in answers.items():
                yield " of ".join(row), name, answer

    def by_owner(self) -> dict[Asked, Words]:
        """The first table."""
        return {
            row: {name: outcome(answer.document()) for name, answer in answers.items()}
            for row, answers in self.asked.items()
        }

    def by_way(self) -> dict[str, Words]:
        """By which ways a caller comes to orders, to a number of them or whatever may be seen."""
        return {way: row for (way, part), row in self.by_part().items() if part == next(iter(PARTS))}

    def by_part(self) -> dict[tuple[str, str], Words]:
        """By way and part what a caller sees of an order, of one's own where one sees no other."""
        return {
            row: {
                name: outcome(answer.document(), words(OWN.get(name, "Ada's")).values())
                for name, answer in answers.items()
            }
            for row, answers in self.parts.items()
        }


_SEEN: dict[bool, Matrix] = {}
_ALLOWED = {SHOWN: "allowed", NOTHING: "allowed"}


async def matrix(*, compiled: bool) -> Matrix:
    """The matrix on one of the executors, made once."""
    if compiled not in _SEEN:
        async with asking(compiled=compiled) as process:
            asked = {row: await _row(process, dict.fromkeys(CALLERS, text)) for row, text in questions().items()}
            parts = {}
            for part in PARTS:
                for way in WAYS:
                    asked_for = {name: of_part(way, part, OWN.get(name, "Ada's")) for name in CALLERS}
                    parts[way, part] = await _row(process, asked_for)
        _SEEN[compiled] = Matrix(asked, parts)
    return _SEEN[compiled]


async def by_use() -> dict[tuple[str, str], Words]:
    """What a caller may do with which field of orders; whatever is found, it is allowed. No executor matters to it."""
    async with asking(compiled=True) as process:
        rows = {row: await _row(process, dict.fromkeys(CALLERS, text)) for row, text in of_uses().items()}
    return {
        row: {name: _ALLOWED.get(said := outcome(answer.document()), said) for name, answer in answers.items()}
        for row, answers in rows.items()
    }


async def _row(process: Asking, texts: Mapping[str, Question]) -> Row:
    return {name: await process.ask(question, name) for name, question in texts.items()}


def expected(way: Words, part: Words) -> Words:
    """What a caller sees of a part by some way, given what they see of the order by it, and of the part by another."""
    return {
        name: REFUSED if REFUSED in (way[name], part[name]) else NOTHING if way[name] == NOTHING else part[name]
        for name in CALLERS
    }


async def printed() -> str:
    """The tables as Markdown; what is answered alike stands in one row."""
    found = await matrix(compiled=True)
    return "\n\n".join([_of_owners(found), _of_ways(found), _of_parts(found), _of_uses(await by_use())])


def _of_owners(found: Matrix) -> str:
    """Fields of which the same is seen, whoever's it is, stand together, above the rows of the other owners."""
    blocks: dict[str, dict[str, Words]] = defaultdict(dict)
    for (field, owner), seen in found.by_owner().items():
        blocks[field][owner] = seen
    alike: dict[str, list[str]] = defaultdict(list)
    for field, block in blocks.items():
        alike[str(block)].append(field)
    rows = []
    for fields in alike.values():
        for turn, (owner, seen) in enumerate(blocks[fields[0]].items()):
            rows.append(["" if turn else _named(fields), owner, *seen.values()])
    return _table(["asked for", "whose", *CALLERS], rows)


def _of_ways(found: Matrix) -> str:
    alike: dict[str, list[str]] = defaultdict(list)
    ways = found.by_way()
    for way, seen in ways.items():
        alike[str(seen)].append(way)
    rows = [[", ".join(f"`{way}`" for way in same), *ways[same[0]].values()] for same in alike.values()]
    return _table(["way to an order", *CALLERS], rows)


def _of_parts(found: Matrix) -> str:
    rows = [[part, *seen.values()] for (way, part), seen in found.by_part().items() if way == WAY]
    return _table(["part of an order", *CALLERS], rows)


def _of_uses(found: Mapping[tuple[str, str], Words]) -> str:
    alike: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    cells = {}
    for (use, field), seen in found.items():
        alike[str(seen)][use].append(f"`{field}`")
        cells[str(seen)] = seen
    rows = [
        ["; ".join(f"{use} {', '.join(fields)}" for use, fields in uses.items()), *cells[key].values()]
        for key, uses in alike.items()
    ]
    return _table(["done with orders", *CALLERS], rows)


def _named(fields: Iterable[str]) -> str:
    """Root fields with their ways in brackets, such as `node` (customer)."""
    return ", ".join(f"`{field.replace(' ', '` ', 1)}" if " " in field else f"`{field}`" for field in fields)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    print(asyncio.run(printed()))
