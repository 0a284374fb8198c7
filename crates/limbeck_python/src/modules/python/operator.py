# What of `operator` is seldom used.
class methodcaller:
    def __init__(self, name, /, *args, **kwargs):
        self._name = name
        self._args = args
        self._kwargs = kwargs

    def __call__(self, obj):
        return getattr(obj, self._name)(*self._args, **self._kwargs)


def concat(a, b):
    if not hasattr(a, "__getitem__"):
        raise TypeError(f"'{type(a).__name__}' object can't be concatenated")
    return a + b


def countOf(a, b):
    return sum([1 for item in a if item is b or item == b])


def indexOf(a, b):
    for at, item in enumerate(a):
        if item is b or item == b:
            return at
    raise ValueError("sequence.index(x): x not in sequence")


def index(a):
    return a.__index__()


def inv(a):
    return ~a


invert = inv


def truth(a):
    return bool(a)


def is_(a, b):
    return a is b


def is_not(a, b):
    return a is not b


def setitem(a, b, c):
    a[b] = c


def delitem(a, b):
    del a[b]


def getitem(a, b):
    return a[b]


def contains(a, b):
    return b in a


def neg(a):
    return -a


def pos(a):
    return +a


def iadd(a, b):
    a += b
    return a


def isub(a, b):
    a -= b
    return a


def imul(a, b):
    a *= b
    return a


def ior(a, b):
    a |= b
    return a


def iand(a, b):
    a &= b
    return a


iconcat = iadd


def lshift(a, b):
    return a << b


def rshift(a, b):
    return a >> b


def matmul(a, b):
    return a @ b


def length_hint(obj, default=0):
    return len(obj)


def not_(a):
    return not a
