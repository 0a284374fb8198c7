import json
print(json.dumps({'b': 1, 'a': [1.0, None, True, 'é\n"'], 'c': {}}, indent=2, sort_keys=True))
print(json.dumps([1, 2, {'x': ()}], separators=(',', ':')), json.dumps('é', ensure_ascii=False), json.dumps({1: 2, None: 3, True: 4, 1.5: 5}))
print(json.dumps([float('inf'), float('nan'), 1e22, 1e-7, 10**30, -0.0]), json.dumps([], indent=2), json.dumps([[]], indent=1), json.dumps({'a': {}}, indent='\t'))
###
import json
class E(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set): return sorted(o)
        return super().default(o)
print(json.dumps({'s': {2, 1}}, cls=E), json.dumps({1, 2} , default=lambda o: list(o)), json.dumps({'d': __import__('datetime').date(2024, 1, 2)}, default=str))
try: json.dumps({1, 2})
except TypeError as e: print(e)
print(json.loads('{"a": [1, 2.5, null, true, "\\u00e9\\ud83d\\ude00"], "b": {}}'), json.loads('[1]', parse_int=float) if 0 else '', json.loads('{"a": 1}', object_hook=lambda d: list(d.items())), json.loads('{"a": 1.5}', parse_float=str), json.loads('{"b":1,"a":2}', object_pairs_hook=list))
for bad in ['{', '{"a" 1}', '[1,]', '', 'nul', '{"a": 1} x', "{'a': 1}"]:
    try: json.loads(bad)
    except json.JSONDecodeError as e: print(e, e.pos, e.lineno, e.colno, e.msg)
print(json.loads(b'{"a": 1}'), json.loads(' 1 '), json.loads('-1e3'), json.loads('NaN'), json.loads('123456789012345678901234567890'))
###
import csv, io
r = csv.reader(io.StringIO('a,b,"c ""q"", x"\n1,2,\n'))
print(list(r))
d = csv.DictReader(io.StringIO('id;name\n1;x\n2;y;z\n3\n'), delimiter=';')
print(d.fieldnames, [dict(x) for x in d])
###
import csv, io
out = io.StringIO(); w = csv.writer(out); w.writerow(['a', 1, None, 'x,y', 'q"']); w.writerows([[1.5, True], ['multi\nline', '']])
print(repr(out.getvalue()))
out = io.StringIO(); w = csv.DictWriter(out, fieldnames=['a', 'b'], extrasaction='ignore', lineterminator='\n'); w.writeheader(); w.writerow({'a': 1, 'b': 2, 'c': 3}); print(out.getvalue())
out = io.StringIO(); csv.writer(out, delimiter='\t', quoting=csv.QUOTE_ALL).writerow(['a', 2]); print(repr(out.getvalue()))
###
import csv
print(list(csv.reader(['a,b', 'c,d'])), [row for row in csv.DictReader(['x,y', '1,2'])])
###
import io
s = io.StringIO(); s.write('ab'); s.write('c\n'); print(s.getvalue(), file=s, end='!'); print(repr(s.getvalue())); s.seek(0); print(s.read(2), s.readline(), s.read())
print(list(io.StringIO('a\nb\n')), io.StringIO('x\ny').readlines())
with io.StringIO('q') as f: print(f.read())
b = io.BytesIO(b'abc'); print(b.read(1), b.read(), b.getvalue()); b = io.BytesIO(); b.write(b'xy'); print(b.getvalue())
###
import html
print(html.escape('<a href="x">\'&'), html.escape('"', quote=False), html.unescape('&lt;&amp;&#39;&eacute;&nbsp;&#x41;&copy;'))
###
import unicodedata
s = 'Crème Brûlée — Ærø'
print(''.join(c for c in unicodedata.normalize('NFD', s) if unicodedata.category(c) != 'Mn'))
###
import calendar
print(calendar.monthrange(2024, 2), calendar.isleap(2023), calendar.month_name[3], calendar.day_abbr[0], calendar.timegm((2024, 1, 1, 0, 0, 0)))
###
import shlex
print(shlex.split('a "b c" d\\ e \'f g\''), shlex.quote('a b'), shlex.quote("it's"), shlex.join(['a', 'b c']))
###
import hashlib
for n in ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']:
    print(n, hashlib.new(n, b'abc').hexdigest(), getattr(hashlib, n)(b'abc').digest()[:4], hashlib.new(n).digest_size)
