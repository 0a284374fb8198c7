//! What an attribute, an event or an implementation of SQLAlchemy's or Alembic's decides.

use limbeck_schema::TypeClass;

use super::file::Named;
use super::reach::{Kind, Reach};

/// The dialects that are known.
pub(super) const DIALECTS: [&str; 6] = [
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
];

/// How the names of classes of a dialect begin.
const PREFIXES: [(&str, &[&str]); 7] = [
    ("SQLite", &["sqlite"]),
    ("PG", &["postgresql"]),
    ("Postgresql", &["postgresql"]),
    ("MySQL", &["mysql", "mariadb"]),
    ("MariaDB", &["mariadb"]),
    ("MS", &["mssql"]),
    ("Oracle", &["oracle"]),
];

/// Attributes that decide nothing that a migration or a comparison comes to.
const HARMLESS: [&str; 8] = [
    "cache_ok",
    "inherit_cache",
    "supports_statement_cache",
    "python_type",
    "comparator_factory",
    "__doc__",
    "__hash__",
    "logger",
];

/// Names of the ORM, that `sqlalchemy` itself does not have.
const OF_ORM: [&str; 10] = [
    "backref",
    "declarative_base",
    "deferred",
    "mapped_column",
    "mapper",
    "relationship",
    "scoped_session",
    "session",
    "sessionmaker",
    "synonym",
];

/// Attributes of implementations that only autogenerate asks.
const OF_AUTOGENERATE: [&str; 12] = [
    "compare_type",
    "compare_server_default",
    "autogen_column_reflect",
    "correct_for_autogen_constraints",
    "correct_for_autogen_foreignkeys",
    "render_type",
    "render_ddl_sql_expr",
    "type_synonyms",
    "type_arg_extract",
    "identity_attrs_ignore",
    "compare_indexes",
    "compare_unique_constraint",
];

/// Kinds of operations that make a `Table`, a `Column` or a constraint.
const ATTACHING: &[Kind] = &[
    Kind::CreateTable,
    Kind::DropTable,
    Kind::Comment,
    Kind::AddColumn,
    Kind::DropColumn,
    Kind::AlterColumn,
    Kind::CreateIndex,
    Kind::DropIndex,
    Kind::AddConstraint,
    Kind::DropConstraint,
];

/// What a listener of a class of SQLAlchemy's own hears.
pub(super) enum Listens {
    /// Nothing that Limbeck does.
    ToNothing,
    /// Connections that are made.
    ToConnections,
    /// Something else.
    To(Reach),
}

/// What a listener hears; `changes` is true if what it returns is taken (`retval=True`).
pub(super) fn listens(target: &str, event: Option<&str>, changes: bool) -> Listens {
    let is_schema = matches!(
        target,
        "Table"
            | "Column"
            | "MetaData"
            | "Constraint"
            | "CheckConstraint"
            | "UniqueConstraint"
            | "ForeignKeyConstraint"
            | "PrimaryKeyConstraint"
            | "ForeignKey"
            | "Index"
            | "Sequence"
            | "SchemaItem"
            | "SchemaEventTarget"
            | "SchemaType"
            | "TypeEngine"
            | "TypeDecorator"
            | "DDLElement"
            | "Enum"
            | "Boolean"
    );
    if is_schema {
        return match event {
            // `op.create_table()` tells the table, and never its metadata.
            Some("before_create" | "after_create" | "before_drop" | "after_drop")
                if target == "MetaData" =>
            {
                Listens::ToNothing
            }
            Some("before_create" | "after_create") => {
                Listens::To(Reach::Kinds(&[Kind::CreateTable]))
            }
            Some("before_drop" | "after_drop") => Listens::To(Reach::Kinds(&[Kind::DropTable])),
            // What is reflected: batches.
            Some("column_reflect") => Listens::To(Reach::Kinds(&[])),
            Some(_) => Listens::To(Reach::Kinds(ATTACHING)),
            None => Listens::To(Reach::Everything),
        };
    }
    let is_engine = target.ends_with("Engine")
        || target.ends_with("Pool")
        || target.ends_with("Dialect")
        || matches!(target, "Connection" | "ConnectionEvents");
    if is_engine {
        return match event {
            Some("first_connect" | "connect" | "checkout" | "engine_connect" | "do_connect") => {
                Listens::ToConnections
            }
            Some("begin" | "do_execute" | "do_execute_no_params" | "do_executemany") => {
                Listens::ToConnections
            }
            Some("before_execute" | "before_cursor_execute") if changes => {
                Listens::To(Reach::Everything)
            }
            _ => Listens::ToNothing,
        };
    }
    let is_session = target.to_lowercase().ends_with("session")
        || matches!(
            target,
            "sessionmaker"
                | "async_sessionmaker"
                | "scoped_session"
                | "Mapper"
                | "mapper"
                | "Query"
                | "QueryEvents"
        );
    match event {
        Some(event) if is_session && is_of_sessions(event) => Listens::To(Reach::Sessions),
        _ => Listens::ToNothing,
    }
}

