# `glob.glob`, in the order of names.
import os as _os
from pathlib import Path as _Path

from _limbeck import unreadable as _unreadable


def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    pathname = _os.fspath(pathname)
    if root_dir is not None or dir_fd is not None or include_hidden:
        _unreadable("these options of `glob` are not modelled")
    if "**" in pathname:
        _unreadable("`**` of `glob` is not modelled")
    folder, _, last = pathname.rpartition("/")
    if any([char in folder for char in "*?["]):
        _unreadable("`glob` with a pattern for folders is not modelled")
    if not any([char in last for char in "*?["]):
        return [pathname] if _os.path.exists(pathname) else []
    found = [path.name for path in _Path(folder or ("/" if pathname.startswith("/") else ".")).glob(last)]
    prefix = pathname[: len(pathname) - len(last)]
    return [prefix + name for name in found if last.startswith(".") or not name.startswith(".")]


def iglob(pathname, **options):
    return iter(glob(pathname, **options))


def escape(pathname):
    return "".join(["[" + char + "]" if char in "*?[" else char for char in pathname])
