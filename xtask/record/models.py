"""Records the tables that real SQLAlchemy makes of the models in crates/limbeck/tests/models/*.py, as statements: recorded.json beside them.

Each file has its MetaData as `metadata`.
"""
import importlib
import json
import re
import sys
import warnings
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment, SetTableComment

FOLDER = Path(__file__).parents[2] / "crates/limbeck/tests/models"
DIALECTS = {"postgresql": postgresql, "mysql": mysql, "sqlite": sqlite}


def statements(table, dialect) -> list:
    items = [CreateTable(table)]
    items += [CreateIndex(index) for index in sorted(table.indexes, key=lambda it: it.name)]
    if dialect.supports_comments and not dialect.inline_comments:
        items += [SetTableComment(table)] if table.comment else []
        items += [SetColumnComment(column) for column in table.columns if column.comment]
    return [str(item.compile(dialect=dialect)).strip() for item in items]


def record(metadata) -> dict:
    told = {}
    for name, module in DIALECTS.items():
        told[name] = tables = {}
        for table in metadata.tables.values():
            try:
                tables[table.key] = statements(table, module.dialect())
            except sa.exc.CompileError as error:
                tables[table.key] = {"error": re.sub(r" object at 0x[0-9a-f]+", "", str(error))}
    return told


def main() -> None:
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(FOLDER))
    told = {}
    for file in sorted(FOLDER.glob("*.py")):
        told[file.name] = record(importlib.import_module(file.stem).metadata)
    (FOLDER / "recorded.json").write_text(json.dumps(told, indent=1) + "\n")


main()
