def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
print(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1, 2], **{"c": 3}))
###
def f(a, /, b, *, c=1): return (a, b, c)
print(f(1, b=2), f(1, 2, c=3))
f(a=1, b=2)
###
def f(a, b): pass
f(1)
###
def f(): pass
f(1)
###
def f(a): pass
f(1, 2)
###
def f(a): pass
f(1, b=2)
###
def f(a): pass
f(1, a=2)
###
def make():
    count = 0
    def inc(step=1):
        nonlocal count
        count += step
        return count
    return inc
i = make()
print(i(), i(5), i())
fs = [lambda x=x: x * 2 for x in range(3)]
print([g() for g in fs], [(lambda: y)() for y in range(3)])
###
x = 1
def f():
    global x
    x += 1
    return x
print(f(), x)
def g():
    print(x)
    x = 2
g()
###
def deco(fn):
    def wrapper(*a, **k):
        print("before", fn.__name__)
        r = fn(*a, **k)
        print("after")
        return r
    return wrapper
@deco
def hello(n): return "hi " + n
print(hello("x"), hello.__name__)
###
a, *b, c = 1, 2, 3, 4
(d, e), f = (5, 6), 7
[g, h] = "xy"
print(a, b, c, d, e, f, g, h)
x = y = []
x.append(1)
print(y, [*x, *"ab"], {**{"a": 1}, "b": 2}, (*x,))
a, b = b, a
print(a, b)
###
a, b = 1
###
a, b = 1, 2, 3
###
a, b, *c = [1]
###
for i in range(3):
    if i == 5: break
else:
    print("else")
while True:
    break
else:
    print("no")
for i in range(10):
    if i % 2: continue
    if i > 6: break
    print(i, end=" ")
print(i)
###
try:
    try:
        raise ValueError("a", 1)
    except (KeyError, ValueError) as e:
        print(type(e).__name__, e, e.args, repr(e))
        raise RuntimeError("b") from e
    finally:
        print("finally")
except RuntimeError as e:
    print(repr(e), repr(e.__cause__))
else:
    print("else")
###
def f():
    try:
        return 1
    finally:
        print("cleanup")
def g():
    for i in range(3):
        try:
            if i == 1: continue
            print(i)
        finally:
            print("f", i)
print(f()); g()
try:
    {}["x"]
except KeyError as e:
    print(e, e.args)
try:
    int("x")
except Exception as e:
    print(type(e), e)
###
class MyError(Exception):
    def __init__(self, code, msg="default"):
        super().__init__(msg)
        self.code = code
try:
    raise MyError(5)
except MyError as e:
    print(e.code, str(e), e.args, isinstance(e, Exception))
raise MyError(6, "uncaught")
###
class A:
    x = 1
    def __init__(self, v): self.v = v
    def m(self): return self.v
    @classmethod
    def c(cls): return cls.__name__
    @staticmethod
    def s(a): return a * 2
    @property
    def p(self): return self.v + 1
    @p.setter
    def p(self, value): self.v = value
    def __repr__(self): return f"A({self.v!r})"
    def __eq__(self, o): return isinstance(o, A) and o.v == self.v
    def __hash__(self): return hash(self.v)
    def __len__(self): return 3
    def __getitem__(self, i): return i * 10
    def __contains__(self, x): return x == self.v
    def __call__(self, y): return self.v + y
    def __add__(self, o): return A(self.v + o)
    def __radd__(self, o): return A(o - self.v)
    def __iter__(self): yield from [1, 2, self.v]
    def __bool__(self): return self.v > 0
    def __lt__(self, o): return self.v < o.v
class B(A):
    def m(self): return super().m() + 100
a, b = A(1), B(2)
print(a.m(), b.m(), A.c(), b.c(), a.s(4), a.p, a, [a, b], a == A(1), a != A(1), len(a), a[2], 1 in a, a(5), a + 1, 10 + a, list(a), bool(A(0)), A(1) < A(2), sorted([A(3), A(1)]))
a.p = 10
print(a.v, A.x, a.x, hasattr(a, "nope"), getattr(a, "nope", "dflt"), isinstance(b, A), issubclass(B, A), B.__mro__[1].__name__, type(b).__name__, B.__bases__)
a.p2 = 5
print(vars(a), a.__dict__, a.__class__.__name__, A.m(a))
a.zzz
###
class A:
    def f(self): return "A"
