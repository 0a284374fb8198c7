"""What a case needs to be there before it runs: tables, columns, constraints, indexes, schemas, types.

Some of it is read off the operations that the case performs, the rest is learned from the server's refusals: a case is tried,
what the error names as missing is added, and the case is tried again.
"""
import re

import sqlalchemy as sa
from alembic.operations import base, batch, ops
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSchema, DropSchema
from sqlalchemy.sql import visitors

#: Types to try for a column of which nothing is known.
LADDER = [
    sa.Integer(), sa.String(50), postgresql.JSONB(), postgresql.INT4RANGE(), postgresql.TSVECTOR(), sa.DateTime(),
    sa.Boolean(), postgresql.ARRAY(sa.Integer()),
]


class Capture:
    """Remembers the operations that are performed and the tables that batches copy from."""

    def __init__(self):
        self.operations, self.copies = [], []
        self.invoke, self.init = base.AbstractOperations.invoke, batch.BatchOperationsImpl.__init__

    def __enter__(self):
        def invoke(operations, operation):
            self.operations.append(operation)
            return self.invoke(operations, operation)

        def init(impl, operations, table_name, schema, recreate, copy_from, *rest):
            self.copies.append((table_name, schema, copy_from))
            self.init(impl, operations, table_name, schema, recreate, copy_from, *rest)

        base.AbstractOperations.invoke, batch.BatchOperationsImpl.__init__ = invoke, init
        return self

    def __exit__(self, *_):
        base.AbstractOperations.invoke, batch.BatchOperationsImpl.__init__ = self.invoke, self.init


class Column:
    def __init__(self, type_=None, **kw):
        self.type, self.kw = type_, kw


class Table:
    def __init__(self):
        self.columns, self.unique, self.constraints, self.indexes = {}, [], {}, {}
        self.copy = self.comment = None

    def column(self, name, type_=None, **kw):
        known = self.columns.setdefault(str(name), Column(type_, **kw))
        if known.type is None or isinstance(known.type, sa.types.NullType):
            known.type = type_
        return known


