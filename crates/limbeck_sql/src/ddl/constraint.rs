//! Constraints: their bodies, `ADD CONSTRAINT` and `DROP CONSTRAINT`.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::{
    Column, Constraint, ConstraintBody, ConstraintName, ExcludeConstraint, Expr,
    ForeignKeyConstraint, Name, TableName,
};

use super::bound::{BoundConstraint, BoundTable};
use super::column::sqlite_autoincrement;
use super::options::{boolean, is_true, mysql_option, names, option, text};
use super::{Writer, bad_phrase, compile_error, sql_phrase, unsupported_construct};
use crate::dialect::{Dialect, SqlAlchemyVersion};

/// What a constraint is seen against: the table it belongs to and the columns whose options it takes over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) table: &'a TableName,
    pub(crate) columns: &'a [Column],
}

impl Owner<'_> {
    fn column(&self, name: &Name) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.text == name.text)
    }
}

/// The table-level constraints of `CREATE TABLE`, in their order.
pub(crate) fn table_constraints(writer: &Writer<'_>, table: &BoundTable) -> Result<Vec<String>> {
    let owner = Owner {
        table: &table.name,
        columns: &table.columns,
    };
    let mut out = Vec::new();
    if !table.key.columns.is_empty() && sqlite_key_is_inline(writer, table).is_none() {
        out.push(primary_key(writer, table, owner)?);
    }
    for constraint in &table.constraints {
        let constraint = match constraint {
            BoundConstraint::Plain(constraint) => constraint,
            BoundConstraint::Type(check) => match check.written(writer.target)? {
                Some(constraint) => constraint,
                None => continue,
            },
        };
        if writer.target.caps.alter && is_use_alter(constraint) {
            continue;
        }
        // A constraint without columns is not written.
        let text = constraint_text(writer, constraint, owner)?;
        out.extend(text.filter(|it| !it.is_empty()));
    }
    Ok(out)
}

fn sqlite_key_is_inline<'t>(writer: &Writer<'_>, table: &'t BoundTable) -> Option<&'t str> {
    match writer.target.dialect {
        Dialect::Sqlite => sqlite_autoincrement(writer, table),
        Dialect::Postgres
        | Dialect::MySql
        | Dialect::MariaDb
        | Dialect::MsSql
        | Dialect::Oracle => None,
    }
}

/// Whether a foreign key is to be created after its table.
pub(crate) fn is_use_alter(constraint: &Constraint) -> bool {
    matches!(&constraint.body, ConstraintBody::ForeignKey(body) if body.use_alter)
}

fn primary_key(writer: &Writer<'_>, table: &BoundTable, owner: Owner<'_>) -> Result<String> {
    // The column that counts by itself comes first in a key that SQLAlchemy made, except on SQL Server.
    let mut columns = table.key.columns.clone();
    if table.key.implicit
        && writer.target.dialect != Dialect::MsSql
        && let Some(first) = table.autoincrement()?
    {
        columns.sort_by_key(|name| name.text != first);
    }
    primary_key_text(writer, &table.key.constraint, &columns, owner)
}

fn primary_key_text(
    writer: &Writer<'_>,
    constraint: &Constraint,
    columns: &[Name],
    owner: Owner<'_>,
) -> Result<String> {
    let target = writer.target;
    let mut out = preamble(writer, &constraint.name)?;
    out.push_str("PRIMARY KEY ");
    if target.dialect == Dialect::MsSql {
        out.push_str(clustered(writer, constraint));
    }
    out.push_str(&format!("({})", quoted(writer, columns)));
    if target.dialect == Dialect::Postgres {
        out.push_str(&include(writer, constraint));
    }
    out.push_str(&deferrability(constraint)?);
    match target.dialect {
        Dialect::MySql | Dialect::MariaDb => {
            if let Some(using) = mysql_option(&constraint.options, target, "using") {
                out.push_str(&format!(" USING {}", target.quote_text(&text(using))));
            }
        }
        Dialect::Sqlite => {
            out.push_str(&on_conflict(
                writer,
                constraint,
                columns,
                owner,
                "on_conflict_primary_key",
            ));
        }
        Dialect::Postgres | Dialect::MsSql | Dialect::Oracle => {}
    }
    Ok(out)
}

