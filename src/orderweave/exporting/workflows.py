"""An export as a workflow: step after step until there is none more, in whichever process works on exports.

How far an export is stands in its own row; what is noted here is only that it is to be gone on with.
"""

from __future__ import annotations

from collections.abc import Sequence

from orderweave.durable.engine import Engine, as_it_stands, doer_of, over_there, patient_step, workflow
from orderweave.exporting.exports import QUEUE, Exports

_PREFIX = "export:"


def ask(engine: Engine, unfinished: Sequence[str], gone: Sequence[str]) -> None:
    """Have all work done that no workflow does, and forget those of which nothing is left. In a thread."""
    engine.forget([f"{_PREFIX}{name}" for name in gone])
    names = {f"{_PREFIX}{name}": name for name in unfinished}
    known = engine.known(list(names))
    # Left by other code, or failed.
    engine.forget([name for name, goes_on in known.items() if not goes_on])
    for name, export in names.items():
        if not known.get(name):
            engine.ask(QUEUE, _export, name, export)


@workflow
async def _export(name: str) -> None:
    with as_it_stands():
        while await _advance(name):
            pass


@patient_step
async def _advance(name: str) -> bool:
    exports: Exports = doer_of(QUEUE)
    return await over_there(exports.advance(name))
