"""From what a case needs to statements, by SQLAlchemy's own DDL."""
import re

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateSequence, CreateTable

from .needs import LADDER, Needs


def compile_ddl(element, dialect) -> str:
    text = str(element.compile(dialect=dialect)).strip()
    return text.replace("%%", "%") if dialect.paramstyle in ("format", "pyformat") else text


def is_plain(name: str) -> bool:
    return re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None


def compiles(type_, dialect) -> bool:
    try:
        type_.compile(dialect=dialect)
    except Exception:  # noqa: BLE001 - any refusal means that the type is not for this dialect
        return False
    return not isinstance(type_, sa.types.NullType)


def literal(type_, number: int):
    """A value that fits a type, as SQL; `None` if none is known."""
    if isinstance(type_, sa.Enum):
        return f"'{type_.enums[(number - 1) % len(type_.enums)]}'" if type_.enums else None
    if isinstance(type_, sa.Boolean):
        return "true" if number == 1 else "false"
    if isinstance(type_, (sa.Integer, sa.Numeric)):
        return str(number)
    if isinstance(type_, sa.String):
        return f"'{number}'"
    if isinstance(type_, (sa.DateTime, sa.Date)):
        return f"'2020-01-0{number}'"
    if isinstance(type_, sa.JSON):
        return f"'{{\"k\": {number}}}'"
    return None


class Setup:
    """Statements to run before a case, and the schemas to attach on SQLite."""

    def __init__(self, needs: Needs, dialect, with_rows: bool):
        self.statements, self.attach = [], []
        name = dialect.name
        quote = dialect.identifier_preparer.quote
        for schema in needs.schemas:
            if name == "sqlite":
                if is_plain(schema) and schema not in ("main", "temp") and quote(schema) == schema:
                    self.attach.append(schema)
            elif schema != "public" or name != "postgresql":
                self.statements.append(f"CREATE {'SCHEMA' if name == 'postgresql' else 'DATABASE'} {quote(schema)}")
        metadata = sa.MetaData()
        for key in needs.tables:
            self.build(needs, metadata, key, dialect)
        tables = metadata.sorted_tables
        if name == "postgresql":
            made = set()
            types = list(needs.enums.values()) + [column.type for table in tables for column in table.columns]
            for type_ in types:
                type_ = getattr(type_, "item_type", type_)
                impl = type_.dialect_impl(dialect) if isinstance(type_, sa.Enum) else None
                if isinstance(impl, sa.dialects.postgresql.ENUM) and type_.native_enum and type_.name:
                    place = quote(type_.name)
                    if type_.schema:
                        place = f"{quote(type_.schema)}.{place}"
                    if place not in made:
                        made.add(place)
                        labels = ", ".join(f"'{label}'" for label in type_.enums)
                        self.statements.append(f"CREATE TYPE {place} AS ENUM ({labels})")
        if name != "sqlite":
            self.statements += [compile_ddl(CreateSequence(it), dialect) for it in needs.sequences]
        for table in tables:
            if name == "sqlite" and table.schema is not None and table.schema not in self.attach:
                continue
            self.statements.append(compile_ddl(CreateTable(table), dialect))
            for index in sorted(table.indexes, key=lambda it: it.name or ""):
                try:
                    self.statements.append(compile_ddl(CreateIndex(index), dialect))
                except sa.exc.IdentifierError:
                    # Too long a name: the case cannot drop it either.
                    pass
            if name == "postgresql":
                where = dialect.identifier_preparer.format_table(table)
                if table.comment:
                    self.statements.append(f"COMMENT ON TABLE {where} IS '{table.comment}'")
                for column in table.columns:
                    if column.comment:
                        text = column.comment.replace("'", "''")
                        self.statements.append(f"COMMENT ON COLUMN {where}.{quote(column.name)} IS '{text}'")
            if with_rows:
                self.fill(table, dialect)

    def build(self, needs, metadata, key, dialect) -> None:
        schema, name = key
        need = needs.tables[key]
        if need.copy is not None:
            table = need.copy.to_metadata(metadata, schema=schema or None)
            for column in list(table.columns):
                if not compiles(column.type, dialect):
                    column.type = sa.String(50)
            return
        columns = []
        for column, it in need.columns.items():
            type_ = it.type if it.type is not None and compiles(it.type, dialect) else LADDER[needs.rung]
            if not compiles(type_, dialect):
                type_ = sa.String(50)
            kw = {key: value for key, value in it.kw.items() if value is not None}
            if not isinstance(kw.get("server_default"), sa.Identity):
                kw.setdefault("autoincrement", False)
            columns.append(sa.Column(column, type_, **kw))
        if not columns:
            columns.append(sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))
        table = sa.Table(name, metadata, *columns, schema=schema or None, comment=need.comment)
        for at, names in enumerate(dict.fromkeys(need.unique)):
            if all(it in table.columns for it in names) and not all(table.columns[it].primary_key for it in names):
                table.append_constraint(sa.UniqueConstraint(*names))
        for constraint, kind in need.constraints.items():
            self.constrain(table, constraint, kind, metadata)
        for index, names in need.indexes.items():
            sa.Index(index, *(table.columns[it] for it in names))

    @staticmethod
    def constrain(table, name, kind, metadata) -> None:
        column = "a" if "a" in table.columns else list(table.columns)[0].name
        if kind == "primary":
            table.append_constraint(sa.PrimaryKeyConstraint(column, name=name))
        elif kind == "unique":
            table.append_constraint(sa.UniqueConstraint(column, name=name))
        elif kind == "foreignkey":
            referred = sa.Table("referred", metadata, sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
                                extend_existing=True, schema=table.schema)
            table.append_constraint(sa.ForeignKeyConstraint([column], [referred.columns["id"]], name=name))
        else:
            table.append_constraint(sa.CheckConstraint(f"{column} > 0", name=name))

    def fill(self, table, dialect) -> None:
        quote = dialect.identifier_preparer.quote
        for number in (1, 2):
            names, values = [], []
            for column in table.columns:
                if column.computed is not None or column.identity is not None:
                    continue
                value = literal(column.type, number)
                if value is None:
                    if not column.nullable:
                        return
                    continue
                names.append(quote(column.name))
                values.append(value)
            if names:
                where = dialect.identifier_preparer.format_table(table)
                self.statements.append(f"INSERT INTO {where} ({', '.join(names)}) VALUES ({', '.join(values)})")

    def key(self):
        return {"attach": self.attach, "statements": self.statements} if self.attach else {"statements": self.statements}
