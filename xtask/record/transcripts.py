"""Records what real Alembic prints: builds small projects, runs commands in them, and writes one JSON
file a project into the directory given as the first argument.

    /path/to/venv/bin/python xtask/record/transcripts.py crates/limbeck_cli/tests/transcripts

Each file has the project's `files` and its `steps`, which run one after the other in the same
directory: `argv`, extra `env`, `stdout`, `stderr`, `exit`, and in `written` the content of files that
the step made or changed. The project directory is masked as `<proj>`, dates as `<date>`, and of a
traceback only `{"traceback": "<last line>"}` is kept.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ALEMBIC = pathlib.Path(sys.executable).parent / "alembic"
TEMPLATES = pathlib.Path(
    subprocess.check_output(
        [sys.executable, "-c", "import alembic,os;print(os.path.dirname(alembic.__file__))"], text=True
    ).strip()
) / "templates"


def template(name, file):
    return (TEMPLATES / name / file).read_text()


def ini(**keys):
    text = template("generic", "alembic.ini.mako").replace("${script_location}", "%(here)s/migrations")
    text = text.replace("driver://user:pass@localhost/dbname", "sqlite:///%(here)s/app.db")
    extra = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return text.replace("[alembic]\n", "[alembic]\n" + extra, 1)


def script(rev, down, doc, up="pass", down_body="pass", labels=None, depends=None, date="2026-01-02 03:04:05.678901"):
    def comma(value):
        return value if isinstance(value, str) else ", ".join(value or ())

    lines = lambda body: "\n".join("    " + line for line in body.split("\n"))
    return f'''"""{doc}

