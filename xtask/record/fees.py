#!/usr/bin/env python3
"""Records the SQL that real Alembic writes for the fees project.

Writes crates/limbeck_cli/tests/fees/<dialect>.<direction>.sql, with the Alembic of LIMBECK_TEST_ALEMBIC.
"""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

DIALECTS = {
    "postgresql": "postgresql+psycopg2://u:p@localhost/fees",
    "mysql": "mysql+pymysql://u:p@localhost/fees",
    "mariadb": "mariadb+pymysql://u:p@localhost/fees",
    "sqlite": "sqlite:///fees.db",
}
HEAD = "72bc0e6d94f1"


def main() -> None:
    root = Path(__file__).parents[2]
    alembic, out = Path(os.environ["LIMBECK_TEST_ALEMBIC"]) / "alembic", root / "crates/limbeck_cli/tests/fees"
    project = root / "examples" / "fees"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "fees"
        shutil.copytree(project, copy)
        for dialect, url in DIALECTS.items():
            for direction, target in (("upgrade", "head"), ("downgrade", f"{HEAD}:base")):
                done = subprocess.run(
                    [alembic, direction, target, "--sql"], cwd=copy, text=True, capture_output=True,
                    env={**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
                )
                done.check_returncode()
                (out / f"{dialect}.{direction}.sql").write_text(done.stdout)


main()
