"""Print the tables of MetaData objects as JSON, for a program that does not import models.

Run by the project's own interpreter: dump.py DIALECT MODULE:ATTRIBUTE ..., or dump.py --env INI TOML SECTION X... for
what env.py names, a list for each run. SQL expressions are written in the words of the dialect. The last line of the output is the JSON; what models print while they are imported comes before it.
"""
import importlib
import json
import sys

import sqlalchemy as sa
from sqlalchemy import sql, types
from sqlalchemy.engine import URL
from sqlalchemy.schema import Computed, FetchedValue, Identity, Sequence
from sqlalchemy.sql.elements import ColumnClause, TextClause, conv, quoted_name

PLAIN = (
    "length", "precision", "scale", "binary_precision", "asdecimal", "timezone", "local_timezone", "collation", "charset",
    "unsigned", "zerofill", "display_width", "fsp", "ascii", "unicode", "binary", "national", "fields", "day_precision",
    "second_precision", "native", "native_enum", "native_uuid", "as_uuid", "create_constraint", "create_type",
    "inherit_schema", "dimensions", "as_tuple", "none_as_null", "varying", "filestream", "not_null", "constraint_name",
)
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle")


def name(value):
    if value is None or not isinstance(value, str):
        return None
    return {"text": str(value), "quote": getattr(value, "quote", None), "final": isinstance(value, conv)}


class Dumper:
    def __init__(self, dialect_name):
        self.dialect = URL.create(dialect_name).get_dialect()()

    def sql(self, clause, table=False):
        return str(clause.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True, "include_table": table}))

    def expr(self, clause, table=False):
        if isinstance(clause, str):
            return {"text": clause}
        if isinstance(clause, TextClause):
            return {"text": clause.text}
        if isinstance(clause, ColumnClause) and not clause.is_literal:
            return {"column": name(clause.name)}
        return {"sql": self.sql(clause, table)}

    def type(self, type_):
        own = type(type_)
        module = own.__module__
        out = {"class": own.__name__, "module": module}
        variants = getattr(type_, "_variant_mapping", None)
        if variants:
            out["variants"] = {key: self.type(value) for key, value in variants.items()}
        native = module.startswith(("sqlalchemy.sql.", "sqlalchemy.types", "sqlalchemy.dialects."))
        if not native:
            out["repr"] = repr(type_)
            out["custom"] = True
        if isinstance(type_, types.TypeDecorator) and not isinstance(type_, types.Interval) and not native:
            impl = type_.impl if not isinstance(type_.impl, type) else type_.impl()
            out["impl"] = self.type(impl)
            inner = type_.load_dialect_impl(self.dialect)
            out["by_dialect"] = {self.dialect.name: self.type(inner)}
            return out
        if not native and not isinstance(type_, types.TypeDecorator):
            out["spec"] = self.dialect.type_compiler_instance.process(type_)
            return out
        if isinstance(type_, types.PickleType):
            return out
        for attribute in PLAIN:
            value = type_.__dict__.get(attribute, getattr(type_, attribute, None))
            if isinstance(value, (bool, int, str)) and not isinstance(value, quoted_name):
                out[attribute] = value
        if isinstance(type_, (types.Enum, types.SchemaType)):
            out["name"] = name(getattr(type_, "name", None))
            out["schema"] = name(getattr(type_, "schema", None))
        if isinstance(type_, types.Enum):
            out["labels"] = list(type_.enums)
            out["explicit_length"] = getattr(type_, "_default_length", None) != type_.length
        if own.__name__ == "SET":
            out["labels"] = list(type_.values)
        item = getattr(type_, "item_type", None)
        if isinstance(item, types.TypeEngine):
            out["item"] = self.type(item)
        if own.__name__ == "DOMAIN":
            out["item"] = self.type(type_.data_type)
        astext = type_.__dict__.get("astext_type", type_.__dict__.get("text_type"))
        if isinstance(astext, types.TypeEngine):
            out["astext"] = self.type(astext)
        return out

    def options(self, item):
        out = {}
        for key, value in item.dialect_kwargs.items():
            out[key] = self.option(value)
        return out

    def option(self, value):
        if isinstance(value, (list, tuple)):
            return [self.option(item) for item in value]
        if isinstance(value, dict):
            return {"map": {str(key): self.option(item) for key, item in value.items()}}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if hasattr(value, "compile"):
            return {"expr": self.expr(value)}
        return str(value)

    def identity(self, value):
        keys = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache", "always", "on_null", "order")
        return {key: getattr(value, key, None) for key in keys}

    def default(self, value):
        if value is None:
            return None
        if isinstance(value, Computed):
            return {"computed": self.expr(value.sqltext), "persisted": value.persisted}
        if isinstance(value, Identity):
            return {"identity": self.identity(value)}
        if isinstance(value, Sequence):
            return {"fetched": True}
        argument = getattr(value, "arg", None)
        if argument is None:
            return {"fetched": True}
        if isinstance(argument, str):
            return {"string": argument}
        return {"expr": self.expr(argument, table=True)}

    def column(self, column):
        sequence = column.default if isinstance(column.default, Sequence) else None
        return {
            "name": name(column.name),
            "type": self.type(column.type),
            "nullable": column.nullable,
            "nullable_given": getattr(column, "_user_defined_nullable", None) in (True, False),
            "primary_key": column.primary_key,
            "default": self.default(column.server_default),
            "python_default": column.default is not None and sequence is None,
            "sequence": name(sequence.name) if sequence is not None else None,
            "autoincrement": column.autoincrement,
            "comment": column.comment,
            "system": column.system,
            "options": self.options(column),
        }

    def constraint(self, item):
        out = {
            "name": name(item.name),
            "deferrable": item.deferrable,
            "initially": item.initially,
            "comment": getattr(item, "comment", None),
            "options": self.options(item),
        }
        if isinstance(item, sa.PrimaryKeyConstraint):
            out["primary"] = [name(column.name) for column in item.columns]
        elif isinstance(item, sa.UniqueConstraint):
            out["unique"] = [name(column.name) for column in item.columns]
        elif isinstance(item, sa.ForeignKeyConstraint):
            target = item.elements[0].column.table if item.elements else None
            out["foreign"] = {
                "columns": [name(column.name) for column in item.columns],
                "table": name(target.name),
                "schema": name(target.schema),
                "referred": [name(element.column.name) for element in item.elements],
                "onupdate": item.onupdate,
                "ondelete": item.ondelete,
                "match": item.match,
                "use_alter": item.use_alter,
            }
        elif type(item).__name__ == "ExcludeConstraint":
            out["exclude"] = [[self.sql(expr), None, op] for expr, _, op in item._render_exprs]
            out["using"] = item.using
            out["where"] = self.expr(item.where) if item.where is not None else None
        elif isinstance(item, sa.CheckConstraint):
            out["check"] = self.expr(item.sqltext)
            out["type_bound"] = bool(getattr(item, "_type_bound", False))
        else:
            return None
        return out

    def index(self, item):
        return {
            "name": name(item.name),
            "elements": [
                {"column": name(part.name)} if isinstance(part, sa.Column) else self.expr(part) for part in item.expressions
            ],
            "unique": bool(item.unique),
            "column_flag": bool(getattr(item, "_column_flag", False)),
            "options": self.options(item),
        }

    def table(self, table):
        constraints = [self.constraint(item) for item in sorted(table.constraints, key=lambda it: getattr(it, "_creation_order", 0))]
        return {
            "name": name(table.name),
            "schema": name(table.schema),
            "columns": [self.column(column) for column in table.columns],
            "constraints": [item for item in constraints if item is not None],
            "indexes": [self.index(item) for item in sorted(table.indexes, key=lambda it: str(it.name))],
            "comment": table.comment,
            "info": repr(table.info) if table.info else None,
            "prefixes": list(table._prefixes),
            "options": self.options(table),
        }