/// A constraint as it stands in `CREATE TABLE` and after `ADD`; `None` where the dialect leaves it out.
pub(crate) fn constraint_text(
    writer: &Writer<'_>,
    constraint: &Constraint,
    owner: Owner<'_>,
) -> Result<Option<String>> {
    let target = writer.target;
    Ok(Some(match &constraint.body {
        ConstraintBody::PrimaryKey(body) => {
            if body.columns.is_empty() {
                return Ok(Some(String::new()));
            }
            primary_key_text(writer, constraint, &body.columns, owner)?
        }
        ConstraintBody::Unique(body) => {
            if body.columns.is_empty() {
                return Ok(Some(String::new()));
            }
            let mut out = preamble(writer, &constraint.name)?;
            out.push_str("UNIQUE ");
            if target.dialect == Dialect::Postgres {
                out.push_str(
                    match boolean(option(&constraint.options, target, "nulls_not_distinct")) {
                        Some(true) => "NULLS NOT DISTINCT ",
                        Some(false) => "NULLS DISTINCT ",
                        None => "",
                    },
                );
            }
            if target.dialect == Dialect::MsSql {
                out.push_str(clustered(writer, constraint));
            }
            out.push_str(&format!("({})", quoted(writer, &body.columns)));
            if target.dialect == Dialect::Postgres {
                out.push_str(&include(writer, constraint));
            }
            out.push_str(&deferrability(constraint)?);
            if target.dialect == Dialect::Sqlite {
                out.push_str(&on_conflict(
                    writer,
                    constraint,
                    &body.columns,
                    owner,
                    "on_conflict_unique",
                ));
            }
            out
        }
        ConstraintBody::ForeignKey(body) => return foreign_key(writer, constraint, body, owner),
        ConstraintBody::Check(body) => {
            let mut out = check_text(writer, constraint, &body.sqltext)?;
            if target.dialect == Dialect::Postgres {
                out.push_str(validity(writer, constraint));
            }
            if target.dialect == Dialect::Sqlite {
                out.push_str(&on_conflict(writer, constraint, &[], owner, ""));
            }
            out
        }
        ConstraintBody::Exclude(body) => exclude(writer, constraint, body)?,
    }))
}

/// A CHECK that stands with its column.
pub(crate) fn column_check(writer: &Writer<'_>, constraint: &Constraint) -> Result<String> {
    let ConstraintBody::Check(body) = &constraint.body else {
        return Ok(String::new());
    };
    if writer.target.dialect == Dialect::Sqlite
        && option(&constraint.options, writer.target, "on_conflict").is_some()
    {
        return Err(compile_error(
            "SQLite does not support on conflict clause for column check constraint",
        ));
    }
    check_text(writer, constraint, &body.sqltext)
}

fn check_text(writer: &Writer<'_>, constraint: &Constraint, sqltext: &Expr) -> Result<String> {
    let mut out = preamble(writer, &constraint.name)?;
    out.push_str(&format!("CHECK ({})", writer.expr(sqltext)?));
    out.push_str(&deferrability(constraint)?);
    Ok(out)
}

fn preamble(writer: &Writer<'_>, name: &ConstraintName) -> Result<String> {
    Ok(match writer.target.format_constraint_name(name)? {
        Some(name) => format!("CONSTRAINT {name} "),
        None => String::new(),
    })
}

fn quoted(writer: &Writer<'_>, columns: &[Name]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|name| writer.target.quote(name))
        .collect();
    columns.join(", ")
}

