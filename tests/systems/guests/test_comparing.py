"""The tests of rank tell apart what differs, and nothing else."""

from __future__ import annotations

from random import Random

import pytest

from tests.systems.guests.comparing import kolmogorov_smirnov, mann_whitney


def test_known_values() -> None:
    """Samples of textbooks give their p-values: permeabilities of placentas, and five against five wholly apart."""
    left, right = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.9, 0.74, 1.21]
    assert mann_whitney(left, right) == pytest.approx(0.2446, abs=0.03)
    assert kolmogorov_smirnov([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.0037, abs=0.002)
    assert kolmogorov_smirnov([1, 2, 3], [1, 2, 3]) == 1.0


def test_tells_a_small_shift_and_not_chance() -> None:
    """Of three hundred each, a shift of a quarter of their spread shows; none shows in a thousand draws of one source
    more often than it should.
    """
    random = Random(7)

    def drawn(shift: float = 0.0) -> list[float]:
        return [random.gauss(shift, 1) for _ in range(300)]

    base = drawn()
    assert mann_whitney(base, drawn(0.4)) < 0.001
    assert kolmogorov_smirnov(base, drawn(0.4)) < 0.01
    false = [(mann_whitney(drawn(), drawn()) < 0.01, kolmogorov_smirnov(drawn(), drawn()) < 0.01) for _ in range(200)]
    assert all(sum(column) <= 8 for column in zip(*false, strict=True))
