"""Whether a page of changes comes in order of change, and the hour that comes twice told apart by that order. Pure.

An API that shows local clock times and sorts by what they stand for steps back by the clock as summer time ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderweave_rest.values import Times
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import OrderRecord


def in_order(records: Sequence[OrderRecord], before: datetime | None, times: Times, what: str) -> list[OrderRecord]:
    """The records of a page; a clock time that is behind the one before it is of its hour's second pass, where it can
    be. `before` is the last change of the numbered page before, of which nothing more is believed than that.

    Raises BadPayload when the API does not give the oldest first: some would be missed.
    """
    found: list[OrderRecord] = []
    last: datetime | None = None
    for record in records:
        moment, bound = record.updated_at, last or before
        if moment is not None and bound is not None and moment < bound:
            second = times.second_pass(moment)
            if second is not None and second >= bound:
                record, moment = _changed(record, second), second  # noqa: PLW2901 - the same order
            elif last is not None:
                raise BadPayload(f"{what}: the answer is not in order of change, oldest first")
        last = moment or last
        found.append(record)
    return found


def after_known(records: Sequence[OrderRecord], known: datetime | None, times: Times) -> list[OrderRecord]:
    """The records of a listing's last page, of which `known` was the last change before.

    A listing that ends before it has lost it to a newer change, which can only be one of the second pass. Whatever
    may be later than `known` is read so; where that is wrong, the order has not changed since either.
    """
    last = newest(records)
    if known is None or last is None or last >= known:
        return list(records)
    seconds = [times.second_pass(record.updated_at) if record.updated_at else None for record in records]
    return [
        _changed(record, second) if second is not None and second >= known else record
        for record, second in zip(records, seconds, strict=True)
    ]


def newest(records: Sequence[OrderRecord]) -> datetime | None:
    """The last change among them."""
    return max((record.updated_at for record in records if record.updated_at is not None), default=None)


def _changed(record: OrderRecord, moment: datetime) -> OrderRecord:
    header = record.header and msgspec.structs.replace(record.header, updated_at=moment)
    return msgspec.structs.replace(record, updated_at=moment, header=header)
