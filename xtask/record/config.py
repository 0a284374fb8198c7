#!/usr/bin/env python3
"""Records how SQLAlchemy reads URLs, how configparser and logging.config read an ini file, and what
Alembic's Config makes of both files.

  config.py

Writes crates/limbeck_config/tests/recorded/*.json.
"""
import configparser
import io
import json
import logging
import logging.config
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from alembic import util
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[2]
OUT = ROOT / "crates/limbeck_config/tests/recorded"

URLS = """
sqlite://
sqlite:///
sqlite:///fees.db
sqlite:///./fees.db
sqlite:///../a/fees.db
sqlite:////var/lib/fees.db
sqlite:///C:\\data\\fees.db
sqlite:///:memory:
sqlite:///a%20b.db
sqlite:///a b.db?mode=ro&uri=true
sqlite+pysqlite:///x.db
sqlite+aiosqlite:///x.db
postgresql://
postgresql:///
postgresql://localhost
postgresql://localhost/
postgresql://localhost/fees
postgresql://localhost:5432/fees
postgresql://localhost:/fees
postgresql://:5432/fees
postgresql://me@localhost/fees
postgresql://me:@localhost/fees
postgresql://me:secret@localhost/fees
postgresql://:secret@localhost/fees
postgresql://@localhost/fees
postgresql://me:p%40ss%3Aword@localhost/fees
postgresql://me:p@ss@localhost/fees
postgresql://me:a:b@localhost/fees
postgresql://me:a/b@localhost/fees
postgresql://me:a?b@localhost/fees
postgresql://me:a#b@localhost/fees
postgresql://me:a+b@localhost/fees
postgresql://me:a%2Bb@localhost/fees
postgresql://me:a%20b@localhost/fees
postgresql://me:100%@localhost/fees
postgresql://me:%zz@localhost/fees
postgresql://me:%C3%A9@localhost/fees
postgresql://me:%FF@localhost/fees
postgresql://m%65@localhost/fees
postgresql://a@b@localhost/fees
postgresql://me%40corp:x@localhost/fees
postgresql+psycopg2://me:x@[::1]:5432/fees
postgresql+psycopg://me:x@[2001:db8::1]/fees
postgresql://[::1/fees
postgresql://[]/fees
postgresql://[a]b]/fees
postgresql://[::1]x:5/fees
postgresql://[::1]:5432?x=1
localhost://h:5432/fees?mail=a@b
postgresql://h/fees?mail=a@b
postgresql+asyncpg://me:x@db.example.org/fees?ssl=require
postgresql:///fees?host=/var/run/postgresql
postgresql:///fees?host=a:5432&host=b:5433
postgresql://h/fees?options=-csearch_path%3Dapp
postgresql://h/fees?options=-c%20search_path=app,public
postgresql://h/fees?sslmode=require&application_name=my+app
postgresql://h/fees?a=&b=1
postgresql://h/fees?a&b=1
postgresql://h/fees?a=1;b=2
postgresql://h/fees?=1
postgresql://h/fees?
postgresql://h/fees?a=b=c
postgresql://h/fees?z=1&a=2&m=3
postgresql://h?a=1
postgresql://h/fe?es?x=1
postgresql://h/a/b
postgresql://h/f%20es
postgresql://h:5432x/fees
postgresql://h:x/fees
postgresql://h: 5432/fees
postgresql://h:5_4/fees
postgres://h/fees
mysql://u:p@h:3306/d?charset=utf8mb4
mysql+pymysql://u:p@h/d?unix_socket=/tmp/s.sock
mariadb+mariadbconnector://u:p@h/d
mssql+pyodbc://u:p@h/d?driver=ODBC+Driver+18+for+SQL+Server
mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BODBC%7D%3BSERVER%3Dh
mssql+pyodbc://mydsn
oracle+oracledb://u:p@h:1521/?service_name=x
foo+bar+baz://h/d
foo_bar://h/d
foo-bar://h/d
foo.bar://h/d
://h/d
fees.db
sqlite:/fees.db
sqlite:fees.db
 postgresql://h/d
postgresql ://h/d
postgresql://h/d 
POSTGRESQL://H/D
postgresql://ü:ß@hôst/dätä
jdbc:postgresql://h/d
${DATABASE_URL}
postgresql://me:x@h1:5432,h2:5433/fees
""".strip("\n").split("\n") + [""]

