# pytz, as far as UTC.
import datetime as _datetime

from _limbeck import unreadable as _unreadable

utc = UTC = _datetime.timezone.utc


def timezone(name):
    if name.upper() != "UTC":
        _unreadable(f"the time zone {name!r} is not modelled")
    return utc
