//! Reading what a live database looks like.
//!
//! The answers are those of SQLAlchemy's `Inspector` and of `MetaData.reflect()`, quirks included, because
//! Alembic's comparison and its users' scripts were written against them. What SQLAlchemy cannot see
//! (expression indexes of SQLite, triggers) is not in the [`Schema`]; its source text is in
//! [`TableSource`], for those who must not lose it.

mod mysql;
mod owned;
mod postgres;
mod sqlite;
mod text;

pub use owned::{owned_sequences, sequence_names};

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{
    Constraint, ConstraintBody, ConstraintName, Expr, Literal, Name, PrimaryKeyConstraint, Schema,
    ServerDefault, TableName, Text,
};

use crate::connection::{Connection, ResultSet, Server};

/// Which part of a database is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Namespaces, each once; `None` is the default one, whose tables have no namespace in the answer.
    pub schemas: Vec<Option<String>>,
    /// Only tables of these names; `None` is every table.
    pub tables: Option<Vec<String>>,
    /// Whether columns and constraints are read, or names only.
    pub detail: Detail,
    /// Prefix of dialect options (`mysql_engine`, `mariadb_engine`): the URL's dialect name. `None` is the
    /// server's own name.
    pub dialect_name: Option<String>,
}

/// How much is read of each table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Everything.
    #[default]
    Full,
    /// That it is there, and its name.
    Names,
}

impl Default for Scope {
    /// Every table of the default namespace, with everything.
    fn default() -> Scope {
        Scope {
            schemas: vec![None],
            tables: None,
            detail: Detail::Full,
            dialect_name: None,
        }
    }
}

impl Scope {
    /// One table.
    #[must_use]
    pub fn table(name: &TableName) -> Scope {
        Scope {
            schemas: vec![name.schema.as_ref().map(|schema| schema.text.clone())],
            tables: Some(vec![name.name.text.clone()]),
            ..Scope::default()
        }
    }

    /// True if a table of that name is asked for.
    fn wants(&self, table: &str) -> bool {
        self.tables
            .as_ref()
            .is_none_or(|tables| tables.iter().any(|it| it == table))
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspection {
    /// Tables (sorted by namespace as asked for, then by name), sequences and enumerated types.
    ///
    /// As `MetaData.reflect()` has them: on MySQL a unique key is an index only, on PostgreSQL a unique
    /// constraint is a constraint only. Names of constraints and indexes are
    /// [`ConstraintName::Final`]. Options of PostgreSQL are as `Inspector` gives them, an empty
    /// `postgresql_include` too.
    pub schema: Schema,
    /// Views.
    pub views: Vec<TableName>,
    /// Materialised views.
    pub materialized_views: Vec<TableName>,
    /// Names of all namespaces (`Inspector.get_schema_names()`).
    pub schema_names: Vec<String>,
    /// The server's own text for tables and what hangs on them.
    pub sources: IndexMap<TableName, TableSource>,
    /// Warnings in SQLAlchemy's words: what could not be reflected.
    pub warnings: Vec<String>,
}

/// The text that made a table, where the server keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSource {
    /// `CREATE TABLE …`: SQLite as written, MySQL as it shows it.
    pub sql: Option<String>,
    /// `CREATE INDEX …` of indexes that have a statement of their own (SQLite, PostgreSQL).
    pub indexes: Vec<ObjectSource>,
    /// `CREATE TRIGGER …` (SQLite, PostgreSQL).
    pub triggers: Vec<ObjectSource>,
}

/// The text that made something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectSource {
    /// Its name.
    pub name: String,
    /// The statement.
    pub sql: String,
}

/// Reads the catalogue.
///
/// A table that is asked for and is not there is missing in the answer; that is no error. PostgreSQL
/// answers in one round trip, whatever is asked.
///
/// # Errors
/// The server rejected a query: a namespace that does not exist (MySQL, SQLite), a missing privilege.
pub fn inspect(connection: &mut dyn Connection, scope: &Scope) -> Result<Inspection> {
    let mut found = match connection.server() {
        Server::Sqlite => sqlite::inspect(connection, scope),
        Server::Postgres => postgres::inspect(connection, scope),
        Server::MySql | Server::MariaDb => mysql::inspect(connection, scope),
    }?;
    found.schema.default_schema = connection.default_schema().map(str::to_owned);
    Ok(found)
}

/// The text of a cell; `None` for NULL.
fn cell_text(cell: Option<&Literal>) -> Option<String> {
    match cell? {
        Literal::Str(text) | Literal::Decimal(text) | Literal::Json(text) => Some(text.clone()),
        Literal::Int(number) => Some(number.to_string()),
        Literal::Bool(value) => Some(if *value { "t" } else { "f" }.to_owned()),
        Literal::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Literal::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Rows as text.
fn text_rows(set: &ResultSet) -> impl Iterator<Item = Vec<Option<String>>> {
    set.rows
        .iter()
        .map(|row| row.iter().map(|cell| cell_text(Some(cell))).collect())
}

/// One cell of a row of text; empty for NULL.
fn field(row: &[Option<String>], at: usize) -> &str {
    row.get(at).and_then(Option::as_deref).unwrap_or_default()
}

/// One cell of a row of text.
fn optional(row: &[Option<String>], at: usize) -> Option<&str> {
    row.get(at).and_then(Option::as_deref)
}

fn table_name(schema: Option<&str>, name: &str) -> TableName {
    TableName::in_schema(schema.map(Name::from), name)
}

/// A name as the server has it: no convention touches it.
fn final_name(name: Option<&str>) -> ConstraintName {
    name.map_or(ConstraintName::None, |name| {
        ConstraintName::Final(Name::from(name))
    })
}

fn names(items: impl IntoIterator<Item = impl Into<String>>) -> Vec<Name> {
    items.into_iter().map(|it| Name::new(it)).collect()
}

fn text_expr(sql: impl Into<String>) -> Expr {
    Expr::Text(Text::new(sql))
}

fn text_default(sql: impl Into<String>) -> ServerDefault {
    ServerDefault::Expr(text_expr(sql))
}

fn primary_key(name: Option<&str>, columns: Vec<Name>) -> Constraint {
    Constraint::new(
        final_name(name),
        ConstraintBody::PrimaryKey(PrimaryKeyConstraint { columns }),
    )
}
