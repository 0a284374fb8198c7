//! Comments on tables and columns as statements of their own.

use limbeck_diag::Result;
use limbeck_schema::{Column, Name, TableName};

use super::bound::BoundTable;
use super::{Writer, column::column_spec, compile_error};
use crate::caps::CommentStyle;
use crate::dialect::{Dialect, Target};
use crate::literal::render_string;

/// Whether comments are statements of their own.
pub(crate) fn is_statement(target: &Target) -> bool {
    match target.caps.comments {
        CommentStyle::Statement | CommentStyle::ExtendedProperty => true,
        CommentStyle::Inline | CommentStyle::None => false,
    }
}

fn literal(target: &Target, comment: Option<&str>) -> String {
    let national = match target.dialect {
        Dialect::MsSql => "N",
        Dialect::Postgres
        | Dialect::MySql
        | Dialect::MariaDb
        | Dialect::Sqlite
        | Dialect::Oracle => "",
    };
    match comment {
        Some(comment) => format!("{national}{}", render_string(comment, target)),
        None => "NULL".to_owned(),
    }
}

/// The namespace that SQL Server's procedures want; the login's own one where none is known.
fn mssql_schema(target: &Target, table: &TableName) -> String {
    match (&table.schema, &target.default_schema) {
        (Some(schema), _) => target.quote_schema(schema),
        (None, Some(schema)) => target.quote_schema(&Name::new(schema.clone())),
        (None, None) => "dbo".to_owned(),
    }
}

/// `COMMENT ON TABLE`, or what stands for it.
pub(crate) fn set_table_comment(
    writer: &Writer<'_>,
    table: &TableName,
    comment: Option<&str>,
) -> String {
    let target = writer.target;
    match target.dialect {
        Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => format!(
            "COMMENT ON TABLE {} IS {}",
            target.format_table(table),
            literal(target, comment)
        ),
        Dialect::MySql | Dialect::MariaDb => format!(
            "ALTER TABLE {} COMMENT {}",
            target.format_table(table),
            literal(target, Some(comment.unwrap_or_default()))
        ),
        Dialect::MsSql => format!(
            "execute sp_addextendedproperty 'MS_Description', {}, 'schema', {}, 'table', {}",
            literal(target, comment),
            mssql_schema(target, table),
            target.quote(&table.name)
        ),
    }
}

/// Takes a table's comment away.
pub(crate) fn drop_table_comment(writer: &Writer<'_>, table: &TableName) -> String {
    let target = writer.target;
    match target.dialect {
        Dialect::Postgres | Dialect::Sqlite => {
            format!("COMMENT ON TABLE {} IS NULL", target.format_table(table))
        }
        Dialect::Oracle => format!("COMMENT ON TABLE {} IS ''", target.format_table(table)),
        Dialect::MySql | Dialect::MariaDb => {
            format!("ALTER TABLE {} COMMENT ''", target.format_table(table))
        }
        Dialect::MsSql => format!(
            "execute sp_dropextendedproperty 'MS_Description', 'schema', {}, 'table', {}",
            mssql_schema(target, table),
            target.quote(&table.name)
        ),
    }
}

/// The comment of a column that has just been created.
pub(crate) fn set_column_comment(
    writer: &Writer<'_>,
    table: &BoundTable,
    column: &Column,
    comment: &str,
) -> Result<String> {
    let target = writer.target;
    Ok(match target.dialect {
        Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            target.format_table(&table.name),
            target.quote(&column.name),
            literal(target, Some(comment))
        ),
        Dialect::MySql | Dialect::MariaDb => format!(
            "ALTER TABLE {} CHANGE {} {}",
            target.format_table(&table.name),
            target.quote(&column.name),
            column_spec(writer, table, column)?
        ),
        Dialect::MsSql => format!(
            "execute sp_addextendedproperty 'MS_Description', {}, 'schema', {}, 'table', {}, 'column', {}",
            literal(target, Some(comment)),
            mssql_schema(target, &table.name),
            target.quote(&table.name.name),
            target.quote(&column.name)
        ),
    })
}

/// `alter_column(comment=…)`, where it is a statement of its own.
pub(crate) fn alter_column_comment(
    writer: &Writer<'_>,
    table: &TableName,
    column: &Name,
    comment: Option<&str>,
    existing: Option<&str>,
) -> Result<String> {
    let target = writer.target;
    match target.dialect {
        Dialect::Postgres => Ok(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            target.format_table_dotted(table),
            target.quote(column),
            literal(target, comment)
        )),
        // Alembic writes the names as they are, without the namespace and without quotes.
        Dialect::Oracle => Ok(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            table.name.text,
            column.text,
            literal(target, Some(comment.unwrap_or_default()))
        )),
        Dialect::MsSql => {
            let place = format!(
                "'schema', {}, 'table', {}, 'column', {}",
                mssql_schema(target, table),
                target.quote(&table.name),
                target.quote(column)
            );
            Ok(match (comment, existing) {
                (Some(comment), None) => format!(
                    "exec sp_addextendedproperty 'MS_Description', {}, {place}",
                    literal(target, Some(comment))
                ),
                (Some(comment), Some(_)) => format!(
                    "exec sp_updateextendedproperty 'MS_Description', {}, {place}",
                    literal(target, Some(comment))
                ),
                (None, _) => format!("exec sp_dropextendedproperty 'MS_Description', {place}"),
            })
        }
        Dialect::Sqlite | Dialect::MySql | Dialect::MariaDb => Err(compile_error(
            "Compiler <compiler> can't render element of type <class 'alembic.ddl.base.ColumnComment'>: <class 'alembic.ddl.base.ColumnComment'> construct has no default compilation handler.",
        )),
    }
}