fn clustered(writer: &Writer<'_>, constraint: &Constraint) -> &'static str {
    match option(&constraint.options, writer.target, "clustered") {
        None => "",
        value if is_true(value) => "CLUSTERED ",
        Some(_) => "NONCLUSTERED ",
    }
}

/// PostgreSQL's `INCLUDE (…)`.
fn include(writer: &Writer<'_>, constraint: &Constraint) -> String {
    let columns = names(option(&constraint.options, writer.target, "include"));
    if columns.is_empty() {
        return String::new();
    }
    format!(" INCLUDE ({})", quoted(writer, &columns))
}

/// SQLite's `ON CONFLICT`, from the constraint or its only column.
fn on_conflict(
    writer: &Writer<'_>,
    constraint: &Constraint,
    columns: &[Name],
    owner: Owner<'_>,
    column_option: &str,
) -> String {
    let own = option(&constraint.options, writer.target, "on_conflict");
    let clause = match (own, columns) {
        (Some(own), _) => Some(own),
        (None, [name]) => owner
            .column(name)
            .and_then(|column| option(&column.options, writer.target, column_option)),
        (None, _) => None,
    };
    clause.map_or_else(String::new, |clause| {
        format!(" ON CONFLICT {}", text(clause))
    })
}

/// PostgreSQL's `NOT VALID`.
fn validity(writer: &Writer<'_>, constraint: &Constraint) -> &'static str {
    if is_true(option(&constraint.options, writer.target, "not_valid")) {
        " NOT VALID"
    } else {
        ""
    }
}

/// `DEFERRABLE INITIALLY …`
pub(crate) fn deferrability(constraint: &Constraint) -> Result<String> {
    let mut out = String::new();
    out.push_str(match constraint.deferrable {
        Some(true) => " DEFERRABLE",
        Some(false) => " NOT DEFERRABLE",
        None => "",
    });
    if let Some(initially) = &constraint.initially {
        out.push_str(&format!(" INITIALLY {}", sql_phrase(initially)?));
    }
    Ok(out)
}

fn foreign_key(
    writer: &Writer<'_>,
    constraint: &Constraint,
    body: &ForeignKeyConstraint,
    owner: Owner<'_>,
) -> Result<Option<String>> {
    let target = writer.target;
    // SQLite's keys cannot leave their database.
    if target.dialect == Dialect::Sqlite && !same_schema(owner.table, &body.referred_table) {
        return Ok(None);
    }
    let remote = match target.dialect {
        Dialect::Sqlite => target.quote(&body.referred_table.name),
        Dialect::Postgres
        | Dialect::MySql
        | Dialect::MariaDb
        | Dialect::MsSql
        | Dialect::Oracle => target.format_table(&body.referred_table),
    };
    if body.referred_columns.is_empty() {
        return Err(no_target_column(owner.table, body));
    }
    let mut out = preamble(writer, &constraint.name)?;
    out.push_str(&format!(
        "FOREIGN KEY({}) REFERENCES {remote} ({})",
        quoted(writer, &body.columns),
        quoted(writer, &body.referred_columns),
    ));
    out.push_str(&reference_options(writer, constraint, body)?);
    if target.dialect == Dialect::Postgres {
        out.push_str(validity(writer, constraint));
    }
    Ok(Some(out))
}

fn same_schema(left: &TableName, right: &TableName) -> bool {
    let text = |table: &TableName| table.schema.as_ref().map(|schema| schema.text.clone());
    text(left) == text(right)
}

/// `MATCH`, `ON DELETE`, `ON UPDATE`, `DEFERRABLE`.
pub(crate) fn reference_options(
    writer: &Writer<'_>,
    constraint: &Constraint,
    body: &ForeignKeyConstraint,
) -> Result<String> {
    let dialect = writer.target.dialect;
    let mut out = String::new();
    if let Some(phrase) = &body.match_ {
        if dialect.is_mysql_family() {
            return Err(compile_error(
                "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored.",
            ));
        }
        out.push_str(&format!(" MATCH {}", sql_phrase(phrase)?));
    }
    if let Some(phrase) = &body.ondelete {
        let phrase = match dialect {
            Dialect::Postgres => postgres_ondelete(phrase)?,
            Dialect::MySql
            | Dialect::MariaDb
            | Dialect::Sqlite
            | Dialect::MsSql
            | Dialect::Oracle => sql_phrase(phrase)?,
        };
        out.push_str(&format!(" ON DELETE {phrase}"));
    }
    match &body.onupdate {
        Some(_) if dialect == Dialect::Oracle => writer.warn(
            "Oracle Database does not contain native UPDATE CASCADE functionality - onupdates will not be rendered for foreign keys.  Consider using deferrable=True, initially='deferred' or triggers.",
        ),
        Some(phrase) => out.push_str(&format!(" ON UPDATE {}", sql_phrase(phrase)?)),
        None => {}
    }
    out.push_str(&deferrability(constraint)?);
    Ok(out)
}

/// PostgreSQL's `SET NULL (a, b)` has a list of columns.
fn postgres_ondelete(phrase: &str) -> Result<&str> {
    let pattern = r#"^\\w+(?:\\s+\\w+)*(?:\\s*\\(\\s*(?:[\\w$]+|"(?:[^"]|"")+")(?:\\s*,\\s*(?:[\\w$]+|"(?:[^"]|"")+"))*\\s*\\))?$"#;
    let Some((head, tail)) = phrase.split_once('(') else {
        return sql_phrase(phrase).map_err(|_| bad_phrase(phrase, pattern));
    };
    let columns = tail.trim_end().strip_suffix(')');
    let legal = columns.is_some_and(|columns| {
        columns.split(',').all(|column| {
            let column = column.trim();
            let quoted = column.len() > 2 && column.starts_with('"') && column.ends_with('"');
            let plain = !column.is_empty()
                && column
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '_' || c == '$');
            quoted || plain
        })
    });
    if sql_phrase(head.trim_end()).is_ok() && legal {
        Ok(phrase)
    } else {
        Err(bad_phrase(phrase, pattern))
    }
}

fn exclude(
    writer: &Writer<'_>,
    constraint: &Constraint,
    body: &ExcludeConstraint,
) -> Result<String> {
    if writer.target.dialect != Dialect::Postgres {
        return Err(unsupported_construct(
            "sqlalchemy.dialects.postgresql.ext.ExcludeConstraint",
            writer.target,
        ));
    }
    let mut elements = Vec::with_capacity(body.elements.len());
    for element in &body.elements {
        let opclass = match &element.opclass {
            Some(opclass) => format!(" {opclass}"),
            None => String::new(),
        };
        elements.push(format!(
            "{}{opclass} WITH {}",
            writer.expr(&element.expr)?,
            element.operator
        ));
    }
    let mut out = preamble(writer, &constraint.name)?;
    out.push_str(&format!(
        "EXCLUDE USING {} ({})",
        index_using(&body.using)?,
        elements.join(", ")
    ));
    if let Some(where_) = &body.where_ {
        out.push_str(&format!(" WHERE ({})", writer.expr(where_)?));
    }
    out.push_str(&deferrability(constraint)?);
    Ok(out)
}

/// The access method of an index.
pub(crate) fn index_using(using: &str) -> Result<String> {
    if !using.is_empty() && using.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Ok(using.to_lowercase());
    }
    Err(bad_phrase(using, r"^(?:btree|hash|gist|gin|[\\w_]+)$"))
}