INIS = {
    "plain": "[alembic]\nscript_location = migrations\n",
    "colon": "[alembic]\nscript_location: migrations\nurl = a:b=c\nx:y=z\n",
    "case": "[alembic]\nScript_Location = m\n[Other]\nKEY = V\n",
    "space": "[alembic]\n  a   =    b  c   \n[ b ]\nx=1\n",
    "empty": "[alembic]\na =\nb:\nc=\n",
    "continued": "[alembic]\na = one\n  two\n    three\nb = x\n",
    "continued_empty": "[alembic]\na =\n  one\n\n  two\n\n\nb = x\n",
    "continued_comment": "[alembic]\na = one\n  # not this\n  two\n# nor this\n  three\nb = x ; kept\nc = y # kept\n",
    "continued_header": "[alembic]\na = one\n  [not.a.section]\n  b = not a key\n",
    "indented_section": "[alembic]\n  a = one\n    two\n  b = x\n [other]\n c = 1\n",
    "indented_first": "[alembic]\n    a = 1\nb = 2\n    c = 3\n",
    "comments": "# head\n; head\n[alembic] # trailing\n; a = 1\n#b=2\nc = 3\n",
    "default": "[DEFAULT]\nroot = /srv\nx = 1\n[alembic]\na = %(root)s/m\nx = 2\n[other]\nb = %(x)s\n",
    "default_last": "[alembic]\na = %(root)s/m\n[DEFAULT]\nroot = /srv\n",
    "interpolation": "[alembic]\na = 1\nb = %(a)s%(A)s\nc = 100%%\nd = %%(a)s\ne = %(b)s-%(c)s\nhere_is = %(here)s\n",
    "bad_percent": "[alembic]\na = 100%\n",
    "bad_percent_letter": "[alembic]\na = x%d\n",
    "bad_reference": "[alembic]\na = %(b\n",
    "bad_reference_kind": "[alembic]\na = %(b)d\nb = 1\n",
    "empty_reference": "[alembic]\na = %()s\n",
    "missing_reference": "[alembic]\na = %(nope)s\n",
    "env_reference": "[alembic]\na = ${HOME} $HOME %(HOME)s\n",
    "loop": "[alembic]\na = %(b)s\nb = %(a)s\n",
    "self_loop": "[alembic]\na = %(a)s\n",
    "deep": "[alembic]\n" + "".join(f"k{n} = %(k{n + 1})s\n" for n in range(9)) + "k9 = end\n",
    "too_deep": "[alembic]\n" + "".join(f"k{n} = %(k{n + 1})s\n" for n in range(10)) + "k10 = end%%\n",
    "bad_password": "[alembic]\nsqlalchemy.url = postgresql://u:p%40w@h/d\n",
    "good_password": "[alembic]\nsqlalchemy.url = postgresql://u:p%%40w@h/d\n",
    "duplicate_option": "[alembic]\na = 1\nb = 2\nA = 3\n",
    "duplicate_section": "[alembic]\na = 1\n[b]\n[alembic]\nb = 2\n",
    "duplicate_default": "[DEFAULT]\na = 1\n[b]\n[DEFAULT]\nb = 2\n",
    "duplicate_default_option": "[DEFAULT]\na = 1\n[DEFAULT]\na = 2\n",
    "here_overridden": "[DEFAULT]\nhere = /else\n[alembic]\na = %(here)s\n",
    "no_header": "a = 1\n[alembic]\n",
    "no_delimiter": "[alembic]\na = 1\njust text\nb = 2\nmore text\n",
    "no_key": "[alembic]\n= 1\n",
    "bracket_value": "[alembic]\n[a]b = 1\n",
    "bracket_unclosed": "[alembic\na = 1\n",
    "bracket_twice": "[a]b]\nx = 1\n",
    "crlf": "[alembic]\r\na = 1\r\n  2\r\nb = 3\r\n",
    "cr": "[alembic]\ra = 1\rb = 2\r",
    "no_final_newline": "[alembic]\na = 1",
    "bom": "\ufeff[alembic]\na = 1\n",
    "unicode": "[alembic]\nnäme = wért\nİ = x\n",
    "tabs": "[alembic]\n\ta = 1\n\t\t2\n\tb = 3\n",
    "form_feed": "[alembic]\na = 1\x0c2\nb\x0c= 3\n",
    "line_separator": "[alembic]\na = 1\u20282\n",
    "equals_first": "[alembic]\na == 1\nb =: 2\nc := 3\n",
    "spaces_in_key": "[alembic]\nmy key = 1\nmy-key.x = 2\n",
    "default_lower": "[default]\na = 1\n[alembic]\nb = 2\n",
    "rem": "[alembic]\nrem = 1\nREM x\n",
}

