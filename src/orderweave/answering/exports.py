"""Exports: asked for within a caller's rights, and seen by that caller alone."""

from __future__ import annotations

import re
from urllib.parse import quote

from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.indexed import busy
from orderweave.answering.inventory import MOST_SKUS
from orderweave.answering.parts import Parts
from orderweave.answering.visibility import check_filter
from orderweave.exporting import LAYOUTS, Exports, Selection
from orderweave.exporting.jobs import Job, TooManyUnfinished
from orderweave.exporting.manifest import MANIFEST
from orderweave.exporting.steps import can_be_divided
from orderweave.index import TooBusy, TooSlow
from orderweave.model.codes import Code
from orderweave.model.exports import Export, ExportFile, ExportRequest, Stage, What
from orderweave.model.filters import Filter
from orderweave.model.rights import ANYBODY, UNNAMED, Caller

# What an export's id looks like; nothing else is looked for.
_ID = re.compile(r"[0-9a-f]{32}")
# Where files are downloaded.
PATH = "/exports"


async def create_export(parts: Parts, wanted: ExportRequest, caller: Caller) -> Export:
    """An export that begins; raises RequestError for what makes no sense or is not the caller's to see."""
    _check_rights(wanted, caller)
    _check(wanted)
    selection = Selection(
        what=wanted.table,
        format=wanted.format,
        rights=caller.rights,
        filter=wanted.filter,
        search=wanted.search,
        skus=wanted.skus,
        locations=wanted.locations,
        partitioned=wanted.partitioned,
    )
    try:
        return _shown(await _exports(parts).create(selection, caller.name))
    except TooManyUnfinished:
        message = "too many exports of yours are unfinished; wait until one is done, or cancel one"
        raise RequestError(Code.LIMIT_EXCEEDED, message) from None
    except (TooBusy, TooSlow):
        raise busy() from None


async def export(parts: Parts, name: str, caller: Caller) -> Export | None:
    """The caller's export with this id."""
    job = await job_of(parts, name, caller)
    return _shown(job) if job is not None else None


async def cancel_export(parts: Parts, name: str, caller: Caller) -> Export | None:
    """The caller's export with this id, ended where it was not finished."""
    if await job_of(parts, name, caller) is None:
        return None
    job = await _exports(parts).cancel(name, caller.name)
    return _shown(job) if job is not None else None


async def job_of(parts: Parts, name: str, caller: Caller) -> Job | None:
    """The caller's export as it is kept; None for every other id, and for callers who cannot be told apart."""
    if parts.exports is None or not _ID.fullmatch(name) or _is_nobody(caller):
        return None
    try:
        return await parts.exports.find(name, caller.name)
    except (TooBusy, TooSlow):
        raise busy() from None


def _exports(parts: Parts) -> Exports:
    if parts.exports is None:
        message = "this gateway exports nothing; its [exports] table lets it"
        raise RequestError(Code.UNSUPPORTED, message)
    return parts.exports


def _is_nobody(caller: Caller) -> bool:
    """Whether it may be anyone, where access is controlled: such callers must not see each other's exports."""
    return caller.name in UNNAMED and caller.name != ANYBODY.name


def _check_rights(wanted: ExportRequest, caller: Caller) -> None:
    scope = LAYOUTS[wanted.table].scope
    if scope not in caller.rights.scopes:
        raise RequestError(Code.FORBIDDEN, f"you may not export {wanted.table.value}", scopes=[scope.value])
    if _is_nobody(caller):
        raise RequestError(Code.FORBIDDEN, "who asks for an export must say who they are, to be the one to take it")
    check_filter(wanted.filter, caller.rights)


def _check(wanted: ExportRequest) -> None:
    if wanted.table is What.STOCK:
        if wanted.filter != Filter() or wanted.search is not None:
            raise bad_input("filter and search choose orders; choose stock by skus and locations")
        for name, given in (("skus", wanted.skus), ("locations", wanted.locations)):
            if len(given) > MOST_SKUS:
                raise bad_input(f"{name} must hold 1 to {MOST_SKUS}, holds {len(given)}")
    elif wanted.skus or wanted.locations:
        raise bad_input("skus and locations choose stock; choose orders by filter and search")
    if wanted.partitioned and not can_be_divided(wanted.table, wanted.format):
        raise bad_input(
            "partitioned is for PARQUET, of orders, lines or shipments: it divides by when they were placed"
        )


def _shown(job: Job) -> Export:
    done = job.stage is Stage.DONE and job.state is not None
    files = job.state.parts if done and job.state is not None else ()
    return Export(
        id=job.id,
        state=job.stage,
        table=job.selection.what if job.selection else None,
        format=job.selection.format if job.selection else None,
        rows=job.state.rows if job.state else 0,
        expected_rows=job.expected,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        error=job.error,
        files=tuple(
            ExportFile(name=part.file, url=_url(job, part.file), rows=part.rows, bytes=part.bytes, sha256=part.sha256)
            for part in files
        ),
        manifest_url=_url(job, MANIFEST) if done else None,
    )


def _url(job: Job, name: str) -> str:
    return f"{PATH}/{job.id}/{quote(name, safe='/=')}"
