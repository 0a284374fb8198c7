# Entities of alembic_utils: views, functions, triggers and the like as objects, and the directives that create, drop and
# replace them. What its comparison finds in the database is not modelled; that it takes part is noted.
import re as _re
from enum import Enum as _Enum

from _limbeck import note_comparison as _note_comparison
from _limbeck import unreadable as _unreadable
from alembic.operations import MigrateOperation as _MigrateOperation
from alembic.operations import Operations as _Operations
from sqlalchemy import text as _text

_note_comparison("alembic_utils compares views, functions and other entities")


class AlembicUtilsException(Exception):
    __module__ = "alembic_utils.exceptions"


class SQLParseFailure(AlembicUtilsException):
    __module__ = "alembic_utils.exceptions"


class BadInputException(AlembicUtilsException):
    __module__ = "alembic_utils.exceptions"


def normalize_whitespace(text, base_whitespace=" "):
    return base_whitespace.join(text.split()).strip()


def strip_terminating_semicolon(sql):
    return sql.strip().rstrip(";").strip()


def strip_double_quotes(sql):
    return sql.strip().rstrip('"').strip().lstrip('"').strip()


def _escaped(sql, *kept):
    # What is kept stands aside while the other colons are escaped.
    for number, word in enumerate(kept):
        sql = sql.replace(word, f"\0{number}\0")
    sql = sql.replace(":", r"\:")
    for number, word in enumerate(kept):
        sql = sql.replace(f"\0{number}\0", word)
    return sql


def escape_colon_for_sql(sql):
    return _escaped(sql, "::")


def escape_colon_for_plpgsql(sql):
    return _escaped(sql, "::", ":=", r"\:")


def coerce_to_quoted(text):
    if "." in text:
        schema, _, name = text.partition(".")
        return f'"{strip_double_quotes(schema)}"."{strip_double_quotes(name)}"'
    return f'"{strip_double_quotes(text)}"'


def coerce_to_unquoted(text):
    return "".join(text.split('"'))


def _parse(pattern, text, flags=_re.DOTALL | _re.IGNORECASE):
    return _re.match(pattern + r"\Z", text, flags)


class ReplaceableEntity:
    __module__ = "alembic_utils.replaceable_entity"

    def __init__(self, schema, signature, definition):
        self.schema = coerce_to_unquoted(normalize_whitespace(schema))
        self.signature = coerce_to_unquoted(normalize_whitespace(signature))
        self.definition = escape_colon_for_sql(strip_terminating_semicolon(definition))

    @property
    def literal_schema(self):
        return coerce_to_quoted(self.schema)

    @property
    def identity(self):
        return f"{self.__class__.__name__}: {self.schema}.{self.signature}"

    @classmethod
    def from_sql(cls, sql):
        raise NotImplementedError()

    @classmethod
    def from_path(cls, path):
        with path.open() as sql_file:
            sql = sql_file.read()
        return cls.from_sql(sql)

    @classmethod
    def from_database(cls, sess, schema="%"):
        _unreadable("entities of alembic_utils that are read from the database are not modelled")

    def to_sql_statement_create(self):
        raise NotImplementedError()

    def to_sql_statement_drop(self, cascade=False):
        raise NotImplementedError()

    def to_sql_statement_create_or_replace(self):
        raise NotImplementedError()


class PGFunction(ReplaceableEntity):
    __module__ = "alembic_utils.pg_function"
    type_ = "function"

    def __init__(self, schema, signature, definition):
        super().__init__(schema, signature, definition)
        words = normalize_whitespace(definition).lower().replace("'", "")
        escape = escape_colon_for_plpgsql if "language plpgsql" in words else escape_colon_for_sql
        self.definition = escape(strip_terminating_semicolon(definition))

    @classmethod
    def from_sql(cls, sql):
        result = _parse(r"create(.+?)function\s+(.+?)\.(.+?)\s+returns\s+(.+?)", sql.strip())
        if result is None:
            raise SQLParseFailure(f'Failed to parse SQL into PGFunction """{sql}"""')
        signature = result.group(3)
        if signature.startswith('"'):
            signature = "".join(signature.split('"', 2))
        return cls(schema=result.group(2), signature=signature, definition="returns " + result.group(4))

    @property
    def literal_signature(self):
        name, remainder = self.signature.split("(", 1)
        return '"' + name.strip() + '"(' + remainder

    def to_sql_statement_create(self):
        return _text(f"CREATE FUNCTION {self.literal_schema}.{self.literal_signature} {self.definition}")

    def to_sql_statement_drop(self, cascade=False):
        cascade = "cascade" if cascade else ""
        result = _parse(r"(.+?)\((.+?)\)", self.signature)
        if result is None:
            name, given = _parse(r"(.+?)\(\)", self.signature).group(1).strip(), ""
        else:
            name, given = result.group(1).strip(), result.group(2).strip()
        parameters = [x[: len(x.lower().split("default")[0])].strip() for x in given.split(",")]
        return _text(f'DROP FUNCTION {self.literal_schema}."{name}"({", ".join(parameters)}) {cascade}')

    def to_sql_statement_create_or_replace(self):
        yield _text(f"CREATE OR REPLACE FUNCTION {self.literal_schema}.{self.literal_signature} {self.definition}")