STOCK_LOGGING = """
[loggers]
keys = root,sqlalchemy,alembic
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
qualname =
[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine
[logger_alembic]
level = INFO
handlers =
qualname = alembic
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
"""

LOGGINGS = {
    "stock": STOCK_LOGGING,
    "none": "[alembic]\n",
    "root_info": STOCK_LOGGING.replace("level = WARNING\nhandlers = console", "level = INFO\nhandlers = console"),
    "alembic_warn": STOCK_LOGGING.replace("level = INFO", "level = WARN"),
    "alembic_debug": STOCK_LOGGING.replace("level = INFO", "level = DEBUG"),
    "alembic_notset": STOCK_LOGGING.replace("level = INFO", "level = NOTSET"),
    "alembic_no_level": STOCK_LOGGING.replace("level = INFO\n", ""),
    "sqlalchemy_info": STOCK_LOGGING.replace("level = WARNING\nhandlers =\n", "level = INFO\nhandlers =\n"),
    "handler_error": STOCK_LOGGING.replace("NOTSET", "ERROR"),
    "handler_no_level": STOCK_LOGGING.replace("level = NOTSET\n", ""),
    "no_formatter": STOCK_LOGGING.replace("formatter = generic\n", ""),
    "stdout": STOCK_LOGGING.replace("sys.stderr", "sys.stdout"),
    "no_args": STOCK_LOGGING.replace("args = (sys.stderr,)\n", ""),
    "empty_args": STOCK_LOGGING.replace("(sys.stderr,)", "()"),
    "own_handler_twice": STOCK_LOGGING.replace("level = INFO\nhandlers =", "level = INFO\nhandlers = console"),
    "no_propagate": STOCK_LOGGING.replace("level = INFO\nhandlers =", "level = INFO\nhandlers = console\npropagate = 0"),
    "no_propagate_no_handler": STOCK_LOGGING.replace("level = INFO\nhandlers =", "level = INFO\npropagate = 0\nhandlers ="),
    "no_root_handler": STOCK_LOGGING.replace("handlers = console", "handlers ="),
    "runtime_only": STOCK_LOGGING.replace("qualname = alembic", "qualname = alembic.runtime.migration"),
    "level_name": STOCK_LOGGING.replace("%(levelname)-5.5s", "%(levelname)s|%(levelname)8s|%(levelno)d|"),
    "full_class": STOCK_LOGGING.replace("class = StreamHandler", "class = logging.StreamHandler"),
    "null_handler": STOCK_LOGGING.replace("class = StreamHandler", "class = NullHandler").replace("args = (sys.stderr,)", "args = ()"),
    "braces": STOCK_LOGGING.replace("%(levelname)-5.5s [%(name)s] %(message)s", "{levelname:<8} {name} {message}\nstyle = {"),
    "dollar": STOCK_LOGGING.replace("%(levelname)-5.5s [%(name)s] %(message)s", "$levelname ${name}: $message\nstyle = $"),
    "default_format": STOCK_LOGGING.replace("format = %(levelname)-5.5s [%(name)s] %(message)s\n", ""),
    "two_handlers": STOCK_LOGGING.replace("keys = console", "keys = console, second").replace("handlers = console", "handlers = console,second")
    + "[handler_second]\nclass = StreamHandler\nargs = (sys.stderr,)\nlevel = WARNING\nformatter =\n",
    "missing_handler": STOCK_LOGGING.replace("keys = console", "keys = other"),
    "missing_section": STOCK_LOGGING.replace("[formatter_generic]", "[formatter_other]"),
    "bad_level": STOCK_LOGGING.replace("level = INFO", "level = LOUD"),
    "lower_level": STOCK_LOGGING.replace("level = INFO", "level = info"),
    "no_formatters": STOCK_LOGGING.replace("[formatters]\nkeys = generic\n", ""),
    "no_handlers": STOCK_LOGGING.replace("[handlers]\nkeys = console\n", ""),
    "no_root": STOCK_LOGGING.replace("keys = root,sqlalchemy,alembic", "keys = alembic"),
    "only_root": STOCK_LOGGING.replace("keys = root,sqlalchemy,alembic", "keys = root").replace("level = WARNING\nhandlers = console", "level = INFO\nhandlers = console"),
    "root_notset": STOCK_LOGGING.replace("keys = root,sqlalchemy,alembic", "keys = root,alembic").replace("level = WARNING\nhandlers = console", "level = NOTSET\nhandlers = console"),
    "only_root_no_handler": STOCK_LOGGING.replace("keys = root,sqlalchemy,alembic", "keys = root").replace("handlers = console", "handlers ="),
    "runtime_alone": STOCK_LOGGING.replace("qualname = alembic", "qualname = alembic.runtime.migration\npropagate = 0").replace("handlers = console", "handlers ="),
    "bad_propagate": STOCK_LOGGING.replace("qualname = alembic", "qualname = alembic\npropagate = no"),
    "missing_formatter": STOCK_LOGGING.replace("formatter = generic", "formatter = other"),
    "missing_class": STOCK_LOGGING.replace("class = StreamHandler\n", ""),
    "missing_qualname": STOCK_LOGGING.replace("qualname = alembic\n", ""),
    "missing_handlers_key": STOCK_LOGGING.replace("level = INFO\nhandlers =\n", "level = INFO\n"),
    "interpolated_qualname": "[DEFAULT]\nmine = alembic\n" + STOCK_LOGGING.replace("qualname = alembic", "qualname = %(mine)s"),
}

