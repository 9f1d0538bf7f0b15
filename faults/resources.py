"""What a gateway holds: memory, sockets and other descriptors of its processes, from /proc, and whether it grows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from bench.processes import Process, tree

_MIB = 1024 * 1024
# Flat: the last third of the samples is at most so much above the second; the first third is warm-up.
_MOST_GROWTH = 1.05
_MOST_ADDED = 10 * _MIB
_LISTENING = "0A"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What all processes of a gateway hold at one moment. `connections` are TCP sockets that do not listen.

    `others` are all other descriptors.
    """

    resident_bytes: int
    connections: int
    others: int


def held_by(process: Process) -> Held:
    """What it holds now, with all processes below it."""
    pids = tree(process.pid)
    descriptors = [_descriptors(pid) for pid in pids]
    connections = sum(len(_talking(pid) & set(found)) for pid, found in zip(pids, descriptors, strict=True))
    return Held(
        resident_bytes=process.resident_bytes(),
        connections=connections,
        others=sum(map(len, descriptors)) - connections,
    )


def _descriptors(pid: int) -> list[str]:
    """What each descriptor of a process leads to; none for a process that is gone."""
    found = []
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
            except FileNotFoundError:
                continue  # closed meanwhile
    except (FileNotFoundError, ProcessLookupError):
        return []
    return found


def _talking(pid: int) -> set[str]:
    """The TCP sockets of the machine that do not listen, as descriptors lead to them."""
    found = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in lines:
            columns = line.split()
            if columns[3] != _LISTENING:
                found.add(f"socket:[{columns[9]}]")
    return found


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """The medians of the second and the last third of the memory samples, in MiB, and whether that is flat."""

    second_mib: float
    last_mib: float
    flat: bool


def growth(resident_bytes: Sequence[int]) -> Growth:
    """Whether memory stays. Raises ValueError with fewer than three samples."""
    third = len(resident_bytes) // 3
    if not third:
        raise ValueError("three samples are the least")
    second, last = median(resident_bytes[third : 2 * third]), median(resident_bytes[2 * third :])
    return Growth(second_mib=second / _MIB, last_mib=last / _MIB, flat=last <= _MOST_GROWTH * second + _MOST_ADDED)
