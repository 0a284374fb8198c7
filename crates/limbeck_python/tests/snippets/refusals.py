from datetime import datetime, time

for text, form in [
    ("2020-01-01x", "%Y-%m-%d"),
    ("x", "%Y-%m-%d"),
    ("2020-02-30", "%Y-%m-%d"),
    ("20-2-3", "%y-%m-%d"),
    ("69-2-3", "%y-%m-%d"),
    ("2020-13", "%Y-%m"),
    ("2020", ""),
    ("2020", "%Q"),
    ("2020", "%"),
    ("060 2020", "%j %Y"),
    ("Mon Jan  5 2020", "%a %b %d %Y"),
    ("12:05 am", "%I:%M %p"),
    ("12:05", "%I:%M"),
    ("2020-01-01T00:00:00.5+01:00", "%Y-%m-%dT%H:%M:%S.%f%z"),
    ("2020-01-01Z", "%Y-%m-%d%z"),
    ("[2020]", "[%Y]"),
    ("1:2", "%H:%M"),
    ("20200102", "%Y%m%d"),
    ("2020112", "%Y%m%d"),
    ("23:59:60", "%H:%M:%S"),
]:
    try:
        print(repr(datetime.strptime(text, form)))
    except ValueError as e:
        print(e)
print(format(time(1, 2, 3), "%H.%M"), f"{time(4, 5):%H}")
###
from decimal import Decimal
from uuid import UUID

print("%d %05d %i" % (Decimal("1.50"), UUID(int=5), 2.9), "%%" % [1], "%c%c" % ("a", 98))
for form, value in [
    ("%d", float("nan")),
    ("%d", float("inf")),
    ("%c", -5),
    ("%c", "ab"),
    ("%c", 1.5),
    ("%x", 1.5),
]:
    try:
        print(form % value)
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
for value, spec in [(float("nan"), "d"), (float("inf"), "x"), ("a", ","), (None, "%Y"), ([1], ">5"), (float("nan"), "08.2f")]:
    try:
        print(format(value, spec))
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
###
for act in (
    lambda: str(1, "utf8"),
    lambda: str("a", "utf8"),
    lambda: bytes(1, "utf8"),
    lambda: bytes(2**70),
    lambda: object(1),
    lambda: int[0],
    lambda: isinstance(1, [int]),
    lambda: str(b"\xff", "utf8"),
    lambda: str(b"\xe9", "latin-1"),
):
    try:
        print(repr(act()))
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
###
import json
from decimal import Decimal

for act in (
    lambda: json.dumps(float("inf"), allow_nan=False),
    lambda: json.dumps({1.5: float("nan")}, allow_nan=False),
    lambda: json.dumps(Decimal("1")),
    lambda: json.loads("\ufeff[1]"),
    lambda: json.loads(b"\xef\xbb\xbf[1]"),
    lambda: len(json.dumps([1], indent=150)),
):
    try:
        print(act())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