h = hashlib.sha256(); h.update(b'a'); h.update(b'bc'); print(h.hexdigest(), h.name, h.block_size, h.copy().hexdigest() == h.hexdigest())
print(hashlib.md5('x'.encode(), usedforsecurity=False).hexdigest())
###
import hashlib
print(hashlib.pbkdf2_hmac('sha256', b'pw', b'salt', 1000).hex())
###
import hmac, hashlib
print(hmac.new(b'key', b'msg', hashlib.sha256).hexdigest(), hmac.new(b'key', b'msg', 'md5').hexdigest(), hmac.compare_digest('a', 'a'), hmac.digest(b'k', b'm', 'sha1').hex())
###
import textwrap
print(textwrap.dedent('''
    a
      b

    c
'''), textwrap.indent('a\nb\n\nc', '> '), textwrap.fill('The quick brown fox jumps over the lazy dog', 15), textwrap.wrap('aaa bbb ccc', 7), textwrap.shorten('hello big world', 11), textwrap.fill('x y z', width=4, initial_indent='- ', subsequent_indent='  '))
###
import pprint
print(pprint.pformat({'b': 1, 'a': [1, 2]})); pprint.pprint(list(range(40))); pprint.pprint({'k' * 30: 'v' * 30, 'j' * 30: ['x' * 40, 'y' * 40]}, width=60)
###
import copy
a = [[1], {'x': [2]}]; b = copy.copy(a); c = copy.deepcopy(a); a[0].append(9); print(b, c, b[0] is a[0], c[0] is a[0])
class T:
    def __init__(self): self.l = [1]
t = T(); u = copy.deepcopy(t); t.l.append(2); print(u.l, copy.copy(t).l)
class D:
    def __deepcopy__(self, memo): return 'deep'
    def __copy__(self): return 'shallow'
print(copy.deepcopy([D()]), copy.copy(D()))
l = [1]; l.append(l); m = copy.deepcopy(l); print(m[1] is m)
###
import re
t = 'naïve café — e\u0301 x² ½ ‿ ٣ \x1c end'
print(re.findall(r'\w+', t), re.findall(r'\W+', t), re.findall(r'\s', t), re.findall(r'\d', t), re.findall(r'\b\w', t), re.sub(r'[^\w\s-]', '', t), re.findall(r'\w+', t, re.A), re.findall(r'[\W_]+', t), re.split(r'\s+', t), re.findall(r'\B\w\B', t))
print(re.sub(r'[^\w]+', '-', 'Größe & Maß_x'), re.findall(r'(?i)straße', 'STRASSE Straße STRAßE'))
p = re.compile(r'''
   [ \t#]+   # blanks
   (\w+) \  x''', re.X)
print(p.findall('  abc  x #q x'), p.groups, p.groupindex, re.compile('(?P<a>x)(?P<b>y)').groupindex)
print(re.compile('b').search('abcb', 2).start(), re.compile('^b').match('ab', 1), re.compile('b').match('ab', 1).span(), re.compile(r'\d+').fullmatch('a12', 1).group())
print(re.search('[^\\w@%+=:,./-]', "it's", re.ASCII).group(), re.match(r'^\s*$', '  ').span())
print(re.sub(r'(?m)^', '> ', 'a\nb\n'), re.sub('$', '!', 'a\n'), re.findall(r'a*', 'baac'), re.sub('x*', '-', 'abxd'), re.findall(r'(a)|(b)', 'ab'))
###
import re
print(re.findall('|a', 'a'))
###
import copy
x = [1]; a = [x, x]; b = copy.deepcopy(a); b[0].append(2); print(b, a, b[0] is b[1])
t = (1, 'a'); print(copy.deepcopy(t) is t, copy.deepcopy((t, [1])))
class N:
    def __init__(self): self.me = self; self.l = [1]
n = N(); m = copy.deepcopy(n); print(m.me is m, m.l is n.l, m.l)
###
import json
class E(json.JSONEncoder):
    def default(self, o):
        return sorted(o) if isinstance(o, set) else super().default(o)