RECORDS = [
    ("alembic.runtime.migration", logging.INFO, "Running upgrade a -> b"),
    ("alembic.runtime.migration", logging.DEBUG, "new branch insert a"),
    ("alembic.util.messaging", logging.ERROR, "Can't locate revision"),
    ("alembic", logging.WARNING, "100%"),
    ("alembics", logging.INFO, "x"),
    ("sqlalchemy.engine.Engine", logging.INFO, "BEGIN (implicit)"),
    ("sqlalchemy.pool", logging.WARNING, "pool"),
    ("myapp", logging.INFO, "mine"),
    ("myapp", logging.WARNING, "mine"),
    ("root", logging.CRITICAL, "top"),
]

TEMPLATES = [
    None,
    "%(rev)s",
    "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
    "%(epoch)s_%(rev)s",
    "%(epoch)d-%(second)02d%(slug)s",
    "%(year)04d/%(month)02d/%(rev)s",
    "%(year)s%(month)s%(day)s",
    "%(rev)-14s|%(slug)30s|",
    "%(rev).4s%(month)+d% (day)d",
    "%(slug).10s%%",
    "%(month)5.3d%(month)-5d|",
    "%(year)x%(day)o%(hour)X%(second)i",
    "%(rev)r%(year)r",
    "%(revision)s",
    "%(rev)d",
    "%(rev)",
    "100%",
    "",
]

