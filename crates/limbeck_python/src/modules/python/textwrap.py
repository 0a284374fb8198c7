# `textwrap.wrap` and its company, for text without hyphens inside words.
import re as _re

from _limbeck import unreadable as _unreadable

_SPACE = "\t\n\x0b\x0c\r "
_KNOWN = (
    "initial_indent", "subsequent_indent", "break_long_words", "drop_whitespace", "replace_whitespace", "expand_tabs",
    "max_lines", "placeholder", "break_on_hyphens",
)


def wrap(text, width=70, **options):
    for name in options:
        if name not in _KNOWN:
            _unreadable(f"`{name}` of `textwrap.wrap()` is not modelled")
    for name in ("drop_whitespace", "replace_whitespace", "expand_tabs"):
        if not options.get(name, True):
            _unreadable(f"`{name}` of `textwrap.wrap()` is not modelled")
    if options.get("break_on_hyphens", True) and "-" in text:
        _unreadable("where `textwrap` breaks words with hyphens is not modelled")
    initial = options.get("initial_indent", "")
    subsequent = options.get("subsequent_indent", "")
    max_lines = options.get("max_lines")
    placeholder = options.get("placeholder", " [...]")
    if width <= 0:
        raise ValueError(f"invalid width {width!r} (must be > 0)")
    if max_lines is not None:
        indent = subsequent if max_lines > 1 else initial
        if len(indent) + len(placeholder.lstrip()) > width:
            raise ValueError("placeholder too large for max width")
    text = text.expandtabs(8)
    for char in _SPACE:
        text = text.replace(char, " ")
    chunks = [chunk for chunk in _re.split("( +)", text) if chunk]
    chunks.reverse()
    lines = []
    while chunks:
        current = []
        length = 0
        indent = subsequent if lines else initial
        room = width - len(indent)
        if chunks[-1].strip() == "" and lines:
            chunks.pop()
        while chunks:
            if length + len(chunks[-1]) > room:
                break
            length += len(chunks[-1])
            current.append(chunks.pop())
        if chunks and len(chunks[-1]) > room:
            left = 1 if room < 1 else room - length
            if options.get("break_long_words", True):
                current.append(chunks[-1][:left])
                chunks[-1] = chunks[-1][left:]
            elif not current:
                current.append(chunks.pop())
            length = sum([len(chunk) for chunk in current])
        if current and current[-1].strip() == "":
            length -= len(current[-1])
            current.pop()
        if not current:
            continue
        rest_is_blank = not chunks or (len(chunks) == 1 and not chunks[0].strip())
        if max_lines is None or len(lines) + 1 < max_lines or (rest_is_blank and length <= room):
            lines.append(indent + "".join(current))
            continue
        while current:
            if current[-1].strip() and length + len(placeholder) <= room:
                current.append(placeholder)
                lines.append(indent + "".join(current))
                break
            length -= len(current[-1])
            current.pop()
        else:
            if lines:
                previous = lines[-1].rstrip()
                if len(previous) + len(placeholder) <= width:
                    lines[-1] = previous + placeholder
                    break
            lines.append(indent + placeholder.lstrip())
        break
    return lines


def fill(text, width=70, **options):
    return "\n".join(wrap(text, width, **options))


def shorten(text, width, **options):
    return fill(" ".join(text.strip().split()), width, max_lines=1, **options)
