# `platform`, as far as `sys` says it.
import sys as _sys

from _limbeck import unreadable as _unreadable

_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}


def system():
    if _sys.platform not in _SYSTEMS:
        _unreadable("`platform.system()` is not known here")
    return _SYSTEMS[_sys.platform]


def python_version():
    return ".".join([str(part) for part in _sys.version_info[:3]])


def python_version_tuple():
    return tuple([str(part) for part in _sys.version_info[:3]])


def python_implementation():
    return "CPython"
