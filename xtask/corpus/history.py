"""Whole histories on a fresh database: `upgrade heads`, `downgrade base`, `upgrade heads --sql`, with both tools."""
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from databases import comparable_schema, mask, squeeze, without_order
from projects import Project

SECONDS = 900
# Another one whenever `Side.run` keeps something else: what is kept of Alembic's runs is then made again.
FORMAT = "1"

# The smallest env.py that does what every project's does; the project's own may need its whole application.
# SETUP stands for what it does more. It imports the models, so that `sqlalchemy.orm` is there for scripts.
ENV = '''\
import os
from logging.config import fileConfig

import sqlalchemy.orm
from alembic import context
from sqlalchemy import create_engine, pool

SETUP
fileConfig(context.config.config_file_name)
url = os.environ["CORPUS_URL"]
if context.is_offline_mode():
    context.configure(url=url, target_metadata=None, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations(KWARGS)
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations(KWARGS)
'''

INI = '''\
[alembic]
script_location = %(here)s/environment
path_separator = newline
prepend_sys_path =
{path}
version_locations =
{versions}

[loggers]
keys = root,alembic
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARNING
handlers = console
[logger_alembic]
level = INFO
handlers =
qualname = alembic
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(levelname)s %(message)s
'''


def compare(project: Project, dialect: str, database, limbeck: str, cache: Path, wanted: str) -> dict:
    """What both tools did, command by command, and where they differ. A difference whose case id stands in `wanted`
    (the text of DIFFERENCES.md) is no fault."""
    ours = Side(project, dialect, database, [str(project.python), "-m", "alembic"], "alembic", cache)
    kept = cache / "alembic" / f"{project.name}-{dialect}-{key(project, database)}.json"
    if kept.exists():
        expected = json.loads(kept.read_text())
    else:
        expected = ours.history()
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(expected))
    if not expected["upgrade"]["ok"] and not expected["upgrade"]["steps"]:
        # Nothing to compare with: a script's import fails, for all of them.
        return {"upgrade": {"result": "Alembic cannot load it", "steps": 0, "delegated": [],
                            "alembic error": expected["upgrade"]["error"]}}
    found = Side(project, dialect, database, [limbeck], "limbeck", cache).history()
    result = {}
    for command, theirs in expected.items():
        result[command] = judge(theirs, found.get(command, {"ran": False}), dialect)
        if result[command]["result"] == "different" and f"`corpus/{project.name}/history/{dialect}/{command}`" in wanted:
            result[command]["result"] = "wanted"
    return result


def reading(project: Project, dialect: str, database, limbeck: str, cache: Path) -> dict:
    """How `limbeck doctor` reads every script, for this database; nothing is connected to."""
    side = Side(project, dialect, database, [limbeck], "doctor", cache)
    done = side.call("doctor", "--scripts", "--format", "json")
    if not done.stdout.startswith("{"):
        raise RuntimeError(f"doctor: {last_words(done.stderr)}")
    found = {}
    for script in json.loads(done.stdout)["scripts"]:
        obstacle = script["obstacle"] or {}
        found[script["revision"]] = {
            "level": script["level"], "native": script["is_native"], "script": Path(script["path"]).name,
            "reason": obstacle.get("message", ""), "at": place(obstacle, project)}
    return found


def place(problem: dict, project: Project) -> str:
    label = (problem.get("labels") or [{}])[0]
    file = str(label.get("path", "")).replace(f"{project.root.resolve()}/", "")
    return f"{file}:{label.get('line', '')}" if file else ""


