# `importlib`, as far as it imports modules that can be read.
from _limbeck import import_module as _import_module, unreadable as _unreadable


def import_module(name, package=None):
    if name.startswith("."):
        _unreadable("a relative `import_module()` is not modelled")
    return _import_module(name)