class Needs:
    def __init__(self):
        self.tables, self.schemas, self.enums, self.sequences, self.rung = {}, {}, {}, [], 0
        self.absent = set()

    def table(self, name, schema=None) -> Table:
        if schema:
            self.schemas[str(schema)] = True
        if (schema, str(name)) not in self.tables:
            self.tables[schema, str(name)] = Table()
        return self.tables[schema, str(name)]

    # What operations say.

    def read(self, capture: Capture) -> None:
        for name, schema, copied in capture.copies:
            table = self.table(name, schema)
            if copied is not None:
                table.copy = copied
                self.read_keys(copied, schema=schema)
        made = set()
        for operation in capture.operations:
            self.read_operation(operation, made)

    def read_keys(self, owner, created=None, schema=None) -> None:
        """Tables that the foreign keys of a table, column or constraint point to, other than the table that is created itself."""
        default = schema
        keys = owner.elements if isinstance(owner, sa.ForeignKeyConstraint) else owner.foreign_keys
        for key in keys:
            if isinstance(key._colspec, str):
                *target, column = key._colspec.split(".")
                schema = ".".join(target[:-1]) or getattr(owner, "schema", None) or default
                name = target[-1]
            else:
                schema, name, column = key.column.table.schema, key.column.table.name, key.column.name
            itself = created.table_name if created is not None else getattr(owner, "name", None)
            if name == itself and not (created is None and isinstance(owner, sa.Column)):
                continue
            referred = self.table(name, schema)
            referred.column(column, key.parent.type if getattr(key, "parent", None) is not None else sa.Integer())
            referred.unique.append((column,))

    def read_operation(self, operation, made) -> None:
        schema = getattr(operation, "schema", None)
        name = getattr(operation, "table_name", None)
        if schema:
            self.schemas[str(schema)] = True
        if isinstance(operation, ops.CreateTableOp):
            for element in operation.columns:
                if isinstance(element, (sa.Column, sa.ForeignKeyConstraint)):
                    self.read_keys(element, operation)
            made.add((schema, str(name)))
            return
        if (schema, str(name)) in made:
            return
        if isinstance(operation, ops.AddColumnOp):
            self.table(name, schema).column("id", sa.Integer(), primary_key=True)
            self.absent.add((schema, str(name), operation.column.name))
            self.read_keys(operation.column)
        elif isinstance(operation, ops.AlterColumnOp):
            self.read_alter(operation)
        elif isinstance(operation, ops.DropColumnOp):
            self.table(name, schema).column(operation.column_name)
            self.table(name, schema).column("id", sa.Integer())
        elif isinstance(operation, (ops.DropTableOp, ops.RenameTableOp, ops.DropTableCommentOp, ops.CreateTableCommentOp)):
            table = self.table(name, schema)
            table.column("id", sa.Integer(), primary_key=True)
            if getattr(operation, "existing_comment", None):
                table.comment = operation.existing_comment
        elif isinstance(operation, ops.CreateIndexOp):
            for column in operation.columns:
                self.table(name, schema)
                if isinstance(column, str):
                    self.table(name, schema).column(column)
        elif isinstance(operation, ops.DropIndexOp):
            table = self.table(name or "t", schema)
            table.column("a")
            table.indexes[str(operation.index_name)] = ["a"]
        elif isinstance(operation, ops.CreateForeignKeyOp):
            source = self.table(operation.source_table, operation.kw.get("source_schema"))
            target = self.table(operation.referent_table, operation.kw.get("referent_schema"))
            for mine, other in zip(operation.local_cols, operation.remote_cols):
                source.column(mine, sa.Integer())
                target.column(other, sa.Integer())
            target.unique.append(tuple(operation.remote_cols))
        elif isinstance(operation, (ops.CreatePrimaryKeyOp, ops.CreateUniqueConstraintOp)):
            for column in operation.columns:
                self.table(name, schema).column(column)
        elif isinstance(operation, ops.CreateCheckConstraintOp):
            self.table(name, schema).column("id", sa.Integer())
        elif isinstance(operation, ops.DropConstraintOp):
            self.table(name, schema).column("a", sa.Integer())
            if operation.constraint_name is not None:
                kind = operation.constraint_type or "check"
                self.table(name, schema).constraints[str(operation.constraint_name)] = kind
        elif isinstance(operation, ops.BulkInsertOp):
            table = operation.table
            mine = self.table(table.name, table.schema)
            for column in table.columns:
                mine.column(column.name, column.type)
        elif isinstance(operation, ops.ExecuteSQLOp):
            self.read_statement(operation.sqltext)
        elif name is not None:
            self.table(name, schema).column("id", sa.Integer())

    def read_alter(self, operation) -> None:
        kw = {"nullable": operation.existing_nullable is not False}
        default = operation.existing_server_default
        if isinstance(default, (str, sa.sql.ClauseElement, sa.Identity, sa.Computed)):
            kw["server_default"] = default
        if operation.existing_comment:
            kw["comment"] = operation.existing_comment
        table = self.table(operation.table_name, operation.schema)
        table.column("id", sa.Integer())
        column = table.column(operation.column_name, operation.existing_type)
        column.kw.update(kw)
        if operation.modify_name:
            self.absent.add((operation.schema, str(operation.table_name), operation.modify_name))

    def read_statement(self, statement) -> None:
        if isinstance(statement, (CreateSchema, DropSchema)):
            if isinstance(statement, DropSchema):
                self.schemas[str(statement.element)] = True
            return
        if isinstance(statement, sa.schema.DropSequence):
            self.sequences.append(statement.element)
            return
        if not isinstance(statement, sa.sql.ClauseElement):
            return
        for element in visitors.iterate(statement):
            if isinstance(element, sa.sql.TableClause):
                table = self.table(element.name, element.schema)
                for column in element.columns:
                    table.column(column.name, column.type)

    # What refusals say.

    def learn(self, dialect: str, code, text: str, capture: Capture) -> bool:
        """Adds what an error misses; false if it names nothing that can be added."""
        before = self.fingerprint()
        for rule in RULES[dialect]:
            found = re.search(rule[0], text)
            if found:
                rule[1](self, [group for group in found.groups()], capture)
                if self.fingerprint() != before:
                    return True
        if dialect == "postgresql" and code in TYPE_ERRORS and self.rung + 1 < len(LADDER):
            if any(column.type is None for table in self.tables.values() for column in table.columns.values()):
                self.rung += 1
                return True
        return False

    def simplify(self) -> bool:
        """Takes away the server defaults of columns, or then their types; false if there are none."""
        columns = [column for table in self.tables.values() for column in table.columns.values()]
        found = [column.kw.pop("server_default", None) for column in columns]
        if any(default is not None for default in found):
            return True
        had_types = any(column.type is not None for column in columns)
        for column in columns:
            column.type = None
        return had_types

    def fingerprint(self):
        tables = [
            (key, list(it.columns), [(str(c.type), sorted(c.kw)) for c in it.columns.values()], sorted(it.unique), dict(it.constraints),
             {name: list(columns) for name, columns in it.indexes.items()})
            for key, it in self.tables.items()
        ]
        return repr((tables, self.schemas, sorted(self.enums), self.rung, len(self.sequences)))

    def missing_table(self, name, capture) -> None:
        name = name.strip('"`')
        schema = None
        for known in self.schemas:
            if name.startswith(f"{known}."):
                schema, name = known, name[len(known) + 1:]
        if "." in name:
            place, name = name.split(".", 1)
            schema = None if place in ("main", "public") or place.startswith("rt_") else place
        self.table(name, schema).column("id", sa.Integer())

    def missing_column(self, column, capture, table=None) -> None:
        for (schema, name), it in self.tables.items():
            if it.copy is None and (table in (None, name)) and (schema, name, column) not in self.absent:
                it.column(column)

    def missing_constraint(self, name, capture) -> None:
        for operation in capture.operations:
            if isinstance(operation, ops.DropConstraintOp):
                table = self.table(operation.table_name, operation.schema)
                table.constraints[name] = operation.constraint_type or "check"

    def missing_index(self, name, capture) -> None:
        for operation in capture.operations:
            if isinstance(operation, ops.DropIndexOp):
                table = self.table(operation.table_name or "t", operation.schema)
                table.column("a")
                table.indexes[name] = ["a"]

    def missing_type(self, name, capture) -> None:
        name = name.strip('"').split(".")[-1].strip('"')
        for operation in capture.operations:
            types = [getattr(operation, key, None) for key in ("modify_type", "existing_type")]
            if isinstance(operation, ops.AddColumnOp):
                types.append(operation.column.type)
            for type_ in types:
                type_ = getattr(type_, "item_type", type_)
                if isinstance(type_, sa.Enum) and type_.name == name:
                    self.enums[name] = type_

    def missing_key(self, name, capture) -> None:
        for operation in capture.operations:
            if isinstance(operation, ops.CreateForeignKeyOp):
                table = self.table(operation.referent_table, operation.kw.get("referent_schema"))
                table.unique.append(tuple(operation.remote_cols))


    def missing_auto_key(self, capture) -> None:
        for operation in capture.operations:
            if isinstance(operation, ops.AlterColumnOp):
                table = self.table(operation.table_name, operation.schema)
                table.column(operation.column_name).kw["primary_key"] = True


