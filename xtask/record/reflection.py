#!/usr/bin/env python3
"""Records what SQLAlchemy's Inspector says about the databases of crates/limbeck_db/tests/inspect/*.sql.

Writes <dialect>.json beside each file: the answers by namespace and table.
"""
import json
import os
import warnings
from pathlib import Path

import sqlalchemy as sa

FOLDER = Path(__file__).parents[2] / "crates/limbeck_db/tests/inspect"
SCHEMAS = {"postgresql": [None, "other", "Weird.Schema"], "sqlite": [None], "mariadb": [None]}
ARGUMENTS = [
    "length", "precision", "scale", "timezone", "collation", "charset", "unsigned", "zerofill", "display_width",
    "fsp", "fields", "varying", "name", "schema", "not_null", "constraint_name",
]


def render_type(type_) -> dict:
    module = type(type_).__module__.split(".")
    namespace = module[2] if module[1] == "dialects" else "sqlalchemy"
    kind = type(type_).__name__
    told = {"class": f"{namespace}.{kind}"}
    is_named = kind in ("ENUM", "DOMAIN") and namespace == "postgresql"
    for name in ARGUMENTS:
        if name in ("name", "schema") and not is_named:
            continue
        if name == "length" and kind in ("ENUM", "SET"):
            continue
        value = getattr(type_, name, None)
        if value is not None and value is not False:
            told[name] = value
    if kind in ("ENUM", "SET"):
        told["labels"] = list(type_.enums if kind == "ENUM" else type_.values)
    if kind == "ARRAY":
        told["item"] = render_type(type_.item_type)
    if kind == "DOMAIN":
        told["item"] = render_type(type_.data_type)
        for name in ("default", "check"):
            if getattr(type_, name) is not None:
                told[name] = str(getattr(type_, name))
    return told


def render(value):
    if isinstance(value, dict):
        # SQLite tells 0 and 1.
        told = {key: bool(item) if key == "unique" else render(item) for key, item in value.items()}
        return {key: item for key, item in told.items() if item is not None and item != {}}
    if isinstance(value, (list, tuple)):
        return [render(item) for item in value]
    if isinstance(value, sa.types.TypeEngine):
        return render_type(value)
    if isinstance(value, sa.sql.elements.TextClause):
        return value.text
    return value


def inspect(engine, schemas) -> dict:
    inspector = sa.inspect(engine)
    answers = {"schema_names": inspector.get_schema_names(), "schemas": {}}
    for schema in schemas:
        tables = {}
        for table in sorted(inspector.get_table_names(schema)):
            comment = None
            if engine.dialect.supports_comments:
                comment = inspector.get_table_comment(table, schema)["text"]
            has_options = engine.dialect.name != "postgresql"
            tables[table] = {
                "columns": inspector.get_columns(table, schema),
                "pk": inspector.get_pk_constraint(table, schema),
                "fks": inspector.get_foreign_keys(table, schema),
                "uniques": inspector.get_unique_constraints(table, schema),
                "checks": inspector.get_check_constraints(table, schema),
                "indexes": inspector.get_indexes(table, schema),
                "options": inspector.get_table_options(table, schema) if has_options else None,
                "comment": comment,
            }
        views = {"views": sorted(inspector.get_view_names(schema))}
        if engine.dialect.name == "postgresql":
            views["materialized_views"] = sorted(inspector.get_materialized_view_names(schema))
            views["enums"] = [
                {"name": it["name"], "labels": it["labels"]} for it in inspector.get_enums(schema)
            ]
        answers["schemas"][schema or ""] = {"tables": tables, **views}
    return render(answers)


def run_script(engine, dialect: str, text: str) -> None:
    connection = engine.raw_connection()
    if dialect == "sqlite":
        connection.driver_connection.executescript(text)
    else:
        cursor = connection.cursor()
        for statement in [text] if dialect == "postgresql" else text.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
    connection.commit()
    connection.close()


def administer(url, statements) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def main() -> None:
    servers = {
        "postgresql": sa.make_url(os.environ["LIMBECK_TEST_PG"]).set(drivername="postgresql+psycopg2"),
        "mariadb": sa.make_url(os.environ["LIMBECK_TEST_MARIADB"]).set(drivername="mariadb+pymysql"),
    }
    for path in sorted(FOLDER.glob("*.sql")):
        dialect = path.stem
        name = f"record_{os.getpid()}"
        if dialect == "sqlite":
            engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        else:
            admin = servers[dialect].set(database="postgres" if dialect == "postgresql" else "mysql")
            administer(admin, [f"CREATE DATABASE {name}"])
            engine = sa.create_engine(servers[dialect].set(database=name))
        run_script(engine, dialect, path.read_text())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answers = inspect(engine, SCHEMAS[dialect])
        answers["warnings"] = sorted({str(it.message) for it in caught})
        if dialect == "mariadb":
            answers["schema_names"] = [it for it in answers["schema_names"] if it != name]
        engine.dispose()
        if dialect != "sqlite":
            administer(admin, [f"DROP DATABASE {name}"])
        out = path.with_suffix(".json")
        out.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
        print(f"{out.name}: {sum(len(it['tables']) for it in answers['schemas'].values())} tables")


main()
