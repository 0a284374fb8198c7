# `html.escape` and `html.unescape`; entities by name as far as ISO 8859-1 has them.
import re as _re

from _limbeck import unreadable as _unreadable

_LATIN = (
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro "
    "para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil "
    "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave "
    "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml "
    "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute "
    "thorn yuml"
).split()
_NAMES = {name: chr(160 + at) for at, name in enumerate(_LATIN)}
_NAMES.update(
    lt="<", gt=">", amp="&", quot='"', apos="'", euro="€", hellip="…", ndash="–", mdash="—", lsquo="‘", rsquo="’",
    sbquo="‚", ldquo="“", rdquo="”", bdquo="„", bull="•", trade="™", dagger="†", Dagger="‡", permil="‰",
    lsaquo="‹", rsaquo="›", larr="←", uarr="↑", rarr="→", darr="↓", harr="↔", minus="−", infin="∞", ne="≠", le="≤", ge="≥",
)


def escape(s, quote=True):
    s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        s = s.replace('"', "&quot;").replace("'", "&#x27;")
    return s


def _one(match):
    body = match.group(1)
    if body[0] == "#":
        digits = body[1:].rstrip(";")
        number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if 0x20 <= number <= 0x7E or 0xA0 <= number <= 0xD7FF or 0xE000 <= number <= 0xFDCF or number in (9, 10):
            return chr(number)
        _unreadable("a character that `html.unescape()` treats in its own way is not modelled")
    name = body.rstrip(";")
    if body.endswith(";") and name in _NAMES:
        return _NAMES[name]
    _unreadable(f"what `html.unescape()` makes of `&{body}` is not modelled")


def unescape(s):
    if "&" not in s:
        return s
    return _re.sub(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)", _one, s)