MESSAGES = [
    None, "", "Add users", "Add: the User's table!", "x" * 60, "one two three four five six seven eight nine ten",
    "Größe ändern", "  leading", "snake_case-and-dash", "漢字 テーブル", "naïve İstanbul ǅ", "tab\tnew\nline", "____",
    "a_" * 30, "exactly forty characters in this message", "emoji 🎉 party", "हिन्दी भाषा", "1.2.3 release",
]

SETTINGS = {
    "nothing": (None, None),
    "no_section": ("[other]\nscript_location = x\n", None),
    "empty_section": ("[alembic]\n", None),
    "default_only": ("[DEFAULT]\nscript_location = x\n", None),
    "default_and_section": ("[DEFAULT]\nscript_location = x\n[alembic]\n", None),
    "here": ("[alembic]\nscript_location = %(here)s/m\n", None),
    "toml_only": (None, '[tool.alembic]\nscript_location = "%(here)s/t"\nprepend_sys_path = ["."]\n'),
    "toml_below_ini": ("[alembic]\nscript_location = m\n", '[tool.alembic]\nscript_location = "t"\ntimezone = "UTC"\n'),
    "toml_without_section": ("[other]\n", '[tool.alembic]\nscript_location = "t"\n'),
    "toml_other_tool": ("[alembic]\nscript_location = m\n", "[tool.black]\nline-length = 80\n"),
    "toml_types": (None, '[tool.alembic]\nscript_location = "t"\ntruncate_slug_length = 12\nsourceless = true\nrecursive_version_locations = false\n'),
    "toml_text_flag": (None, '[tool.alembic]\nscript_location = "t"\nsourceless = "true"\n'),
    "toml_float": (None, "[tool.alembic]\nscript_location = 1.5\n"),
    "toml_not_table": (None, "[tool]\nalembic = 1\n"),
    "toml_percent": (None, '[tool.alembic]\nscript_location = "t"\nfile_template = "%%(rev)s"\n'),
    "toml_bad_percent": (None, '[tool.alembic]\nscript_location = "t"\nfile_template = "%(rev)s"\n'),
    "toml_locations": (None, '[tool.alembic]\nscript_location = "t"\nversion_locations = ["%(here)s/a", "b c"]\n'),
    "toml_empty_locations": (None, '[tool.alembic]\nscript_location = "t"\nversion_locations = []\n'),
    "toml_hooks": (None, '[tool.alembic]\nscript_location = "t"\n[[tool.alembic.post_write_hooks]]\nname = "fmt"\ntype = "exec"\nexecutable = "%(here)s/fmt"\n'),
    "toml_hooks_hidden": ("[alembic]\n[post_write_hooks]\n", '[tool.alembic]\nscript_location = "t"\n[[tool.alembic.post_write_hooks]]\nname = "fmt"\ntype = "exec"\n'),
    "ini_hooks": ("[alembic]\nscript_location = m\n[post_write_hooks]\nhooks = a, b c\na.type = exec\na.executable = %(here)s/x\nA.Options = -l REVISION_SCRIPT_FILENAME\nb.type = module\nab.type = z\n", None),
    "locations_legacy": ("[alembic]\nscript_location = m\nversion_locations = a b,c, d  e:f\n", None),
    "locations_os": ("[alembic]\nscript_location = m\npath_separator = os\nversion_locations = %(here)s/a: b :c d::e\n", None),
    "locations_newline": ("[alembic]\nscript_location = m\npath_separator = newline\nversion_locations =\n  a\n  b c\n\n  d\n", None),
    "locations_space": ("[alembic]\nscript_location = m\npath_separator = space\nversion_locations = a  b\n", None),
    "locations_semicolon": ("[alembic]\nscript_location = m\npath_separator = ;\nversion_locations = a;b\n", None),
    "locations_old_separator": ("[alembic]\nscript_location = m\nversion_path_separator = :\nversion_locations = a:b\nprepend_sys_path = x:y z\n", None),
    "locations_both_separators": ("[alembic]\nscript_location = m\nversion_path_separator = space\npath_separator = :\nversion_locations = a:b c\n", None),
    "locations_bad_separator": ("[alembic]\nscript_location = m\npath_separator = comma\nversion_locations = a,b\n", None),
    "locations_empty_separator": ("[alembic]\nscript_location = m\npath_separator =\nversion_locations = a,b\n", None),
    "bad_separator_unused": ("[alembic]\nscript_location = m\npath_separator = comma\n", None),
    "locations_empty": ("[alembic]\nscript_location = m\nversion_locations =\n", '[tool.alembic]\nversion_locations = ["t"]\n'),
    "sys_path": ("[alembic]\nscript_location = m\nprepend_sys_path = . src:lib,x\n", None),
    "sys_path_os": ("[alembic]\nscript_location = m\npath_separator = os\nprepend_sys_path = .: src\n", None),
    "sys_path_empty": ("[alembic]\nscript_location = m\nprepend_sys_path =\n", None),
    "flags": ("[alembic]\nscript_location = m\nsourceless = true\nrecursive_version_locations = True\n", None),
    "slug": ("[alembic]\nscript_location = m\ntruncate_slug_length = 12\n", None),
    "slug_zero": ("[alembic]\nscript_location = m\ntruncate_slug_length = 0\n", None),
    "slug_spaces": ("[alembic]\nscript_location = m\ntruncate_slug_length =  1_0 \n", None),
    "slug_comment": ("[alembic]\nscript_location = m\ntruncate_slug_length = 40 # chars\n", None),
    "slug_empty": ("[alembic]\nscript_location = m\ntruncate_slug_length =\n", None),
    "template": ("[alembic]\nscript_location = m\nfile_template = %%(year)d-%%(rev)s\noutput_encoding = latin-1\n", None),
    "template_unescaped": ("[alembic]\nscript_location = m\nfile_template = %(rev)s\n", None),
    "named_section": ("[alembic]\nscript_location = m\n[mine]\nscript_location = n\n", None),
    "package": ("[alembic]\nscript_location = my.pkg:migrations\n", None),
}
for word in ["true", "True", "yes", "on", "1", "t", "false", "0", "off", "n", "maybe", "", "2"]:
    SETTINGS[f"environment_{word}"] = (f"[alembic]\nscript_location = m\nrevision_environment = {word}\n", None)