def metadatas(value):
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def runs(ini, toml, section, x):
    """What env.py gives to context.configure(): it is run offline and no script is."""
    import argparse
    import io

    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    arguments = {"ini_section": section, "cmd_opts": argparse.Namespace(x=x or None), "output_buffer": io.StringIO()}
    if toml:
        arguments["toml_file"] = toml
    config = Config(ini or None, **arguments)
    script = ScriptDirectory.from_config(config)
    found = []

    def take(rev, context):
        found.append((context.dialect.name, metadatas(context.opts.get("target_metadata"))))
        return []

    with EnvironmentContext(config, script, fn=take, as_sql=True, output_buffer=io.StringIO()):
        script.run_env()
    return found


def main(argv):
    # Modules are looked for from the current directory, not beside this file.
    sys.path[0] = ""
    if argv[0] == "--env":
        out = []
        for dialect, found in runs(argv[1], argv[2], argv[3], argv[4:]):
            dumper = Dumper(dialect)
            out.append([{"tables": [dumper.table(table) for table in it.tables.values()]} for it in found])
    else:
        dumper = Dumper(argv[0])
        out = []
        for place in argv[1:]:
            module, _, attribute = place.partition(":")
            value = importlib.import_module(module)
            for part in attribute.split("."):
                value = getattr(value, part)
            out.extend({"tables": [dumper.table(table) for table in it.tables.values()]} for it in metadatas(value))
    sys.stdout.write("\n" + json.dumps(out) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
