"""The benchmark's arithmetic: medians, nearest-rank percentiles, ratios within a round."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.figures import Figure, Point, Sample, figure, percentile, ratio


def sample(processor: float, latencies: Sequence[float], *, seconds: float = 2.0, mib: int = 64) -> Sample:
    """One measurement."""
    return Sample(
        processor_seconds=processor, seconds=seconds, latencies=list(latencies), resident_bytes=mib * 1024 * 1024
    )


def point(contender: str, *samples: Sample, size: int = 20, clients: int = 16) -> Point:
    """A contender's samples."""
    return Point(contender=contender, size=size, clients=clients, samples=list(samples))


def test_figure_is_the_median_of_rounds() -> None:
    """Each value is the median over the rounds, a query's share of its round; one bad round does not move it."""
    rounds = (
        sample(0.4, [0.010, 0.020, 0.030, 0.040]),
        sample(0.8, [0.020, 0.030, 0.040, 0.050], mib=66),
        sample(9.0, [1.0, 2.0], seconds=4.0, mib=900),
    )
    assert figure(point("orderweave", *rounds)) == Figure(
        contender="orderweave",
        size=20,
        clients=16,
        processor_ms=200.0,
        queries_a_second=2.0,
        p50_ms=30.0,
        p99_ms=50.0,
        memory_mib=66.0,
        queries=10,
        rounds=3,
    )


@pytest.mark.parametrize(("percent", "value"), [(1, 1.0), (50, 50.0), (51, 51.0), (99, 99.0), (100, 100.0)], ids=str)
def test_percentile_is_the_nearest_rank(percent: int, value: float) -> None:
    """Of 1 to 100 in any order, the n-th percentile is n."""
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == value


def test_percentile_of_few() -> None:
    """The 99th percentile of three values is the largest, the 50th the middle one."""
    assert (percentile([3.0, 1.0, 2.0], 99), percentile([3.0, 1.0, 2.0], 50)) == (3.0, 2.0)


def test_percentile_of_nothing_is_refused() -> None:
    """There is no percentile of no values."""
    with pytest.raises(ValueError, match="a percentile is of values"):
        percentile([], 50)


def test_ratio_is_taken_within_a_round() -> None:
    """A machine three times as slow in one round slows both of it: every round says one half, and so does the ratio.

    The ratio of the medians would say so too here, but not the mean: the rounds have different numbers of queries.
    """
    points = [
        point("orderweave", sample(1.0, [0.1] * 100), sample(3.0, [0.1] * 100), sample(0.5, [0.1] * 50)),
        point("hive", sample(2.0, [0.1] * 100), sample(3.0, [0.1] * 50), sample(2.0, [0.1] * 100)),
    ]
    assert ratio(points, "orderweave", "hive", 20, 16) == 0.5


def test_ratio_of_who_did_not_run_is_none() -> None:
    """No figure stands in for a contender, a size or a number of clients that was not measured."""
    points = [point("orderweave", sample(1.0, [0.1]))]
    assert ratio(points, "orderweave", "hive", 20, 16) is None
    points.append(point("hive", sample(1.0, [0.1]), size=100))
    assert ratio(points, "orderweave", "hive", 20, 16) is None


def test_point_without_queries_is_refused() -> None:
    """A sample in which nobody was answered gives no figure."""
    with pytest.raises(ValueError, match="hive was not measured"):
        figure(point("hive", sample(1.0, [])))
