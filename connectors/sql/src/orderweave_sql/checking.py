"""Whether the database has what the mapping says."""

from __future__ import annotations

import difflib

from sqlalchemy import exc

from orderweave_sdk.errors import BadPayload
from orderweave_sql.client import Session
from orderweave_sql.failures import meaning_of


def check(session: Session) -> str:
    """What answered. Raises BadPayload naming every table and column that is not there."""
    missing: list[str] = []
    for name, section in session.map.sections.items():
        try:
            there = session.columns(section)
        except exc.SQLAlchemyError as error:
            meant = meaning_of(error, name)
            if not isinstance(meant, BadPayload):
                raise
            what = f"the table {section.table!r}" if section.table else "the query"
            missing.append(f"mapping.{name}.from: {what} cannot be read as it stands")
            session.recover()
            continue
        for field, column in section.columns.items():
            for wanted in column.names:
                if wanted not in there:
                    close = difflib.get_close_matches(wanted, there, n=1)
                    hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(there)}"
                    missing.append(f"mapping.{name}.{field}: there is no column {wanted!r}{hint}")
    if missing:
        raise BadPayload(f"check: {'; '.join(missing)}")
    return f"{session.version()}, {len(session.map.sections)} sections, every column is there"
