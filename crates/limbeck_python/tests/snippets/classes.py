def g():
    x = (yield 1)
    print('got', x)
    y = (yield (x * 2))
    print('got', y)
    return 9
it = g()
print(next(it))
print(it.send(5))
try:
    it.send(7)
except StopIteration as e:
    print('ret', e.value)
###
def inner():
    r = []
    while True:
        v = (yield len(r))
        if v is None:
            break
        r.append(v)
    return r
def outer():
    res = (yield from inner())
    print('res', res)
    yield 'end'
o = outer()
print(next(o))
print(o.send('a'))
print(o.send('b'))
print(o.send(None))
###
def g():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print('caught', e)
        yield 'x'
    finally:
        print('fin')
it = g()
print(next(it))
print(it.throw(ValueError('boo')))
it.close()
it = g()
next(it)
it.close()
print(list(it))
###
if (n := len([1, 2, 3])) > 2:
    print(n)
print([(y := 5), y ** 2])
print(y)
print([(last := x) for x in range(4)])
print(last)
while (n := (n - 1)) > 0:
    print(n)
###
a, *b, c = range(6)
print(a)
print(b)
print(c)
[a, [b, *c]] = (1, (2, 3, 4))
print(a)
print(b)
print(c)
*a, = 'xyz'
print(a)
print([*range(3), *'ab'])
print({*[1, 2], 3})
print({**{'a': 1}, 'b': 2, **{'a': 3}})
print((*[1], 2))
def f(*args, **kw):
    return (args, sorted(kw.items()))
print(f(*[1, 2], 3, *(4,), **{'x': 1}, y=2))
for i, (a, *b) in enumerate([(1, 2, 3), (4,)]):
    print(i, a, b)
###
def counter():
    n = 0

    def inc(by=1):
        nonlocal n
        n += by
        return n

    def get():
        return n
    return (inc, get)
i, g = counter()
i()
i(5)
print(g())
###
class P:

    def __init__(self):
        self._x = 1

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, v):
        self._x = v * 2

    @x.deleter
    def x(self):
        self._x = None
p = P()
p.x = 4
print(p.x)
del p.x
print(p.x)
try:

    class Q:

        @property
        def y(self):
            return 1
    Q().y = 2
except AttributeError as e:
    print(e)
###
class A:
    count = 0

    def __init__(self, v):
        self.v = v
        type(self).count += 1

    @classmethod
    def make(cls, v):
        return cls(v)

    @staticmethod
    def helper(a, b=2):
        return a + b

    def __repr__(self):
        return f'A({self.v!r})'

    def __eq__(self, o):
        return isinstance(o, A) and self.v == o.v

    def __lt__(self, o):
        return self.v < o.v

    def __hash__(self):
        return hash(self.v)

    def __add__(self, o):
        return A(self.v + (o.v if isinstance(o, A) else o))
    __radd__ = __add__

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return i * 10

    def __contains__(self, x):
        return x == self.v

    def __call__(self, *a):
        return a

    def __bool__(self):
        return self.v != 0

    def __iter__(self):
        return iter([self.v, self.v])

    def __int__(self):
        return self.v

    def __format__(self, s):
        return f'<{s}>'

    def __getattr__(self, n):
        return 'dyn_' + n

    def __neg__(self):
        return A(-self.v)

    def __abs__(self):
        return 'abs'
a = A.make(2)
b = A(3)
print(a)
print(a == A(2))
print(sorted([b, a]))
print(a + b)
print(1 + a)
print(sum([a, b]))
print(len(a))
print(a[4])
print(2 in a)
print(a(1, 2))
print(bool(A(0)))
print(list(a))
print(int(a))
print(f'{a:zz}')
print(a.foo)
print(-a)
print(abs(a))
print(A.count)
print(A.helper(1))
print(max(a, b))
print([*a])
###
class B:

    def hi(self):
        return 'B'