def _auto(needs, found, capture):
    needs.missing_auto_key(capture)


def _schema(needs, found, capture):
    needs.schemas[found[0]] = True


def _table(needs, found, capture):
    needs.missing_table(found[0], capture)


def _column(needs, found, capture):
    needs.missing_column(found[0], capture)


def _constraint(needs, found, capture):
    needs.missing_constraint(found[0], capture)


def _index(needs, found, capture):
    needs.missing_index(found[0], capture)


def _drop(needs, found, capture):
    needs.missing_constraint(found[0], capture)
    needs.missing_index(found[0], capture)


def _type(needs, found, capture):
    needs.missing_type(found[0], capture)


def _key(needs, found, capture):
    needs.missing_key(found[0] if found else None, capture)


TYPE_ERRORS = {"42804", "42883", "42704", "22P02", "42P17", "42809", "42846"}
RULES = {
    "postgresql": [
        (r'^schema "(.+)" does not exist', _schema),
        (r'^(?:relation|table) "(.+?)" does not exist', _table),
        (r'constraint "(.+)" of relation ".+" does not exist', _constraint),
        (r'^column "(.+?)" (?:of relation ".+" )?does not exist', _column),
        (r'^column "(.+?)" (?:referenced|named) .*does not exist', _column),
        (r'^column (?:\w+\.)?(\w+) does not exist', _column),
        (r'^index "(.+)" does not exist', _index),
        (r'^type "(.+)" does not exist', _type),
        (r'no unique constraint matching given keys for referenced table "(.+)"', _key),
    ],
    "mariadb": [
        (r"Unknown database '(.+)'", _schema),
        (r"Table '(.+)' doesn't exist", _table),
        (r"Unknown table '(.+)'", _table),
        (r"only one auto column and it must be defined as a key", _auto),
        (r"Can't DROP .*`(.+)`; check that", _drop),
        (r"Unknown column '(?:\w+\.)?(.+?)' in", _column),
        (r"Key column '(.+)' doesn't exist", _column),
        (r"Foreign key constraint is incorrectly formed|Failed to add the foreign key constraint", _key),
    ],
    "sqlite": [
        (r"unknown database \"?([^\"]+)\"?", _schema),
        (r"^no such table: (.+)", _table),
        (r"NoSuchTableError: (.+)", _table),
        (r"no such column: \"?(?:\w+\.)?([^\"]+)\"?", _column),
        (r"has no column named (.+)", _column),
        (r"No such constraint: '(.+)'", _constraint),
        (r"no such index: (?:\w+\.)?(.+)", _index),
        (r"No such index: '(.+)'", _index),
    ],
}