print(json.dumps({'s': {2, 1}}, cls=E))
print(E(indent=1).encode([{1}]), json.loads('{"a": 1.5, "b": [1]}', parse_float=str, parse_int=lambda s: s + '!'))
###
from decimal import Decimal as D, InvalidOperation
try: D('x')
except InvalidOperation as e: print(type(e).__name__, e)
try: D(1) / 0
except ZeroDivisionError as e: print(type(e).__name__, e)
try: D('1') + 1.5
except TypeError as e: print(e)
###
from datetime import timedelta
print(divmod(timedelta(days=1, seconds=5), timedelta(hours=5)))
###
import uuid
u = uuid.UUID('12345678-1234-5678-1234-567812345678')
print(u, repr(u), u.hex, u.int, u.bytes, u.bytes_le, u.urn, u.version, u.variant, u.time_low, u.node, uuid.uuid3(uuid.NAMESPACE_DNS, 'x.org'), uuid.uuid5(uuid.NAMESPACE_URL, 'http://a'), uuid.UUID(int=5), uuid.UUID(bytes=b'a' * 16), uuid.UUID('{12345678123456781234567812345678}'), u == uuid.UUID(u.hex), u < uuid.UUID(int=1), {u: 1}[u], str(uuid.UUID(hex='a' * 32)), uuid.uuid5(uuid.NAMESPACE_OID, 'é'))
try: uuid.UUID('x')
except ValueError as e: print(e)
###
import itertools as it
print(list(it.chain([1], 'ab')), list(it.chain.from_iterable([[1], [2]])), list(it.islice(it.count(5, 2), 3)), list(it.islice('abcdef', 1, 5, 2)), list(it.product('ab', [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations([1, 2, 3], 2)), list(it.combinations('abc', 2)), list(it.combinations_with_replacement('ab', 2)))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], lambda a, b: a * b)), list(it.accumulate([1, 2], initial=10)), list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.filterfalse(None, [0, 1])), list(it.starmap(pow, [(2, 3)])), list(it.zip_longest('ab', [1], fillvalue='-')), list(it.compress('abc', [1, 0, 1])), list(it.pairwise('abc')), list(it.repeat('x', 2)), [next(c) for c in [it.cycle('ab')] for _ in range(3)])
print([(k, list(g)) for k, g in it.groupby('aabbca')], [(k, len(list(g))) for k, g in it.groupby(sorted(['x', 'yy', 'z'], key=len), key=len)])
a, b = it.tee([1, 2, 3]); print(list(a), list(b))
###
def f(): pass
for v in [f, len, [].append, (x for x in []), iter([]), 5, 'a', {1}]:
    print([hasattr(v, n) for n in ['__call__', '__hash__', '__class__', '__dict__', '__iter__', '__next__', '__len__', '__getitem__', '__index__', '__name__', '__reversed__']])
