# `op.sync_enum_values` and `op.add_enum_value` of alembic-postgresql-enum.
import logging as _logging
from dataclasses import dataclass as _dataclass
from enum import Enum as _Enum
from typing import NamedTuple as _NamedTuple

import sqlalchemy as _sa
from _limbeck import unreadable as _unreadable
from alembic import op as _op

_log = _logging.getLogger("alembic.alembic_postgresql_enum.operations.sync_enum_values")
_unspecified = object()


class ColumnType(_Enum):
    COMMON = _sa.Enum
    ARRAY = _sa.ARRAY


@_dataclass(frozen=True)
class TableReference:
    table_name: str
    column_name: str
    table_schema: object = _unspecified
    column_type: ColumnType = ColumnType.COMMON
    existing_server_default: object = None


class TableIndex(_NamedTuple):
    name: str
    definition: str


@_dataclass
class Config:
    add_type_ignore: bool = False
    type_ignore_comment: str = ""
    include_name: object = None
    drop_unused_enums: bool = True
    detect_enum_values_changes: bool = True
    force_dialect_support: bool = False
    ignore_enum_values_order: bool = False


def set_configuration(config):
    # Only `force_dialect_support` reaches a migration.
    if config.force_dialect_support:
        _unreadable("`force_dialect_support` of alembic-postgresql-enum is not modelled")


def _is_postgresql():
    name = _op.get_context().dialect.name
    if name != "postgresql":
        _log.warning(f"This library only supports postgresql, but you are using {name}, skipping")
    return name == "postgresql"


def _run(sql):
    return _op.get_bind().execute(_sa.text(sql))


def _lines(indent, *lines):
    # The statements are wrapped as the library wraps them: `--sql` shows it.
    return ("\n" + " " * indent).join(lines)


def _default_of(schema, table, column):
    sql = _lines(
        8,
        "",
        "SELECT column_default",
        "FROM information_schema.columns",
        "WHERE ",
        f"    table_schema = '{schema}' AND ",
        f"    table_name = '{table}' AND ",
        f"    column_name = '{column}'",
    )
    return _run(sql + "\n    ").scalar()


def _renamed(default, schema, name, renames):
    for old, new in renames:
        default = default.replace(f"'{old}'", f"'{new}'").replace(f'"{old}"', f'"{new}"')
    return default


def _new_default(default, schema, name, renames):
    type_name = f"{schema}.{name}" if schema else name
    if default.startswith("ARRAY["):
        import re

        return re.sub(r"::[.\w]+", f"::{type_name}", _renamed(default, schema, name, renames))
    bare = _renamed(default[: default.find("::")], schema, name, renames)
    return f"{bare}::{type_name}[]" if default.endswith("[]") else f"{bare}::{type_name}"


def _compare(schema, new_type, old_type, renames, sign, function):
    function = f'"{schema}".{function}'
    head = [
        "",
        f"CREATE FUNCTION {function}(",
        f"    new_enum_val {new_type}, old_enum_val {old_type}",
        ")",
        "RETURNS boolean AS $$",
    ]
    if renames:
        cases = " ".join(f"WHEN old_enum_val::text = '{old}' THEN '{new}'" for old, new in renames)
        body = [
            f"    SELECT new_enum_val::text {sign} CASE",
            f"        {cases}\n",
            "        ELSE old_enum_val::text",
            "    END;",
        ]
    else:
        body = [f"    SELECT new_enum_val::text {sign} old_enum_val::text;"]
    sql = _lines(12, *head, *body, "$$ LANGUAGE SQL IMMUTABLE") + "\n        "
    _run(sql)
    _run(
        _lines(
            8,
            "",
            f'CREATE OPERATOR "{schema}".{sign} (',
            f"    leftarg = {new_type},",
            f"    rightarg = {old_type},",
            f"    procedure = {function}",
            ")",
        )
        + "\n    "
    )


def _stop_comparing(schema, new_type, old_type, sign, function):
    _run(_lines(12, "", f'DROP OPERATOR IF EXISTS "{schema}".{sign} (', f"    {new_type},", f"    {old_type}", ")", ""))
    _run(
        _lines(
            8,
            "",
            f'DROP FUNCTION "{schema}".{function}(',
            f"    new_enum_val {new_type}, old_enum_val {old_type}",
            ")",
        )
        + "\n    "
    )


