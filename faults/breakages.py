"""Every way to fail that the matrix tries, with the reasons that the answer may give for it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from faults.business import Business
from orderweave_sdk.testing.fault_proxy import LineFault
from orderweave_sdk.testing.faults import Fault


class Breakage(msgspec.Struct, frozen=True, kw_only=True):
    """One way to fail. `reasons` are those that may stand in `missing`; none where the answer must be whole.

    `waits`: nothing ends the wait but the deadline. `record`: it spoils one record and leaves the others.
    """

    name: str
    fault: LineFault | Fault
    reasons: frozenset[str]
    waits: bool = False

    @property
    def record(self) -> bool:
        """Whether it spoils one record and leaves the others."""
        return self.fault is Fault.BAD_RECORD


_TIMED_OUT = frozenset({"TIMED_OUT"})
_LINE: Mapping[LineFault | Fault, frozenset[str]] = {
    LineFault.DOWN: frozenset({"UNREACHABLE"}),
    LineFault.RESET: frozenset({"UNREACHABLE"}),
    LineFault.RESET_MIDWAY: frozenset({"UNREACHABLE"}),
    LineFault.TRUNCATED: frozenset({"UNREACHABLE"}),
    LineFault.SLOW: frozenset(),
    LineFault.DRIP: _TIMED_OUT,
    LineFault.BLACK_HOLE: _TIMED_OUT,
}
# What the server itself says that is wrong.
_SAID: Mapping[Fault, frozenset[str]] = {
    Fault.THROTTLED: frozenset({"THROTTLED"}),
    Fault.THROTTLED_UNTIMED: frozenset({"THROTTLED"}),
    Fault.UNAUTHORIZED: frozenset({"UNAUTHORIZED"}),
    Fault.SERVER_ERROR: frozenset({"FAILED"}),
    Fault.HTML: frozenset({"BAD_PAYLOAD"}),
    Fault.FOREIGN_JSON: frozenset({"BAD_PAYLOAD"}),
    Fault.CUT_JSON: frozenset({"BAD_PAYLOAD"}),
    Fault.OVERSIZED: frozenset({"BAD_PAYLOAD"}),
    Fault.BAD_RECORD: frozenset({"BAD_PAYLOAD"}),
}
# What stands in for the line where there is none.
_WITHOUT_LINE: Mapping[Fault, frozenset[str]] = {
    Fault.STOPPED: frozenset({"UNREACHABLE"}),
    Fault.SLOW: _TIMED_OUT,
    Fault.RESET: frozenset({"UNREACHABLE"}),
    Fault.TRUNCATED: frozenset({"UNREACHABLE", "BAD_PAYLOAD"}),
}


class Applicable(msgspec.Struct, frozen=True, kw_only=True):
    """What can be tried on one system, and what cannot, with why."""

    breakages: tuple[Breakage, ...]
    left_out: Mapping[str, str]


def applicable(business: Business, system: str) -> Applicable:
    """The breakages of one system: by its line where it has one, and by its simulator."""
    supported = business.simulators[system].supported_faults
    lined = system in business.lines
    tried: dict[LineFault | Fault, frozenset[str]] = {**_LINE} if lined else {}
    left_out: dict[str, str] = {}
    if not lined:
        left_out |= dict.fromkeys(map(str, _LINE), "it is reached through no port, so there is no line to break")
    for fault, reasons in {**({} if lined else _WITHOUT_LINE), **_SAID}.items():
        if fault in supported:
            tried[fault] = reasons
        else:
            left_out[fault.value] = "its simulator says that this cannot happen to such a system"
    return Applicable(
        breakages=tuple(
            Breakage(name=fault.value, fault=fault, reasons=reasons, waits=reasons == _TIMED_OUT)
            for fault, reasons in tried.items()
        ),
        left_out={name: why for name, why in left_out.items() if name not in tried},
    )


async def break_down(business: Business, system: str, breakage: Breakage, *, bad_record: str | None = None) -> None:
    """Let a system fail so until it is healed."""
    if isinstance(breakage.fault, LineFault):
        await business.lines[system].fail(breakage.fault)
    else:
        await business.simulators[system].fail(breakage.fault, bad_record=bad_record)


async def heal(business: Business, system: str) -> None:
    """Let a system be as it was."""
    if system in business.lines:
        await business.lines[system].fail(None)
    await business.simulators[system].fail(None)