class PGView(ReplaceableEntity):
    __module__ = "alembic_utils.pg_view"
    type_ = "view"

    def __init__(self, schema, signature, definition):
        self.schema = coerce_to_unquoted(normalize_whitespace(schema))
        self.signature = coerce_to_unquoted(normalize_whitespace(signature))
        self.definition = strip_terminating_semicolon(definition)

    @classmethod
    def from_sql(cls, sql):
        result = _parse(r"create(.+?)view\s+(.+?)\.(.+?)\s+as\s+(.+?)", sql)
        if result is None:
            raise SQLParseFailure(f'Failed to parse SQL into PGView """{sql}"""')
        signature = result.group(3).split("(")[0].replace('"', "")
        definition = strip_terminating_semicolon(result.group(4))
        return cls(schema=result.group(2), signature=signature, definition=definition)

    def to_sql_statement_create(self):
        return _text(f'CREATE VIEW {self.literal_schema}."{self.signature}" AS {self.definition};')

    def to_sql_statement_drop(self, cascade=False):
        cascade = "cascade" if cascade else ""
        return _text(f'DROP VIEW {self.literal_schema}."{self.signature}" {cascade}')

    def to_sql_statement_create_or_replace(self):
        name = f'{self.literal_schema}."{self.signature}"'
        # The lines are the package's: `--sql` shows them.
        lines = [
            "",
            "        do $$",
            "            begin",
            f"                CREATE OR REPLACE VIEW {name} AS {self.definition};",
            "",
            "            exception when others then",
            f"                DROP VIEW IF EXISTS {name};",
            "",
            f"                CREATE VIEW {name} AS {self.definition};",
            "            end;",
            "        $$ language 'plpgsql'",
            "        ",
        ]
        yield _text("\n".join(lines))


class PGMaterializedView(ReplaceableEntity):
    __module__ = "alembic_utils.pg_materialized_view"
    type_ = "materialized_view"

    def __init__(self, schema, signature, definition, with_data=True):
        self.schema = coerce_to_unquoted(normalize_whitespace(schema))
        self.signature = coerce_to_unquoted(normalize_whitespace(signature))
        self.definition = strip_terminating_semicolon(definition)
        self.with_data = with_data

    @classmethod
    def from_sql(cls, sql):
        sql = strip_terminating_semicolon(sql)
        head = r"create(?:.+?)materialized(?:.+?)view\s+(.+?)\.(.+?)\s+as\s+(.+?)"
        for tail, with_data in ((r"\s+with\s+data", True), (r"(?:.+?)with\s+(?:.+?)\s+data", False), ("", True)):
            result = _parse(head + tail, sql)
            if result is not None:
                signature = result.group(2).split("(")[0].replace('"', "")
                return cls(result.group(1), signature, result.group(3), with_data=with_data)
        raise SQLParseFailure(f'Failed to parse SQL into PGView """{sql}"""')

    def _created(self):
        definition = self.definition.rstrip().rstrip(";")
        no = "NO" if not self.with_data else ""
        return f'CREATE MATERIALIZED VIEW {self.literal_schema}."{self.signature}" AS {definition} WITH {no} DATA'

    def to_sql_statement_create(self):
        return _text(self._created() + ";")

    def to_sql_statement_drop(self, cascade=False):
        cascade = "cascade" if cascade else ""
        return _text(f'DROP MATERIALIZED VIEW {self.literal_schema}."{self.signature}" {cascade}')

    def to_sql_statement_create_or_replace(self):
        yield _text(f'DROP MATERIALIZED VIEW IF EXISTS {self.literal_schema}."{self.signature}"; ')
        yield _text(self._created())


