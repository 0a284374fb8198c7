#!/usr/bin/env python3
"""Records what scripts that read the database print under real Alembic, and what they leave behind.

A case is crates/limbeck_cli/tests/live/<case>.py: revisions, divided by a line `# ---`, each the text of a script
without its identifiers. `upgrade head` runs on SQLite, PostgreSQL and MariaDB (behind a mysql+pymysql URL), and
<case>.<server>.txt says what was written to standard output, whether it succeeded, the version, and the rows of
every table as numbers of rows. A line `# Configured with: transaction_per_migration=True` adds to configure(),
`# Command: downgrade base` runs something else than the upgrade, and `# Driver: psycopg2` names PostgreSQL's driver. The env.py are live/env/*.py.
"""
import os
import re
import subprocess
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, inspect, text

warnings.simplefilter("ignore")
NAME = "limbeck_live"


def said(case: Path, word: str) -> str:
    line = re.search(f"^# {word}: (.*)$", case.read_text(), re.M)
    return line[1] if line else ""


def url_of(server: str, folder: Path, driver: str) -> str:
    if server == "sqlite":
        return f"sqlite:///{folder}/live.db"
    variable, scheme = {"postgresql": ("LIMBECK_TEST_PG", "postgresql"),
                        "mariadb": ("LIMBECK_TEST_MARIADB", "mysql+pymysql")}[server]
    if server == "postgresql" and driver:
        scheme = f"postgresql+{driver}"
    place = urlsplit(os.environ[variable])
    return f"{scheme}://{place.netloc}/{NAME}"


def recreate(url: str) -> None:
    if url.startswith("sqlite"):
        return
    scheme, rest = url.split("://")
    server = f"{scheme}://{rest.split('/')[0]}/" + ("postgres" if scheme == "postgresql" else "")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME}"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    engine.dispose()


def left_behind(url: str) -> list[str]:
    engine = create_engine(url)
    lines = []
    with engine.connect() as connection:
        quote = engine.dialect.identifier_preparer.quote
        names = sorted(inspect(connection).get_table_names())
        for name in names:
            if name == "alembic_version":
                rows = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
                lines.append("version " + " ".join(sorted(rows)))
            else:
                count = connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar()
                lines.append(f"table {name}: {count}")
    engine.dispose()
    return lines


def main() -> None:
    root = Path(__file__).parents[2]
    alembic = Path(os.environ["LIMBECK_TEST_ALEMBIC"]) / "alembic"
    folder = root / "crates/limbeck_cli/tests/live"
    for case in sorted(folder.glob("*.py")):
        for server in ("sqlite", "postgresql", "mariadb"):
            with tempfile.TemporaryDirectory() as project:
                project = Path(project)
                url = url_of(server, project, said(case, "Driver"))
                plain = url_of(server, project, "")
                recreate(plain)
                (project / "migrations/versions").mkdir(parents=True)
                options = said(case, "Configured with")
                options = f", {options}" if options else ""
                command = said(case, "Command").split() or ["upgrade", "head"]
                env = (folder / "env" / ("asyncpg.py" if "+asyncpg" in url else "sync.py")).read_text()
                (project / "migrations/env.py").write_text(env.replace("=connection)", f"=connection{options})"))
                ini = f"[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n"
                (project / "alembic.ini").write_text(ini)
                parent = None
                for number, script in enumerate(case.read_text().split("\n# ---\n")):
                    name = f"r{number}"
                    head = f"revision = {name!r}\ndown_revision = {parent!r}\n"
                    (project / f"migrations/versions/{name}.py").write_text(head + script)
                    parent = name
                done = subprocess.run([alembic, *command], cwd=project, text=True, capture_output=True,
                                      env={**os.environ, "PYTHONWARNINGS": "ignore"})
                lines = done.stdout.replace(NAME, "DATABASE").splitlines()
                lines.append("succeeded" if done.returncode == 0 else "failed")
                lines.extend(left_behind(plain))
                (folder / f"{case.stem}.{server}.txt").write_text("\n".join(lines) + "\n")


main()