print(f'{True:5}|{True:<5}|{False:d}|{float("inf"):%}')
###
import itertools as it
print(list(it.chain([1], 'ab')), list(it.chain.from_iterable([[1], [2]])), list(it.islice(it.count(5, 2), 3)), list(it.islice('abcdef', 1, 5, 2)), list(it.product('ab', [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations([1, 2, 3], 2)), list(it.combinations('abc', 2)), list(it.combinations_with_replacement('ab', 2)))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], lambda a, b: a * b)), list(it.accumulate([1, 2], initial=10)), list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.filterfalse(None, [0, 1])), list(it.starmap(pow, [(2, 3)])), list(it.zip_longest('ab', [1], fillvalue='-')), list(it.compress('abc', [1, 0, 1])), list(it.pairwise('abc')), list(it.repeat('x', 2)), [next(c) for c in [it.cycle('ab')] for _ in range(3)])
print([(k, list(g)) for k, g in it.groupby('aabbca')], [(k, len(list(g))) for k, g in it.groupby(sorted(['x', 'yy', 'z'], key=len), key=len)])
a, b = it.tee([1, 2, 3]); print(list(a), list(b))
###
from fractions import Fraction as F
print(F(1, 3) + F(1, 6), F('0.25'), F(0.5), F('3/4') * 2, float(F(1, 4)), F(7, 2) // 1, F(1, 3) == 1/3, repr(F(2, 4)), F(5).numerator, F(3, 2).limit_denominator(1), round(F(5, 2)), int(F(7, 2)), max(F(1, 2), F(2, 3)), F(1, 2) ** 2, abs(F(-1, 2)))
###
import enum, pathlib
class F(enum.Flag):
    A=1
    B=2
class IF(enum.IntFlag):
    A=1
print(str(F(0)), repr(F(0)), f"{F(0)}", F(0).name, F(0).value)
print(str(IF(0)), repr(IF(0)), IF(0).name, repr(F.A|F.B), str(F.A|F.B), (F.A|F.B).name)
###
import pathlib
print(repr(pathlib.PurePath('a')), repr(pathlib.Path('a')), repr(pathlib.PurePosixPath('a')), repr(pathlib.PosixPath('a')), repr(pathlib.PurePath('a') / 'b'), repr(pathlib.PurePath('a/b').parent), type(pathlib.PurePath('x')).__name__, isinstance(pathlib.PurePath('a'), pathlib.Path), isinstance(pathlib.Path('a'), pathlib.PurePath))
###
import itertools


def numbers(count):
    for i in range(count):
        print("made", i)
        yield i


for key, group in itertools.groupby(numbers(4), lambda x: x // 2):
    print(key, list(group))
for left, right in itertools.pairwise(numbers(3)):
    print(left, right)
turn = itertools.cycle(numbers(2))
print([next(turn) for _ in range(5)])
a, b = itertools.tee(numbers(2))
print(next(a), list(b), list(a), list(itertools.cycle([])))
groups = itertools.groupby("aabbc")
kept = [(key, group) for key, group in groups]
print([(key, list(group)) for key, group in kept])
###
import contextlib


class Held:
    def __init__(self, name, hides=False):
        self.name, self.hides = name, hides

    def __enter__(self):
        print("enter", self.name)
        return self.name

    def __exit__(self, kind, error, trace):
        print("exit", self.name, kind and kind.__name__, error)
        return self.hides


with contextlib.ExitStack() as stack:
    print(stack.enter_context(contextlib.nullcontext(5)), stack.enter_context(Held("a", True)))
    stack.enter_context(contextlib.suppress(KeyError))
    print(stack.enter_context(Held("b")))
    raise ValueError("v")
print("on")
try:
    with contextlib.ExitStack() as stack:
        stack.enter_context(Held("c"))
        raise ValueError("w")
except ValueError as e:
    print("caught", e)
###
from typing import NamedTuple


class Place(NamedTuple):
    x: int


seen = {1}
try:
    for item in seen:
        seen.add(item + 100)
except RuntimeError as e:
    print(e)
try:
    Place(1).x = 2
except AttributeError as e:
    print(e)
error = ValueError("x")
error.add_note("n")
print(error.__notes__)


class Both:
    def __bytes__(self):
        return b"own"

    def __index__(self):
        return 3


print(bytes(Both()), hex(Both()), bin(Both()))
###
from datetime import date, datetime, time, timedelta, timezone

print(repr(time(1, tzinfo=timezone.utc)), repr(datetime(2020, 1, 1, 5, tzinfo=timezone.utc).timetz()))
print(timedelta(hours=5) // -2, timedelta(hours=-5) // 2, date(2020, 1, 2).replace(2021), time(1, 2).replace(3))
for act in (
    lambda: timezone(timedelta(hours=25)),
    lambda: timedelta(1) / 0,
    lambda: timedelta(1) // 0,
    lambda: datetime(2020, 1, 1).replace(hour=25),
    lambda: date(2020, 1, 1).replace(month=13),
    lambda: date.fromisoformat("2024-02-30"),
    lambda: date.fromisoformat("2024-13-30"),
    lambda: datetime.fromisoformat("x"),
    lambda: date.fromisoformat("2024-1-2"),
):
    try:
        print(act())
    except (ValueError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
###
for call in [
    lambda: getattr(1, 2),
    lambda: hasattr(1, 2),
    lambda: setattr(1, None, 2),
    lambda: delattr(1, 2.5),
]:
    try:
        print(call())
    except TypeError as error:
        print(error)
