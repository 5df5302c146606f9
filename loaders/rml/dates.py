"""Dates and times of Greek sources as XML Schema lexical forms, on the clocks of Athens."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from kamara.loaders.errors import RecordError

_EPOCH_MS = re.compile(r"-?[0-9]{9,15}")
_GREEK = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[/.\-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    r"(?:[ T]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
)
_ISO_DAY = re.compile(r"([0-9]{4})([-_./]?)([0-9]{2})\2([0-9]{2})")
_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*", re.ASCII)

_DAY = ("a day such as 2016-04-01 or 2016_04_01", "ημέρα όπως 2016-04-01 ή 2016_04_01")
_DATE = (
    "a date such as 1/4/2016, 2016-04-01 or 2016-04-01T10:30:00+03:00",
    "ημερομηνία όπως 1/4/2016, 2016-04-01 ή 2016-04-01T10:30:00+03:00",
)
_TIME = (
    "a time such as 1/4/2016 10:30, 2016-04-01T10:30:00+03:00 or 1459495800000",
    "ώρα όπως 1/4/2016 10:30, 2016-04-01T10:30:00+03:00 ή 1459495800000",
)


@cache
def _athens() -> ZoneInfo:
    return ZoneInfo("Europe/Athens")


def iso_date(text: str) -> str:
    """xsd:date of a day that is written year first: 2016-04-01, 2016_04_01, 20160401.

    Raises RecordError when there is no such day.
    """
    match = _ISO_DAY.fullmatch(text)
    if match is None:
        raise _unexpected(text, _DAY)
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError as error:
        raise _unexpected(text, _DAY) from error


def athens_date(text: str) -> str:
    """xsd:date in Athens of a Greek or ISO date, an ISO time (with an offset or local) or epoch milliseconds.

    Raises RecordError when the text is none of these.
    """
    match = _ISO_DAY.fullmatch(text)
    if match is not None and match[2] == "-":
        return iso_date(text)
    try:
        return _moment(text).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise _unexpected(text, _DATE) from error


def day_end(text: str) -> str:
    """xsd:dateTime, with Athens' offset, of the midnight that ends the day which `athens_date` finds.

    Raises RecordError as `athens_date` does.
    """
    day = date.fromisoformat(athens_date(text)) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=_athens()).isoformat()


def athens_date_time(text: str) -> str:
    """xsd:dateTime with Athens' offset of a Greek or ISO time (offset or local) or epoch milliseconds.

    A local time that occurs twice, when clocks go back, is the first. Raises RecordError when the text is
    none of these, is a day only, or is a time that clocks skipped.
    """
    match = _GREEK.fullmatch(text)
    try:
        if match is not None and match["hour"] is None:
            raise ValueError("a day only")
        moment = _moment(text)
        offset = moment.utcoffset() or timedelta()
        if offset % timedelta(minutes=1) or moment.astimezone(UTC).astimezone(_athens()) != moment:
            raise ValueError("no such time in Athens")
    except (ValueError, OverflowError) as error:
        raise _unexpected(text, _TIME) from error
    return moment.isoformat()


def _moment(text: str) -> datetime:
    """The moment that `text` names, in Athens. Raises ValueError or OverflowError."""
    if _EPOCH_MS.fullmatch(text):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))).astimezone(_athens())
    match = _GREEK.fullmatch(text)
    if match is not None:
        year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
        return datetime(year, month, day, hour, minute, second, tzinfo=_athens())
    if not _ISO_TIME.fullmatch(text):
        raise ValueError("not a time")
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=_athens()) if moment.tzinfo is None else moment.astimezone(_athens())


def _unexpected(text: str, expected: tuple[str, str]) -> RecordError:
    english, greek = expected
    return RecordError(f"{text} is not {english}", found=text, expected=english, expected_el=greek)
