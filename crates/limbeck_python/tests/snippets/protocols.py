# What a class says of its instances: descriptors, slots, hashes, texts.
class Field:
    def __set_name__(self, owner, name):
        self.name = name
    def __get__(self, instance, owner):
        return ("read", instance is None)
    def __set__(self, instance, value):
        instance.__dict__[self.name] = value
class Plain:
    def __get__(self, instance, owner):
        return "plain"
class Model:
    field = Field()
    plain = Plain()
model = Model()
model.field = 5
model.plain = 6
print(model.field, Model.field, model.plain, model.__dict__)
###
class Slotted:
    __slots__ = ("a", "b")
    def __init__(self):
        self.a = 1
print(hasattr(Slotted(), "__dict__"), hasattr(Slotted(), "a"), hasattr(Slotted(), "b"))
print(vars(ValueError("x")), hasattr(ValueError("x"), "value"), hasattr(StopIteration(1), "value"))
for value in (None, 5, "a", [1]):
    try:
        vars(value)
    except TypeError as error:
        print(error)
###
from dataclasses import dataclass, field, FrozenInstanceError
for options in [{}, {"eq": False}, {"frozen": True}, {"unsafe_hash": True}, {"eq": False, "frozen": True}, {"order": True}]:
    for methods in [(), ("__eq__",), ("__hash__",), ("__eq__", "__hash__")]:
        body = {"__annotations__": {"x": int}}
        class Made:
            x: int
        if "__eq__" in methods:
            class Made:
                x: int
                def __eq__(self, other):
                    return True
        if "__hash__" in methods:
            class Made:
                x: int
                def __hash__(self):
                    return 7
        if len(methods) == 2:
            class Made:
                x: int
                def __eq__(self, other):
                    return True
                def __hash__(self):
                    return 7
        try:
            made = dataclass(**options)(Made)
        except TypeError as error:
            print(options, methods, error)
            continue
        print(options, methods, made.__hash__ is None, made(1) == made(2))
        if made.__hash__ is None:
            try:
                {made(1): 1}
            except TypeError as error:
                print(str(error).split(":")[0])
###
from dataclasses import dataclass, field
@dataclass(frozen=True)
class Key:
    a: int
    b: str = "x"
print({Key(1): 2}[Key(1)], Key(1) in {Key(1)}, Key(1) == Key(1, "y"))
try:
    del Key(1).a
except AttributeError as error:
    print(type(error).__name__, error)
class Base:
    def __repr__(self):
        return "base"
@dataclass
class Shown(Base):
    x: int
@dataclass(repr=False)
class Hidden(Base):
    x: int
print(Shown(1), Hidden(1))
@dataclass(slots=True)
class Narrow:
    a: int = 1
try:
    Narrow().b = 2
except AttributeError as error:
    print("no room")
for options in [{"order": True, "eq": False}, {"order": True}]:
    try:
        @dataclass(**options)
        class Ordered:
            x: int
            def __lt__(self, other):
                return True
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
###
from enum import Enum
class Color(Enum):
    RED = 1
for act in (lambda: setattr(Color.RED, "value", 3), lambda: setattr(Color.RED, "name", "x"), lambda: delattr(Color, "RED"), lambda: setattr(Color, "RED", 4)):
    try:
        act()
        print("done")
    except AttributeError as error:
        print(error)
print(Color.RED, Color.RED.value)
###
def stops():
    raise StopIteration(3)
    yield
try:
    next(stops())
except RuntimeError as error:
    print(error, repr(error.__cause__), error.__suppress_context__)
for code in (2, 13, 17, 20, 21, 111, 9999):
    print(type(OSError(code, "text")).__name__, OSError(code, "text"))
print(type(OSError(2)).__name__, type(OSError()).__name__)
###
class Sequence:
    def __len__(self):
        return 3
    def __getitem__(self, index):
        return index * 10
print(list(reversed(Sequence())))
class Nothing:
    pass
for value in (Nothing(), {1}, iter([])):
    try:
        reversed(value)
    except TypeError as error:
        print(str(error).split(" object")[1])
for make in (lambda: isinstance(1, None), lambda: isinstance(1, (str, None)), lambda: "a" in b"abc", lambda: None in b"", lambda: iter([]).close()):
    try:
        print(make())
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
print(isinstance(None, int | None), b"b" in b"abc", 97 in b"abc")
###
import collections, re, string
class Ids(set):
    pass
class Frozen(frozenset):
    pass
class Counts(collections.Counter):
    pass
class Ordered(collections.OrderedDict):
    pass
print(Ids([1]), Ids(), Frozen([2]), Frozen(), Counts("aab"), Ordered(a=1), Counts())
print(re.compile("a'b"), re.compile("a", re.I | re.M | re.X), re.match("a", "a").re, string.capwords("a-b c", "-"), string.capwords(" x  y "))
queue = collections.deque([1, 2, 3])
queue.insert(1, 9)
print(queue, queue.index(9), queue.index(3, 1))
try:
    collections.deque([1, 2], 2).insert(0, 5)
except IndexError as error:
    print(error)
###
import datetime
moment = datetime.datetime(2024, 2, 29, 1, 2, 3)
print(moment.__str__(), moment.__repr__(), moment.__format__("%Y"), datetime.date(2024, 1, 2).__str__(), datetime.timedelta(1).__str__(), moment.__eq__(moment))
print("a".maketrans("a", "b"), (5).from_bytes(b"\x01\x02", "big"), {}.fromkeys("ab", 1), b"".fromhex("0a"))
###
class Text(str):
    def __repr__(self):
        return "R"
class Number(int):
    def __repr__(self):
        return "N"
class Items(list):
    def __repr__(self):
        return "L"
print(str(Text("a")), f"{Text('b')}", [Text("c")], "%s %r" % (Text("d"), Text("d")), str(Number(1)), f"{Number(2)}", Items([1]), [Items()])
###
class Bag:
    def __init__(self, **values):
        self.__dict__.update(values)
    def __repr__(self):
        return "Bag(%s)" % ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
    def __eq__(self, other):
        return self.__dict__ == other.__dict__
bag = Bag(a=1, b="x")
held = bag.__dict__
held["c"] = 3
bag.d = 4
print(bag, held, vars(bag) is held, bag == Bag(a=1, b="x", c=3, d=4), {**bag.__dict__}, dict(held))
vars(bag)["e"] = 5
del held["a"]
held.pop("b")
print(bag.e, hasattr(bag, "a"), hasattr(bag, "b"), "d" in held, sorted(held))
copied = dict(bag.__dict__)
copied["z"] = 1
print(hasattr(bag, "z"))
held.clear()
print(bag, vars(bag), held)
bag.__dict__["again"] = 1
del bag.again
print(held, vars(ValueError("x")))
###
import enum, re
class Color(enum.Enum):
    RED = 1
class Plain:
    x = 1
print(Color.__members__, re.compile("(?P<n>a)").groupindex, type(vars(Plain)).__name__, vars(Plain)["x"], "x" in Plain.__dict__)
print([Color.__members__], [re.compile("(?P<n>a)").groupindex], dict(Color.__members__), {**Color.__members__}, len(Color.__members__))
try:
    Plain.__dict__["y"] = 1
except TypeError as error:
    print(error)
class Stack(list):
    push = list.append
    shout = str.upper
stack = Stack()
stack.push(1)
print(stack, list(map(str.upper, "ab")), str.upper.__name__, sorted("bA", key=str.lower))
