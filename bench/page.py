"""The page and the plot, from the results file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.contenders.lineup import CACHED, ORDERWEAVE, REFERENCE
from bench.latency import Latency
from bench.memory import Held, Memory
from bench.mixed import SHARES
from bench.packages import ROOT
from bench.plot import plot
from bench.results import COMPARED_AT, Results

PAGE = ROOT / "docs" / "benchmark.md"
PLOT = ROOT / "docs" / "benchmark.svg"
_NOT_RUN = "—"

_HOW = """## How to read it
Every contender answers the same GraphQL request, the users' `fan-out.graphql`, over the same business, and no figure
counts before its answer was found equal to the recorded one, value by value and in order. During the load every
answer is held against that one again.

- **Processor ms** is the user and system time of the contender's processes a query, from `/proc`: what a query costs,
  whoever else waits. It is the figure to compare by. **Queries a second** are what one core gives; **p50** and
  **p99** are what so many clients see who ask again at once; **memory** is resident, after the load.
- The contender has one core, the stubs and the load the other. Contenders take turns, round after round. A figure is
  the median of its rounds, a ratio the median of the ratios within a round.
- **500 orders** are five pages of 100, one after the other, because the API gives 100 orders a page; a query then is
  all five.
- The business is the scenario's without its mess, since only Orderweave can do with mess. What Orderweave does about
  it (looking for other spellings, matching, ranking, noting conflicts) it does here too.
- **Upstream calls** are counted by the stubs. The stubs give prebuilt bytes: the answers of the vendors' simulators
  to Orderweave's connectors, recorded at the start of the run.

The same work: the hand-written handlers, Mercurius and Yoga send the vendors the calls that Orderweave sends, read what
the vendors answer, and join it by the orders' numbers. In Mercurius and Yoga the list's resolver asks the shops, one
loader the ERP, and one the warehouse.

What favors the others:

- The calls come to them ready-made: they need not find out whom to ask for what. They join by the number as it stands,
  believe one system for each field, and note no disagreement.
- Hive Gateway does not speak the vendors' protocols (Tryton's JSON-RPC, the connections and errors of Shopify's and
  ShipHero's schemas), and fetches and merges by key. Its stubs are three federation subgraphs that give the content
  translated and in the API's form, findable by the order's number, and it asks each once a page. It reads a small
  part of the bytes: what the vendors answer holds every order twice, in shop and ERP, with fields that the question
  has no use for.
- Mercurius and Yoga run a second time over the content ready-made as JSON, by as many calls.

What is not measured: TLS, and a network.
"""

_AGAIN = """## Again
```sh
make bench            # everything: about twenty-five minutes
make bench QUICK=1    # the comparison at 16 clients: under five minutes
BENCH_NODE=node make bench QUICK=1    # with the Node of the machine
.venv/bin/python -m bench --memory    # memory: about twenty minutes; with --quick a tenth
```
The first run fetches what only the benchmark needs into `var/bench`: Python packages by hash, Node's by the sha512 of
each package, the indirect ones included. Without Node or npm those contenders are left out, and the page says why.
A quick run leaves out who is not of the main comparison. Where the machine's own Node is of another major version, the
whole run has Hive Gateway on that one too.

