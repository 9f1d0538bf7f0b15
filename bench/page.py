"""The page and the plot, from the results file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.contenders.lineup import COMPARED, ORDERWEAVE, REFERENCE, lineup
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

What favors the others:

- The hand-written handlers send Orderweave's own calls, ready-made, at most two deep, and join by the number as it
  stands.
- Hive Gateway, Mercurius and Yoga do not speak the vendors' protocols (Tryton's JSON-RPC, Shopify's and ShipHero's
  own schemas). Their stubs give the content translated and in the API's form, each part findable by the order's
  number. They fetch and merge by key, and no more. Mercurius and Yoga make as many calls as Orderweave; Hive Gateway
  asks each of three subgraphs once a page.
- So they read a small part of the bytes: what the vendors answer to Orderweave's connectors and to the hand-written
  handlers holds every order twice, in shop and ERP, with fields that the question has no use for.

What is not measured: TLS, a network, and answers from a cache (there is none yet).
"""

_AGAIN = """## Again
```sh
make bench            # everything: about half an hour
make bench QUICK=1    # the comparison at 16 clients: under five minutes
BENCH_NODE=node make bench QUICK=1    # with the Node of the machine
```
The first run fetches what only the benchmark needs into `var/bench`: Python packages by hash, Node's by the sha512 of
each package, the indirect ones included. Without Node or npm those contenders are left out, and the page says why.
The run writes `var/bench/results.json`, this page and its plot, and ends with one line of JSON: the median ratios of
Orderweave's processor time to each contender's at {clients} clients (`raw` is the hand-written handler over
Orderweave's own client, `raw_aiohttp` the one over aiohttp's), null where it could not run, and `cached`, which is
null as long as there is no cache.
"""


def write(results: Results) -> None:
    """Write the page and the plot."""
    PAGE.write_text(page(results))
    PLOT.write_text(drawing(results))


def page(results: Results) -> str:
    """The page as Markdown."""
    return "\n".join(_parts(results))


def drawing(results: Results) -> str:
    """The plot as SVG."""
    titles = {contender.name: contender.title for contender in lineup()}
    panels = {
        f"{size} orders": [
            (titles[figure.contender], figure.processor_ms, figure.contender in (ORDERWEAVE, REFERENCE))
            for figure in results.figures
            if (figure.size, figure.clients) == (size, COMPARED_AT)
        ]
        for size in sorted(results.values)
    }
    return plot(f"Processor milliseconds a query, {COMPARED_AT} clients", panels)


def tables(results: Results) -> str:
    """The tables alone, for the terminal."""
    return "\n".join(_tables(results))


def _parts(results: Results) -> Iterator[str]:
    machine = results.machine
    yield "# What a query costs"
    yield "Written by `make bench` from its results; not by hand.\n"
    if results.quick:
        yield "**A quick run: few and short samples, so take the figures as preliminary.**\n"
    versions = ", ".join(f"{name} {release}" for name, release in results.versions.items())
    yield f"{results.made_on}, {machine.cores} cores, {machine.model}, {machine.system}. {versions}.\n"
    yield "![Processor milliseconds a query](benchmark.svg)\n"
    yield from _tables(results)
    yield _HOW
    yield _AGAIN.format(clients=COMPARED_AT).rstrip() + "\n"


def _tables(results: Results) -> Iterator[str]:
    sizes = sorted(results.values)
    titles = {contender.name: contender.title for contender in lineup()}
    yield "## Orderweave's processor time over others'"
    yield f"At {COMPARED_AT} clients; below 1 Orderweave costs less.\n"
    yield from _table(
        ["compared with", *(f"{size} orders" for size in sizes)],
        [
            [titles[name], *(_ratio(results.ratios[name].get(size)) for size in sizes)]
            for name in (*COMPARED, REFERENCE)
        ],
    )
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
    yield from _table(["contender", "what it is"], [[one.title, one.what] for one in lineup()])
    if results.absent:
        yield "Left out:\n"
        yield from (f"- {titles[name]}: {reason}" for name, reason in results.absent.items())
        yield ""


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