class B(A):
    def f(self): return "B" + super().f()
class C(A):
    def f(self): return "C" + super().f()
class D(B, C):
    def f(self): return "D" + super().f()
print(D().f(), [c.__name__ for c in D.__mro__])
###
class A: pass
A(1)
###
class Meta:
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
class X(Meta, tag="t"): pass
print(X.tag)
class D:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner=None): return (self.name, obj is None)
class H:
    d = D()
print(H.d, H().d)
class G:
    def __getattr__(self, n): return n.upper()
print(G().abc)
class S:
    def __setattr__(self, k, v): object.__setattr__(self, k, v * 2)
s = S(); s.x = 4; print(s.x)
###
def gen(n):
    try:
        for i in range(n):
            got = yield i
            if got: print("got", got)
    finally:
        print("closed")
    return "ret"
g = gen(3)
print(next(g), g.send("hello"), next(g))
try:
    next(g)
except StopIteration as e:
    print("stop", e.value)
g = gen(5); next(g); g.close()
def outer():
    r = yield from gen(2)
    print("r", r)
    yield "done"
print(list(outer()), sum(x for x in gen(4)), next(gen(0), "empty"))
def chunks(seq, n):
    for i in range(0, len(seq), n):
        yield seq[i:i + n]
print(list(chunks(list(range(7)), 3)))
def w():
    x = 0
    while True:
        x += 1
        if x == 3: continue
        if x > 5: return
        yield x
print(list(w()))
def t():
    try:
        yield 1
    except ValueError as e:
        print("caught", e)
        yield 2
g = t(); next(g); print(g.throw(ValueError("v")))
###
from contextlib import contextmanager, suppress, nullcontext
@contextmanager
def cm(name):
    print("enter", name)
    try:
        yield name + "!"
    except ValueError as e:
        print("swallow", e)
    finally:
        print("exit", name)
with cm("a") as a, cm("b") as b:
    print(a, b)
    raise ValueError("boom")
class CM:
    def __enter__(self): print("in"); return self
    def __exit__(self, t, v, tb): print("out", t and t.__name__, v); return t is KeyError
with CM(): raise KeyError("k")
with suppress(ZeroDivisionError): 1 / 0
with nullcontext(5) as x: print(x)
with CM(): raise TypeError("t")
###
def m(x):
    match x:
        case 0: return "zero"
        case 1 | 2: return "small"
        case int(n) if n > 100: return f"big {n}"
        case [a, b]: return f"pair {a} {b}"
        case [a, *rest]: return f"list {a} {rest}"
        case {"k": v, **rest}: return f"map {v} {rest}"
        case str() as s: return "str " + s
        case None: return "none"
        case _: return "other"
print([m(x) for x in (0, 2, 500, [1, 2], [1, 2, 3], {"k": 1, "z": 2}, "s", None, 3.5, ())])
###
print([x * y for x in range(3) for y in range(3) if x != y], {x: x**2 for x in range(3)}, {x % 2 for x in range(5)}, list(x for x in "ab"), [[y for y in range(x)] for x in range(3)])
x = "outer"
print([x for x in range(2)], x, [y := 5, y], (z := 3) + z)
print([i for i in range(10) if i % 2 if i > 3], {k: v for k, v in {"a": 1}.items()}, [a + b for a, b in zip("ab", "cd")])
###
print(1 if True else 2, None or "x", 0 and 1, "" or [] or 0, 1 and 2 and 3, not (1 and 0), None is None, 1 is not None, [] is [])
def side(x): print("eval", x); return x
print(side(0) and side(1), side(1) or side(2), side(1) < side(2) < side(0))
d = {side("k"): side("v")}
side([1, 2])[side(0)] = side(9)
###
from enum import Enum, IntEnum, auto, unique, Flag, StrEnum
class Color(Enum):
    RED = 1
    GREEN = "g"
    ALIAS = 1
    def hi(self): return self.name.lower()
