from datetime import datetime, date, time, timedelta, timezone
d = datetime(2024, 2, 29, 13, 5, 7, 123456)
print(d, repr(d), d.isoformat(), d.date(), d.time(), d.year, d.strftime("%Y-%m-%d %H:%M:%S.%f %p %B %b %A %a %j %y %I %%"), d + timedelta(days=1), d - timedelta(hours=14), d.replace(year=2025, day=1), d.weekday(), d < datetime(2025, 1, 1), d == d.replace())
print(date(2024, 1, 31) + timedelta(1), date(2024, 3, 1) - date(2024, 2, 1), repr(date(2024, 1, 2)), date(2024, 1, 2).isoformat(), date.fromisoformat("2024-05-06"), {date(2024, 1, 1): 1}[date(2024, 1, 1)], f"{date(2024, 1, 2):%d.%m.%Y}")
print(timedelta(days=1, hours=2), repr(timedelta(days=-1, seconds=5)), timedelta(minutes=90).total_seconds(), timedelta(1) * 2, timedelta(1) / 2, -timedelta(1), timedelta(0), timedelta(days=3, microseconds=5), timedelta(weeks=1).days, bool(timedelta(0)))
u = datetime(2024, 1, 1, tzinfo=timezone.utc)
print(u, repr(u), u.isoformat(), u.astimezone(timezone(timedelta(hours=2))), u.timestamp(), timezone.utc, datetime.fromisoformat("2024-01-02T03:04:05+02:00"), datetime.fromisoformat("2024-01-02 03:04:05.5"), datetime.strptime("03/04/2024 05:06", "%d/%m/%Y %H:%M"), time(1, 2, 3), repr(time(1, 2)), datetime.combine(date(2024, 1, 1), time(2, 3)), datetime.fromtimestamp(0, timezone.utc))
###
from datetime import datetime
datetime(2024, 2, 30)
###
from datetime import datetime
datetime.strptime("x", "%Y")
###
import uuid
u = uuid.UUID("12345678123456781234567812345678")
print(u, repr(u), u.hex, u.int, uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x"), str(u) == "12345678-1234-5678-1234-567812345678", {u: 1}[uuid.UUID(int=u.int)], u == uuid.UUID(str(u)), len(str(uuid.uuid4())) if False else 36)
uuid.UUID("zz")
###
import hashlib, base64
print(hashlib.md5(b"a").hexdigest(), hashlib.sha256("ä".encode()).hexdigest(), hashlib.sha1(b"").hexdigest()[:8], base64.b64encode(b"hello"), base64.b64decode("aGVsbG8="), hashlib.new("sha512", b"x").hexdigest()[:10], base64.urlsafe_b64encode(b"\xff\xfe"))
###
import os, os.path
from pathlib import Path, PurePosixPath
print(os.path.join("a", "b", "/c"), os.path.dirname("/a/b.c"), os.path.basename("/a/b.c"), os.path.splitext("a.tar.gz"), os.path.split("/a/b"), os.path.normpath("a/../b/./c"), os.environ.get("LIMBECK_NOPE"), os.getenv("LIMBECK_NOPE", "d"), "LIMBECK_NOPE" in os.environ, os.sep)
p = PurePosixPath("/a/b/c.tar.gz")
print(p.name, p.stem, p.suffix, p.parent, p.parts, p / "x", str(p.parent.parent), p.with_suffix(".x"), p == PurePosixPath("/a/b//c.tar.gz"))
###
import os
os.environ["LIMBECK_NOPE"]
###
import io, operator
s = io.StringIO(); s.write("ab"); s.write("c"); print(s.getvalue())
print(operator.itemgetter(1)([1, 2]), operator.attrgetter("real")(5), operator.add(1, 2), sorted([{"a": 2}, {"a": 1}], key=operator.itemgetter("a")))
###
from datetime import datetime, date, timedelta, timezone
print(datetime.fromisoformat("2024-02-29T12:30:45+05:30:15"), timezone(timedelta(0)) is timezone.utc, datetime(2024, 1, 1, tzinfo=timezone.utc).tzinfo is timezone.utc)
for call in (lambda: date(2024, 1, 1).isoformat(" "), lambda: date(2024, 1, 1) < datetime(2024, 1, 1), lambda: datetime(2024, 1, 1) >= date(2024, 1, 1)):
    try:
        print(call())
    except TypeError as error:
        print(error)
print(date(2024, 1, 1) == datetime(2024, 1, 1), datetime(2024, 1, 1) != date(2024, 1, 1))
