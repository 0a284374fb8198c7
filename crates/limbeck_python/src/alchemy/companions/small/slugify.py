# python-slugify of plain words.
import re as _re

from _limbeck import unreadable as _unreadable


def slugify(text, **options):
    if options or not isinstance(text, str) or not _re.fullmatch(r"[A-Za-z0-9 _-]*", text):
        _unreadable("what `slugify()` makes of this text is not modelled")
    return _re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
