"""Records what real Alembic writes for scripts that use packages beside SQLAlchemy: crates/limbeck/tests/companions/recorded.jsonl.

The packages go into an environment of their own, target/companions-venv, or are found where LIMBECK_TEST_COMPANIONS (a Python) says.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[2]
CASES = ROOT / "crates/limbeck/tests/companions"
WITH_DEPENDENCIES = ["alembic==1.20.1", "sqlalchemy==2.1.9", "psycopg2-binary", "loguru", "structlog", "python-dateutil", "pytz",
    "python-slugify", "orjson", "simplejson", "packaging", "click", "tqdm", "progressbar2", "arrow==1.4.0", "cryptography",
    "oslo.db", "oslo.log", "oslo.utils", "pydantic", "email-validator", "fastapi", "python-multipart", "pyjwt", "argon2-cffi", "bcrypt"]
# What these ask for beside themselves is older than the SQLAlchemy that is recorded, or not used by the cases.
ALONE = ["sqlalchemy_utils==0.43.0", "geoalchemy2==0.20.0", "pgvector==0.5.1", "numpy", "sqlalchemy-citext==1.8.0",
    "fastapi-users-db-sqlalchemy==7.0.0", "fastapi-users==13.0.0", "advanced_alchemy==1.12.0", "greenlet", "pwdlib", "makefun", "SQLAlchemy_Enum34==2.0.0",
    "sqlmodel==0.0.50", "alembic-postgresql-enum==1.11.0", "alembic_utils==0.8.8", "parse", "flupy"]


def companions_python() -> pathlib.Path:
    given = os.environ.get("LIMBECK_TEST_COMPANIONS")
    if given:
        return pathlib.Path(given)
    folder = ROOT / "target/companions-venv"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *WITH_DEPENDENCIES], check=True)
        subprocess.run([*pip, "--no-deps", *ALONE], check=True)
    return python


def main() -> None:
    files = sorted(CASES.glob("*.py"))
    offline = ROOT / "xtask/corpus/per_file.py"
    with tempfile.NamedTemporaryFile() as rows:
        subprocess.run([companions_python(), offline, rows.name, "", *files], check=True)
        lines = []
        for line in rows.read().decode().splitlines():
            row = json.loads(line)
            row["file"] = pathlib.Path(row["file"]).name
            lines.append(json.dumps(row))
    (CASES / "recorded.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
