"""Whether two samples can be told apart: two tests of rank, by their large-sample approximations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """The two-sided p-value that one sample is not shifted against the other (normal approximation, ties corrected)."""
    n, m = len(left), len(right)
    counts = Counter([*left, *right])
    ranks: dict[float, float] = {}
    before = 0
    for value in sorted(counts):
        ranks[value] = before + (counts[value] + 1) / 2
        before += counts[value]
    statistic = sum(ranks[value] for value in left) - n * (n + 1) / 2
    whole = n + m
    ties = sum(count**3 - count for count in counts.values()) / (whole * (whole - 1))
    deviation = math.sqrt(n * m / 12 * (whole + 1 - ties))
    return math.erfc(max(0.0, abs(statistic - n * m / 2) - 0.5) / deviation / math.sqrt(2))


def kolmogorov_smirnov(left: Sequence[float], right: Sequence[float]) -> float:
    """The p-value that both samples are of one distribution (the asymptotic series, with Stephens' correction)."""
    n, m = len(left), len(right)
    ours, theirs = sorted(left), sorted(right)
    distance, i, j = 0.0, 0, 0
    for value in sorted({*left, *right}):
        while i < n and ours[i] <= value:
            i += 1
        while j < m and theirs[j] <= value:
            j += 1
        distance = max(distance, abs(i / n - j / m))
    root = math.sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    return min(1.0, 2 * sum((1 if k % 2 else -1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101)))
