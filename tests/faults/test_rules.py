"""The rules by which an answer, a figure or a soak counts as failed: each breach is found, and nothing else is."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import msgspec
import pytest

from faults.breakages import Breakage, applicable
from faults.business import Business
from faults.cells import SLACK, Needing, problems_of
from faults.gateway import Asked
from faults.questions import LIST, ORDER, OWN, Question, read
from faults.resources import growth
from faults.secrecy import Watch
from faults.timing import Timing
from faults.weather import Weather
from orderweave_sdk.testing.fault_proxy import LineFault
from orderweave_sdk.testing.faults import Fault

DOWN = Breakage(name="DOWN", fault=LineFault.DOWN, reasons=frozenset({"UNREACHABLE"}))
SLOW = Breakage(name="SLOW", fault=LineFault.SLOW, reasons=frozenset())
SHOP = {"system": "shop", "externalId": "1"}
ERP = {"system": "erp", "externalId": "2"}


def order(
    *sources: dict[str, str],
    missing: tuple[tuple[str, str], ...] = (),
    id: str = "a",
    message: str = "no",
    facets: tuple[str, ...] = ("INVOICES",),
) -> dict[str, Any]:
    """An answer about one order."""
    issues = [
        {"system": system, "reason": reason, "message": message, "facets": list(facets)} for system, reason in missing
    ]
    return {"data": {"order": {"id": id, "sources": list(sources), "freshness": {"missing": issues}}}}


def listed(*nodes: dict[str, str], silent: tuple[str, ...] = ()) -> dict[str, Any]:
    """An answer with a list over shop and ERP."""
    coverage = [
        {"system": name, "ok": name not in silent, "error": "no connection" if name in silent else None}
        for name in ("shop", "erp")
    ]
    return {"data": {"orders": {"nodes": [{"sources": list(nodes)}], "coverage": {"sources": coverage}}}}


WELL = order(SHOP, ERP)
LIST_WELL = listed(SHOP, ERP)
NO_ORDER = {"data": {"order": None}, "errors": [{"extensions": {"code": "INCOMPLETE", "systems": ["erp"]}}]}


def problems(
    document: Any,
    *,
    whole: Any = WELL,
    breakage: Breakage = DOWN,
    status: int = 200,
    seconds: float = 0.1,
    alone: bool = False,
) -> list[str]:
    """What is wrong with an answer that came while the ERP failed, with a deadline of 2 s."""
    question = Question(name="order", query=OWN if alone else ORDER if "order" in whole["data"] else LIST, alone=alone)
    asked = Asked(status=status, text="", document=document, seconds=seconds)
    return problems_of("erp", breakage, Needing(question=question, whole=whole, needs=True), asked, deadline=2)


@pytest.mark.parametrize(
    ("document", "more"),
    [
        (order(SHOP, missing=(("erp", "UNREACHABLE"),)), {}),
        (order(SHOP, missing=(("erp", "UNREACHABLE"),)), {"seconds": 2 + SLACK - 0.01}),
        (WELL, {"breakage": SLOW}),
        (NO_ORDER, {"alone": True}),
        (listed(SHOP, silent=("erp",)), {"whole": LIST_WELL}),
    ],
)
def test_an_answer_by_the_rule_has_no_problem(document: Any, more: dict[str, Any]) -> None:
    """The rest with the reason; whole where the failure only delays; an error that names the one who could know."""
    assert problems(document, **more) == []


@pytest.mark.parametrize(
    ("document", "more", "told"),
    [
        (order(SHOP, missing=(("erp", "UNREACHABLE"),)), {"seconds": 2.8}, "the answer took 2.80 s"),
        (None, {"status": 500}, "HTTP 500 in place of an answer"),
        (None, {"status": 0}, "HTTP 0 in place of an answer"),
        (order(SHOP, missing=(("erp", "FAILED"),)), {}, "the reason is ['FAILED']"),
        (order(SHOP), {}, "[] are said to be missing"),
        (order(SHOP, missing=(("erp", "UNREACHABLE"), ("shop", "FAILED"))), {}, "['erp', 'shop'] are said"),
        (order(ERP, missing=(("erp", "UNREACHABLE"),)), {}, "['shop'] gave something before"),
        (order(SHOP, missing=(("erp", "UNREACHABLE"),), id="b"), {}, "another id"),
        (order(SHOP, missing=(("erp", "UNREACHABLE"),), message=""), {}, "without words"),
        (order(SHOP, missing=(("erp", "UNREACHABLE"),), facets=()), {}, "without the parts"),
        ({"data": {"order": None}, "errors": []}, {}, "errors: []"),
        (order(SHOP), {"breakage": SLOW}, "not whole"),
        ({"data": {"order": None}}, {"alone": True}, "no error says that erp did not answer"),
        (listed(SHOP, ERP), {"whole": LIST_WELL}, "coverage does not say"),
    ],
)
def test_every_breach_is_told(document: Any, more: dict[str, Any], told: str) -> None:
    """Late, no answer, a wrong reason, a wrong name, others lost, another id, or a silence: each is found."""
    assert any(told in problem for problem in problems(document, **more))


def test_reading_finds_provenance_anywhere() -> None:
    """Records, searches, issues and silent parts are read wherever they stand in an answer."""
    found = read({"data": [listed(SHOP, ERP, silent=("erp",)), order(SHOP, missing=(("erp", "FAILED"),))]})
    assert found.records == {("shop", "1"), ("erp", "2")}
    assert found.searched == {"shop"}
    assert found.missing == {"erp": {"FAILED"}}
    assert found.silent == {"erp"}
    assert found.told


def test_secrets_are_found_and_not_repeated() -> None:
    """A secret in an answer or a log is told by where it stands, never by itself; an address only in a log."""
    watch = Watch()
    watch.learn({"shpat_12345", "short"})
    watch.heed("a short answer for ann@example.com")
    assert watch.leaks == []
    watch.heed('{"error": "token shpat_12345"}')
    watch.look_through("GET /?key=shpat_12345", people={"ann@example.com"}, where="the log")
    watch.look_through("ann@example.com asked", people={"ann@example.com"}, where="the log")
    assert watch.leaks == [
        'an answer holds a secret of 11 characters: {"error": "token …',
        "the log holds a secret of 11 characters: GET /?key=…",
        "the log holds an e-mail address of a customer",
    ]


def timing(ratios: list[float], *, wrong_broken: int = 0, wrong_well: int = 0) -> Timing:
    """Figures with these ratios, pair by pair."""
    return Timing(
        system="erp",
        breakage="DOWN",
        well=[1.0] * len(ratios),
        broken=ratios,
        wrong_broken=wrong_broken,
        wrong_well=wrong_well,
    )


def test_a_ratio_counts_when_chance_would_not_make_it() -> None:
    """Past the bound in a few pairs is noise, in all of many a failure; so are wrong answers that are not so anyway."""
    assert timing([1.5] * 3).problems == ()
    assert timing([1.5] * 9 + [0.5] * 6).problems == ()
    assert timing([1.5] * 10).problems == ("questions that do not need it have 1.50 of their p99",)
    assert timing([1.09] * 10).problems == ()
    assert timing([1.0], wrong_broken=2).problems == ("2 answers that do not need it were not as before",)
    assert timing([1.0], wrong_broken=2, wrong_well=2).problems == ()


def test_memory_is_flat_by_its_thirds() -> None:
    """The first third does not count; 5 % and 10 MiB above the second third is flat, more is not."""
    mib = 1024 * 1024
    flat = growth([mib] * 3 + [100 * mib] * 3 + [115 * mib] * 3)
    assert (flat.second_mib, flat.last_mib, flat.flat) == (100.0, 115.0, True)
    assert not growth([100 * mib] * 6 + [116 * mib] * 3).flat
    with pytest.raises(ValueError, match="three samples"):
        growth([1, 2])


async def test_what_can_be_tried_on_whom() -> None:
    """A system with a port can fail on the line and in words, a file only as its simulator knows how; why is said."""
    async with Business(seed=7, orders=20) as business:
        lined = next(name for name in business.simulators if name in business.lines)
        (file,) = set(business.simulators) - set(business.lines)
        of_line, of_file = applicable(business, lined), applicable(business, file)
    assert {breakage.fault for breakage in of_line.breakages} >= set(LineFault)
    assert of_line.left_out == {}
    assert {breakage.fault for breakage in of_file.breakages} == business.simulators[file].supported_faults
    assert of_file.left_out["DOWN"] == "it is reached through no port, so there is no line to break"
    assert {str(fault) for fault in (*LineFault, *Fault)} == {
        *of_file.left_out,
        *(breakage.name for breakage in of_file.breakages),
    }


async def test_weather_is_the_seeds_and_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed lets the same systems fail in the same ways; when it ends, every system is well."""

    async def at_once(seconds: float) -> None:
        await real(0)

    real = asyncio.sleep
    monkeypatch.setattr("faults.weather.asyncio.sleep", at_once)
    seen = []
    for _ in range(2):
        async with Business(seed=7, orders=20) as business:
            weather = Weather(business, Random(3))
            blowing = asyncio.create_task(weather.blow())
            while sum(weather.failures.values()) < 5:
                await real(0)
            blowing.cancel()
            await asyncio.gather(blowing, return_exceptions=True)
            assert [line.fault for line in business.lines.values()] == [None] * len(business.lines)
            seen.append(list(weather.failures))
    assert seen[0] == seen[1]


def test_breakage_knows_when_it_is_about_one_record() -> None:
    """Only BAD_RECORD leaves the other records of a system readable."""
    assert [msgspec.structs.replace(DOWN, fault=fault).record for fault in (Fault.BAD_RECORD, Fault.HTML)] == [
        True,
        False,
    ]


def test_a_carrier_says_nothing_unprompted() -> None:
    """Without the one that tells its numbers a carrier is not in the answer, and that is no breach; of others it is."""
    whole = order(SHOP, ERP, {"system": "post", "externalId": "3"})
    answer = Asked(seconds=0.1, status=200, document=order(SHOP, missing=(("erp", "UNREACHABLE"),)), text="")
    needing = Needing(question=Question(name="order", query=ORDER), whole=whole, needs=True)
    assert problems_of("erp", DOWN, needing, answer, deadline=2, prompted=frozenset({"post"})) == []
    assert problems_of("erp", DOWN, needing, answer, deadline=2) == ["['post'] gave something before, and now do not"]
