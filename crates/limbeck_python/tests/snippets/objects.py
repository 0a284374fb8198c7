for v in [0, 1, -1, 255, -255, 10**20, True, 3.14159, -0.0, 1e100, 1e-10, float('inf'), float('nan'), 123456789.123, 0.1, 1/3, 1e16, 123456789012345680.0, 5e-324]:
    print(repr(v), str(v), f'{v}', f'{v:10}|', f'{v:<10}|', f'{v:^10}|', f'{v:+}', f'{v:010}', f'{v:,}', f'{v:_}', f'{v:e}', f'{v:.2f}', f'{v:g}', f'{v:.3g}', f'{v:%}', f'{v:.0f}', f'{v:G}', f'{v:n}', f'{v:=+10}')
###
for v in [0, 5, -5, 255, 2**70]:
    print(f'{v:b} {v:o} {v:x} {v:X} {v:#b} {v:#o} {v:#x} {v:#X} {v:08b} {v:+d} {v: d} {v:_b} {v:,d} {v:>12,d} {v:*^12d}', bin(v), oct(v), hex(v), '%d %i %u %x %X %o %c' % (v, v, v, v, v, v, v % 128), '%5d|%-5d|%05d|%+d|% d' % (v, v, v, v, v), '%e %E %f %g %G' % (v, v, v, v, v), '%.3s|%10s|%-10s|' % ('abcdef', 'ab', 'ab'), '%r %a' % ('é', 'é'), '%%', '%*d' % (5, v), '%.*f' % (2, v))
###
l = [3, 1, 2]
l.sort(); print(l, l.sort(reverse=True), l); l.insert(1, 9); l.extend('ab'); l += (5,); l.reverse(); print(l, l.index(9), l.count(1), l.pop(0), l.pop(), l, l.copy() is l, l * 2, [1] + [2], l[1:3], l[::-1], l[-1]); l[1:3] = ['x', 'y', 'z']; print(l); l[::2] = [0] * len(l[::2]); print(l); l[1:1] = [7, 7]; print(l); l.clear(); print(l)
try: l2 = [1, 2, 3]; l2[::2] = [1]
except ValueError as e: print(e)
print(sorted(['b', 'A', 'a', 'B'], key=str.lower), sorted([(1, 'b'), (1, 'a'), (0, 'c')], key=lambda t: t[0]), sorted({'b': 1, 'a': 2}), sorted([3, 1], reverse=True), sorted('hello'), min('b', 'a'), max([1, 5, 3], key=lambda x: -x), min([], default=None), max({'a': 3, 'b': 1}, key={'a': 3, 'b': 1}.get), sum([[1], [2]], []), sum((1.5, 2)), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, '', 'a'])), list(zip('ab', [1, 2], (True,))), list(enumerate('ab', 1)), list(reversed([1, 2])), any([]), all([]), list(range(10, 0, -3)), range(5)[1:3], len(range(0, 10, 3)), 3 in range(5), range(3) == range(0, 3), list(iter([1, 2])), next(iter([]), 'd'), tuple('ab'), (1,) + (2,), (1, 2) < (1, 3), [1, [2, 3]] == [1, [2, 3]], list('abc'), [[0] * 2 for _ in range(2)], abs(-3), [x for y in [[1, 2], [3]] for x in y if x > 1], {x: y for x, y in zip('ab', 'cd')}, {x % 2 for x in range(4)})
###
def g():
    x = yield 1
    print('got', x)
    y = yield x
    return y
it = g()
print(next(it)); print(it.send('a'))
try:
    it.send('b')
except StopIteration as e:
    print(e.value)
###
def inner():
    a = yield 1
    b = yield 2
    return a, b
def outer():
    r = yield from inner()
    print('r', r)
    yield 'end'
o = outer()
print(next(o), o.send('x'), o.send('y'))
###
def g():
    try:
        yield 1
        yield 2
    finally:
        print('closed')
it = g(); next(it); it.close()
try: next(it)
except StopIteration: print('stop')
###
def g():
    while True:
        try:
            v = yield 'ready'
            print('v', v)
        except ValueError as e:
            print('caught', e)
it = g(); next(it)
print(it.send(1)); print(it.throw(ValueError('bad'))); print(it.send(2))
###
print([y := 5, y**2]); print(y)
print([last := x for x in range(5)], last)
print(any((found := n) > 3 for n in [1, 2, 5, 7]), found)
if (m := len('abc')) > 2: print(m)
while (n := m) > 1: m -= 1
print(n, m)
###
a, *b, c = range(6); print(a, b, c)
*a, b = 'xyz'; print(a, b)
(a, (b, *c), d) = 1, (2, 3, 4), 5; print(a, b, c, d)
[a, [b, c]] = 1, 'xy'; print(a, b, c)
x = *[1, 2], *(3,), ; print(x)
print({**{'a': 1}, 'b': 2, **dict(a=3)})
print([*range(3), *'ab'], {*[1, 1, 2]}, (*'q',))
def f(*a, **k): return a, k
print(f(*[1, 2], 3, *(4,), x=1, **{'y': 2}, **{'z': 3}))
for a, *b in [(1, 2, 3), (4,)]: print(a, b)
d = {}
d['x'], d['y'] = 1, 2; print(d)
l = [0, 1, 2]; i = 0
i, l[i] = 1, 'w'; print(i, l)
###
print(1 < 2 < 3, 1 < 3 > 2 != 5, 3 > 2 > 2, 1 == 1.0 == True, 'a' in 'abc' in ['abc'], not 1 == 2, 1 is not None)
def t(x): print('t', x); return x
print(t(1) < t(3) < t(2) < t(9))
###
def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
c = counter(); print(c(), c(), c())
x = [1, 2, 3, 4, 5]
del x[1]; print(x); del x[1:3]; print(x); del x[::2]; print(x)
d = {'a': 1, 'b': 2}; del d['a']; print(d)
y = 1; del y
try: print(y)
except NameError as e: print(type(e).__name__, e)
class A: z = 1
A.w = 2; del A.w
try: A.w
except AttributeError as e: print(e)
a = A(); a.q = 1; del a.q
try: a.q
except AttributeError as e: print(e)
###
def f(a, b=2, /, c=3, *, d, e=5, **kw): return a, b, c, d, e, kw
print(f(1, d=4), f(1, 2, 3, d=4, z=9), f(1, c=7, d=1, a=5))
for call in [lambda: f(), lambda: f(1), lambda: f(1, 2, 3, 4, d=1), lambda: f(1, d=1, d2=2, b=3)]:
    try: print(call())
    except TypeError as e: print(e)
