"""What is written of a run: the page, its plot, and the last line."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import msgspec
import pytest

from bench.contenders.lineup import CACHED, ORDERWEAVE, lineup
from bench.figures import Figure
from bench.latency import Latency
from bench.memory import Held, Memory, Resident
from bench.page import drawing, page, tables
from bench.results import Machine, Results, Who

COMPARED = [one.name for one in lineup() if one.name not in (ORDERWEAVE, CACHED)]
RESULTS = Results(
    made_on="2026-01-01",
    quick=True,
    machine=Machine(cores=2, model="A <fast> one", system="Linux 6"),
    versions={"Python": "3.11.0"},
    contenders=[Who(name=one.name, title=one.title, what=one.what) for one in lineup() if one.quick],
    figures=[
        Figure(
            contender=name,
            size=20,
            clients=16,
            processor_ms=cost,
            queries_a_second=100.0,
            p50_ms=1.0,
            p99_ms=2.0,
            memory_mib=64.0,
            queries=10,
            rounds=3,
        )
        for name, cost in ((ORDERWEAVE, 2.0), ("raw", 4.0))
    ],
    ratios={name: {20: 0.5 if name == "raw" else None} for name in COMPARED},
    cached={20: None},
    latency=Latency(
        orders=20, delay_ms=20, waves=2, bare_ms=41.04, p50_ms={ORDERWEAVE: 44.16}, added_ms={ORDERWEAVE: 3.12}
    ),
    absent={"hive": "Node is not here"},
    calls={ORDERWEAVE: {20: 5.0}, "raw": {20: 5.0}},
    values={20: 678},
)


def held(*mib: float) -> Held:
    """A run whose memory was this after each tenth of 100 queries."""
    return Held(
        seconds=60.0,
        samples=[Resident(10 * place, found) for place, found in enumerate(mib)],
        counts={"parsed": 100, "compiled": 90},
        kept={"documents": {"things": 40, "weight": 4_000, "dropped": 60}},
    )


MEMORY = Memory(
    made_on="2026-01-02", machine=RESULTS.machine, mixed=held(70, *[80] * 5, *[82] * 5), flood=held(*[75] * 11)
)


def test_page_tells_figures_and_who_is_missing() -> None:
    """The page has the figures, says who was left out and why, and has no figure for them."""
    text = page(RESULTS, None)
    assert "| Hand-written, Starlette | 0.50 |" in text
    assert "| Hive Gateway | — |" in text
    assert "- Hive Gateway: Node is not here" in text
    assert "| Orderweave | 16 | 2.00 | 100.0 | 1.0 | 2.0 | 64 | 5 | 3 |" in text
    assert "takes 41.0 ms at the median" in text
    assert "| Orderweave | 44.2 | 3.1 |" in text
    assert "A quick run" in text
    assert "content ready-made |" not in text
    assert "## Memory" not in text
    assert tables(RESULTS) in text


def test_page_tells_memory_where_it_was_measured() -> None:
    """Growth is counted from the middle, when what is bounded is full; what is kept is told."""
    text = page(RESULTS, MEMORY)
    assert "**100 mixed queries**; of a hundred, 10 of 20 orders whole, " in text
    assert "over its second half memory grew by 2.0 MiB." in text
    assert "100 were parsed, 90 compiled; in the end it keeps 40 documents." in text
    assert "| 10 | 80.0 | 75.0 |" in text
    assert json.loads(MEMORY.last_line()) == {
        "mixed": {"queries": 100, "mib_before": 70, "mib_after": 82, "growth_mib": 2, "kept": {"documents": 40}},
        "flood": {"queries": 100, "mib_before": 75, "mib_after": 75, "growth_mib": 0, "kept": {"documents": 40}},
    }


def test_last_line_is_json_with_null_for_what_did_not_run() -> None:
    """The last line is one JSON object: a ratio where there is one, null elsewhere and for the cache."""
    line = RESULTS.last_line()
    assert "\n" not in line
    assert json.loads(line) == {
        "clients": 16,
        "processor_time_ratio_to": {name: {"20": 0.5 if name == "raw" else None} for name in COMPARED},
        "cached": None,
        "added_latency_ms": {"orderweave": 3.12},
    }


def test_cached_answers_have_a_ratio_where_there_is_a_cache() -> None:
    """What the cache saves stands in the last line and on the page, once it was measured."""
    found = msgspec.structs.replace(RESULTS, cached={20: 0.1234})
    assert json.loads(found.last_line())["cached"] == {"20": 0.123}
    assert "Cached answers over live ones:" in tables(found)
    assert "Cached answers over live ones:" not in tables(RESULTS)


def test_plot_is_an_image_with_a_bar_for_each() -> None:
    """The plot is well-formed, with a background and a bar for each contender, the longest for the dearest."""
    root = ElementTree.fromstring(drawing(RESULTS))
    bars = [float(bar.attrib["width"]) for bar in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert len(bars) == 2
    assert bars[0] == pytest.approx(bars[1] / 2, abs=0.1)
