"""`/exports/{id}/{file}`: the files of an export, for who asked for it, by the same credential as at /graphql.

Ranges (RFC 9110, 14) are Starlette's; a file's tag is its checksum, so that a download that broke off goes on only
where the bytes are still the same.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from orderweave.access import Unidentified
from orderweave.answering.errors import RequestError
from orderweave.answering.exports import PATH, job_of
from orderweave.exporting.jobs import Job
from orderweave.exporting.selection import MEDIA_TYPES
from orderweave.model.codes import Code
from orderweave.model.exports import Stage
from orderweave.web.current import Current
from orderweave.web.etags import is_known
from orderweave.web.headers import headers_of

# Downloads at once in one process, and seconds that one may take.
_MOST_DOWNLOADS = 32
_LONGEST_DOWNLOAD = 3_600
# Pieces of a file that one answer holds; more are answered by the whole.
_MOST_RANGES = 8
# A range of bytes by its ends; a place of more digits is in no file.
_RANGE = re.compile(r"(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.ASCII)
_NOBODY_KEEPS = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
_ATTACHED = {
    **_NOBODY_KEEPS,
    "content-security-policy": "default-src 'none'; sandbox",
    "referrer-policy": "no-referrer",
}
_JSON = "application/json"


def export_routes(current: Current) -> list[Route]:
    """The files of the exports of whatever gateway is current."""
    return [Route(f"{PATH}/{{id}}/{{file:path}}", _Downloads(current).file, methods=["GET"])]


class _Downloads:
    def __init__(self, current: Current) -> None:
        self._current = current
        self._at_once = 0

    async def file(self, request: Request) -> Response:
        """One file, or what is wrong."""
        try:
            headers = headers_of(request.scope)
            with self._current.request() as gateway:
                caller = await self._current.identify(headers)
                job = await job_of(gateway.parts, request.path_params["id"], caller)
                exports = gateway.parts.exports
        except Unidentified as error:
            more = {name.decode(): value.decode() for name, value in error.headers}
            return _refused(error.status, str(error), error.code, more)
        except RequestError as error:
            return _refused(503, str(error), error.code, {"retry-after": "1"})
        name = request.path_params["file"]
        if job is None or exports is None:
            return _refused(404, "you have no export of that id", Code.NOT_FOUND)
        path = exports.path(job, name)
        if path is None:
            return _not_there(job)
        return await self._sent(request, job, name, path)

    async def _sent(self, request: Request, job: Job, name: str, path: Path) -> Response:
        tag = _tag(job, name)
        if tag is not None and is_known(request.headers.get("if-none-match", "").encode() or None, tag.encode()):
            return Response(status_code=304, headers={**_NOBODY_KEEPS, "etag": tag})
        try:
            found = await asyncio.to_thread(os.stat, path)
        except FileNotFoundError:
            return _refused(410, "the files of this export are gone", Code.GONE)
        if self._at_once >= _MOST_DOWNLOADS:
            message = "too many files are downloaded at once; try again in a moment"
            return _refused(503, message, Code.OVERLOADED, {"retry-after": "5"})
        if not _is_range(request.headers.get("range", "")):
            # One that is malformed, or in units that we do not know, is not there (RFC 9110, 14.2): all is sent.
            request.scope["headers"] = [entry for entry in request.scope["headers"] if entry[0].lower() != b"range"]
        form = job.selection.format if job.selection and name.count(".") and tag else None
        return _Download(
            path,
            counted=self._count,
            headers={**_ATTACHED, **({"etag": tag} if tag else {})},
            media_type=MEDIA_TYPES[form] if form else _JSON,
            filename=f"{job.id[:8]}-{name.replace('/', '-')}",
            stat_result=found,
        )

    def _count(self, more: int) -> None:
        self._at_once += more


class _Download(FileResponse):
    """A file that is counted while it is sent, and sent within its time."""

    max_ranges = _MOST_RANGES

    def __init__(
        self,
        path: Path,
        *,
        counted: Callable[[int], None],
        headers: dict[str, str],
        media_type: str,
        filename: str,
        stat_result: os.stat_result,
    ) -> None:
        super().__init__(path, headers=headers, media_type=media_type, filename=filename, stat_result=stat_result)
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; who takes too long has the connection cut, and goes on by a range."""
        self._counted(1)
        try:
            async with asyncio.timeout(_LONGEST_DOWNLOAD):
                await super().__call__(scope, receive, send)
        finally:
            self._counted(-1)


def _is_range(header: str) -> bool:
    """Whether this asks for bytes in the words of RFC 9110, 14.1.2; whether there are as many is another matter."""
    unit, _, ranges = header.partition("=")
    found = [_RANGE.fullmatch(part.strip()) for part in ranges.split(",") if part.strip()]
    if unit.strip().lower() != "bytes" or not found:
        return False
    return all(
        each is not None and (each["first"] or each["last"]) and _in_order(each["first"], each["last"])
        for each in found
    )


def _in_order(first: str, last: str) -> bool:
    return not (first and last) or int(first) <= int(last)


def _tag(job: Job, name: str) -> str | None:
    """The strong tag of a part file."""
    parts = job.state.parts if job.state is not None else ()
    return next((f'"{part.sha256}"' for part in parts if part.file == name), None)


def _not_there(job: Job) -> Response:
    if job.stage is Stage.EXPIRED:
        return _refused(410, "the files of this export are gone; their time was over", Code.GONE)
    if job.stage in (Stage.QUEUED, Stage.RUNNING):
        return _refused(409, "the export is not done yet; `export` says how far it is", Code.NOT_READY)
    return _refused(404, "the export has no such file", Code.NOT_FOUND)


def _refused(status: int, message: str, code: Code, headers: dict[str, str] | None = None) -> Response:
    document = {"errors": [{"message": message, "extensions": {"code": code.value}}]}
    return Response(
        msgspec.json.encode(document),
        status_code=status,
        headers={**_NOBODY_KEEPS, **(headers or {})},
        media_type=_JSON,
    )