class PGExtension(ReplaceableEntity):
    __module__ = "alembic_utils.pg_extension"
    type_ = "extension"

    def __init__(self, schema, signature):
        self.schema = coerce_to_unquoted(normalize_whitespace(schema))
        self.signature = coerce_to_unquoted(normalize_whitespace(signature))
        self.definition = f"{self.__class__.__name__}: {self.schema} {self.signature}"

    def to_sql_statement_create(self):
        return _text(f'CREATE EXTENSION "{self.signature}" WITH SCHEMA {self.literal_schema};')

    def to_sql_statement_drop(self, cascade=False):
        cascade = "CASCADE" if cascade else ""
        return _text(f'DROP EXTENSION "{self.signature}" {cascade}')

    @property
    def identity(self):
        return f"{self.__class__.__name__}: {self.signature}"


class OnEntityMixin:
    __module__ = "alembic_utils.on_entity_mixin"

    def __init__(self, schema, signature, definition, on_entity):
        super().__init__(schema=schema, signature=signature, definition=definition)
        if "." not in on_entity:
            on_entity = "public." + on_entity
        self.on_entity = coerce_to_unquoted(on_entity)

    @property
    def identity(self):
        return f"{self.__class__.__name__}: {self.schema}.{self.signature} {self.on_entity}"


class PGTrigger(OnEntityMixin, ReplaceableEntity):
    __module__ = "alembic_utils.pg_trigger"
    type_ = "trigger"

    def __init__(self, schema, signature, definition, on_entity, is_constraint=False):
        super().__init__(schema=schema, signature=signature, definition=definition, on_entity=on_entity)
        self.is_constraint = is_constraint

    @property
    def identity(self):
        return f"{self.__class__.__name__}: {self.schema}.{self.signature} {self.is_constraint} {self.on_entity}"

    @classmethod
    def from_sql(cls, sql):
        tail = r"trigger\s+(.+?)\s+(.+?)\s+ON\s+(.+?)\s+(.+?)"
        for head, is_constraint in ((r"create\s+constraint\s+", True), (r"create\s+", False)):
            result = _parse(head + tail, sql)
            if result is not None:
                signature, event, on_entity, action = result.groups()
                if "." not in on_entity:
                    on_entity = "public" + "." + on_entity
                return cls(
                    schema=on_entity.split(".")[0],
                    signature=signature,
                    on_entity=on_entity,
                    definition=f" {event} ON {on_entity} {action}",
                    is_constraint=is_constraint,
                )
        raise SQLParseFailure(f'Failed to parse SQL into PGTrigger """{sql}"""')

    def to_sql_statement_create(self):
        match = _parse(r"(.+?)\s+ON\s+(.+?)\s+(.+?)", self.definition)
        if not match:
            raise SQLParseFailure(f'Failed to parse SQL into PGTrigger.definition """{self.definition}"""')
        event, on_entity, action = match.groups()
        if "." in on_entity:
            on_entity = on_entity.partition(".")[2]
        kind = " CONSTRAINT " if self.is_constraint else " "
        return _text(f'CREATE{kind}TRIGGER "{self.signature}" {event} ON {self.schema}.{on_entity} {action}')

    def to_sql_statement_drop(self, cascade=False):
        cascade = "cascade" if cascade else ""
        return _text(f'DROP TRIGGER "{self.signature}" ON {self.on_entity} {cascade}')

    def to_sql_statement_create_or_replace(self):
        yield _text(f'DROP TRIGGER IF EXISTS "{self.signature}" ON {self.on_entity};')
        yield self.to_sql_statement_create()


class PGPolicy(OnEntityMixin, ReplaceableEntity):
    __module__ = "alembic_utils.pg_policy"
    type_ = "policy"

    @classmethod
    def from_sql(cls, sql):
        result = _parse(r"create policy\s+(.+?)\s+on\s+(.+?)\s+(.+?)", sql.strip())
        if result is None:
            raise SQLParseFailure(f'Failed to parse SQL into PGPolicy """{sql}"""')
        signature, on_entity, definition = result.groups()
        if "." not in on_entity:
            on_entity = "public." + on_entity
        schema = on_entity.partition(".")[0]
        return cls(schema=schema, signature=signature, definition=definition, on_entity=on_entity)

    def to_sql_statement_create(self):
        return _text(f"CREATE POLICY {self.signature} on {self.on_entity} {self.definition}")

    def to_sql_statement_drop(self, cascade=False):
        cascade = "cascade" if cascade else ""
        return _text(f"DROP POLICY {self.signature} on {self.on_entity} {cascade}")

    def to_sql_statement_create_or_replace(self):
        yield _text(f"DROP POLICY IF EXISTS {self.signature} on {self.on_entity};")
        yield _text(f"CREATE POLICY {self.signature} on {self.on_entity} {self.definition};")


