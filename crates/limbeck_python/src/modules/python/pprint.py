# `pprint` of lists, tuples, dictionaries, sets and what fits into a line.
import sys as _sys

from _limbeck import unreadable as _unreadable


def _key(value):
    return (str(type(value)), value)


def _ordered(values):
    values = list(values)
    try:
        return sorted(values)
    except TypeError:
        _unreadable("how `pprint` sorts values of several types is not modelled")


def _flat(value, sort_dicts):
    kind = type(value)
    if kind is dict:
        items = value.items()
        if sort_dicts:
            items = [(key, value[key]) for key in _ordered(value)]
        return "{" + ", ".join([f"{_flat(k, sort_dicts)}: {_flat(v, sort_dicts)}" for k, v in items]) + "}"
    if kind is list:
        return "[" + ", ".join([_flat(item, sort_dicts) for item in value]) + "]"
    if kind is tuple:
        inner = ", ".join([_flat(item, sort_dicts) for item in value])
        return "(" + inner + (",)" if len(value) == 1 else ")")
    return repr(value)


def _write(value, indent, allowance, width, step, sort_dicts):
    flat = _flat(value, sort_dicts)
    if len(flat) <= width - indent - allowance:
        return flat
    kind = type(value)
    if kind is dict and value:
        items = list(value.items())
        if sort_dicts:
            items = [(key, value[key]) for key in _ordered(value)]
        out = []
        for at, (key, item) in enumerate(items):
            shown = _flat(key, sort_dicts)
            last = at == len(items) - 1
            inner = _write(
                item, indent + step + len(shown) + 2, allowance + 1 if last else 1, width, step, sort_dicts
            )
            out.append(f"{shown}: {inner}")
        return "{" + " " * (step - 1) + (",\n" + " " * (indent + step)).join(out) + "}"
    if kind in (list, tuple, set, frozenset) and value:
        opening, closing = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("frozenset({", "})")}[kind]
        if kind is tuple and len(value) == 1:
            closing = ",)"
        items = _ordered(value) if kind in (set, frozenset) else list(value)
        inside = indent + (step if kind is not frozenset else len(opening))
        out = []
        for at, item in enumerate(items):
            last = at == len(items) - 1
            out.append(_write(item, inside, allowance + len(closing) if last else 1, width, step, sort_dicts))
        padding = " " * (step - 1) if kind is not frozenset else ""
        return opening + padding + (",\n" + " " * inside).join(out) + closing
    if kind in (int, float, bool, type(None)) or (kind is str and not any([char.isspace() for char in value])):
        return flat
    _unreadable("how `pprint` breaks this value into lines is not modelled")


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    if depth is not None or compact or underscore_numbers:
        _unreadable("these options of `pprint` are not modelled")
    return _write(object, 0, 0, width, indent, sort_dicts)


def pprint(object, stream=None, indent=1, width=80, depth=None, **options):
    print(pformat(object, indent, width, depth, **options), file=stream)


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, **options):
        self._stream = stream
        self._options = dict(options, indent=indent, width=width, depth=depth)

    def pformat(self, object):
        return pformat(object, **self._options)

    def pprint(self, object):
        print(self.pformat(object), file=self._stream)