class S(str, Enum):
    A = "a"
    B = "b"
class I(IntEnum):
    X = 1
    Y = auto()
class St(StrEnum):
    FOO = auto()
    BAR = "b"
class P(Enum):
    EARTH = (1, 2)
    def __init__(self, a, b): self.a = a; self.b = b
class F(Flag):
    R = auto(); W = auto(); X = auto()
print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color("g"), Color["RED"], Color.ALIAS is Color.RED, list(Color), len(Color), Color.RED.hi(), Color.RED == 1, isinstance(Color.RED, Color), Color.__members__.keys())
print(S.A, repr(S.A), S.A == "a", S.A.value, f"{S.A}", "%s" % S.A, [s.value for s in S], S("b"), S.A in (S.A,), {S.A: 1}["a"], "x" + S.A, S.A.upper(), str(S.A), format(S.A), "{}".format(S.A))
print(I.X, I.X + 1, I.Y, f"{I.Y}", I.X < I.Y, int(I.Y), repr(I.Y), str(I.X), sorted([I.Y, I.X]), St.FOO, repr(St.BAR), f"{St.FOO}", St.FOO == "foo")
print(P.EARTH.a, P.EARTH.b, P.EARTH.value, F.R | F.W, (F.R | F.W).value, F.R in (F.R | F.X), bool(F.R & F.W), Enum("Dyn", "a b").b.value, Enum("D2", {"x": "y"}).x, Color.RED in Color)
Color("nope")
###
from enum import Enum
class C(Enum):
    A = 1
C["Z"]
###
from dataclasses import dataclass, field, asdict, replace, fields, astuple
@dataclass
class P:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)
    def total(self): return self.x + self.y
@dataclass(frozen=True, order=True)
class Q:
    a: int
    b: str = "z"
@dataclass
class R(P):
    z: int = 9
    def __post_init__(self): self.w = self.z * 2
p = P(1)
p.tags.append(5)
print(p, P(1, 3) == P(1, 3), P(1).tags, asdict(p), replace(p, x=7), [f.name for f in fields(p)], Q(1) < Q(2), Q(1, "a") == Q(1, "a"), {Q(1): "v"}[Q(1)], R(1, z=4), R(1).w, astuple(Q(3)), p.total())
try:
    Q(1).a = 5
except Exception as e:
    print(type(e).__name__, e)
P()
###
from typing import NamedTuple, Optional, List, Union
from collections import namedtuple, defaultdict, OrderedDict, Counter, deque
class T(NamedTuple):
    a: int
    b: str = "x"
N = namedtuple("N", "p q")
N2 = namedtuple("N2", ["p", "q"], defaults=[5])
t = T(1)
print(t, t.a, t[1], tuple(t), t._asdict(), t._replace(a=9), T._fields, N(1, 2), N(p=1, q=2) == (1, 2), N2(1), len(t), [*t], t == (1, "x"), sorted([N(2, 1), N(1, 2)]))
a, b = t
print(a, b, {t: 1}[(1, "x")], isinstance(t, tuple))
d = defaultdict(list); d["a"].append(1); d["b"]
print(d, dict(d), OrderedDict(a=1), Counter("abca"), Counter("abca").most_common(1), deque([1, 2, 3], maxlen=2), Counter(a=1) == Counter("a"))
dq = deque(); dq.append(1); dq.appendleft(0); print(dq, dq.popleft(), list(dq), len(dq), dq[0])
N(1)
###
from functools import reduce, partial, lru_cache, wraps, total_ordering, cached_property, cmp_to_key
print(reduce(lambda a, b: a + b, [1, 2, 3]), partial(int, base=2)("101"), sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))
@lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50))
def d(fn):
    @wraps(fn)
    def w(*a): return fn(*a)
    return w
@d
def named(): "doc"
print(named.__name__, named.__doc__)
class C:
    @cached_property
    def p(self): print("computed"); return 5
