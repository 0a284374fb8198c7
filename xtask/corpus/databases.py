"""Fresh databases, and what they hold afterwards, as lists of text that can be compared.

PostgreSQL and MariaDB come from the variables that `cargo xtask test` sets; SQLite is a file.
"""
import os
import re
import shutil
import sqlite3
import subprocess
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

CREATE_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX ")
KEY = re.compile(r"(UNIQUE |FULLTEXT |SPATIAL )?KEY `")
# A moment, or an id that was drawn: the two tools cannot have the same.
MASKS = [
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d(:?\d\d)?|Z)?"), "<time>"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])"), "<id>"),
]


def squeeze(text: str) -> str:
    return " ".join(text.split())


def mask(text: str) -> str:
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text


def without_order(texts: list[str]) -> list[str]:
    """Neighbouring indexes sorted: Alembic walks a table's indexes as a set of objects, in no order."""
    ordered = []
    for is_index, group in groupby(texts, lambda text: bool(CREATE_INDEX.match(text))):
        ordered += sorted(group) if is_index else group
    return ordered


def comparable_schema(lines: list[str]) -> list[str]:
    """Without what means nothing: MariaDB shows indexes in the order of their making, which is that of a set; and
    an index in SQLite keeps the word ASC of its making, which Alembic's rebuild of a table drops."""
    ordered = []
    for is_key, group in groupby(lines, lambda line: bool(KEY.match(line))):
        ordered += sorted(line.rstrip(",") for line in group) if is_key else group
    lines = []
    for is_index, group in groupby(ordered, lambda line: line.startswith("index ")):
        lines += sorted(re.sub(r" ASC\b", "", line) for line in group) if is_index else group
    return lines


def run(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{argv[0]} exited {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


class Sqlite:
    """A file. A rebuild may write a table's text in another way than Alembic, so `schema` is what SQLite makes of it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.db"

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def create(self, name: str) -> None:
        self.drop(name)

    def drop(self, name: str) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            (self.folder / f"{name}.db{suffix}").unlink(missing_ok=True)

    def connect(self, name: str) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / f"{name}.db")

    def versions(self, name: str, table: str) -> list[str]:
        connection = self.connect(name)
        try:
            return sorted(row[0] for row in connection.execute(f"SELECT version_num FROM {table}"))
        except sqlite3.Error:
            return []
        finally:
            connection.close()

    def schema(self, name: str) -> list[str]:
        connection = self.connect(name)
        lines = []
        for kind, item, table, sql in connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"):
            if kind != "table":
                lines.append(f"{kind} {item} on {table}: {squeeze(sql or '')}")
                continue
            quoted = '"' + item.replace('"', '""') + '"'
            for row in connection.execute(f"PRAGMA table_xinfo({quoted})"):
                lines.append(f"table {item} column {row}")
            for row in connection.execute(f"PRAGMA foreign_key_list({quoted})"):
                lines.append(f"table {item} foreign key {row[2:]}")
            for row in connection.execute(f"PRAGMA index_list({quoted})").fetchall():
                if row[3] != "c":
                    index = '"' + row[1].replace('"', '""') + '"'
                    columns = [it[2] for it in connection.execute(f"PRAGMA index_info({index})")]
                    lines.append(f"table {item} {row[3]} {columns}")
            for name_of_check in re.findall(r"CONSTRAINT\s+(\S+)\s+CHECK", sql or "", re.I):
                lines.append(f"table {item} check {name_of_check}")
        connection.close()
        return sorted(lines)

    def data(self, name: str) -> list[str]:
        connection = self.connect(name)
        rows = [squeeze(line) for line in connection.iterdump() if line.startswith("INSERT INTO")]
        connection.close()
        return sorted(row for row in rows if not row.startswith('INSERT INTO "sqlite_sequence"'))


class Postgres:
    """A database of the server."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.base = f"postgresql+psycopg2://{parts.username}@{parts.hostname}:{parts.port}"
        self.args = ["-h", parts.hostname, "-p", str(parts.port), "-U", parts.username]

    def url(self, name: str) -> str:
        return f"{self.base}/{name}"

    def query(self, name: str, sql: str) -> str:
        return run(["psql", "-X", "-At", *self.args, "-d", name, "-v", "ON_ERROR_STOP=1", "-c", sql])

    def version(self) -> str:
        return "PostgreSQL " + self.query("postgres", "SHOW server_version").split()[0]

    def create(self, name: str) -> None:
        self.drop(name)
        self.query("postgres", f'CREATE DATABASE "{name}"')

    def drop(self, name: str) -> None:
        self.query("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def versions(self, name: str, table: str) -> list[str]:
        try:
            return sorted(self.query(name, f"SELECT version_num FROM {table}").split())
        except RuntimeError:
            return []

    def schema(self, name: str) -> list[str]:
        text = run(["pg_dump", "--schema-only", "--no-owner", *self.args, name])
        skip = ("--", "SET ", "\\restrict", "\\unrestrict")
        return [squeeze(line) for line in text.splitlines() if line and not line.startswith(skip)]

    def data(self, name: str) -> list[str]:
        text = run(["pg_dump", "--data-only", "--inserts", *self.args, name])
        return sorted(squeeze(row) for row in re.findall(r"(?ms)^INSERT INTO .*?\);$", text))


class MariaDb:
    """A database of the server; the URL says `mysql`, as most projects' do."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.base = f"mysql+pymysql://{parts.username}@{parts.hostname}:{parts.port}"
        self.args = ["--no-defaults", "-h", parts.hostname, "-P", str(parts.port), "-u", parts.username]

    def url(self, name: str) -> str:
        return f"{self.base}/{name}"

    def query(self, sql: str) -> str:
        return run(["mariadb", *self.args, "-BN", "-e", sql])

    def version(self) -> str:
        return "MariaDB " + self.query("SELECT version()").split("-")[0]

    def create(self, name: str) -> None:
        self.drop(name)
        self.query(f"CREATE DATABASE `{name}`")

    def drop(self, name: str) -> None:
        self.query(f"SET foreign_key_checks = 0; DROP DATABASE IF EXISTS `{name}`")

    def versions(self, name: str, table: str) -> list[str]:
        try:
            return sorted(self.query(f"SELECT version_num FROM `{name}`.{table}").split())
        except RuntimeError:
            return []

    def schema(self, name: str) -> list[str]:
        text = run(["mariadb-dump", *self.args, "--no-data", "--skip-comments", "--compact", name])
        text = re.sub(r" AUTO_INCREMENT=\d+", "", text)
        return [squeeze(line) for line in text.splitlines() if line.strip()]

    def data(self, name: str) -> list[str]:
        text = run(["mariadb-dump", *self.args, "--no-create-info", "--compact", "--skip-extended-insert",
                    "--hex-blob", name])
        return sorted(squeeze(row) for row in text.splitlines() if row.startswith("INSERT INTO"))


def open_databases(folder: Path) -> dict:
    """One of each kind, by SQLAlchemy's name of the dialect."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {"sqlite": Sqlite(folder)}
    if url := os.environ.get("LIMBECK_TEST_PG"):
        if not shutil.which("pg_dump"):  # Debian's wrapper may be missing
            newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
            os.environ["PATH"] += f":{newest}"
        found["postgresql"] = Postgres(url)
    if url := os.environ.get("LIMBECK_TEST_MARIADB"):
        found["mysql"] = MariaDb(url)
    return found