for word in ["true", "false", '"yes"', "1", '"maybe"']:
    SETTINGS[f"toml_environment_{word}"] = (None, f'[tool.alembic]\nscript_location = "t"\nrevision_environment = {word}\n')


def failure(error):
    text = str(error)
    return {"error": {"kind": type(error).__name__, "message": text}}


def attempt(run):
    try:
        return run()
    except Exception as error:  # noqa: BLE001: whatever it is, it is recorded
        return failure(error)


def url(text):
    def run():
        url = make_url(text)
        query = [[key, list(value) if isinstance(value, tuple) else [value]] for key, value in url.query.items()]
        return {
            "drivername": url.drivername, "username": url.username, "password": url.password, "host": url.host,
            "port": url.port, "database": url.database, "query": query, "hidden": str(url),
            "shown": url.render_as_string(hide_password=False), "backend": url.get_backend_name(),
        }
    return attempt(run)


def ini(text, folder):
    path = folder / "alembic.ini"
    path.write_bytes(text.encode())
    def run():
        parser = configparser.ConfigParser({"here": "/srv/app"})
        parser.read([path], encoding="utf-8")
        sections = {}
        for section in parser.sections():
            sections[section] = {option: attempt(lambda: parser.get(section, option)) for option in parser.options(section)}
        return {"defaults": dict(parser._defaults), "sections": sections}
    found = attempt(run)
    # Alembic hands in a Path, whose repr is no help to anyone.
    return json.loads(json.dumps(found).replace(f"PosixPath('{path}')", "'alembic.ini'"))


def reset_logging():
    for name in list(logging.root.manager.loggerDict):
        del logging.root.manager.loggerDict[name]
    logging.root.handlers.clear()
    logging.root.setLevel(logging.WARNING)


