from enum import Enum, EnumMeta
import math


class Meta(EnumMeta):
    def __contains__(cls, item):
        try:
            cls(item)
        except ValueError:
            return False
        return True

    def __getitem__(cls, name):
        return "item " + name

    def values(cls):
        return [member.value for member in cls.__members__.values()]

    @property
    def first(cls):
        return cls.values()[0]


class Role(str, Enum, metaclass=Meta):
    ADMIN = "admin"
    USER = "user"


class Sub(Enum, metaclass=Meta):
    A = 1


print("admin" in Role, "x" in Role, Role["ADMIN"], Role.values(), Role.first, list(Role), len(Role))
print(1 in Sub, 2 in Sub, type(Role) is Meta, isinstance(Role, Meta), isinstance(Role, EnumMeta), Role.__class__.__name__)
###
class Singleton(type):
    _instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._instances:
            print("made", cls.__name__)
            cls._instances[cls] = super().__call__(*args, **kwargs)
        return cls._instances[cls]


class Settings(metaclass=Singleton):
    def __init__(self, name="a"):
        self.name = name


class Other(Settings):
    pass


print(Settings("b") is Settings("c"), Settings().name, Other("d").name, Other("e").name, type(Other).__name__)
print(isinstance(Settings(), Settings), isinstance(Settings, Singleton), isinstance(Settings, type))
###
class Plain(type):
    """Has nothing."""


class WithAttr(Plain):
    label = "of the metaclass"

    def __getattr__(cls, name):
        if name.startswith("no"):
            raise AttributeError(name)
        return name.upper()

    def __iter__(cls):
        return iter(sorted(name for name in vars(cls) if name.islower() and not name.startswith("_")))


class Things(metaclass=WithAttr):
    b = 1
    a = 2


print(Things.label, Things.other, Things.a, list(Things), hasattr(Things, "none"), hasattr(Things(), "label"))
try:
    Things.nothing
except AttributeError as error:
    print("AttributeError", error)
###
class One(type):
    def f(cls):
        return 1


class Two(type):
    def f(cls):
        return 2


class A(metaclass=One):
    pass


class B(metaclass=Two):
    pass


try:
    class C(A, B):
        pass
except TypeError as error:
    print(error)
###
import math
import os


class Number:
    def __floor__(self):
        return 3

    def __ceil__(self):
        return 4

    def __trunc__(self):
        return 5

    def __fspath__(self):
        return "a/b.txt"


print(math.floor(Number()), math.ceil(Number()), math.trunc(Number()), os.path.basename(Number()), os.path.join("x", Number()))
###
from enum import Enum


class Descriptor:
    def __get__(self, instance, owner):
        return 5


class Kind(Enum):
    TEXT = str
    NUMBER = int

    class Inner:
        pass

    other = Descriptor

    def method(self):
        return self.name


print(list(Kind), Kind.TEXT.value("a"), Kind(int).name, Kind.NUMBER.method(), isinstance(Kind.TEXT, Kind), Kind.other is Descriptor)
print(Kind.Inner.value.__name__, len(Kind))
