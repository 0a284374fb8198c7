#!/usr/bin/env python3
"""Records what Alembic leaves in the catalogue of SQLite, PostgreSQL and MariaDB for each case of
crates/limbeck/tests/round_trip/cases.json.

A case is run online, as a revision's `upgrade()` would be, on a database that holds what the case needs
(`round_trip_parts` finds that out). Written are, for each server, the statements that make the database ready, and the lines of
the catalogue that the case adds and removes, or the words it is refused with.

`round_trip.py [--server NAME] [FOLDER [ID…]]`: FOLDER has the cases and gets the results; only the cases with these ids are run
and printed.
`round_trip.py --missing …` keeps what is recorded and runs only the cases that are not.
`round_trip.py --take FILE` makes cases.json from a recording of operations (`id`, `op`, `naming_convention`).
"""
import datetime
import decimal
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
import warnings
from pathlib import Path

import sqlalchemy as sa
from alembic import op as op_module
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

sys.path.insert(0, str(Path(__file__).parent))
from round_trip_parts.needs import LADDER, Capture, Needs  # noqa: E402
from round_trip_parts.setup import Setup  # noqa: E402

FOLDER = Path(__file__).parents[2] / "crates/limbeck/tests/round_trip"
DATABASE = "rt_record"
ATTEMPTS = 12


def queries(folder: Path, name: str) -> list[str]:
    lines = (folder / f"{name}.sql").read_text().splitlines()
    return [line.rstrip(";") for line in lines if line.startswith("SELECT")]


class NoSetup(Exception):
    """The server refuses what a case needs."""


def execute(connection, sql: str):
    """Sends text as it is, `%` included."""
    return connection.execution_options(no_parameters=True).exec_driver_sql(sql)


class Server:
    """One kind of server, and the database on it that is made anew for every case."""

    name = ""

    def __init__(self, folder: Path):
        self.queries = queries(folder, self.name)

    def connect(self, setup) -> sa.Connection:
        """A fresh session for the case itself."""
        return self.engine.connect()

    def keep(self, setup) -> sa.Connection:
        """A session for what is before and after a case."""
        return self.keeper.connect()

    def lines(self, connection, attach) -> list[str]:
        found = []
        for query in self.dump_queries(attach):
            for (line,) in execute(connection, query).all():
                if line is not None and line.startswith("SELECT "):
                    found += [row[0] for row in execute(connection, line)]
                else:
                    found.append(line)
        return sorted(self.plain(line) for line in found if line is not None)

    def plain(self, text: str) -> str:
        return text

    def version(self) -> str:
        if self.name == "sqlite":
            return sqlite3.sqlite_version
        with self.engine.connect() as connection:
            return ".".join(str(it) for it in connection.dialect.server_version_info)

    def dump_queries(self, attach) -> list[str]:
        return self.queries


class Sqlite(Server):
    name = "sqlite"

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.folder = Path(tempfile.mkdtemp())

    def reset(self):
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.engine = sa.create_engine(f"sqlite:///{self.folder}/main.db", poolclass=sa.NullPool)

    def connect(self, setup):
        connection = self.engine.connect()
        for schema in setup.attach:
            connection.exec_driver_sql(f"ATTACH DATABASE '{self.folder}/{schema}.db' AS {schema}")
        connection.commit()
        return connection

    keep = connect

    def dump_queries(self, attach):
        return [re.sub(r"\bmain\b", schema, query) for schema in ["main", *attach] for query in self.queries]

    def words(self, error):
        return None, str(error.orig)


class Postgres(Server):
    name = "postgresql"

    def __init__(self, folder: Path):
        super().__init__(folder)
        url = sa.make_url(os.environ["LIMBECK_TEST_PG"]).set(drivername="postgresql+psycopg2")
        self.admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with self.admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {DATABASE}")
            connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
        self.engine = sa.create_engine(url.set(database=DATABASE), poolclass=sa.NullPool)
        self.keeper = sa.create_engine(url.set(database=DATABASE))

    def reset(self):
        with self.keeper.connect() as connection:
            schemas = connection.exec_driver_sql(
                "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'"
            )
            for (schema,) in schemas.all():
                connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
            connection.exec_driver_sql("DROP ROLE IF EXISTS bob")
            connection.commit()

    def words(self, error):
        return error.orig.pgcode, error.orig.diag.message_primary or str(error.orig).strip()