The run writes `var/bench/results.json` (`memory.json`), this page and its plot, and ends with one line of JSON. In it,
`processor_time_ratio_to` holds the median ratios of Orderweave's processor time to each contender's at {clients}
clients, null where it did not run: `raw` is the hand-written handler over Orderweave's own client, `raw_aiohttp` the
one over aiohttp's, `node` the one in JavaScript; `mercurius` and `yoga` do the same work, `mercurius_ready` and
`yoga_ready` have the content ready-made, as `hive` has. `cached` is the processor time of Orderweave's cached answers
over that of its live ones, null where there is no cache. `added_latency_ms` is what the table of added latency has.
"""


def write(results: Results, memory: Memory | None) -> None:
    """Write the page and the plot."""
    PAGE.write_text(page(results, memory))
    PLOT.write_text(drawing(results))


def page(results: Results, memory: Memory | None) -> str:
    """The page as Markdown; `memory` may have been measured on another day, or not at all."""
    return "\n".join(_parts(results, memory))


def drawing(results: Results) -> str:
    """The plot as SVG."""
    titles = _titles(results)
    panels = {
        f"{size} orders": [
            (titles[figure.contender], figure.processor_ms, figure.contender in (ORDERWEAVE, REFERENCE, CACHED))
            for figure in results.figures
            if (figure.size, figure.clients) == (size, COMPARED_AT)
        ]
        for size in sorted(results.values)
    }
    return plot(f"Processor milliseconds a query, {COMPARED_AT} clients", panels)


def tables(results: Results) -> str:
    """The tables of the comparison alone, for the terminal."""
    return "\n".join(_tables(results))


def memory_tables(memory: Memory) -> str:
    """What memory did, alone."""
    return "\n".join(_memory(memory))


def _titles(results: Results) -> dict[str, str]:
    return {who.name: who.title for who in results.contenders}


def _parts(results: Results, memory: Memory | None) -> Iterator[str]:
    machine = results.machine
    yield "# What a query costs"
    yield "Written by `make bench` from its results; not by hand.\n"
    if results.quick:
        yield "**A quick run: few and short samples, so take the figures as preliminary.**\n"
    versions = ", ".join(f"{name} {release}" for name, release in results.versions.items())
    yield f"{results.made_on}, {machine.cores} cores, {machine.model}, {machine.system}. {versions}.\n"
    yield "![Processor milliseconds a query](benchmark.svg)\n"
    yield from _tables(results)
    if memory is not None:
        yield from _memory(memory)
    yield _HOW
    yield _AGAIN.format(clients=COMPARED_AT).rstrip() + "\n"


def _tables(results: Results) -> Iterator[str]:
    sizes = sorted(results.values)
    titles = _titles(results)
    heads = [f"{size} orders" for size in sizes]
    yield "## Orderweave's processor time over others'"
    yield f"At {COMPARED_AT} clients; below 1 Orderweave costs less.\n"
    yield from _table(
        ["compared with", *heads],
        [
            [title, *(_ratio(results.ratios[name].get(size)) for size in sizes)]
            for name, title in titles.items()
            if name in results.ratios
        ],
    )
    if any(results.cached.values()):
        yield "Cached answers over live ones:\n"
        yield from _table(["", *heads], [["Orderweave", *(_ratio(results.cached.get(size)) for size in sizes)]])
    yield from _latency(results.latency, titles)
    for size in sizes:
        yield f"## {size} orders"
        yield f"{results.values[size]:,} values an answer.\n"
        yield from _table(
            [
                "contender",
                "clients",
                "processor ms",
                "queries a second",
                "p50 ms",
                "p99 ms",
                "memory MiB",
                "upstream calls",
                "rounds",
            ],
            list(_rows(results, size, titles)),
        )
    yield "## Who runs"
    yield from _table(["contender", "what it is"], [[who.title, who.what] for who in results.contenders])
    if results.absent:
        yield "Left out:\n"
        yield from (f"- {titles[name]}: {reason}" for name, reason in results.absent.items())
        yield ""


def _latency(latency: Latency, titles: dict[str, str]) -> Iterator[str]:
    yield "## Added latency"
    yield (
        f"One client, {latency.orders} orders, each upstream answering after {latency.delay_ms} ms, in"
        f" {latency.waves} waves of calls, one waiting for the other. A bare client that makes these calls from the"
        f" contenders' core and reads nothing of the answers takes {latency.bare_ms:.1f} ms at the median.\n"
    )
    yield from _table(
        ["contender", "p50 ms", "added ms"],
        [[titles[name], f"{p50:.1f}", f"{latency.added_ms[name]:.1f}"] for name, p50 in latency.p50_ms.items()],
    )


def _memory(memory: Memory) -> Iterator[str]:
    shares = ", ".join(f"{share} of {kind}" for kind, share in SHARES.items())
    mixed, flood = memory.mixed, memory.flood
    yield "## Memory"
    yield f"{memory.made_on}, {memory.machine.cores} cores, {memory.machine.model}. One worker, in MiB.\n"
    yield f"**{mixed.samples[-1].queries:,} mixed queries**; of a hundred, {shares}. {_growth(mixed)}\n"
    yield f"**{flood.samples[-1].queries:,} documents**, valid, each asked once. {_growth(flood)} {_kept(flood)}\n"
    yield from _table(
        ["queries", "after mixed queries", "after documents"],
        [
            [f"{one.queries:,}", f"{one.mib:.1f}", f"{other.mib:.1f}"]
            for one, other in zip(mixed.samples, flood.samples, strict=False)
        ],
    )


def _growth(held: Held) -> str:
    return f"It took {held.seconds:.0f} s; over its second half memory grew by {held.growth_mib():.1f} MiB."


def _kept(held: Held) -> str:
    stores = ", ".join(f"{found['things']:,} {name}" for name, found in held.kept.items())
    return f"{held.counts['parsed']:,} were parsed, {held.counts['compiled']:,} compiled; in the end it keeps {stores}."


def _rows(results: Results, size: int, titles: dict[str, str]) -> Iterator[list[str]]:
    for figure in sorted(results.figures, key=lambda figure: figure.clients):
        if figure.size == size:
            yield [
                titles[figure.contender],
                str(figure.clients),
                f"{figure.processor_ms:.2f}",
                f"{figure.queries_a_second:.1f}",
                f"{figure.p50_ms:.1f}",
                f"{figure.p99_ms:.1f}",
                f"{figure.memory_mib:.0f}",
                f"{results.calls[figure.contender][size]:.0f}",
                str(figure.rounds),
            ]


def _ratio(found: float | None) -> str:
    return _NOT_RUN if found is None else f"{found:.2f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