class PGGrantTableChoice(str, _Enum):
    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    REFERENCES = "REFERENCES"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    TRIGGER = "TRIGGER"

    def __str__(self):
        return str.__str__(self)

    def __repr__(self):
        return f"'{str.__str__(self)}'"


class PGGrantTable(ReplaceableEntity):
    __module__ = "alembic_utils.pg_grant_table"
    type_ = "grant_table"

    def __init__(self, schema, table, role, grant, columns=None, with_grant_option=False):
        self.schema = coerce_to_unquoted(schema)
        self.table = coerce_to_unquoted(table)
        self.columns = sorted(columns) if columns else []
        self.role = coerce_to_unquoted(role)
        self.grant = PGGrantTableChoice(grant)
        self.with_grant_option = with_grant_option
        self.signature = self.identity
        grant = self.grant.value
        if grant in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
            if len(self.columns) == 0:
                raise BadInputException(f"When grant type is {grant} a value must be provided for columns")
        elif self.columns:
            raise BadInputException(f"When grant type is {grant} a value must not be provided for columns")

    @property
    def identity(self):
        return f"{self.__class__.__name__}: {self.schema}.{self.table}.{self.role}.{self.grant.value}"

    def _on(self):
        return f"{self.literal_schema}.{coerce_to_quoted(self.table)}"

    def to_sql_statement_create(self):
        with_grant_option = " WITH GRANT OPTION" if self.with_grant_option else ""
        columns = f'( {", ".join(self.columns)} )' if self.columns else ""
        role = coerce_to_quoted(self.role)
        return _text(f"GRANT {self.grant.value} {columns} ON {self._on()} TO {role} {with_grant_option}")

    def to_sql_statement_drop(self, cascade=False):
        return _text(f"REVOKE {self.grant.value} ON {self._on()} FROM {coerce_to_quoted(self.role)}")

    def to_sql_statement_create_or_replace(self):
        yield self.to_sql_statement_drop()
        yield self.to_sql_statement_create()


def register_entities(entities, schemas=None, exclude_schemas=None, entity_types=None):
    pass


def collect_instances(module, class_):
    # They are only compared, which is not modelled.
    return []


def collect_subclasses(module, class_):
    return []


class ReversibleOp(_MigrateOperation):
    __module__ = "alembic_utils.reversible_op"

    def __init__(self, target):
        self.target = target

    @classmethod
    def invoke_for_target(cls, operations, target):
        return operations.invoke(cls(target))

    @classmethod
    def invoke_for_target_optional_cascade(cls, operations, target, cascade=False):
        return operations.invoke(cls(target, cascade=cascade))


@_Operations.register_operation("create_entity", "invoke_for_target")
class CreateOp(ReversibleOp):
    __module__ = "alembic_utils.reversible_op"

    def reverse(self):
        return DropOp(self.target)


@_Operations.register_operation("drop_entity", "invoke_for_target_optional_cascade")
class DropOp(ReversibleOp):
    __module__ = "alembic_utils.reversible_op"

    def __init__(self, target, cascade=False):
        self.cascade = cascade
        super().__init__(target)

    def reverse(self):
        return CreateOp(self.target)


@_Operations.register_operation("replace_entity", "invoke_for_target")
class ReplaceOp(ReversibleOp):
    __module__ = "alembic_utils.reversible_op"

    def reverse(self):
        return RevertOp(self.target)


class RevertOp(ReversibleOp):
    __module__ = "alembic_utils.reversible_op"


@_Operations.implementation_for(CreateOp)
def create_entity(operations, operation):
    operations.execute(operation.target.to_sql_statement_create())


@_Operations.implementation_for(DropOp)
def drop_entity(operations, operation):
    operations.execute(operation.target.to_sql_statement_drop(cascade=operation.cascade))


@_Operations.implementation_for(ReplaceOp)
@_Operations.implementation_for(RevertOp)
def replace_or_revert_entity(operations, operation):
    for statement in operation.target.to_sql_statement_create_or_replace():
        operations.execute(statement)
