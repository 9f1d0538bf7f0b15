"""Answers as CSV or as an Arrow stream, for who accepts that at /graphql; what goes wrong is JSON all the same.

What a table cannot say stands in headers: of which systems something may be missing, and where the list goes on.
"""

from __future__ import annotations

import io

import msgspec

from orderweave.answering.errors import RequestError, bad_input
from orderweave.exporting.selection import MEDIA_TYPES
from orderweave.exporting.writing import Unwritable, writer_of
from orderweave.model.codes import Code
from orderweave.model.exports import Format
from orderweave.operations.answers import Answer, error_of
from orderweave.operations.tables import Tabled
from orderweave.web.negotiation import RESPONSE_TYPE, status_of
from orderweave.web.refusals import HeaderList

COVERAGE_HEADER = b"x-orderweave-coverage"
NEXT_HEADER = b"x-orderweave-next-cursor"
# What ran and met an error is no table; its status says by whom it can be mended.
_STATUS: dict[str, int] = {
    Code.FORBIDDEN: 403,
    Code.OVERLOADED: 503,
    Code.DEADLINE_EXCEEDED: 504,
    Code.INTERNAL: 500,
}


class Sheet(msgspec.Struct, frozen=True):
    """A table as bytes of a media type, and what is said beside it."""

    kind: bytes
    body: bytes
    headers: HeaderList


def sheet(tabled: Tabled, answer: Answer, form: Format) -> Sheet:
    """An answer without errors as a table; raises RequestError where it is none."""
    table = tabled.table(answer)
    out = io.BytesIO()
    try:
        writer = writer_of(form, table.columns, out)
        writer.write(table.rows)
        writer.close()
    except Unwritable:
        raise bad_input("a number of the answer has more digits than Arrow's decimals; take CSV or JSON") from None
    headers: HeaderList = []
    if table.missing is not None:
        said = f"incomplete: {', '.join(table.missing)}" if table.missing else "complete"
        headers.append((COVERAGE_HEADER, said.encode()))
    if table.next_cursor is not None:
        headers.append((NEXT_HEADER, table.next_cursor.encode()))
    return Sheet(MEDIA_TYPES[form].partition(";")[0].encode(), out.getvalue(), headers)


def failed_status(answer: Answer) -> int:
    """The status of an answer with errors, where a table was asked for."""
    code = answer.errors[0]["extensions"]["code"]
    return _STATUS.get(code, 400) if answer.executed or code in _STATUS else status_of(answer, RESPONSE_TYPE)


def refused(error: RequestError) -> Answer:
    """The answer to what cannot be a table."""
    return Answer(data=None, errors=(error_of(str(error), error.code, error.extensions),), executed=False)