c = C(); print(c.p, c.p)
@total_ordering
class V:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(V(1) <= V(1), V(2) > V(1), V(1) >= V(2))
###
from itertools import chain, product, groupby, islice, count, permutations, combinations, zip_longest, repeat, accumulate, cycle, starmap, takewhile, dropwhile, tee
print(list(chain([1], "ab")), list(product("ab", [1, 2])), [(k, list(g)) for k, g in groupby("aabbc")], list(islice(count(5), 3)), list(permutations([1, 2, 3], 2)), list(combinations("abc", 2)), list(zip_longest("abc", "x", fillvalue="-")), list(repeat(1, 3)), list(accumulate([1, 2, 3])), list(islice(cycle("ab"), 5)), list(starmap(pow, [(2, 3)])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(dropwhile(lambda x: x < 3, [1, 3, 1])), list(chain.from_iterable([[1], [2]])), list(islice("abcdef", 1, 5, 2)))
###
import abc
class Base(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class Impl(Base):
    def f(self): return 1
print(Impl().f())
Base()
###
import copy
a = [1, [2, 3], {"k": [4]}]
b = copy.copy(a); c = copy.deepcopy(a)
a[1].append(9); a[2]["k"].append(8)
print(b, c)
###
undefined_name
###
None.foo
###
raise ValueError
###
raise KeyError("k")
###
assert 1 == 2, "message"
###
assert False
###
x: int = 5
y: "str"
print(x, __name__)
del x
x
###
5()
###
[1, 2] + (3,)
###
1 < "a"
###
{[]: 1}
###
[].pop()
###
[1].index(2)
###
[1, 2][5]
###
for x in 5: pass
###
len(5)
###
next(iter([]))
###
from contextlib import contextmanager
class A:
    n = 5
    @contextmanager
    def scope(self, more=1):
        yield self.n + more
        print("left")
    @classmethod
    @contextmanager
    def shared(cls):
        yield cls.n
a = A()
with a.scope(2) as x, A.shared() as y: print(x, y)
###
import os
os.environ["LIMBECK_A"] = "1"
os.environ.__setitem__("LIMBECK_B", "2")
print(os.environ.__getitem__("LIMBECK_A"), os.environ.__contains__("LIMBECK_B"), "LIMBECK_C" in os.environ)
###
import typing
print(isinstance(typing.Any, tuple), isinstance(typing.Optional[int], (list, str)), isinstance(typing.List[int], tuple))
###
from typing import Generic, TypeVar, Protocol
T = TypeVar("T")
class A(Protocol, Generic[T]): x = 1
class B(Generic[T], A[T]): pass
class C(Generic[T]): pass
class D(C[T], Generic[T]): y = 2
print(B.x, D.y, [c.__name__ for c in D.__mro__])
###
found = []
if not found:
    def a(): return 'if'
elif found:
    def a(): return 'elif'
else:
    def a(): return 'else'
if found:
    pass
elif not found:
    def b(): return 'elif'
if found:
    pass
else:
    def c(): return 'else'
try:
    def d(): return 'try'
    raise ValueError
except KeyError:
    def e(): return 'wrong handler'
except ValueError:
    def e(): return 'handler'
else:
    def e(): return 'else of try'
finally:
    def f(): return 'finally'
try:
    pass
except KeyError:
    pass
else:
    def g(): return 'else of try'
for _ in [1]:
    def h(): return 'for'
else:
    def i(): return 'else of for'
while True:
    def j(): return 'while'
    break
while False:
    pass
else:
    def k(): return 'else of while'
match 2:
    case 1:
        def l(): return 'case 1'
    case _:
        def l(): return 'case'
class M:
    class Inner:
        def m(self): return 'method'
        @staticmethod
        def n():
            def deeper():
                if True:
                    def deepest(): return 'nested'
                return deepest()
            return deeper()
def o():
    def inner():
        yield 'generator'
        yield (lambda: 'lambda')()
    return list(inner())
import contextlib
@contextlib.contextmanager
def p():
    yield lambda: 'yielded'
with p() as q:
    def r(): return 'with ' + q()
def s(a=[], *, b='b'): """doc"""; a.append(b); return a
print([it() for it in (a, b, c, d, e, f, g, h, i, j, k, l, M.Inner().m, M.Inner.n, o, r, s)], s(b=1), s.__doc__)
