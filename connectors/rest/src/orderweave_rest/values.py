"""One value of an answer as what its field holds: text, exact numbers, aware times. What cannot be read says why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from orderweave_rest.reading_errors import BadValue
from orderweave_rest.vocabulary import FieldKind

ISO, UNIX, UNIX_MS = "iso", "unix", "unix_ms"

_FLAGS: Mapping[str, bool] = {"1": True, "true": True, "y": True, "yes": True} | {
    "0": False,
    "false": False,
    "n": False,
    "no": False,
}
_HOUR = timedelta(hours=1)
# A number with more digits than this is no quantity and no amount; written out it could fill memory.
_MOST_DIGITS = 30
_MOST_BITS = 128


class Times(msgspec.Struct, frozen=True):
    """How times are written: `form` is "iso", "unix", "unix_ms" or a strptime pattern; `zone` that of times without.

    `sent` is the form in which requests write them, where it is another.
    """

    form: str = ISO
    zone: ZoneInfo | None = None
    sent: str | None = None

    def read(self, raw: Any) -> datetime:
        """The instant in UTC. Raises BadValue."""
        return aware(self._moment(raw), self.zone)

    def date(self, raw: Any) -> date:
        """The calendar date; an instant gives that of `zone`, where there is one. Raises BadValue."""
        moment = self._moment(raw)
        return (moment.astimezone(self.zone) if moment.tzinfo is not None and self.zone else moment).date()

    def _moment(self, raw: Any) -> datetime:
        try:
            if self.form in (UNIX, UNIX_MS):
                seconds = Decimal(raw if isinstance(raw, str | Decimal) else int(raw))
                return datetime.fromtimestamp(float(seconds / (1000 if self.form == UNIX_MS else 1)), UTC)
            if not isinstance(raw, str):
                raise BadValue("not a time")
            return datetime.fromisoformat(raw.strip()) if self.form == ISO else datetime.strptime(raw, self.form)  # noqa: DTZ007 - the zone comes next
        except (ValueError, TypeError, ArithmeticError, OSError):
            raise BadValue(f"not a time of the form {self.form!r}") from None

    def written(self, moment: datetime, *, slack: int = 0) -> str:
        """An instant as a request says it, at least a second earlier (`slack` -1) or later (+1) than it is.

        A local clock time that comes twice is moved past its hour in that direction: the reader may mean either.
        """
        moment += timedelta(seconds=slack)
        form = self.sent or self.form
        if form in (UNIX, UNIX_MS):
            return str(int(moment.timestamp() * (1000 if form == UNIX_MS else 1)))
        if form == ISO:
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        local = moment.astimezone(self.zone or UTC)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        if twice and slack and (local.fold == 1) == (slack > 0):
            local = (moment + slack * _HOUR).astimezone(self.zone or UTC)
        return local.strftime(form)

    def second_pass(self, moment: datetime) -> datetime | None:
        """The instant an hour later that clocks show alike, where `read` took the first of two; else None."""
        if self.zone is None or self.form in (UNIX, UNIX_MS) or "%z" in self.form:
            return None
        second = moment.astimezone(self.zone).replace(fold=1).astimezone(UTC)
        return second if second > moment else None


def aware(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant in UTC; a time without a zone is one of `zone`.

    Of an hour that comes twice, as when summer time ends, the first pass is meant. A time that the zone's clocks
    skipped never was: BadValue, as for a time without any zone.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if zone is None:
        raise BadValue("a time without a zone; say `time_zone`")
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise BadValue(f"a time that never was in {zone.key}")
    return found


def read_value(raw: Any, kind: FieldKind, times: Times, minor_units: int | None) -> Any:
    """The value of a field; None for null and for an empty text. Raises BadValue."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    match kind:
        case FieldKind.AMOUNT:
            found: Any = _amount(raw, minor_units)
        case FieldKind.NUMBER:
            found = number(raw)
        case FieldKind.TIME:
            found = times.read(raw)
        case FieldKind.DATE:
            found = times.date(raw)
        case FieldKind.FLAG:
            found = _flag(raw)
        case FieldKind.TEXTS:
            lines = raw if isinstance(raw, list) else text(raw).splitlines()
            found = tuple(read.strip() for line in lines if line is not None and (read := text(line)).strip())
        case _:
            found = text(raw)
    return found


def text(raw: Any) -> str:
    """A text as it stands; numbers in their plain form, because keys and words are often numbers."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int) and raw.bit_length() <= _MOST_BITS:
        return str(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) <= _MOST_DIGITS:
        return str(int(raw)) if raw == raw.to_integral_value() else format(raw, "f")
    raise BadValue("not a text")


def number(raw: Any) -> Decimal:
    """An exact number, from a JSON number or a text. Raises BadValue."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise BadValue("not a number")
    try:
        found = Decimal(raw)
    except InvalidOperation:
        raise BadValue("not a number") from None
    if not found.is_finite() or abs(found.adjusted()) > _MOST_DIGITS or len(found.as_tuple().digits) > _MOST_DIGITS:
        raise BadValue("not a number of at most 30 digits")
    return found


def _amount(raw: Any, minor_units: int | None) -> Decimal:
    found = number(raw)
    if not minor_units:
        return found
    if found != found.to_integral_value():
        raise BadValue("not a whole number of minor units")
    return found.scaleb(-minor_units)


def _flag(raw: Any) -> bool:
    found = None if not isinstance(raw, bool | int | str) else _FLAGS.get(text(raw).strip().lower())
    if found is None:
        raise BadValue("neither yes nor no")
    return found