/// True for an event of a session, a mapper or an object that may change what is written or read.
pub(crate) fn is_of_sessions(event: &str) -> bool {
    [
        "before_",
        "after_flush",
        "after_insert",
        "after_update",
        "after_delete",
        "after_attach",
        "after_begin",
        "do_orm_execute",
        "set",
        "append",
        "remove",
        "bulk_replace",
        "init",
        "load",
        "refresh",
        "pending_to",
        "transient_to",
        "persistent_to",
        "loaded_as",
    ]
    .iter()
    .any(|start| event.starts_with(start))
        && !matches!(
            event,
            "before_configured" | "before_mapper_configured" | "before_commit"
        )
}

/// The dialects that a path of SQLAlchemy or Alembic is about; none for all of them.
pub(super) fn dialects_of(path: &str) -> Vec<String> {
    let parts = || path.split('.');
    let by_class = PREFIXES
        .iter()
        .find(|(prefix, _)| parts().any(|part| part.starts_with(prefix)));
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    if let Some((_, names)) = by_class {
        return of(names);
    }
    match parts().find(|part| DIALECTS.contains(part)) {
        Some("mysql") => of(&["mysql", "mariadb"]),
        Some(name) => of(&[name]),
        None => Vec::new(),
    }
}

/// The visitor's name in the path of a method of a compiler of types: `JSONB` of `SQLiteTypeCompiler.visit_JSONB`.
pub(super) fn visited_type(path: &str) -> Option<&str> {
    let (class, method) = path.rsplit_once('.')?;
    let visit = method.strip_prefix("visit_")?;
    class.ends_with("TypeCompiler").then_some(visit)
}

/// Names of classes of types that a visitor with a small name may be for: `big_integer`.
pub(super) fn classes_of(visit: &str) -> Vec<String> {
    let plain = visit.replace('_', "");
    let all = TypeClass::ALL.iter().map(|class| class.py_name());
    all.filter(|name| name.eq_ignore_ascii_case(&plain))
        .map(str::to_owned)
        .collect()
}

/// What the replacement of something is in force for; nothing where it decides nothing.
pub(super) fn reach_of_path(path: &str, key: Option<&str>) -> Option<Reach> {
    let last = path.rsplit('.').next().unwrap_or(path);
    if HARMLESS.contains(&last) || path.starts_with("alembic.context") {
        return None;
    }
    // What `sqlalchemy` does not have, nothing in it asks for: `import sqlalchemy as db; db.relationship = relationship`.
    if let Some(name) = path.strip_prefix("sqlalchemy.")
        && OF_ORM.contains(&name)
    {
        return None;
    }
    // Another dialect's implementation: `_impls["redshift"] = …`
    if last == "_impls" && key.is_some_and(|key| key != "?" && !DIALECTS.contains(&key)) {
        return None;
    }
    if last == "ischema_names" {
        return Some(Reach::Kinds(&[]));
    }
    if path.starts_with("alembic.autogenerate")
        || matches!(last, "__repr__" | "__eq__")
        || OF_AUTOGENERATE.contains(&last)
    {
        return Some(Reach::Comparison);
    }
    if path.starts_with("sqlalchemy.orm") || path.starts_with("sqlalchemy.ext.") {
        return Some(Reach::Sessions);
    }
    Some(Reach::Everything)
}

/// What an implementation of a dialect is in force for, by what it overrides.
pub(super) fn reach_of_impl(dialect: &str, bases: &[Named], overridden: &[&str]) -> Option<Reach> {
    if !DIALECTS.contains(&dialect) {
        return None;
    }
    let is_impl = |base: &&Named| base.last().ends_with("Impl") || base.last().is_empty();
    // Any class may have such an attribute.
    bases.iter().find(is_impl)?;
    let is_same = bases.iter().any(|base| {
        let last = base.last();
        let prefix = PREFIXES.iter().find(|(prefix, _)| last.starts_with(prefix));
        prefix.is_some_and(|(_, names)| names.contains(&dialect))
    });
    let harmless = |name: &&&str| name.starts_with("__");
    let mut others = overridden.iter().filter(|it| !harmless(it)).peekable();
    if !is_same {
        return Some(Reach::Everything);
    }
    others.peek()?;
    match others.all(|it| OF_AUTOGENERATE.contains(it)) {
        true => Some(Reach::Comparison),
        false => Some(Reach::Everything),
    }
}
