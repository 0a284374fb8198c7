# `traceback`: what is printed goes to standard error, and says nothing that is not known.
import sys as _sys

from _limbeck import unreadable as _unreadable


def print_exc(limit=None, file=None, chain=True):
    if file is not None and file is not _sys.stderr:
        _unreadable("the text of a traceback is not modelled")
    print("Traceback", file=_sys.stderr)


def print_exception(*args, file=None, **options):
    print_exc(file=file)


def format_exception_only(exc, value=None):
    exc = exc if value is None else value
    kind = type(exc)
    name = kind.__qualname__ if kind.__module__ in ("__main__", "builtins") else f"{kind.__module__}.{kind.__qualname__}"
    text = str(exc)
    return [f"{name}: {text}\n" if text else f"{name}\n"]
