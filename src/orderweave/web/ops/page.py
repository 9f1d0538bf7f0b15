"""The page's HTML: its frame, the form to sign in, and the state as it is drawn and written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from orderweave.observing.history import MOST_SLOTS, SLOT_SECONDS
from orderweave.web.ops import drawing
from orderweave.web.ops.state import GatewayView, Point, State, SystemState, SystemView

_HERE = Path(__file__).parent
REFRESH_SECONDS = 5
_KEPT_MINUTES = round(MOST_SLOTS * SLOT_SECONDS / 60)
_NOTHING = "\u2013"


def page(body: str, *, nonce: str, script: bool, sign_out: bool = False) -> str:
    """A whole page around its body; what runs or colors it carries the nonce."""
    frame = (_HERE / "page.html").read_text(encoding="utf-8")
    parts = {
        "{{style}}": (_HERE / "page.css").read_text(encoding="utf-8"),
        "{{script}}": _script(nonce) if script else "",
        "{{sign_out}}": '<form method="post" action="/ops/sign-out"><button>Sign out</button></form>'
        if sign_out
        else "",
        "{{nonce}}": nonce,
        "{{body}}": body,  # last: nothing in it is a place to fill
    }
    for place, text in parts.items():
        frame = frame.replace(place, text)
    return frame


def _script(nonce: str) -> str:
    text = (_HERE / "page.js").read_text(encoding="utf-8")
    return f'<script nonce="{nonce}" data-seconds="{REFRESH_SECONDS}">{text}</script>'


def sign_in(*, refused: bool) -> str:
    """The form that takes the token."""
    wrong = '<p class="wrong" role="alert">That is not the token.</p>' if refused else ""
    return f"""<main class="sign-in"><form method="post" action="/ops/sign-in">
<h2>Sign in</h2>{wrong}
<label for="token">Token of the operations page</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>
</form></main>"""


def shown(state: State) -> str:
    """The state. Everything that is not a number of ours is escaped."""
    minutes = round(len(state.gateway.points) * state.slot_seconds / 60)
    systems = "".join(_system(system, state.at, minutes) for system in state.systems)
    return f"""{_summary(state.systems)}
<p class="scope">Worker {state.gateway.worker}, running for {ago(state.at, state.gateway.since)}. These are the figures
of this worker alone, kept in its memory for {_KEPT_MINUTES} minutes at most. Drawings run from {minutes} minutes ago to
now, numbers are of the last minute.</p>
{_gateway(state.gateway, minutes)}
<h2>Systems</h2>
<div class="systems">{systems}</div>"""


def _summary(systems: Sequence[SystemView]) -> str:
    """How many systems stand how, and the names of those that are down or slow."""
    groups = []
    for state in SystemState:
        those = [system for system in systems if system.state is state]
        named = ", ".join(escape(system.title) for system in those)
        if those:
            who = f" <small>{named}</small>" if state in (SystemState.DOWN, SystemState.SLOW) else ""
            groups.append(f'<li class="{state.value}"><span class="state">{len(those)} {state.value}</span>{who}</li>')
    return f'<ul class="summary">{"".join(groups)}</ul>'


def _gateway(gateway: GatewayView, minutes: int) -> str:
    queued = f", {gateway.queued} waiting" if gateway.queued is not None else ""
    tiles = [
        _tile("Requests a second", f"{gateway.requests_a_second:.1f}"),
        _tile("In flight", f"{gateway.in_flight}{queued}"),
        _tile("Answer time", f"{seconds(gateway.p50)} <small>p95 {seconds(gateway.p95)}</small>"),
        _tile("Failed answers", percent(gateway.error_rate)),
        _tile("Cache hits", percent(gateway.cache_hit_rate)),
    ]
    return f"""<section class="gateway"><h2>Gateway</h2><div class="tiles">{"".join(tiles)}</div>
{_drawings("the gateway", "answers", gateway.points, minutes)}</section>"""


def _tile(name: str, value: str) -> str:
    return f'<div class="tile"><span>{name}</span><b>{value}</b></div>'


def _system(system: SystemView, now: datetime, minutes: int) -> str:
    since = f"for {ago(now, system.since)}" if system.since is not None else ""
    why = ""
    if system.reason is not None:
        why = f'<p class="why"><b>{escape(system.reason)}</b> {escape(system.message or "")}</p>'
    return f"""<article class="system {system.state.value}">
