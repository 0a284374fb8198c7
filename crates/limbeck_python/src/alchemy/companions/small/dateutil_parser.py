# `dateutil.parser.parse` of the forms that leave no doubt.
import datetime as _datetime
import re as _re

from _limbeck import unreadable as _unreadable

_FORM = _re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?"
)


class ParserError(ValueError):
    pass


def parse(timestr, *args, **kwargs):
    match = _FORM.fullmatch(timestr) if isinstance(timestr, str) else None
    if match is None or args or kwargs or match.group(4) is None:
        _unreadable("what `dateutil.parser.parse()` makes of this text is not modelled")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    zone_info = None
    if zone == "Z":
        zone_info = _datetime.timezone.utc
    elif zone:
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = _datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes)
        zone_info = _datetime.timezone(offset)
    micros = int((fraction or "0").ljust(6, "0"))
    return _datetime.datetime(
        int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros, tzinfo=zone_info
    )


def isoparse(text):
    return parse(text)
