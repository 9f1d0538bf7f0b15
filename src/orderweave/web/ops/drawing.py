"""Drawings as inline SVG: shapes only, colored by the page's style sheet, stretched to the width that there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from orderweave.web.ops.state import Point

_WIDTH = 360.0
_HEIGHT = 60.0
# Space at the top, so that the thickest line is not cut.
_TOP = 3.0


def latency(points: Sequence[Point], words: str) -> str:
    """Two lines over time, half of the calls below the lower and 19 of 20 below the upper, from zero to the most."""
    most = max((point.p95 for point in points if point.p95 is not None), default=0.0)
    shapes = [
        _line([point.p95 for point in points], most, "p95"),
        _line([point.p50 for point in points], most, "p50"),
    ]
    return _drawing("".join(shapes), words, _HEIGHT)


def traffic(points: Sequence[Point], words: str) -> str:
    """A bar a slot: its height is how many there were, the part from below that failed is drawn over it."""
    height = _HEIGHT / 2
    most = max((point.count for point in points), default=0)
    step = _WIDTH / max(1, len(points))
    shapes = []
    for position, point in enumerate(points):
        if not point.count:
            continue
        left, wide = position * step, step * 0.8
        # What there was once must be seen, however little it is beside the most.
        tall = max(2.0, point.count / most * (height - _TOP))
        shapes.append(_bar(left, wide, tall, height, "count"))
        if point.failures:
            shapes.append(_bar(left, wide, max(2.0, tall * point.failures / point.count), height, "failures"))
    return _drawing("".join(shapes), words, height)


def share(part: float, whole: float, words: str) -> str:
    """A bar that is filled by so much of the whole."""
    filled = _WIDTH * min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
    level = "low" if filled < _WIDTH * 0.2 else "fair"
    shapes = f'<rect class="rail" width="{_WIDTH:g}" height="8"/>'
    shapes += f'<rect class="{level}" width="{filled:.1f}" height="8"/>'
    return _drawing(shapes, words, 8.0)


def _drawing(shapes: str, words: str, height: float) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {height:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(words)}">{shapes}</svg>'
    )


def _bar(left: float, wide: float, tall: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{height - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'


def _line(values: Sequence[float | None], most: float, kind: str) -> str:
    """A line through the slots in which there was something; it breaks where there was nothing."""
    return "".join(
        f'<polyline class="{kind}" vector-effect="non-scaling-stroke" points="{run}"/>' for run in _runs(values, most)
    )


def _runs(values: Sequence[float | None], most: float) -> Iterator[str]:
    step = _WIDTH / max(1, len(values))
    run: list[str] = []
    for position, value in enumerate([*values, None]):
        if value is not None:
            high = _HEIGHT - value / most * (_HEIGHT - _TOP) if most else _HEIGHT
            run += [f"{position * step:.1f},{high:.1f}", f"{(position + 0.8) * step:.1f},{high:.1f}"]
        elif run:
            yield " ".join(run)
            run = []
