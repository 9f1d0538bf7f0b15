"""One cell of the matrix: one system fails in one way, one question is asked, and its answer is held against the rule.

The rule: HTTP 200 within the deadline, with all that the other systems gave before, the reason that fits the failure,
and nobody else missing. Once the failure is gone the answer is, byte by byte in its data, that of a gateway whose
systems never failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from faults.breakages import Breakage, break_down, heal
from faults.business import Business
from faults.gateway import Asked, Gateway
from faults.questions import CALLS, Question, read

# Past the deadline an answer is still put together and sent, on a machine that others use too.
SLACK = 0.75
# How long a system that is well again may be left alone by the gateway, before that counts as a failure.
_MOST_RECOVERY = 60.0
_BETWEEN_LOOKS = 0.05


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `recovery` is how many seconds after the failure the answer was whole again.

    `again`: it held at the second try only, as happens where the machine itself stands still for a second.
    """

    system: str
    breakage: str
    question: str
    seconds: float
    recovery: float
    reasons: tuple[str, ...]
    problems: tuple[str, ...]
    again: bool = False


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """The systems, the gateway that reaches them through the lines, and the one that reaches them directly."""

    business: Business
    gateway: Gateway
    reference: Gateway


class Needing(msgspec.Struct, frozen=True, kw_only=True):
    """A question and its answer while all is well. `needs`: whether the system that is to fail has a part in it."""

    question: Question
    whole: Any
    needs: bool


async def asked_well(bench: Bench, system: str, questions: Sequence[Question]) -> list[Needing]:
    """The questions with their answers while all is well. A system has a part in what it is named in or called for."""
    found = []
    for question in questions:
        before = await _calls(bench.reference, system)
        asked = await bench.reference.ask(question.query, question.variables)
        if asked.status != 200 or "errors" in asked.document:
            raise RuntimeError(f"{question.name} cannot be answered while all is well: {asked.text[:500]}")
        called = await _calls(bench.reference, system) > before
        found.append(
            Needing(question=question, whole=asked.document, needs=called or system in read(asked.document).took_part)
        )
    return found


async def _calls(gateway: Gateway, system: str) -> int:
    """How many calls to a system the gateway has made."""
    asked = await gateway.ask(CALLS)
    calls: int = next(entry["calls"] for entry in asked.document["data"]["systems"] if entry["name"] == system)
    return calls


async def try_out(bench: Bench, system: str, breakage: Breakage, asked: Sequence[Needing]) -> list[Cell]:
    """The cells of one system and one way to fail: one for each question. The system is well again afterwards.

    Those that do not hold are tried once more.
    """
    cells = await _try(bench, system, breakage, asked)
    failed = [cell.question for cell in cells if cell.problems]
    if not failed:
        return cells
    again = await _try(bench, system, breakage, [needing for needing in asked if needing.question.name in failed])
    return [cell for cell in cells if not cell.problems] + [msgspec.structs.replace(cell, again=True) for cell in again]


async def _try(bench: Bench, system: str, breakage: Breakage, asked: Sequence[Needing]) -> list[Cell]:
    if breakage.record:
        cells = [await _with_bad_record(bench, system, breakage, needing) for needing in asked]
        return [cell for cell in cells if cell is not None]
    await break_down(bench.business, system, breakage)
    answers = await asyncio.gather(*(_ask(bench.gateway, needing) for needing in asked))
    await heal(bench.business, system)
    return [
        await _cell(bench, system, breakage, needing, answer) for needing, answer in zip(asked, answers, strict=True)
    ]


async def _with_bad_record(bench: Bench, system: str, breakage: Breakage, asked: Needing) -> Cell | None:
    """One of the system's records that stand in the answer is spoiled; None where none has a name there."""
    ids = sorted(record for owner, record in read(asked.whole).records if owner == system)
    if not ids:
        return None
    await break_down(bench.business, system, breakage, bad_record=ids[-1])
    answer = await _ask(bench.gateway, asked)
    await heal(bench.business, system)
    still_there = (system, ids[-1]) in read(answer.document).records
    return await _cell(
        bench, system, breakage, asked, answer, *(["the spoiled record is in the answer"] if still_there else [])
    )