def _cast(table, column, is_array, new_type, renames):
    head = f"ALTER TABLE {table} "
    if is_array:
        value = f"{column}::text[]"
        for old, new in renames:
            value = f"array_replace({value}, '{old}', '{new}')"
        _run(_lines(12, head, f"ALTER COLUMN {column} TYPE {new_type}[]", f"USING {value}::{new_type}[]", ""))
    elif renames:
        cases = " ".join(f"WHEN {column}::text = '{old}' THEN '{new}'::{new_type}" for old, new in renames)
        _run(
            _lines(
                16,
                head,
                f"ALTER COLUMN {column} TYPE {new_type} ",
                "USING CASE ",
                f"{cases}\n",
                f"ELSE {column}::text::{new_type}",
                "END",
                "",
            )
        )
    else:
        _run(
            _lines(16, head, f"ALTER COLUMN {column} TYPE {new_type} ", f"USING {column}::text::{new_type}", "")
        )


def _index_parts(name):
    if "." in name:
        schema, _, last = name.rpartition(".")
        return '"' + schema.strip('"') + '"."' + last.strip('"') + '"'
    return '"' + name.strip('"') + '"'


def sync_enum_values(
    enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename=(), indexes_to_recreate=None
):
    if not _is_postgresql():
        return
    renames = list(enum_values_to_rename)
    columns = []
    for column in affected_columns:
        if isinstance(column, TableReference):
            schema = enum_schema if column.table_schema is _unspecified else column.table_schema
            default = column.existing_server_default
            columns.append((schema, column.table_name, column.column_name, column.column_type, default))
        elif isinstance(column, tuple):
            default = _default_of(enum_schema, column[0], column[1])
            kind = column[2] if len(column) > 2 else ColumnType.COMMON
            columns.append((enum_schema, column[0], column[1], kind, default))
        else:
            raise ValueError("Affected columns must contain tuples or TableReferences")
    indexes = []
    for index in indexes_to_recreate or []:
        definition = index.definition
        for old, new in renames:
            definition = definition.replace(f"'{old}'::{enum_name}", f"'{new}'::{enum_name}")
            if enum_schema:
                qualified = f"{enum_schema}.{enum_name}"
                definition = definition.replace(f"'{old}'::{qualified}", f"'{new}'::{qualified}")
        indexes.append((index.name, definition))
    new_type = f'"{enum_schema}"."{enum_name}"'
    old_name = f'"{enum_name}_old"'
    old_type = f'"{enum_schema}".{old_name}'
    _run(f"ALTER TYPE {new_type} RENAME TO {old_name}")
    labels = ", ".join(f"'{value}'" for value in new_values)
    _run(f"CREATE TYPE {new_type} AS ENUM({labels})")
    comparisons = (("!=", "new_old_not_equals"), ("=", "new_old_equals"))
    for sign, function in comparisons:
        _compare(enum_schema, new_type, old_type, renames, sign, function)
    for name, _definition in indexes:
        _run(f"DROP INDEX IF EXISTS {_index_parts(name)}")
    for schema, table, column, kind, default in columns:
        table = f'"{schema}"."{table}"' if schema else f'"{table}"'
        column = f'"{column}"'
        if default is not None:
            _run(_lines(13, f"ALTER TABLE {table}", f"ALTER COLUMN {column} DROP DEFAULT"))
        _cast(table, column, kind == ColumnType.ARRAY, new_type, renames)
        if default is not None:
            value = _new_default(default, enum_schema, enum_name, renames)
            _run(_lines(12, f"ALTER TABLE {table}", f"ALTER COLUMN {column} SET DEFAULT {value}"))
    for sign, function in comparisons:
        _stop_comparing(enum_schema, new_type, old_type, sign, function)
    _run(f"DROP TYPE {old_type}")
    for _name, definition in indexes:
        _run(definition)


def add_enum_value(enum_schema, enum_name, new_value, before_value=None):
    if not _is_postgresql():
        return
    sql = f"""ALTER TYPE "{enum_schema}"."{enum_name}" ADD VALUE '{new_value}'"""
    _run(f"{sql} AFTER '{before_value}'" if before_value else sql)
