# What click writes goes to the log; what it asks cannot be answered.
import sys as _sys

from _limbeck import unreadable as _unreadable


def echo(message=None, file=None, nl=True, err=False, color=None):
    text = "" if message is None else str(message)
    print(text, end="\n" if nl else "", file=_sys.stderr if err else file)


def style(text, **styles):
    # Colours are left out where nobody sees them.
    return str(text)


def secho(message=None, file=None, nl=True, err=False, color=None, **styles):
    echo(message, file=file, nl=nl, err=err)


def confirm(*args, **kwargs):
    _unreadable("`click.confirm()` asks a person")


def prompt(*args, **kwargs):
    _unreadable("`click.prompt()` asks a person")
