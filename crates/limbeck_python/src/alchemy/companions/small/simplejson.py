# simplejson, where its text is that of the standard library.
import json as _json
from json import JSONDecodeError, load, loads

from _limbeck import unreadable as _unreadable


def _default(value):
    _unreadable(f"what simplejson makes of a `{type(value).__name__}` is not modelled")


def dumps(obj, *, sort_keys=False, indent=None, separators=None, ensure_ascii=True, **other):
    if other or not ensure_ascii or isinstance(indent, str):
        _unreadable("an option of `simplejson.dumps()` is not modelled")
    return _json.dumps(obj, sort_keys=sort_keys, indent=indent, separators=separators, default=_default)