def key(project: Project, database) -> str:
    text = "\n".join([project.key(), database.version(), ENV, INI, FORMAT])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Side:
    """One tool, with its own folder and its own database."""

    def __init__(self, project: Project, dialect: str, database, command: list[str], tool: str, cache: Path):
        self.project, self.dialect, self.database, self.command = project, dialect, database, command
        self.name = re.sub(r"\W", "_", f"corpus_{tool}_{project.name}")
        self.folder = cache / "run" / f"{project.name}-{dialect}-{tool}"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "environment").mkdir(parents=True)
        indent = "\n".join
        (self.folder / "alembic.ini").write_text(INI.format(
            path=indent(f"    {path}" for path in project.sys_path() or ["."]),
            versions=indent(f"    {path.resolve()}" for path in project.folders())))
        (self.folder / "environment" / "env.py").write_text(
            ENV.replace("KWARGS", project.kwargs).replace("SETUP", project.setup)
            .replace("target_metadata=None", f"target_metadata={project.metadata}"))

    def history(self) -> dict:
        """Runs the commands; each starts from what the one before has left."""
        self.database.create(self.name)
        try:
            if self.project.start:
                subprocess.run([str(self.project.python), "-c", self.project.start], check=True, cwd=self.folder,
                               env=self.environment(), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            done = {"upgrade": self.run("upgrade", "heads")}
            if done["upgrade"]["ok"]:
                done["downgrade"] = self.run("downgrade", "base")
            done["sql"] = self.run("upgrade", "heads", "--sql")
        finally:
            self.database.drop(self.name)
        return done

    def environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIMBECK")}
        bin_folder = self.project.python.parent
        environment |= {
            "CORPUS_URL": self.database.url(self.name), "VIRTUAL_ENV": str(bin_folder.parent),
            "PATH": f"{bin_folder}:{environment['PATH']}", "COLUMNS": "200", "NO_COLOR": "1",
            **self.project.env,
        }
        return environment

    def call(self, *arguments: str) -> subprocess.CompletedProcess:
        try:
            return subprocess.run([*self.command, *arguments], cwd=self.folder, env=self.environment(), timeout=SECONDS,
                                  capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(arguments, 124, "", f"no answer within {SECONDS} s")

    def run(self, *arguments: str) -> dict:
        done = self.call(*arguments)
        code, out, err = done.returncode, done.stdout, done.stderr
        steps = re.findall(r"Running (?:upgrade|downgrade) (.*?)(?:, |$)", err, re.M)
        result = {
            "ran": True, "ok": code == 0, "steps": len(steps), "last": steps[-1].strip() if steps else "",
            "error": "" if code == 0 else last_words(err),
            "delegated": re.findall(r"revision (\S+) is run by the project's own Python:\n(.*)", err),
        }
        if "--sql" in arguments:
            result["script"] = statements(out) if code == 0 else []
        else:
            result |= {"versions": self.database.versions(self.name, "alembic_version"),
                       "schema": self.database.schema(self.name), "data": self.database.data(self.name)}
        return result


def last_words(text: str) -> str:
    """The line of a traceback or of a message that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if re.match(r"(error|FAILED|[\w.]+(Error|Exception|Warning)\b)", line)]
    return (said or lines or [""])[-1][:400]


def statements(script: str) -> list[str]:
    parts = re.split(r";[ \t]*(?:\n|\Z)|^(--.*)$", script, flags=re.M)
    return without_order([mask(squeeze(part)) for part in parts if part and part.strip()])


def judge(expected: dict, found: dict, dialect: str) -> dict:
    """How two runs of one command compare.

    `equal`; `equal, times and ids aside`; `both fail` at the same revision, with the same left behind; `different`; `unread` when Limbeck refuses what
    Alembic does; `only Limbeck` when Alembic fails where Limbeck does not.
    """
    entry = {"steps": expected["steps"], "delegated": found.get("delegated", []),
             "alembic error": expected["error"], "limbeck error": found.get("error", "")}
    if not found["ran"]:
        return entry | {"result": "not reached"}
    if expected["ok"] and not found["ok"]:
        return entry | {"result": "unread" if is_refusal(found["error"]) else "different",
                        "where": found["last"]}
    if not expected["ok"] and found["ok"]:
        return entry | {"result": "only Limbeck", "where": expected["last"]}
    if not expected["ok"]:
        same = expected["last"] == found["last"] and expected.get("versions") == found.get("versions")
        # A script is only text: where Alembic cannot write a statement, Limbeck may.
        further = "script" in expected and found["steps"] > expected["steps"]
        if not same and is_refusal(found["error"]):
            return entry | {"result": "both fail" if further else "unread", "where": found["last"]}
        if not same:
            return entry | {"result": "only Limbeck" if further else "fail at different revisions",
                            "where": f"{expected['last']} / {found['last']}"}
        # What a failed revision did to SQLite, Limbeck undoes; Python's driver has put it outside of the transaction.
        left = {} if dialect == "sqlite" else compare_databases(expected, found)[0]
        return entry | ({"result": "different", **left} if left else {"result": "both fail", "where": found["last"]})
    if "script" in expected:
        different = first(expected["script"], found["script"])
        return entry | ({"result": "different", **different} if different else {"result": "equal"})
    left, masked = compare_databases(expected, found)
    if left:
        return entry | {"result": "different", **left}
    return entry | {"result": "equal, times and ids aside" if masked else "equal"}


def compare_databases(expected: dict, found: dict) -> tuple[dict, bool]:
    """Where two databases differ, and whether equal ones are only equal without times and ids.

    Also after a failure: what the failed revision did is undone or, where the server cannot, done in part by both.
    """
    masked = False
    for part in ("versions", "schema", "data"):
        if part not in expected:
            continue
        ours, theirs = expected[part], found[part]
        if part == "schema":
            ours, theirs = comparable_schema(ours), comparable_schema(theirs)
        if ours == theirs:
            continue
        different = first(sorted(map(mask, ours)), sorted(map(mask, theirs)))
        if part != "data" or different:
            return {"part": part, **(different or first(ours, theirs))}, masked
        masked = True
    return {}, masked


def is_refusal(error: str) -> bool:
    return any(word in error for word in ("[unreadable", "[version-forgotten", "[needs-database", "[data-dependent", "cannot be read", "cannot read"))


def first(ours: list[str], theirs: list[str]) -> dict:
    """The first line that only one side has, of each."""
    if ours == theirs:
        return {}
    left = [line for line in ours if line not in set(theirs)]
    right = [line for line in theirs if line not in set(ours)]
    return {"alembic": (left or ["(the same lines in another order)"])[0][:600],
            "limbeck": (right or ["(the same lines in another order)"])[0][:600],
            "lines": f"{len(left)} / {len(right)}"}
