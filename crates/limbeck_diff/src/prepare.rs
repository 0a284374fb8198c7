//! Both sides brought into the form in which they are compared.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{
    Column, ColumnType, ConventionError, DialectOptions, Expr, Name, OptionValue, Schema,
    ServerDefault, Table, TableName,
};
use limbeck_sql::Dialect;
use limbeck_sql::types::{Affinity, type_affinity};

use crate::pattern::{captures, is_match};
use crate::{AutogenerateOptions, Notes};

/// A chain of foreign keys longer than this is a cycle.
const MAX_TYPE_CHAIN: usize = 64;

/// The models' tables with everything on the table, named by the convention, and with the types that columns take from
/// what they refer to.
pub(crate) fn metadata_tables(schema: &Schema) -> Result<Vec<Table>> {
    let mut tables = Vec::with_capacity(schema.tables.len());
    for table in &schema.tables {
        let flat = table
            .flattened_by(&schema.naming_convention)
            .map_err(|error| convention_error(&table.name, &error))?;
        tables.push(flat);
    }
    let typed: Vec<Vec<Option<ColumnType>>> = tables
        .iter()
        .map(|table| {
            table
                .columns
                .iter()
                .map(|column| referred_type(&tables, &table.name, &column.name, 0))
                .collect()
        })
        .collect();
    for (table, types) in tables.iter_mut().zip(typed) {
        for (column, type_) in table.columns.iter_mut().zip(types) {
            column.type_ = type_;
        }
    }
    Ok(tables)
}

/// The type of a column; where it has none, that of the column it refers to.
fn referred_type(
    tables: &[Table],
    table: &TableName,
    column: &Name,
    depth: usize,
) -> Option<ColumnType> {
    let table = tables.iter().find(|it| it.name == *table)?;
    let column = table.column(&column.text)?;
    if column.type_.is_some() || depth > MAX_TYPE_CHAIN {
        return column.type_.clone();
    }
    table.foreign_keys().find_map(|(_, key)| {
        let at = key
            .columns
            .iter()
            .position(|it| it.text == column.name.text)?;
        let referred = key.referred_columns.get(at)?;
        referred_type(tables, &key.referred_table, referred, depth + 1)
    })
}

fn convention_error(table: &TableName, error: &ConventionError) -> Error {
    let text = match error {
        ConventionError::NeedsName { key } => format!(
            "Naming convention including %(constraint_name)s token requires that constraint is explicitly named. (\"{key}\" of table {table})"
        ),
        ConventionError::UnknownToken { token } => {
            format!("The naming convention's token {token:?} is not known (table {table})")
        }
        ConventionError::NoColumn { token } => {
            format!("The naming convention's token {token:?} has no column on table {table}")
        }
    };
    Error::message(ErrorKind::Compile, "naming-convention", text)
}

/// The database's tables as Alembic's hooks leave them, without the version table.
pub(crate) fn database_tables(
    schema: &Schema,
    options: &AutogenerateOptions<'_>,
    notes: &mut Notes,
) -> Result<Vec<Table>> {
    let mut tables = Vec::with_capacity(schema.tables.len());
    for table in &schema.tables {
        let name = Some(table.name.name.text.as_str());
        if table.name != options.version_table
            && options.functions.names("table", name, &table.name)?
        {
            tables.push(table.flattened());
        }
    }
    for table in &mut tables {
        for index in &mut table.indexes {
            forget_empty_include(&mut index.options);
        }
        let name = table.name.clone();
        for column in &mut table.columns {
            adjust_default(&name, column, options, notes)?;
        }
    }
    Ok(tables)
}

/// `INCLUDE ()` says nothing. Alembic keeps it on the constraints of a table that is dropped.
pub(crate) fn forget_empty_include(options: &mut DialectOptions) {
    options.retain(|key, value| key != "postgresql_include" || !is_empty_list(value));
}

fn is_empty_list(value: &OptionValue) -> bool {
    matches!(value, OptionValue::List(items) if items.is_empty())
}

/// `autogen_column_reflect` of the dialect.
fn adjust_default(
    table: &TableName,
    column: &mut Column,
    options: &AutogenerateOptions<'_>,
    notes: &mut Notes,
) -> Result<()> {
    let Some(ServerDefault::Expr(Expr::Text(text))) = &mut column.server_default else {
        return Ok(());
    };
    match options.target.dialect {
        Dialect::Sqlite if needs_parentheses(&text.sql)? => text.sql = format!("({})", text.sql),
        Dialect::Postgres => {
            let is_integer = column.type_.as_ref().is_some_and(|it| {
                type_affinity(it, options.target.sqlalchemy) == Affinity::Integer
            });
            let key = (table.clone(), column.name.clone());
            if is_integer
                && options.owned_sequences.contains(&key)
                && let Some(found) = captures(r"^nextval\('(.+?)'::regclass\)", &text.sql)?
            {
                let sequence = found.get(1).cloned().flatten().unwrap_or_default();
                let sequence = sequence
                    .rsplit_once('.')
                    .map_or(sequence.as_str(), |(_, name)| name)
                    .trim_matches('"')
                    .to_owned();
                notes.log(
                    "alembic.ddl.postgresql",
                    format!(
                        "Detected sequence named '{sequence}' as owned by integer column '{}({})', assuming SERIAL and omitting",
                        table.name, column.name
                    ),
                );
                column.server_default = None;
            }
        }
        Dialect::Sqlite | Dialect::MySql | Dialect::MariaDb | Dialect::MsSql | Dialect::Oracle => {}
    }
    Ok(())
}

/// Whether a default of SQLite is an expression that must stand in parentheses, as Alembic guesses it.
///
/// # Errors
/// Text that a pattern gives up on.
pub fn needs_parentheses(sql: &str) -> Result<bool> {
    Ok(!sql.is_empty()
        && !is_match(r"^[0-9\.]$", sql)?
        && !is_match(r"^'.+'$", sql)?
        && !is_match(r"^\(.+\)$", sql)?)
}
