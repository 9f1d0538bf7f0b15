"""From samples to figures: medians, percentiles and ratios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import msgspec


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement: processor seconds of the contender, seconds in all, and each query's latency in seconds."""

    processor_seconds: float
    seconds: float
    latencies: Sequence[float]
    resident_bytes: int


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """All samples of one contender at one number of orders and clients."""

    contender: str
    size: int
    clients: int
    samples: list[Sample]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a point: the median over its samples of each value.

    Processor milliseconds a query, queries a second, the latencies that half and 99 of 100 queries stay under in
    milliseconds, and memory in MiB.
    """

    contender: str
    size: int
    clients: int
    processor_ms: float
    queries_a_second: float
    p50_ms: float
    p99_ms: float
    memory_mib: float
    queries: int
    rounds: int


def figure(point: Point) -> Figure:
    """The figure of a point. Raises ValueError for one without samples, or a sample without queries."""
    if not point.samples or not all(sample.latencies for sample in point.samples):
        raise ValueError(f"{point.contender} was not measured at {point.size} orders and {point.clients} clients")
    samples = point.samples
    return Figure(
        contender=point.contender,
        size=point.size,
        clients=point.clients,
        processor_ms=median(1000 * sample.processor_seconds / len(sample.latencies) for sample in samples),
        queries_a_second=median(len(sample.latencies) / sample.seconds for sample in samples),
        p50_ms=median(1000 * percentile(sample.latencies, 50) for sample in samples),
        p99_ms=median(1000 * percentile(sample.latencies, 99) for sample in samples),
        memory_mib=median(sample.resident_bytes / 1024**2 for sample in samples),
        queries=sum(len(sample.latencies) for sample in samples),
        rounds=len(samples),
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of the values that so many percent of them do not exceed (the nearest rank)."""
    if not values or not 1 <= percent <= 100:
        raise ValueError("a percentile is of values, and between 1 and 100")
    return sorted(values)[-(-len(values) * percent // 100) - 1]


def ratio(points: Iterable[Point], one: str, other: str, size: int, clients: int) -> float | None:
    """Processor time of one contender over another's, as the median over rounds; None where either did not run.

    Both of a round were measured one after the other, so a machine that slows down slows both.
    """
    of = {point.contender: point.samples for point in points if (point.size, point.clients) == (size, clients)}
    rounds = list(zip(of.get(one, []), of.get(other, []), strict=False))
    found = [_cost(mine) / _cost(theirs) for mine, theirs in rounds if _cost(theirs)]
    return median(found) if found else None


def _cost(sample: Sample) -> float:
    return sample.processor_seconds / len(sample.latencies)