class MariaDb(Server):
    name = "mariadb"

    def __init__(self, folder: Path):
        super().__init__(folder)
        url = sa.make_url(os.environ["LIMBECK_TEST_MARIADB"]).set(drivername="mariadb+pymysql")
        self.admin = sa.create_engine(url.set(database="mysql"), isolation_level="AUTOCOMMIT")
        self.engine = sa.create_engine(url.set(database=DATABASE), poolclass=sa.NullPool)
        self.keeper = self.admin
        self.others = set()
        self.others = set(self.databases()) - {DATABASE}

    def databases(self) -> list[str]:
        """Those that cases have made."""
        with self.admin.connect() as connection:
            found = connection.exec_driver_sql("SELECT schema_name FROM information_schema.schemata").all()
        return sorted(name for (name,) in found if name not in self.others)

    def keep(self, setup):
        connection = self.keeper.connect()
        execute(connection, f"USE {DATABASE}")
        connection.commit()
        return connection

    def reset(self):
        with self.admin.connect() as connection:
            # Keys may lead from one to another.
            connection.exec_driver_sql("SET foreign_key_checks=0")
            for schema in self.databases():
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{schema}`")
            connection.exec_driver_sql("SET foreign_key_checks=1")
            connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
            connection.exec_driver_sql("DROP USER IF EXISTS bob")

    def dump_queries(self, attach):
        names = ", ".join(f"'{name}'" for name in self.databases())
        return [query.replace(":schemas", names) for query in self.queries]

    def plain(self, text):
        return text.replace(DATABASE, "main")

    def words(self, error):
        return error.orig.args[0], self.plain(str(error.orig.args[-1]))


def scope() -> dict:
    return {
        "sa": sa, "op": op_module, "ops": ops, "postgresql": postgresql, "mysql": mysql, "mssql": mssql, "sqlite": sqlite,
        "oracle": oracle, "datetime": datetime, "decimal": decimal, "uuid": uuid,
    }


def run(connection, case, capture) -> None:
    metadata = sa.MetaData(naming_convention=case.get("naming_convention") or None)
    context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
    with capture, context.begin_transaction(), context.begin_transaction(_per_migration=True), Operations.context(context):
        exec(compile(case["op"], case["id"], "exec"), scope())  # noqa: S102 - the cases are ours


def python_words(error) -> str:
    text = re.sub(r"\s*\(Background on this error.*", "", str(error), flags=re.S)
    return re.sub(r"0x[0-9a-f]+", "0x…", text)


def read_offline(case, dialect_name, needs) -> None:
    """What the case does, as far as that is seen without a database."""
    capture = Capture()
    metadata = sa.MetaData(naming_convention=case.get("naming_convention") or None)
    sink = open(os.devnull, "w")
    context = MigrationContext.configure(
        dialect_name=dialect_name, opts={"as_sql": True, "target_metadata": metadata, "output_buffer": sink}
    )
    try:
        with capture, Operations.context(context):
            exec(compile(case["op"], case["id"], "exec"), scope())  # noqa: S102
    except Exception:  # noqa: BLE001 - what was done before the failure is known
        pass
    needs.read(capture)


def attempt(server, case, needs, with_rows):
    """One try: the setup, and either the changed lines or the refusal."""
    setup = Setup(needs, server.engine.dialect, with_rows)
    server.reset()
    with server.keep(setup) as connection:
        try:
            for statement in setup.statements:
                execute(connection, statement)
            connection.commit()
        except sa.exc.DBAPIError as error:
            raise NoSetup(server.words(error)) from error
    capture, refusal = Capture(), None
    with server.keep(setup) as connection:
        before = server.lines(connection, setup.attach)
    with server.connect(setup) as connection:
        try:
            run(connection, case, capture)
            connection.commit()
        except sa.exc.DBAPIError as error:
            code, words = server.words(error)
            # A driver refuses some values by itself.
            by_driver = server.name == "postgresql" and code is None or words.startswith("Error binding parameter")
            refusal = ("python" if by_driver else "server", code, words)
            connection.rollback()
        except Exception as error:  # noqa: BLE001 - recorded
            refusal = ("python", type(error).__name__, python_words(error))
            connection.rollback()
    with server.keep(setup) as connection:
        after = server.lines(connection, setup.attach)
    return setup, before, after, refusal, capture


def difference(before, after) -> list[str]:
    left, right = list(before), list(after)
    for line in before:
        if line in right:
            right.remove(line)
            left.remove(line)
    return [f"- {line}" for line in left] + [f"+ {line}" for line in right]


def ready(server, case, needs):
    """A try with rows if they fit, with other types for unknown columns, without defaults if nothing else helps."""
    rung = needs.rung
    while True:
        for with_rows in (True, False):
            try:
                return attempt(server, case, needs, with_rows)
            except NoSetup as error:
                last = error
        if needs.rung + 1 < len(LADDER):
            needs.rung += 1
        elif needs.simplify():
            needs.rung = rung
        else:
            raise last


def record(server, case):
    needs = Needs()
    server.reset()
    read_offline(case, server.engine.dialect.name, needs)
    for _ in range(ATTEMPTS):
        outcome = ready(server, case, needs)
        refusal = outcome[3]
        if refusal is None:
            break
        kind, code, words = refusal
        text = words if kind == "server" else f"{code}: {words}"
        if not needs.learn(server.name, code, text, outcome[4]):
            if kind == "server":
                empty = attempt(server, case, needs, False)
                if empty[3] is None or outcome[3] == empty[3]:
                    outcome = empty
            break
    setup, before, after, refusal, _ = outcome
    result = {"setup": setup.key(), "changes": difference(before, after)}
    if refusal is not None:
        result["refused"] = {"by": refusal[0], "code": refusal[1], "words": refusal[2]}
    return result


def use_linked_sqlite() -> None:
    """Runs this program again with the SQLite that Limbeck links: another version has other words, and can do other things."""
    if os.environ.get("LIMBECK_LINKED_SQLITE"):
        return
    host = subprocess.check_output(["rustc", "-vV"], text=True).split("host: ")[1].split()[0]
    words = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host]
    packages = json.loads(subprocess.check_output(words, cwd=FOLDER))
    manifest = next(it["manifest_path"] for it in packages["packages"] if it["name"] == "libsqlite3-sys")
    source = Path(manifest).parent / "sqlite3/sqlite3.c"
    library = Path(packages["target_directory"]) / "libsqlite3.so.0"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        options = ["-O1", "-fPIC", "-shared", "-DSQLITE_ENABLE_COLUMN_METADATA", "-DSQLITE_ENABLE_MATH_FUNCTIONS"]
        subprocess.check_call(["cc", *options, "-o", str(library), str(source), "-lm", "-lpthread", "-ldl"])
    environment = {**os.environ, "LD_PRELOAD": str(library), "LIMBECK_LINKED_SQLITE": str(library)}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def take(path: str, folder: Path) -> None:
    seen, cases = set(), []
    for case in json.loads(Path(path).read_text()):
        key = (case["op"], json.dumps(case.get("naming_convention")))
        if key not in seen:
            seen.add(key)
            kept = ("id", "op", "naming_convention")
            cases.append({name: case[name] for name in kept if case.get(name)})
    write(folder / "cases.json", cases)


def write(path: Path, items) -> None:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    path.write_text(f"[\n{lines}\n]\n")


def main() -> None:
    warnings.simplefilter("ignore")
    words = sys.argv[1:]
    if words[:1] == ["--take"]:
        return take(words[1], Path(words[2]) if len(words) > 2 else FOLDER)
    keeps = words[:1] == ["--missing"]
    words = words[1:] if keeps else words
    only = words[1] if words[:1] == ["--server"] else None
    words = words[2:] if only else words
    if only in (None, "sqlite"):
        use_linked_sqlite()
    folder = Path(words[0]) if words else FOLDER
    cases = json.loads((folder / "cases.json").read_text())
    wanted = set(words[1:])
    for kind in (Sqlite, Postgres, MariaDb):
        if only not in (None, kind.name):
            continue
        server = kind(FOLDER)
        setups, results = {}, []
        path = folder / f"{server.name}.json"
        if keeps and path.exists():
            known = json.loads(path.read_text())
            setups = {json.dumps(it, ensure_ascii=False): at for at, it in enumerate(known["setups"])}
            results = known["cases"]
        done = {it["id"] for it in results}
        for case in cases:
            if case["id"] in done:
                continue
            if wanted and case["id"] not in wanted:
                continue
            try:
                result = record(server, case)
            except Exception as error:  # noqa: BLE001 - the case cannot be set up
                print(server.name, case["id"], "no setup:", type(error).__name__, str(error)[:300].replace("\n", " "))
                continue
            if wanted:
                print(server.name, json.dumps(result, indent=1, ensure_ascii=False))
                continue
            key = json.dumps(result["setup"], ensure_ascii=False)
            result["setup"] = setups.setdefault(key, len(setups))
            results.append({"id": case["id"], **result})
        if not wanted:
            order = {case["id"]: at for at, case in enumerate(cases)}
            results.sort(key=lambda it: order[it["id"]])
            path.write_text(render(server.version(), [json.loads(key) for key in setups], results))
            refused = sum("refused" in it for it in results)
            print(f"{server.name}: {len(results) - refused} applied, {refused} refused, {len(setups)} setups")


def render(version, setups, results) -> str:
    """One setup and one case a line."""
    setups = ",\n".join(json.dumps(it, ensure_ascii=False) for it in setups)
    cases = ",\n".join(json.dumps(it, ensure_ascii=False) for it in results)
    return f'{{"version": {json.dumps(version)},\n"setups": [\n{setups}\n],\n"cases": [\n{cases}\n]}}\n'


if __name__ == "__main__":
    main()