/// A key to a table of which no column is named.
pub(crate) fn no_target_column(table: &TableName, body: &ForeignKeyConstraint) -> Error {
    let (referred, own) = (&body.referred_table, table);
    let column = body.columns.first().map_or("", |name| name.text.as_str());
    Error::new(
        ErrorKind::Compile,
        Diagnostic::error(
            "no-target-column",
            format!(
                "Could not initialize target column for ForeignKey '{referred}' on table '{own}': table '{referred}' has no column named '{column}'"
            ),
        )
        .help(format!("name the column, too: `ForeignKey(\"{referred}.id\")`")),
    )
}

/// `ALTER TABLE … ADD …`
pub(crate) fn add_constraint(
    writer: &Writer<'_>,
    constraint: &Constraint,
    owner: Owner<'_>,
) -> Result<String> {
    let text = constraint_text(writer, constraint, owner)?;
    Ok(format!(
        "ALTER TABLE {} ADD {}",
        writer.target.format_table(owner.table),
        text.unwrap_or_else(|| "None".to_owned())
    ))
}

/// What kind of constraint is dropped (`type_=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropKind {
    ForeignKey,
    PrimaryKey,
    Unique,
    Check,
    Generic,
}

/// `ALTER TABLE … DROP CONSTRAINT …`
pub(crate) fn drop_constraint(
    writer: &Writer<'_>,
    table: &TableName,
    name: &ConstraintName,
    kind: DropKind,
    if_exists: bool,
) -> Result<String> {
    let target = writer.target;
    let formatted = target.format_constraint_name(name)?;
    let no_name = || {
        let schema = match &table.schema {
            Some(schema) => super::options::python_repr(&schema.text),
            None => "None".to_owned(),
        };
        // 2.0 had a rule of its own attached, which `repr()` shows.
        let rule =
            "_create_rule=<sqlalchemy.util.langhelpers.portable_instancemethod object at 0x>";
        let rule = match target.sqlalchemy {
            SqlAlchemyVersion::V2_0 => rule,
            SqlAlchemyVersion::V2_1 => "",
        };
        let place = format!(
            "table=Table({}, MetaData(), schema={schema})",
            super::options::python_repr(&table.name.text)
        );
        compile_error(format!(
            "Can't emit DROP CONSTRAINT for constraint {}; it has no name",
            match kind {
                DropKind::ForeignKey => format!(
                    "ForeignKeyConstraint(<sqlalchemy.sql.base.ReadOnlyColumnCollection object at 0x>, None, {place})"
                ),
                DropKind::PrimaryKey => "PrimaryKeyConstraint()".to_owned(),
                DropKind::Unique => "UniqueConstraint()".to_owned(),
                DropKind::Check => format!(
                    "CheckConstraint(<sqlalchemy.sql.elements.TextClause object at 0x>, {place}{}{rule})",
                    if rule.is_empty() { "" } else { ", " }
                ),
                DropKind::Generic => format!("Constraint({rule})"),
            }
        ))
    };
    let table = target.format_table(table);
    let exists = if if_exists { "IF EXISTS " } else { "" };
    match target.dialect {
        Dialect::Postgres | Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle => Ok(format!(
            "ALTER TABLE {table} DROP CONSTRAINT {exists}{}",
            formatted.ok_or_else(no_name)?
        )),
        Dialect::MySql | Dialect::MariaDb => {
            let what = match kind {
                DropKind::PrimaryKey => {
                    return Ok(format!("ALTER TABLE {table} DROP PRIMARY KEY "));
                }
                DropKind::ForeignKey => "FOREIGN KEY ",
                DropKind::Unique => "INDEX ",
                DropKind::Check if target.caps.drops_check_as_constraint => "CONSTRAINT ",
                DropKind::Check => "CHECK ",
                DropKind::Generic => {
                    return Err(super::python_error(
                        "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type",
                    ));
                }
            };
            // Only MariaDB knows IF EXISTS here.
            let exists = if target.dialect == Dialect::MariaDb {
                exists
            } else {
                ""
            };
            Ok(format!(
                "ALTER TABLE {table} DROP {what}{exists}{}",
                formatted.ok_or_else(no_name)?
            ))
        }
    }
}
