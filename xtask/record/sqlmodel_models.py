"""Records what real SQLModel makes of the models in crates/limbeck/tests/models/sqlmodel: recorded.json beside them.

For each module the statements that create its tables, by dialect, and the text that Alembic writes for them; for each case of
errors.md the exception. Environments of their own go to target/sqlmodel-VERSION, or are found where LIMBECK_TEST_SQLMODEL says.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
CASES = ROOT / "crates/limbeck/tests/models/sqlmodel"
VERSIONS = {
    "0.0.50": ["sqlmodel==0.0.50", "sqlalchemy==2.1.9", "pydantic==2.14.4"],
    "0.0.44": ["sqlmodel==0.0.44", "sqlalchemy==2.0.58", "pydantic==2.14.4"],
}
# What only the newer version can be asked.
NEW_ONLY = {"aware"}

PROBE = r'''
import importlib, json, re, sys
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable
from alembic.autogenerate import render_python_code
from alembic.operations import ops
from alembic.migration import MigrationContext

sys.path.insert(0, "")
module = importlib.import_module(sys.argv[1])
metadata = module.SQLModel.metadata
out = {"create": {}}
tables = list(metadata.tables.values())
for name in ("postgresql", "mysql", "sqlite"):
    dialect = sa.engine.URL.create({"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql"}.get(name, name)).get_dialect()()
    out["create"][name] = {
        table.fullname: [str(CreateTable(table).compile(dialect=dialect)).strip()]
        + [str(CreateIndex(index).compile(dialect=dialect)) for index in sorted(table.indexes, key=lambda it: str(it.name))]
        for table in tables
    }
context = MigrationContext.configure(dialect_name="postgresql", opts={"target_metadata": metadata})
out["script"] = {
    table.fullname: render_python_code(
        ops.UpgradeOps([ops.CreateTableOp.from_table(table)]
        + [ops.CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=lambda it: str(it.name))]),
        migration_context=context,
        alembic_module_prefix="op.",
    )
    for table in tables
}
print(json.dumps(out))
'''

RAISES = r'''
import json, sys, warnings
warnings.simplefilter("ignore")
try:
    exec(compile(sys.stdin.read(), "models.py", "exec"), {"__name__": "models"})
    print("null")
except Exception as error:
    print(json.dumps([type(error).__name__, str(error).split("\n\nFor further")[0]]))
'''


def python(version: str) -> pathlib.Path:
    given = os.environ.get("LIMBECK_TEST_SQLMODEL")
    folder = pathlib.Path(given) if given else ROOT / "target"
    folder = folder / f"sqlmodel-{version}"
    found = folder / "bin/python"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [found, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *VERSIONS[version], "alembic==1.20.1", "email-validator", "psycopg2-binary", "pymysql"], check=True)
    return found


def run(*words: object, text: str | None = None) -> object:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(words, cwd=CASES, input=text, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words[-1]}: {done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    recorded = {}
    for version, packages in VERSIONS.items():
        found = python(version)
        modules = sorted(path.stem for path in CASES.glob("*.py"))
        cases = re.findall(r"^## ([^\n]*)\n```python\n(.*?)```", (CASES / "errors.md").read_text(), re.S | re.M)
        recorded[version] = {
            "packages": dict(package.split("==") for package in packages),
            "modules": {
                module: run(found, "-c", PROBE, module)
                for module in modules
                if version == "0.0.50" or module not in NEW_ONLY
            },
            "errors": {name: run(found, "-c", RAISES, text=text) for name, text in cases},
        }
    (CASES / "recorded.json").write_text(json.dumps(recorded, indent=1) + "\n")


main()
