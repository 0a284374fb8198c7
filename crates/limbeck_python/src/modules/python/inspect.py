# What `inspect` says of classes and functions.
from types import BuiltinFunctionType as _BuiltinFunctionType
from types import FunctionType as _FunctionType
from types import GeneratorType as _GeneratorType
from types import MethodType as _MethodType


def isclass(object):
    return isinstance(object, type)


def isfunction(object):
    return isinstance(object, _FunctionType)


def ismethod(object):
    return isinstance(object, _MethodType)


def isbuiltin(object):
    return isinstance(object, _BuiltinFunctionType)


def isgenerator(object):
    return isinstance(object, _GeneratorType)


def cleandoc(doc):
    lines = doc.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins) if margins else 0
    lines = [lines[0].lstrip()] + [line[margin:] for line in lines[1:]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def getdoc(object):
    doc = object.__doc__
    return cleandoc(doc) if isinstance(doc, str) else None
