# `importlib.metadata`: the versions that are installed in the project's environment, as far as they are known.
from _limbeck import installed_version as _installed_version


class PackageNotFoundError(ModuleNotFoundError):
    pass


def version(distribution_name):
    return _installed_version(distribution_name)
