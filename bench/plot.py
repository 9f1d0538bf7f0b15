"""The plot: a panel for each number of orders, a bar for each contender. Drawn by hand, so that it needs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

_WIDTH, _LEFT, _RIGHT = 760, 210, 90
_BAR, _GAP, _HEAD, _TOP = 18, 6, 34, 44
_OURS, _OTHERS = "#0b7285", "#adb5bd"


def plot(title: str, panels: Mapping[str, Sequence[tuple[str, float, bool]]]) -> str:
    """An SVG. A panel is a heading with bars of (label, value, whether it is ours), and has a scale of its own."""
    height = _TOP + sum(_HEAD + len(bars) * (_BAR + _GAP) for bars in panels.values()) + _GAP
    drawn = "\n".join(_panels(panels))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" \
viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}">
<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>
<text x="12" y="26" font-size="16" font-weight="bold" fill="#212529">{escape(title)}</text>
{drawn}
</svg>
"""


def _panels(panels: Mapping[str, Sequence[tuple[str, float, bool]]]) -> Iterator[str]:
    y = _TOP
    for heading, bars in panels.items():
        yield f'<text x="12" y="{y + 20}" font-weight="bold" fill="#495057">{escape(heading)}</text>'
        y += _HEAD
        longest = max((value for _, value, _ in bars), default=0.0)
        for label, value, ours in bars:
            yield _bar(y, label, value, value / longest if longest else 0.0, ours=ours)
            y += _BAR + _GAP


def _bar(y: int, label: str, value: float, share: float, *, ours: bool) -> str:
    width = max(1.0, share * (_WIDTH - _LEFT - _RIGHT))
    middle = y + _BAR - 4
    return (
        f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end" fill="#212529">{escape(label)}</text>'
        f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{_OURS if ours else _OTHERS}"/>'
        f'<text x="{_LEFT + width + 6:.1f}" y="{middle}" fill="#212529">{value:.1f}</text>'
    )
