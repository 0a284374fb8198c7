# `shlex.split`, `quote` and `join` in the way of a POSIX shell.
import re as _re

from _limbeck import unreadable as _unreadable


def split(s, comments=False, posix=True):
    if comments or not posix or s is None:
        _unreadable("this way of `shlex.split()` is not modelled")
    words = []
    word = None
    quote = None
    at = 0
    while at < len(s):
        char = s[at]
        at += 1
        if quote == "'":
            if char == "'":
                quote = None
            else:
                word += char
        elif quote == '"':
            if char == '"':
                quote = None
            elif char == "\\":
                if at >= len(s):
                    raise ValueError("No escaped character")
                following = s[at]
                at += 1
                if following not in '"\\':
                    word += char
                word += following
            else:
                word += char
        elif char in " \t\r\n":
            if word is not None:
                words.append(word)
                word = None
        elif char in "'\"":
            quote = char
            word = word or ""
        elif char == "\\":
            if at >= len(s):
                raise ValueError("No escaped character")
            word = (word or "") + s[at]
            at += 1
        else:
            word = (word or "") + char
    if quote:
        raise ValueError("No closing quotation")
    if word is not None:
        words.append(word)
    return words


def quote(s):
    if not s:
        return "''"
    if _re.search(r"[^\w@%+=:,./-]", s, _re.ASCII) is None:
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"


def join(split_command):
    return " ".join([quote(word) for word in split_command])