###
for i in range(3):
    if i == 5: break
else: print('else')
for i in []: pass
else: print('empty')
n = 0
while n < 3:
    n += 1
    if n == 2: continue
    print(n)
else: print('done')
def f():
    for i in range(3):
        try:
            if i == 1: return i
        finally:
            print('fin', i)
print(f())
def g():
    try: return 'try'
    finally: return 'finally'
print(g())
def h():
    for i in range(3):
        try: raise ValueError
        except ValueError: continue
        finally: print('f', i)
    return 'end'
print(h())
###
class P:
    __slots__ = ('_x', 'y')
    count = 0
    def __init__(self, x): self._x = x; type(self).count += 1
    @property
    def x(self): return self._x
    @x.setter
    def x(self, v): self._x = v * 2
    @x.deleter
    def x(self): print('del'); self._x = None
    @classmethod
    def make(cls, *a): return cls(*a)
    @staticmethod
    def st(a, b=1): return a + b
    def __repr__(self): return f'P({self._x})'
p = P.make(3); p.x = 5; print(p.x, p, P.st(1), p.st(1, 2), P.count); del p.x; print(p.x)
try: p.z = 1
except AttributeError as e: print(e)
try: P().x
except TypeError as e: print(e)
###
class Base:
    registry = {}
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw); cls.tag = tag; Base.registry[tag] = cls.__name__
class A(Base, tag='a'): pass
class B(A, tag='b'): pass
print(Base.registry, A.tag, B.tag, B.__mro__ == (B, A, Base, object), B.__bases__, issubclass(B, Base))
###
class D:
    def __getattr__(self, n):
        if n.startswith('x'): return n.upper()
        raise AttributeError(n)
    def __setattr__(self, n, v): object.__setattr__(self, n, ('set', v))
    def __delattr__(self, n): print('del', n)
d = D(); d.a = 1; print(d.a, d.xyz, getattr(d, 'q', 'def'), hasattr(d, 'xx'), hasattr(d, 'nn')); del d.a
print(vars(d), d.__dict__, d.__class__.__name__)
###
class CM:
    def __enter__(self): print('enter'); return self
    def __exit__(self, t, v, tb): print('exit', t and t.__name__, v); return t is ValueError
with CM() as c: print('in')
with CM(), CM() as b: raise ValueError('x')
try:
    with CM(): raise KeyError('y')
except KeyError as e: print('out', e)
with (CM() as a, CM() as b): print(a is b)
###
class It:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration
        self.n -= 1; return self.n
print(list(It(3)), 2 in It(3), max(It(4)), list(zip(It(2), 'ab')), [*It(2)], dict(enumerate(It(2))))
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
    def __len__(self): return 3
print(list(Seq()), 20 in Seq(), list(reversed(Seq())))
###
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, o, t=None): return f'{self.name} of {o is not None}'
    def __set__(self, o, v): print('set', self.name, v)
class H: f = Desc(); g = Desc()
h = H(); print(h.f, H.g); h.f = 3
class A:
    def m(self): return 'A'
class B(A):
    def m(self): return 'B' + super().m()
class C(A):
    def m(self): return 'C' + super().m()
class D(B, C):
    def m(self): return 'D' + super().m()
print(D().m(), [c.__name__ for c in D.mro()], super(B, D()).m())
bm = D().m; print(bm(), bm.__name__, bm.__self__.__class__.__name__, D.m.__qualname__)
###
from typing import NamedTuple
from collections import namedtuple
class N(NamedTuple):
    a: int
    b: str = 'd'
    def both(self): return f'{self.a}{self.b}'
n = N(1); print(n, n.a, n[1], n.both(), n._asdict(), n._replace(a=5), N._fields, N._field_defaults, N._make([3, 'q']), n == (1, 'd'), len(n), *n, isinstance(n, tuple))
a, b = n; print(a, b)
T = namedtuple('T', 'x y z', defaults=[9]); t = T(1, 2); print(t, t.z, T(x=1, y=2, z=3), t + (4,), sorted([T(2, 1), T(1, 2)]))
T2 = namedtuple('T2', ['a', 'def', 'a'], rename=True); print(T2._fields)
try: T(1)
except TypeError as e: print(e)