async def _ask(gateway: Gateway, asked: Needing) -> Asked:
    return await gateway.ask(asked.question.query, asked.question.variables)


async def _cell(bench: Bench, system: str, breakage: Breakage, asked: Needing, answer: Asked, *more: str) -> Cell:
    problems = [
        *more,
        *problems_of(
            system, breakage, asked, answer, deadline=bench.gateway.deadline, prompted=bench.business.carriers
        ),
    ]
    recovery = await _recovered(bench.gateway, asked)
    if recovery is None:
        problems.append(f"{_MOST_RECOVERY:.0f} s after the failure the answer is not as before")
    return Cell(
        system=system,
        breakage=breakage.name,
        question=asked.question.name,
        seconds=answer.seconds,
        recovery=_MOST_RECOVERY if recovery is None else recovery,
        reasons=tuple(sorted(read(answer.document).missing.get(system, frozenset()))),
        problems=tuple(problems),
    )


def problems_of(
    system: str,
    breakage: Breakage,
    asked: Needing,
    answer: Asked,
    *,
    deadline: float,
    prompted: frozenset[str] = frozenset(),
) -> list[str]:
    """What is wrong with an answer that was given while a system failed; empty when nothing is.

    `prompted` are carriers: asked by the tracking numbers that others tell, they have nothing to say without those.
    """
    found = []
    if answer.seconds > deadline + SLACK:
        found.append(f"the answer took {answer.seconds:.2f} s, the deadline is {deadline} s")
    if answer.status != 200 or not isinstance(answer.document, dict):
        return [*found, f"HTTP {answer.status} in place of an answer"]
    if not breakage.reasons:
        return found if answer.document == asked.whole else [*found, "the answer is not whole"]
    if asked.question.alone:
        return [*found, *_problems_without_any(system, answer.document)]
    if "errors" in answer.document:
        return [*found, f"errors: {answer.document['errors']}"]
    before, now = read(asked.whole), read(answer.document)
    named = now.missing.keys() | now.silent
    if named != {system}:
        found.append(f"{sorted(named)} are said to be missing, and it is {system} that is")
    if before.searched and not breakage.record and now.silent != {system}:
        found.append(f"the list's coverage does not say that the part of {system} is not whole")
    if _identity(answer.document) != _identity(asked.whole):
        found.append("the order has another id than before")
    if not now.told:
        found.append("an issue is told without words, or without the parts that are wanting")
    odd = now.missing.get(system, frozenset()) - breakage.reasons
    if odd:
        found.append(f"the reason is {sorted(odd)}, and should be {sorted(breakage.reasons)}")
    lost = before.took_part - now.took_part - {system} - prompted
    if lost:
        found.append(f"{sorted(lost)} gave something before, and now do not")
    return found


def _identity(document: Any) -> Any:
    """The id of the one order that was asked for; None for any other question."""
    return (document["data"].get("order") or {}).get("id")


def _problems_without_any(system: str, document: Any) -> list[str]:
    """Nobody else knows the order: an error must say that this system did not answer."""
    told = [error.get("extensions", {}) for error in document.get("errors", [])]
    if [(entry.get("code"), entry.get("systems")) for entry in told] != [("INCOMPLETE", [system])]:
        return [f"no error says that {system} did not answer: {document}"]
    return []


async def _recovered(gateway: Gateway, asked: Needing) -> float | None:
    """Seconds until the answer is as it was before the failure; None when it does not become so."""
    started = time.monotonic()
    while (passed := time.monotonic() - started) < _MOST_RECOVERY:
        if (await _ask(gateway, asked)).document == asked.whole:
            return passed
        await asyncio.sleep(_BETWEEN_LOOKS)
    return None