def log(text, disable_existing, folder):
    path = folder / "alembic.ini"
    path.write_text(text)
    out, err = io.StringIO(), io.StringIO()
    reset_logging()
    for name, _, _ in RECORDS:
        # Alembic's own loggers are there before env.py calls fileConfig.
        if name.startswith(("alembic.", "sqlalchemy.")):
            logging.getLogger(name)
    # As `alembic.util.messaging` does when it is imported.
    logging.getLogger("alembic").addHandler(logging.NullHandler())
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        def run():
            logging.config.fileConfig(str(path), disable_existing_loggers=disable_existing)
            for name, level, message in RECORDS:
                logging.getLogger(name if name != "root" else None).log(level, "%s", message)
            return {}
        found = attempt(run)
    finally:
        sys.stdout, sys.stderr = kept
    reset_logging()
    return {**found, "stdout": out.getvalue(), "stderr": err.getvalue()}


def file_name(template, message, length, folder):
    (folder / "m").mkdir(exist_ok=True)
    script = ScriptDirectory(folder / "m", truncate_slug_length=length)
    if template is not None:
        script.file_template = template
    date = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
    return attempt(lambda: script._rev_path("", "ae1027a6acf1", message, date).as_posix())


def settings(name, ini_text, toml_text, folder):
    for old in ("alembic.ini", "pyproject.toml"):
        (folder / old).unlink(missing_ok=True)
    if ini_text is not None:
        (folder / "alembic.ini").write_text(ini_text)
    if toml_text is not None:
        (folder / "pyproject.toml").write_text(toml_text)
    def make():
        return Config(folder / "alembic.ini", folder / "pyproject.toml",
                      ini_section="mine" if name == "named_section" else "alembic")
    def location():
        value = make().get_alembic_option("script_location")
        if value is None:
            raise util.CommandError("No 'script_location' key found in configuration.")
        return value
    questions = {
        "script_location": location,
        "main_script_location": lambda: make().get_main_option("script_location"),
        "version_locations": lambda: make().get_version_locations_list() or None,
        "prepend_sys_path": lambda: make().get_prepend_sys_paths_list() or [],
        "hooks": lambda: [dict(hook) for hook in make().get_hooks_list()],
        "file_template": lambda: make().get_alembic_option("file_template", "%(rev)s_%(slug)s"),
        "timezone": lambda: make().get_alembic_option("timezone"),
        "output_encoding": lambda: make().get_alembic_option("output_encoding", "utf-8"),
        "sourceless": lambda: make().get_alembic_boolean_option("sourceless"),
        "recursive_version_locations": lambda: make().get_alembic_boolean_option("recursive_version_locations"),
        "truncate_slug_length": lambda: (int(tsl) if (tsl := make().get_alembic_option("truncate_slug_length")) is not None else None) or 40,
        "revision_environment": lambda: util.asbool(make().get_alembic_option("revision_environment")),
    }
    found = {question: attempt(answer) for question, answer in questions.items()}
    text = json.dumps(found).replace(str(folder), "/srv/app")
    return json.loads(text)


def write(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (OUT / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write("url.json", [{"id": text, "result": url(text)} for text in URLS])
        write("ini.json", [{"id": name, "text": text, "result": ini(text, folder)} for name, text in INIS.items()])
        write("logging.json", [
            {"id": f"{name} {disable}", "text": text, "disable_existing": disable, "records": RECORDS,
             "result": log(text, disable, folder)} for name, text in LOGGINGS.items() for disable in (True, False)])
        cases = [(template, "Add users", None) for template in TEMPLATES]
        cases += [(None, message, None) for message in MESSAGES]
        cases += [(None, "one two three", length) for length in (1, 3, 4, 7, 8, 12, 13, -1, -20, 0)]
        write("file_name.json", [
            {"id": f"{template!r} {message!r} {length}", "template": template, "message": message, "length": length,
             "result": file_name(template, message, length, folder)} for template, message, length in cases])
        write("settings.json", [
            {"id": name, "ini": ini_text, "toml": toml_text, "result": settings(name, ini_text, toml_text, folder)}
            for name, (ini_text, toml_text) in SETTINGS.items()])


main()
