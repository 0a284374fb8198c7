# `fnmatch` on POSIX.
from pathlib import PurePosixPath as _Path

from _limbeck import unreadable as _unreadable


def fnmatchcase(name, pat):
    if "/" in name or "/" in pat or name in ("", ".", "..") or pat in ("", ".", ".."):
        _unreadable("`fnmatch` of this name is not modelled")
    return _Path(name).match(pat)


fnmatch = fnmatchcase


def filter(names, pat):
    return [name for name in names if fnmatchcase(name, pat)]
