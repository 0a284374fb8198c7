# simplejson, where its text is that of the standard library.
import json as _json
from decimal import Decimal as _Decimal
from json import JSONDecodeError

from _limbeck import unreadable as _unreadable


def dumps(obj, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=False, cls=None, indent=None,
          separators=None, encoding="utf-8", default=None, use_decimal=True, namedtuple_as_object=True,
          tuple_as_array=True, bigint_as_string=False, sort_keys=False, item_sort_key=None, for_json=False,
          ignore_nan=False, int_as_string_bitcount=None, iterable_as_array=False, **other):
    if other or not ensure_ascii or isinstance(indent, str) or skipkeys or cls is not None or for_json \
            or item_sort_key is not None or bigint_as_string or int_as_string_bitcount is not None \
            or iterable_as_array or not tuple_as_array or not use_decimal or encoding not in (None, "utf-8"):
        _unreadable("an option of `simplejson.dumps()` is not modelled")

    def own(value):
        if default is None or isinstance(value, (_Decimal, bytes)) or hasattr(value, "_asdict"):
            _unreadable(f"what simplejson makes of a `{type(value).__name__}` is not modelled")
        return default(value)

    text = _json.dumps(obj, sort_keys=sort_keys, indent=indent, separators=separators, default=own)
    if "NaN" in text or "Infinity" in text:
        _unreadable("what simplejson makes of a number that is none is not modelled")
    return text


def loads(s, encoding=None, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None,
          object_pairs_hook=None, use_decimal=False, allow_nan=False, **other):
    if other or encoding not in (None, "utf-8") or cls is not None or parse_float is not None or parse_int is not None \
            or parse_constant is not None or object_pairs_hook is not None or use_decimal:
        _unreadable("an option of `simplejson.loads()` is not modelled")
    if isinstance(s, str) and ("NaN" in s or "Infinity" in s):
        _unreadable("what simplejson makes of a number that is none is not modelled")
    return _json.loads(s) if object_hook is None else _json.loads(s, object_hook=object_hook)