class C(B):

    def hi(self):
        return 'C' + super().hi()
class D(B):

    def hi(self):
        return 'D' + super().hi()
class E(C, D):

    def hi(self):
        return 'E' + super().hi()
print(E().hi())
print([c.__name__ for c in E.__mro__])
print(issubclass(E, B))
print(isinstance(E(), D))
print(E.__bases__ == (C, D))
###
class S:
    __slots__ = ('a', 'b')

    def __init__(self):
        self.a = 1
s = S()
print(s.a)
try:
    s.c = 3
except AttributeError as e:
    print('AE')
###
class Base:
    registry = []

    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))
class K1(Base, tag='one'):
    pass
class K2(Base):
    pass
print(Base.registry)
###
class Desc:

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner=None):
        return self if obj is None else obj.__dict__.get(self.name, 'unset')

    def __set__(self, obj, v):
        obj.__dict__[self.name] = v + 1
class H:
    x = Desc()
h = H()
print(h.x)
h.x = 4
print(h.x)
print(h.__dict__)
print(vars(h))
###
class V:

    def __enter__(self):
        print('in')
        return self

    def __exit__(self, t, v, tb):
        print('out', t and t.__name__, v)
        return t is ValueError
with V() as v, V():
    raise ValueError('x')
print('after')
try:
    with V():
        raise KeyError('k')
except KeyError as e:
    print('ke', e)
###
from enum import Enum, IntEnum, Flag, IntFlag, auto, unique
class Color(Enum):
    RED = 1
    GREEN = 2
    ALIAS = 1

    def describe(self):
        return self.name.lower()

    @classmethod
    def default(cls):
        return cls.RED
print(Color.RED)
print(repr(Color.RED))
print(Color(2))
print(Color['GREEN'])
print(list(Color))
print(Color.ALIAS is Color.RED)
print(Color.RED.value)
print(Color.RED.describe())
print(Color.default())
print(len(Color))
print(Color.RED in Color)
print([c.name for c in Color])
print(Color.__members__.keys())
try:
    Color(9)
except ValueError as e:
    print(e)
try:
    Color['X']
except KeyError as e:
    print(e)
###
from enum import IntEnum, auto
class P(IntEnum):
    LOW = auto()
    HIGH = auto()
print(P.LOW < P.HIGH)
print(P.LOW + 1)
print(P.HIGH == 2)
print(str(P.LOW))
print(f'{P.HIGH}')
print(repr(P.HIGH))
print(int(P.HIGH))
print(sorted([P.HIGH, P.LOW]))
print({P.LOW: 'x'}[1])
###
from enum import Enum
class S(str, Enum):
    A = 'a'
    B = 'b'

    def __str__(self):
        return self.value
print(S.A == 'a')
print(S('b'))
print(S.A.upper())
print(f'{S.A}')
print('%s' % S.B)
print([s.value for s in S])
print(S.A in ('a',))
print({'a': 1}[S.A])
print(json if False else '')
###
from enum import StrEnum, auto
class T(StrEnum):
    ONE = auto()
    TWO_X = auto()
    THREE = 'tres'
