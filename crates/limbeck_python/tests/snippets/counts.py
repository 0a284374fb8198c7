from collections import Counter, OrderedDict, defaultdict, deque

print(deque([1]) + deque([2]), deque([1]) * 2, deque([1], maxlen=1) + deque([2]))
line = deque([1, 2, 3])
line += [4]
line[0] = 9
del line[1]
print(line, line[-1])
for act in (lambda: line[0:1], lambda: {line: 1}, lambda: line + [1], lambda: line[9]):
    try:
        print(act())
    except (TypeError, IndexError) as e:
        print(type(e).__name__, e)
###
from collections import Counter, OrderedDict, defaultdict

a, b = Counter("aab"), Counter("abbc")
print(a + b, a - b, b - a, a & b, a | b, +Counter(a=1, b=-1), -Counter(a=1, b=-1))
print(a == Counter(a=2, b=1, c=0), a <= Counter("aabb"), a < a, a >= Counter("a"), a != b)
a += b
print(a)
a -= Counter("aaaa")
print(a)
a |= Counter(z=2)
a &= Counter(z=1, b=1)
print(a, a.total())
a.update(z=5)
a.update("zz", b=2)
a.subtract(["z"], q=1)
print(a, a.most_common(2), sorted(a.elements()))
print(Counter(None), Counter(a=1) | {"b": 2}, {"b": 2} | Counter(a=1))
try:
    a + 1
except TypeError as e:
    print(e)
###
from collections import OrderedDict, defaultdict

print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == dict(b=2, a=1))
print({"a": 1} | OrderedDict(b=2), {"a": 1} | defaultdict(list, b=2), defaultdict(int, a=1) | {"b": 1})
###
class Two:
    def __index__(self):
        return 2


two = Two()
print([1, 2, 3][two], (1, 2, 3)[two], "abc"[two], list(range(two)), "abcd"[two:], [1, 2, 3, 4][:two], b"abc"[two])
print("ab" * two, two * [1], [0] * two, 1.5.__class__, "a b c d".split(" ", two), "%d %x" % (two, two))
items = [1, 2, 3]
items[two] = 9
del items[two]
print(items, bytes(two))
try:
    [1][object()]
except TypeError as e:
    print(str(e).split(",")[0])
###
from enum import Enum, Flag, IntEnum, IntFlag, auto, unique


class F(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


class I(IntFlag):
    R = 1
    W = 2


class C(Enum):
    RED = 1
    CRIMSON = 1


print(list(F), len(F), F.RW, F(3), F.RW in F, list(F.RW), F.R | F.X, ~F.R, F(0))
print(I.R | 8, I(7), I(9), I(0))
for act in (lambda: F(8), lambda: unique(C), lambda: C.foo, lambda: setattr(C, "RED", 2)):
    try:
        print(act())
    except (ValueError, AttributeError, TypeError) as e:
        print(type(e).__name__, e)
try:

    class D(C):
        GREEN = 2

except TypeError as e:
    print(e)