<header><h3>{escape(system.title)}</h3><span class="state">{system.state.value}</span>
<p>{escape(system.name)}, {escape(system.kind)}</p><p>{since}</p></header>{why}
{_drawings(system.name, "calls", system.points, minutes)}
<dl>{_facts(system)}</dl>{_quota(system)}{_words(system)}</article>"""


def _drawings(name: str, what: str, points: Sequence[Point], minutes: int) -> str:
    count = sum(point.count for point in points)
    failures = sum(point.failures for point in points)
    longest = max((point.p95 for point in points if point.p95 is not None), default=None)
    over = f"of {name} over {minutes} minutes"
    key = '<i class="p50"></i>p50 <i class="p95"></i>p95'
    failed = f'<span class="failed">{failures} failed</span>' if failures else "<span>none failed</span>"
    return f"""<figure>{drawing.latency(points, f"Time {over}: p95 at most {seconds(longest)}")}
<figcaption><span>{key}</span><span>top {seconds(longest)}</span></figcaption></figure>
<figure>{drawing.traffic(points, f"{what.capitalize()} {over}: {count}, {failures} failed")}
<figcaption><span>{count} {what}</span>{failed}</figcaption></figure>"""


def _facts(system: SystemView) -> str:
    facts = [
        ("Time", f"{seconds(system.p50)} <small>p95 {seconds(system.p95)}</small>"),
        ("Errors", percent(system.error_rate)),
        ("Calls a second", f"{system.calls_a_second:.1f}"),
        ("In flight", f"{system.in_flight}" + (f", {system.waiting} waiting" if system.waiting else "")),
        ("Oldest data served", seconds(system.age_seconds)),
    ]
    facts += [
        (f"Breaker, {escape(breaker.capability.lower().replace('_', ' '))}", f"<mark>{breaker.state.value}</mark>")
        for breaker in system.breakers
    ]
    return "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)


def _quota(system: SystemView) -> str:
    if system.quota_available is None or system.quota_maximum is None:
        return ""
    left = f"{system.quota_available:g} of {system.quota_maximum:g} left"
    bar = drawing.share(system.quota_available, system.quota_maximum, f"Quota of {system.name}: {left}")
    return f'<figure class="quota"><figcaption><span>Quota</span><span>{left}</span></figcaption>{bar}</figure>'


def _words(system: SystemView) -> str:
    if not system.unknown_words:
        return ""
    items = "".join(f"<li><code>{escape(word.word)}</code> {word.count}</li>" for word in system.words)
    more = system.unknown_words - len(system.words)
    rest = f"<li>and {more} more</li>" if more else ""
    return f'<div class="words"><h4>Status words that nobody mapped</h4><ul>{items}{rest}</ul></div>'


def seconds(value: float | None) -> str:
    """A time as a person reads it."""
    if value is None:
        return _NOTHING
    if value < 0.0995:
        return f"{value * 1000:.2g} ms" if value >= 0.00095 or value == 0 else f"{value * 1000:.1g} ms"
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 99.5 else f"{value / 60:.0f} min"


def percent(value: float | None) -> str:
    """A share as a person reads it; a small one is never told as none."""
    if value is None:
        return _NOTHING
    return "under 0.1 %" if 0 < value < 0.001 else f"{value * 100:.3g} %"


def ago(now: datetime, then: datetime) -> str:
    """How long it has been, in its largest unit and the next."""
    passed = max(0, int((now - then).total_seconds()))
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    for position, (size, name) in enumerate(units):
        if passed >= size:
            rest = (passed % size) // units[position + 1][0] if position + 1 < len(units) else 0
            return f"{passed // size} {name}" + (f" {rest} {units[position + 1][1]}" if rest else "")
    return "0 s"