print(T.ONE)
print(T.TWO_X)
print(repr(T.THREE))
print(T.ONE + 'z')
print(','.join(T))
print(T.ONE.title())
###
from enum import Flag, IntFlag, auto
class F(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
print(F.R | F.X)
print(F.RW)
print(F.R & F.RW)
print(bool(F.R & F.W))
print(F.R in F.RW)
print(F.RW.value)
print(~F.R)
print(F(3))
print([f for f in F.RW])
print(F.R ^ F.RW)
class G(IntFlag):
    A = 1
    B = 2
print(G.A | G.B)
print(G.A | 8)
print(int(G.A | G.B))
print(G(3) == 3)
print(repr(G.A))
###
from dataclasses import dataclass, field, asdict, astuple, replace, fields, is_dataclass, FrozenInstanceError
@dataclass(order=True)
class D:
    a: int
    b: str = 'x'
    c: list = field(default_factory=list, compare=False)
    d: int = field(default=3, repr=False)

    def __post_init__(self):
        self.e = self.a * 2
x = D(1)
y = D(1, 'y', [2])
print(x)
print(x < y)
print(x == D(1))
print(asdict(y))
print(astuple(y))
print(replace(y, a=5))
print([f.name for f in fields(D)])
print(is_dataclass(x))
print(x.e)
print(x.d)
@dataclass(frozen=True)
class Z:
    k: int
z = Z(4)
try:
    z.k = 3
except FrozenInstanceError as e:
    print('frozen', e)
print({z: 1}[Z(4)])
@dataclass(kw_only=True, slots=True)
class W(D):
    w: int
print(W(a=1, w=2) if False else 'kw')
###
from typing import NamedTuple, TypedDict
from collections import namedtuple
class NT(NamedTuple):
    a: int
    b: str = 'd'

    def both(self):
        return f'{self.a}{self.b}'
n = NT(1)
print(n)
print(n.a)
print(n[1])
print(n.both())
print(n._asdict())
print(n._replace(a=9))
print(NT._fields)
print(NT._make([3, 'q']))
print(n == (1, 'd'))
print(len(n))
print([*n])
print(NT._field_defaults)
P = namedtuple('P', 'x y', defaults=[5])
p = P(1)
print(p)
print(p._asdict())
print(P(y=2, x=1))
print(p.index(5))
class TD(TypedDict, total=False):
    k: int
t: TD = {'k': 1}
print(t)
print(TD(k=2))
###
def m(v):
    match v:
        case 0 | 1:
            return 'small'
        case int(x) if x < 0:
            return f'neg {x}'
        case str() as s:
            return 's' + s
        case []:
            return 'empty'
        case [x]:
            return f'one {x}'
        case [x, y, *rest]:
            return f'many {x} {y} {rest}'
        case {'type': 'a', 'v': val}:
            return f'a {val}'
        case {'k': k, **rest}:
            return f'k {k} {rest}'
        case None:
            return 'none'
        case True:
            return 'true'
        case float() | complex() as f:
            return f'fl {f}'
        case _:
            return 'other'
for v in (0, 5, -3, 'q', [], [1], (1, 2), [1, 2, 3], {'type': 'a', 'v': 2}, {'k': 1, 'z': 2}, None, True, 1.5, object):
    print(m(v))
###
class Pt:
    __match_args__ = ('x', 'y')

    def __init__(self, x, y):
        self.x = x
        self.y = y
from enum import Enum
class Co(Enum):
    R = 1
def m(p):
    match p:
        case Pt(0, y):
            return f'on y {y}'
        case Pt(x=a, y=b) if a == b:
            return 'diag'
        case Pt():
            return 'pt'
        case Co.R:
            return 'red'
        case [Pt(x=1), *_]:
            return 'list'
        case {'a': [1, {'b': c}]}:
            return c
        case -1:
            return 'm1'
        case 'ab':
            return 'ab'
for v in (Pt(0, 3), Pt(2, 2), Pt(1, 2), Co.R, [Pt(1, 9), 4], {'a': [1, {'b': 'deep'}]}, -1, 'ab', 77):
    print(m(v))
###
from enum import Enum, IntEnum
try:
    from enum import ReprEnum
except ImportError:
    ReprEnum = None
if ReprEnum is not None:
    class Level(int, ReprEnum):
        low = 1
        high = 2
    class Word(str, ReprEnum):
        a = "x"
    print(str(Level.low), f"{Level.high}", "{0.low.value}".format(Level), Level(2).name, repr(Level.low), Level.low + 1, [it.value for it in Level])
    print(Word.a, f"{Word.a}", repr(Word.a), issubclass(IntEnum, ReprEnum), issubclass(Level, Enum), isinstance(Level.low, ReprEnum))
