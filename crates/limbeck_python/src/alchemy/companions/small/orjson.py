# orjson, for values of which its text is known.
import json as _json
from json import JSONDecodeError

from _limbeck import unreadable as _unreadable


def _check(value):
    if value is None or isinstance(value, (bool, str)):
        return
    if type(value) is int and -(2**63) <= value < 2**64:
        return
    if type(value) in (list, tuple):
        for item in value:
            _check(item)
        return
    if type(value) is dict and all(type(key) is str for key in value):
        for item in value.values():
            _check(item)
        return
    _unreadable(f"what orjson makes of a `{type(value).__name__}` is not modelled")


def dumps(obj, default=None, option=None):
    if option is not None:
        _unreadable("`option` of `orjson.dumps()` is not modelled")
    _check(obj)
    return _json.dumps(obj, separators=(",", ":"), ensure_ascii=False).encode()


def loads(obj):
    return _json.loads(obj)