Revision ID: {rev}
Revises: {comma(down)}
Create Date: {date}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = {rev!r}
down_revision: Union[str, Sequence[str], None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = {labels!r}
depends_on: Union[str, Sequence[str], None] = {depends!r}


def upgrade() -> None:
    """Upgrade schema."""
{lines(up)}


def downgrade() -> None:
    """Downgrade schema."""
{lines(down_body)}
'''


def base(**keys):
    return {
        "alembic.ini": ini(**keys),
        "migrations/env.py": template("generic", "env.py"),
        "migrations/script.py.mako": template("generic", "script.py.mako"),
    }


def table(name):
    return (
        f"op.create_table({name!r}, sa.Column('id', sa.Integer(), nullable=False), "
        f"sa.Column('name', sa.String(length=50), nullable=True), sa.PrimaryKeyConstraint('id'))",
        f"op.drop_table({name!r})",
    )


def linear():
    files = base()
    chain = [
        ("aaaa0001", None, "first table", *table("one")),
        ("bbbb0002", "aaaa0001", "second table\n\nWith more text.\n    and an indent", *table("two")),
        ("cccc0003", "bbbb0002", "a column", "op.add_column('one', sa.Column('extra', sa.Text(), nullable=True))", "op.drop_column('one', 'extra')"),
        ("dddd0004", "cccc0003", "rows", "op.execute(\"INSERT INTO one (id, name) VALUES (1, 'it''s 100%')\")", "op.execute('DELETE FROM one')"),
        ("dddd0005", "dddd0004", "an index", "op.create_index(op.f('ix_two_name'), 'two', ['name'], unique=False)", "op.drop_index(op.f('ix_two_name'), table_name='two')"),
    ]
    for rev, down, doc, up, dn in chain:
        files[f"migrations/versions/{rev}_x.py"] = script(rev, down, doc, up, dn)
    steps = [
        ["heads"], ["heads", "-v"], ["heads", "--resolve-dependencies"], ["branches"], ["branches", "-v"],
        ["history"], ["history", "-v"], ["history", "-r", "bbbb:"], ["history", "-r", ":cccc0003"],
        ["history", "-rbbbb0002:dddd0004"], ["history", "-r=-2:"], ["history", "-r-2:"], ["history", "-r", "-2:"],
        ["history", "-r", "head"], ["history", "-r", "bbbb0002:+2"], ["history", "-r", "nope:"],
        ["show", "head"], ["show", "bb"], ["show", "heads"], ["show", "base"], ["show", "dddd"], ["show", "nope"],
        ["show", "head-1"], ["-q", "show", "nope"], ["--raiseerr", "show", "nope"],
        ["current"], ["current", "-v"], ["show", "current"], ["history", "-i"], ["current", "--check-heads"],
        ["upgrade", "+2"], ["current"], ["current", "-v"], ["show", "current"], ["history", "-i"], ["history", "-r", "current:"],
        ["history", "-r", ":current"], ["history", "-r=-1:current"], ["history", "-r", "current:+1"],
        ["upgrade", "+9"], ["upgrade", "-1"], ["downgrade", "+1"], ["upgrade", "aaaa0001"], ["downgrade", "head"],
        ["upgrade", "a:b"], ["downgrade", "--sql", "base"], ["upgrade", "nope"], ["upgrade", "dddd"],
        ["upgrade", "head"], ["upgrade", "head"], ["current", "-c"], ["current"],
        ["downgrade", "-1"], ["downgrade", "-2"], ["current"], ["downgrade", "aaaa0001"], ["downgrade", "base"], ["current"],
        ["downgrade", "-1"], ["stamp", "head"], ["current"], ["stamp", "bbbb"], ["current"], ["stamp", "base"], ["current"],
        ["stamp", "nope"], ["stamp", "--purge", "cccc0003"], ["stamp", "--purge", "--sql", "head"], ["current"],
        ["stamp", "--purge", "base"],
        ["upgrade", "head", "--sql"], ["upgrade", "aaaa0001:cccc0003", "--sql"], ["upgrade", "--sql", "cccc0003:aaaa0001"],
        ["upgrade", "--sql", "bbbb0002:+2"], ["downgrade", "dddd0005:bbbb0002", "--sql"], ["downgrade", "dddd0005:base", "--sql"],
        ["stamp", "--sql", "bbbb0002"], ["stamp", "--sql", "aaaa0001:cccc0003"], ["ensure_version", "--sql"], ["ensure_version"],
        ["upgrade"], [], ["nosuch"], ["heads", "--nope"], ["--version"], ["-n", "other", "heads"],
        ["-c", "missing.ini", "heads"], ["-c", "alembic.ini", "-c", "alembic.ini", "heads"],
        ["edit", "base"], ["edit", "nope"], {"argv": ["edit", "bbbb"], "env": {"EDITOR": "true"}},
        {"argv": ["edit", "bbbb"], "env": {"EDITOR": "false"}},
        {"argv": ["heads"], "env": {"ALEMBIC_CONFIG": "other.ini"}},
        {"argv": ["heads"], "env": {"ALEMBIC_CONFIG": "alembic.ini"}},
        ["upgrade", "head"],
        {"argv": ["current"], "sql": "UPDATE alembic_version SET version_num='deadbeef'"},
        ["upgrade", "head"], ["downgrade", "-1"], ["stamp", "head"], ["stamp", "--purge", "head"], ["current"],
        ["check"], ["list_templates"],
        ["revision", "-m", "Added a Thing, and more!", "--rev-id", "eeee0006"], ["heads"],
        ["revision", "-m", "x", "--sql"], ["revision", "-m", "x", "--autogenerate", "--sql"],
        ["revision", "-m", "y", "--rev-id", "ffff0007", "--head", "bbbb0002"],
        ["revision", "-m", "a branch from the middle", "--rev-id", "ffff0007", "--head", "bbbb0002", "--splice", "--branch-label", "side"],
        ["revision", "-m", "z"], ["heads"], ["branches", "-v"], ["upgrade", "head"], ["upgrade", "heads"], ["current"],
        ["revision", "-m", "z", "--head", "side@head", "--rev-id", "abcd0008", "--depends-on", "eeee"],
        ["revision", "-m", "bad id", "--rev-id", "a-b"], ["revision", "-m", "dep", "--depends-on", "nope"],
        ["merge", "-m", "merge them", "heads", "--rev-id", "12340009"], ["heads"], ["history"], ["show", "1234"],
        ["merge", "-m", "dup", "1234", "1234"], ["merge", "-m", "no head", "aaaa0001", "1234"],
        ["revision", "--rev-id", "56780010"], ["revision", "-m", "x", "--version-path", "elsewhere"],
        ["upgrade", "head"], ["current", "-v"], ["downgrade", "base"],
    ]
    return files, steps


def branched():
    files = base()
    revs = [
        ("a1a1a1a1", None, "base rev", *table("t1")),
        ("b2b2b2b2", "a1a1a1a1", "second rev", *table("t2")),
        ("c3c3c3c3", "b2b2b2b2", "third rev", *table("t3")),
        ("d4d4d4d4", "b2b2b2b2", "branch rev", *table("t4")),
        ("d5d5d5d5", "d4d4d4d4", "branch two", *table("t5")),
        ("e6e6e6e6", "c3c3c3c3", "more", *table("t6")),
        ("f7f7f7f7", ("e6e6e6e6", "d5d5d5d5"), "merge c and d", "pass", "pass"),
        ("f8f8f8f8", "f7f7f7f7", "dep on ind", *table("t8")),
        ("99990000", None, "ind base", *table("i0")),
        ("99990001", "99990000", "ind two", *table("i1")),
    ]
    for rev, down, doc, up, dn in revs:
        labels = {"d4d4d4d4": ("xbranch",), "99990000": "indep"}.get(rev)
        depends = {"f8f8f8f8": "99990001"}.get(rev)
        files[f"migrations/versions/{rev}_x.py"] = script(rev, down, doc, up, dn, labels, depends)
    steps = [
        ["heads"], ["heads", "-v"], ["heads", "--resolve-dependencies"], ["branches"], ["branches", "-v"], ["history"],
        ["history", "-v"], ["history", "-r", "xbranch@base:xbranch@head"], ["history", "-r", "b2b2b2b2:f7f7f7f7"],
        ["show", "xbranch"], ["show", "indep@head"], ["show", "f7f7"], ["show", "head"], ["show", "heads"], ["show", "xbranch@head"],
        ["upgrade", "head"], ["upgrade", "xbranch@+1"], ["current"], ["upgrade", "+1"], ["upgrade", "d5d5d5d5"], ["upgrade", "c3c3"],
        ["current"], ["current", "-v"], ["history", "-i"], ["upgrade", "+1"], ["downgrade", "xbranch@-1"], ["current"],
        ["upgrade", "indep@head"], ["current"], ["upgrade", "heads"], ["current"], ["current", "-v"], ["current", "-c"],
        ["downgrade", "f8f8f8f8-1"], ["current"], ["downgrade", "indep@base"], ["current"], ["upgrade", "heads"],
        ["downgrade", "b2b2b2b2"], ["current"], ["downgrade", "base"], ["current"],
        ["stamp", "heads"], ["current"], ["stamp", "b2b2"], ["current"], ["stamp", "c3c3c3c3", "d4d4d4d4"], ["current"], ["stamp", "base"],
        ["stamp", "head"], ["upgrade", "heads", "--sql"], ["downgrade", "f8f8f8f8:base", "--sql"], ["upgrade", "d5d5d5d5:heads", "--sql"],
        ["upgrade", "f7f7f7f7", "--sql"], ["downgrade", "xbranch@-1"], ["upgrade", "nope@head"], ["show", "xbranch@nope"],
        ["merge", "heads", "-m", "all"], ["merge", "d4d4d4d4", "99990001", "-m", "x"],
        ["merge", "f8f8", "99990001", "-m", "all", "--rev-id", "abab1111", "--branch-label", "whole"], ["history"], ["branches"],
    ]
    return files, steps


def quiet():
    """Options in other places and spellings, quiet commands, several dependencies."""
    files, _ = branched()
    steps = [
        ["his"], ["history", "--verb", "--rev-range=e6e6e6e6:"], ["history", "-r", "c3c3:+1"], ["history", "-r", "f7f7f7f7:c3c3c3c3"], ["history", "-r", ""],
        ["-q", "heads"], ["-q", "history"], ["--quiet", "branches"], ["-qn", "alembic", "heads"], ["-q", "show", "a1a1"], ["-q", "upgrade", "nope"],
        ["-q", "list_templates"], ["-q", "upgrade", "a1a1a1a1:b2b2b2b2", "--sql"], ["-q", "init", "second"], ["-q", "current", "-v"],
        ["--nam", "alembic", "heads"], ["--conf", "alembic.ini", "heads", "--res"], ["--", "heads"], ["heads", "--"], ["-x"], ["-c"], ["show"], ["stamp"], ["merge"],
        ["current", "-cv"], ["upgrade", "--", "-1"], ["revision", "-m", "x", "extra"], ["check", "x"],
        ["stamp", "heads"], ["stamp", "--sql", "b2b2b2b2:f8f8f8f8"], ["stamp", "--sql", "a1a1a1a1:c3c3c3c3", "b2b2b2b2:d4d4d4d4"],
        ["revision", "--splice", "-m", "two dependencies", "--head", "a1a1", "--rev-id", "5001", "--branch-label", "side", "--depends-on", "indep", "--depends-on", "c3c3"],
        ["show", "side"], ["revision", "--rev-id", "a@b"], ["merge", "base", "heads", "--rev-id", "5002"],
        ["-q", "revision", "-m", "quiet", "--rev-id", "5003", "--head", "side@head"], ["show", "5003"],
        {"argv": ["edit", "side@head"], "env": {"EDITOR": "echo"}}, {"argv": ["edit", "a1a1"], "env": {"EDITOR": "echo -n x"}},
    ]
    return files, steps


def x_arguments():
    files, _ = linear()
    files["migrations/env.py"] = '''from alembic import context
from sqlalchemy import create_engine
config = context.config
print("x:", sorted(context.get_x_argument(as_dictionary=True).items()), context.get_x_argument(), "tag:", context.get_tag_argument())
url = config.get_main_option("sqlalchemy.url")


def configure(**arguments):
    context.configure(**arguments)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    configure(url=url, literal_binds=True)
else:
    with create_engine(url).connect() as connection:
        configure(connection=connection)
'''
    return files, [
        ["-x", "a=b", "-x", "c", "current"], ["-xa=b=c", "upgrade", "+1"], ["-x", "a=1", "-x", "a=2", "current"], ["-x", "", "current"], ["-x=", "current"],
        ["-x", "-v=1", "current"], ["-x", "sp ace=ü", "current"], ["upgrade", "+1", "--tag", "mytag"], ["downgrade", "-1", "--tag=t2"],
        ["upgrade", "aaaa0001:bbbb0002", "--sql", "--tag", "t"],
    ]


def toml_merge():
    config = '[tool.alembic]\nscript_location = "%(here)s/migrations"\nfile_template = "%%(rev)s-%%(slug)s"\ntruncate_slug_length = 10\n'
    files = {
        "pyproject.toml": config + 'version_locations = ["%(here)s/migrations/versions", "%(here)s/more"]\n'
        '[[tool.alembic.post_write_hooks]]\nname = "e"\ntype = "exec"\nexecutable = "echo"\noptions = "hello REVISION_SCRIPT_FILENAME"\n',
        "alembic.ini": template("pyproject", "alembic.ini.mako").replace("driver://user:pass@localhost/dbname", "sqlite:///%(here)s/app.db"),
        "both.ini": "[alembic]\nscript_location=%(here)s/migrations\nfile_template=ini_%%(rev)s\nsqlalchemy.url=sqlite:///%(here)s/app.db\n",
        "sub/pyproject.toml": '[tool.alembic]\nscript_location = "%(here)s/../migrations"\n',
        "flag/pyproject.toml": '[tool.alembic]\nscript_location = "%(here)s/../migrations"\nsourceless = "true"\n',
        "none/pyproject.toml": '[project]\nname = "x"\n',
        "migrations/env.py": template("pyproject", "env.py"),
        "migrations/script.py.mako": template("pyproject", "script.py.mako"),
        "migrations/versions/aa01_x.py": script("aa01", None, "one", *table("a")),
        "more/bb01_x.py": script("bb01", "aa01", "two", *table("b")),
    }
    return files, [
        ["heads"], ["history"], ["-c", "both.ini", "heads"], ["-c", "both.ini", "-c", "pyproject.toml", "heads"], ["-c", "sub/pyproject.toml", "heads"],
        ["-c", "sub/pyproject.toml", "upgrade", "head"], ["-c", "flag/pyproject.toml", "heads"], ["-c", "none/pyproject.toml", "heads"],
        {"argv": ["heads"], "env": {"ALEMBIC_CONFIG": "sub/pyproject.toml"}}, {"argv": ["-c", "both.ini", "heads"], "env": {"ALEMBIC_CONFIG": "sub/pyproject.toml"}},
        {"argv": ["-c", "pyproject.toml", "heads"], "env": {"ALEMBIC_CONFIG": "both.ini"}}, {"argv": ["heads"], "env": {"ALEMBIC_CONFIG": ""}},
        ["revision", "-m", "a long message here", "--rev-id", "cc01"], ["-c", "both.ini", "revision", "-m", "x", "--rev-id", "cc03"], ["upgrade", "head"], ["current"],
        ["-n", "other", "heads"],
    ]


def two_places():
    files = base(version_locations="%(here)s/migrations/versions:%(here)s/other/revs", path_separator_=":")
    files["alembic.ini"] = files["alembic.ini"].replace("path_separator = os", "path_separator = :").replace("path_separator_ = :\n", "")
    files["migrations/versions/aa01_first.py"] = script("aa01", None, "first", *table("a"), labels=("left",))
    files["other/revs/bb01_second.py"] = script("bb01", None, "second", *table("b"), labels=["right"])
    steps = [
        ["heads"], ["history"], ["show", "left@head"], ["revision", "-m", "n"], ["revision", "-m", "on right", "--head", "right@head", "--rev-id", "bb02"],
        ["revision", "-m", "new base", "--head", "base", "--rev-id", "cc01"],
        ["revision", "-m", "new base", "--head", "base", "--rev-id", "cc01", "--version-path", "other/revs", "--branch-label", "third"],
        ["revision", "-m", "taken label", "--head", "base", "--version-path", "other/revs", "--branch-label", "third", "--rev-id", "cc02"],
    ]
    return files, steps


def naming():
    files = base(file_template="%%(year)d/%%(month).2d-%%(rev)s-%%(slug)s", truncate_slug_length="12", timezone="Europe/Berlin", recursive_version_locations="true")
    steps = [
        ["revision", "-m", "A very long message — with Ünïcode words", "--rev-id", "aa01"],
        ["revision", "-m", "short", "--rev-id", "aa02"], ["history"], ["show", "head"], ["revision", "--rev-id", "aa03"],
        ["revision", "-m", "quote \" and 'single' \\n back", "--rev-id", "aa04"],
    ]
    return files, steps


def hooks():
    files = base()
    files["alembic.ini"] = files["alembic.ini"].replace(
        "[post_write_hooks]\n",
        "[post_write_hooks]\nhooks = show, mark\nshow.type = exec\nshow.executable = echo\nshow.options = wrote REVISION_SCRIPT_FILENAME\n"
        "mark.type = exec\nmark.executable = touch\nmark.options = -a REVISION_SCRIPT_FILENAME\n", 1)
    return files, [["revision", "-m", "hooked", "--rev-id", "aa01"]]


def broken_hooks():
    files = base()
    files["alembic.ini"] = files["alembic.ini"].replace("[post_write_hooks]\n", "[post_write_hooks]\nhooks = f\n", 1)
    return files, [["revision", "-m", "hooked", "--rev-id", "aa01"]]


def pyproject():
    files = {
        "pyproject.toml": '[tool.alembic]\nscript_location = "%(here)s/migrations"\nprepend_sys_path = ["."]\nfile_template = "%%(rev)s-%%(slug)s"\n',
        "alembic.ini": template("pyproject", "alembic.ini.mako").replace("driver://user:pass@localhost/dbname", "sqlite:///%(here)s/app.db"),
        "migrations/env.py": template("pyproject", "env.py"),
        "migrations/script.py.mako": template("pyproject", "script.py.mako"),
        "migrations/versions/aa01_x.py": script("aa01", None, "one", *table("a")),
    }
    return files, [["heads"], ["upgrade", "head"], ["current"], ["revision", "-m", "next one", "--rev-id", "aa02"], ["-n", "x", "heads"],
                   ["-c", "pyproject.toml", "history"], ["upgrade", "head", "--sql"]]


def init(name):
    def build():
        return {}, [["init", "-t", name, "migrations"], ["heads"], ["init", "-t", name, "migrations"], ["init", "-t", name, "--package", "second/place"],
                    ["init", "-t", "nosuch", "third"], ["revision", "-m", "first", "--rev-id", "aa01"], ["history"]]
    return build


def append_toml():
    return {"pyproject.toml": "[project]\nname = 'x'\n"}, [["init", "-t", "pyproject", "migrations"], ["init", "-t", "pyproject", "again"]]


def broken(files_of, steps=(["heads"], ["history"], ["upgrade", "head"])):
    def build():
        files = base()
        files.update(files_of)
        return files, list(steps)
    return build


def broken_ini(text):
    def build():
        files = base()
        files["alembic.ini"] = text
        return files, [["heads"], ["upgrade", "head"]]
    return build


V = "migrations/versions/"
PROJECTS = {
    "linear": linear,
    "branched": branched,
    "quiet": quiet,
    "x_arguments": x_arguments,
    "toml_merge": toml_merge,
    "two_places": two_places,
    "naming": naming,
    "hooks": hooks,
    "broken_hooks": broken_hooks,
    "pyproject": pyproject,
    "append_toml": append_toml,
    "empty": broken({}, (["heads"], ["history"], ["branches"], ["current"], ["upgrade", "head"], ["upgrade", "heads"], ["show", "head"], ["show", "heads"],
                         ["downgrade", "base"], ["stamp", "head"], ["upgrade", "head", "--sql"], ["check"])),
    "cycle": broken({V + "a.py": script("aa01", "bb01", "a"), V + "b.py": script("bb01", "aa01", "b")}),
    "no_revision": broken({V + "some_file.py": "def upgrade():\n    pass\n"}),
    "legacy_name": broken({V + "abc123.py": "down_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n"}),
    "syntax_error": broken({V + "a.py": "revision = 'a'\ndown_revision = None\ndef upgrade(:\n"}),
    "missing_parent": broken({V + "a.py": script("aa01", "nope", "a")}),
    "no_script_location": broken_ini("[alembic]\nx = 1\n"),
    "no_section": broken_ini("[other]\nscript_location = migrations\n"),
    "bad_interpolation": broken_ini("[alembic]\nscript_location = %(nope)s/migrations\n"),
    "bad_directory": broken_ini("[alembic]\nscript_location = nowhere\n"),
    "quiet_logging": lambda: ({**base(), "alembic.ini": "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///app.db\n",
                               "migrations/env.py": template("generic", "env.py").replace("if config.config_file_name is not None:\n    fileConfig(config.config_file_name)", "pass"),
                               V + "a.py": script("aa01", None, "a", *table("a"))},
                              [["upgrade", "head"], ["current"], ["upgrade", "nope"], ["downgrade", "base"]]),
}
for name in ("generic", "async", "multidb", "pyproject", "pyproject_async"):
    PROJECTS["init_" + name] = init(name)


def snapshot(root):
    return {
        str(path.relative_to(root)): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".db"
    }


def mask(text, root):
    text = text.replace(str(root), "<proj>").replace(str(TEMPLATES) + "/", "")
    text = re.sub(r"/\S*/site-packages/", "<site-packages>/", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}(\+\d\d:\d\d)?", lambda m: m.group(0) if m.group(0).startswith("2026-01-02") else "<date>" + ("<offset>" if m.group(1) else ""), text)
    return re.sub(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", "<rev>", text)


SEEDS = {"branched": 6, "quiet": 6, "linear": 2, "two_places": 2}


def record(name, build):
    data = record_with(name, build, 0)
    for seed in range(1, SEEDS.get(name, 1)):
        for step, other in zip(data["steps"], record_with(name, build, seed)["steps"]):
            seen = [step, *step.get("or", [])]
            other = {key: other[key] for key in ("exit", "stdout", "stderr", "traceback", "written") if key in other}
            if not any(all(one.get(key) == value for key, value in other.items()) for one in seen):
                step.setdefault("or", []).append(other)
    return data


def record_with(name, build, seed):
    files, steps = build()
    root = pathlib.Path(tempfile.mkdtemp(prefix="transcript")).resolve()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if files and "migrations/env.py" in files:
        (root / V).mkdir(parents=True, exist_ok=True)
    before = snapshot(root)
    recorded = []
    for step in steps:
        step = step if isinstance(step, dict) else {"argv": step}
        if "sql" in step:
            import sqlite3

            with sqlite3.connect(root / "app.db") as connection:
                connection.execute(step["sql"])
        env = {"PATH": os.environ["PATH"], "HOME": str(root), "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": str(seed), **step.get("env", {})}
        done = subprocess.run([ALEMBIC, *step["argv"]], cwd=root, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        after = snapshot(root)
        written = {mask(path, root): mask(text, root) for path, text in after.items() if before.get(path) != text}
        before = after
        stderr = done.stderr
        entry = {**step, "exit": done.returncode, "stdout": mask(done.stdout, root)}
        if "Traceback (most recent call last)" in stderr:
            head, _, rest = stderr.partition("Traceback (most recent call last)")
            entry["stderr"] = mask(head, root)
            entry["traceback"] = mask(rest.strip().splitlines()[-1], root)
        else:
            entry["stderr"] = mask(stderr, root)
        if written:
            year = re.compile(r"versions/\d{4}/\d\d-")
            entry["written"] = {year.sub("versions/<year>/<month>-", path): text for path, text in written.items()}
            entry["stdout"] = year.sub("versions/<year>/<month>-", entry["stdout"])
        entry["stdout"] = re.sub(r"versions/\d{4}/\d\d-", "versions/<year>/<month>-", entry["stdout"])
        recorded.append(entry)
    shutil.rmtree(root)
    return {"project": name, "files": files, "steps": recorded}


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    only = set(sys.argv[2:])
    total = 0
    for name, build in PROJECTS.items():
        if only and name not in only:
            continue
        data = record(name, build)
        total += len(data["steps"])
        (out / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        print(name, len(data["steps"]), flush=True)
    print(total, "invocations")


main()
