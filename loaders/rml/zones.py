"""Times that a source writes without an offset, on the clocks of a zone that it is known to use."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.dates import athens_date_time

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?", re.ASCII)
_NO_DATE = "0000-00-00"


def zoned_date_time(text: str, zone: str) -> str:
    """xsd:dateTime with Athens' offset of `2026-03-01 10:30:00` in a zone such as `UTC`.

    Nothing for `0000-00-00 00:00:00`, by which databases say that there is no date. Raises RecordError when
    the text is no such time, or there is no such zone.
    """
    if text.startswith(_NO_DATE):
        return ""
    try:
        if _LOCAL.fullmatch(text) is None:
            raise ValueError("not a local time")
        moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise RecordError(
            f"{text} is not a time in {zone}",
            found=text,
            expected="a time such as 2026-03-01 10:30:00",
            expected_el="ώρα όπως 2026-03-01 10:30:00",
        ) from error
    return athens_date_time(moment.isoformat())
