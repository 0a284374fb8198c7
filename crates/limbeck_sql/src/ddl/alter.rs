//! `op.alter_column`: which statements, in which order, with which words (Alembic's `DefaultImpl` and its subclasses).

use limbeck_diag::Result;
use limbeck_schema::{AlterColumn, Change, ColumnType, Identity, Name, ServerDefault};

use super::column::identity_text;
use super::comment::alter_column_comment;
use super::sequence::identity_options;
use super::{Writer, command_error, compile_error, python_error};
use crate::dialect::Dialect;
use crate::types::{Affinity, render_type, type_affinity};

/// The statements of an `alter_column`, handed to `emit` one by one: an error leaves those before it written.
pub(crate) fn alter_column(
    writer: &Writer<'_>,
    op: &AlterColumn,
    emit: &mut dyn FnMut(String),
) -> Result<()> {
    match writer.target.dialect {
        Dialect::Postgres => postgres_alter(writer, op, emit),
        Dialect::MySql | Dialect::MariaDb => mysql_alter(writer, op, emit),
        Dialect::Sqlite | Dialect::Oracle => standard_alter(writer, op, emit),
        Dialect::MsSql => mssql_alter(writer, op, emit),
    }
}

fn alter_table(writer: &Writer<'_>, op: &AlterColumn) -> String {
    format!(
        "ALTER TABLE {}",
        writer.target.format_table_dotted(&op.table)
    )
}

/// `ALTER TABLE t ALTER COLUMN c`, `MODIFY c` on Oracle.
fn alter_start(writer: &Writer<'_>, op: &AlterColumn) -> String {
    let word = match writer.target.dialect {
        Dialect::Oracle => "MODIFY",
        Dialect::Postgres
        | Dialect::MySql
        | Dialect::MariaDb
        | Dialect::Sqlite
        | Dialect::MsSql => "ALTER COLUMN",
    };
    format!(
        "{} {word} {}",
        alter_table(writer, op),
        writer.target.quote(&op.column)
    )
}

fn is_computed(change: &Change<ServerDefault>) -> bool {
    matches!(change, Change::Set(ServerDefault::Computed(_)))
}

fn is_identity(change: &Change<ServerDefault>) -> bool {
    matches!(change, Change::Set(ServerDefault::Identity(_)))
}

fn special_default(op: &AlterColumn) -> bool {
    is_identity(&op.server_default)
        || is_identity(&op.existing_server_default)
        || is_computed(&op.server_default)
        || is_computed(&op.existing_server_default)
}

fn default_or_fail(writer: &Writer<'_>, default: &ServerDefault) -> Result<String> {
    writer.default_text(default)?.ok_or_else(|| {
        python_error(
            "this server_default has no words of its own: an existing column cannot be given it",
        )
    })
}

/// Nullable, default, type, comment, name: the order of `DefaultImpl.alter_column`.
fn standard_alter(
    writer: &Writer<'_>,
    op: &AlterColumn,
    emit: &mut dyn FnMut(String),
) -> Result<()> {
    warn_autoincrement(writer, op);
    if let Some(nullable) = op.nullable {
        emit(nullable_text(writer, op, nullable));
    }
    if op.server_default.is_change() {
        emit(default_statement(writer, op)?);
    }
    if let Some(type_) = &op.type_ {
        emit(type_statement(writer, op, type_)?);
    }
    comment_and_name(writer, op, emit)
}

fn warn_autoincrement(writer: &Writer<'_>, op: &AlterColumn) {
    if op.autoincrement.is_some() || op.existing_autoincrement.is_some() {
        writer.warn("autoincrement and existing_autoincrement only make sense for MySQL");
    }
}

fn comment_and_name(
    writer: &Writer<'_>,
    op: &AlterColumn,
    emit: &mut dyn FnMut(String),
) -> Result<()> {
    comment_statement(writer, op, emit)?;
    if let Some(name) = &op.new_name {
        emit(rename_text(writer, op, name));
    }
    Ok(())
}

fn comment_statement(
    writer: &Writer<'_>,
    op: &AlterColumn,
    emit: &mut dyn FnMut(String),
) -> Result<()> {
    if !op.comment.is_change() {
        return Ok(());
    }
    emit(alter_column_comment(
        writer,
        &op.table,
        &op.column,
        op.comment.value().map(String::as_str),
        op.existing_comment.as_deref(),
    )?);
    Ok(())
}

fn nullable_text(writer: &Writer<'_>, op: &AlterColumn, nullable: bool) -> String {
    let start = alter_start(writer, op);
    match (writer.target.dialect, nullable) {
        (Dialect::Oracle, true) => format!("{start} NULL"),
        (Dialect::Oracle, false) => format!("{start} NOT NULL"),
        (_, true) => format!("{start} DROP NOT NULL"),
        (_, false) => format!("{start} SET NOT NULL"),
    }
}

fn type_statement(writer: &Writer<'_>, op: &AlterColumn, type_: &ColumnType) -> Result<String> {
    let start = alter_start(writer, op);
    let type_ = render_type(type_, writer.target)?;
    Ok(match writer.target.dialect {
        Dialect::Oracle | Dialect::MsSql => format!("{start} {type_}"),
        Dialect::Postgres => match op
            .postgresql_using
            .as_deref()
            .filter(|using| !using.is_empty())
        {
            Some(using) => format!("{start} TYPE {type_} USING {using}"),
            None => format!("{start} TYPE {type_}"),
        },
        Dialect::Sqlite | Dialect::MySql | Dialect::MariaDb => format!("{start} TYPE {type_}"),
    })
}

fn rename_text(writer: &Writer<'_>, op: &AlterColumn, name: &Name) -> String {
    let target = writer.target;
    let (from, to) = (target.quote(&op.column), target.quote(name));
    match target.dialect {
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
            format!("{} RENAME {from} TO {to}", alter_table(writer, op))
        }
        Dialect::Sqlite | Dialect::Oracle => {
            format!("{} RENAME COLUMN {from} TO {to}", alter_table(writer, op))
        }
        Dialect::MsSql => format!(
            "EXEC sp_rename '{}.{from}', {to}, 'COLUMN'",
            target.format_table_dotted(&op.table)
        ),
    }
}

/// Setting or dropping a default, or an identity where the dialect can.
fn default_statement(writer: &Writer<'_>, op: &AlterColumn) -> Result<String> {
    if is_computed(&op.server_default) || is_computed(&op.existing_server_default) {
        return Err(compile_error(
            "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing column is not supported.",
        ));
    }
    if is_identity(&op.server_default) || is_identity(&op.existing_server_default) {
        return identity_statement(writer, op);
    }
    let start = alter_start(writer, op);
    let dialect = writer.target.dialect;
    Ok(match op.server_default.value() {
        Some(default) => {
            let text = default_or_fail(writer, default)?;
            match dialect {
                Dialect::Oracle => format!("{start} DEFAULT {text}"),
                Dialect::MsSql => format!(
                    "{} ADD DEFAULT {text} FOR {}",
                    alter_table(writer, op),
                    writer.target.quote(&op.column)
                ),
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
                    format!("{start} SET DEFAULT {text}")
                }
            }
        }
        None if dialect == Dialect::Oracle => format!("{start} DEFAULT NULL"),
        None => format!("{start} DROP DEFAULT"),
    })
}

fn identity_statement(writer: &Writer<'_>, op: &AlterColumn) -> Result<String> {
    let start = alter_start(writer, op);
    let identity = match &op.server_default {
        Change::Set(ServerDefault::Identity(identity)) => Some(identity),
        Change::Set(_) | Change::Drop | Change::Keep => None,
    };
    match writer.target.dialect {
        Dialect::Postgres => Ok(match (identity, &op.server_default) {
            (Some(identity), _) => match op.existing_server_default.value() {
                None => format!("{start} ADD {}", identity_text(writer, identity)),
                Some(ServerDefault::Identity(existing)) => {
                    format!("{start} {}", identity_changes(writer, identity, existing))
                }
                Some(_) => {
                    return Err(python_error(
                        "a column with a default cannot become an identity in one step: drop the default first",
                    ));
                }
            },
            (None, Change::Drop | Change::Keep) => format!("{start} DROP IDENTITY"),
            (None, Change::Set(_)) => {
                return Err(identity_and_default());
            }
        }),
        Dialect::Oracle => Ok(match (identity, &op.server_default) {
            (Some(identity), _) => format!("{start} {}", identity_text(writer, identity)),
            (None, Change::Drop | Change::Keep) => format!("{start} DROP IDENTITY"),
            (None, Change::Set(_)) => return Err(identity_and_default()),
        }),
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite | Dialect::MsSql => Err(compile_error(
            "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS IDENTITY, to or from an existing column is not supported in this dialect.",
        )),
    }
}

fn identity_and_default() -> limbeck_diag::Error {
    python_error(
        "an identity column cannot be given a default in one step: drop the identity first",
    )
}

/// `SET GENERATED ALWAYS SET INCREMENT BY 2 …`: what differs, by the attributes' names.
fn identity_changes(writer: &Writer<'_>, next: &Identity, previous: &Identity) -> String {
    let mut words = Vec::new();
    if next.always != previous.always {
        let kind = if next.always { "ALWAYS" } else { "BY DEFAULT" };
        words.push(format!("SET GENERATED {kind}"));
    }
    // In the order of their names. What the new one does not mention stays.
    let single: [(bool, Identity); 8] = [
        (
            next.cache.is_some() && next.cache != previous.cache,
            Identity {
                cache: next.cache,
                ..Identity::default()
            },
        ),
        (
            next.cycle.is_some() && next.cycle != previous.cycle,
            Identity {
                cycle: next.cycle,
                ..Identity::default()
            },
        ),
        (
            next.increment.is_some() && next.increment != previous.increment,
            Identity {
                increment: next.increment,
                ..Identity::default()
            },
        ),
        (
            next.maxvalue.is_some() && next.maxvalue != previous.maxvalue,
            Identity {
                maxvalue: next.maxvalue,
                ..Identity::default()
            },
        ),
        (
            next.minvalue.is_some() && next.minvalue != previous.minvalue,
            Identity {
                minvalue: next.minvalue,
                ..Identity::default()
            },
        ),
        (
            next.nomaxvalue && !previous.nomaxvalue,
            Identity {
                nomaxvalue: true,
                ..Identity::default()
            },
        ),
        (
            next.nominvalue && !previous.nominvalue,
            Identity {
                nominvalue: true,
                ..Identity::default()
            },
        ),
        (
            next.start.is_some() && next.start != previous.start,
            Identity {
                start: next.start,
                ..Identity::default()
            },
        ),
    ];
    for (differs, identity) in single {
        if differs {
            words.push(format!("SET {}", identity_options(writer, &identity)));
        }
    }
    words.join(" ")
}

fn postgres_alter(
    writer: &Writer<'_>,
    op: &AlterColumn,
    emit: &mut dyn FnMut(String),
) -> Result<()> {
    if op.postgresql_using.is_some() && op.type_.is_none() {
        return Err(command_error(
            "postgresql_using must be used with the type_ parameter",
        ));
    }
    if let Some(type_) = &op.type_ {
        emit(type_statement(writer, op, type_)?);
    }
    let rest = AlterColumn {
        type_: None,
        ..op.clone()
    };
    standard_alter(writer, &rest, emit)
}

fn mysql_alter(writer: &Writer<'_>, op: &AlterColumn, emit: &mut dyn FnMut(String)) -> Result<()> {
    if special_default(op) {
        // Neither can be changed: this says so, unless nothing of it is asked for.
        if op.server_default.is_change() && op.nullable.is_none() {
            default_statement(writer, op)?;
        }
        if op.nullable.is_some() || op.type_.is_some() || op.server_default.is_change() {
            return Err(python_error(
                "Individual alter column constructs not supported by MySQL",
            ));
        }
    }
    let type_ = op.type_.as_ref().or(op.existing_type.as_ref());
    let is_datetime = type_.is_some_and(|type_| {
        !op.type_is_class && type_affinity(type_, writer.target.sqlalchemy) == Affinity::DateTime
    });
    let change = op.new_name.is_some() || (is_datetime && op.server_default != Change::Drop);
    let modify = op.nullable.is_some()
        || op.type_.is_some()
        || op.autoincrement.is_some()
        || op.comment.is_change();
    let target = writer.target;
    let column = target.quote(&op.column);
    if change || modify {
        let spec = mysql_spec(writer, op, type_)?;
        let start = alter_table(writer, op);
        emit(if change {
            let name = op.new_name.as_ref().unwrap_or(&op.column);
            format!("{start} CHANGE {column} {} {spec}", target.quote(name))
        } else {
            format!("{start} MODIFY {column} {spec}")
        });
    } else if op.server_default.is_change() {
        let start = format!("{} ALTER COLUMN {column}", alter_table(writer, op));
        emit(match op.server_default.value() {
            Some(default) => format!("{start} SET DEFAULT {}", default_or_fail(writer, default)?),
            None => format!("{start} DROP DEFAULT"),
        });
    }
    Ok(())
}

/// A column as `CHANGE` and `MODIFY` say it again, whole.
fn mysql_spec(writer: &Writer<'_>, op: &AlterColumn, type_: Option<&ColumnType>) -> Result<String> {
    let Some(type_) = type_ else {
        return Err(command_error(
            "All MySQL CHANGE/MODIFY COLUMN operations require the existing type.",
        ));
    };
    let mut spec = render_type(type_, writer.target)?;
    let nullable = op.nullable.or(op.existing_nullable).unwrap_or(true);
    spec.push_str(if nullable { " NULL" } else { " NOT NULL" });
    if op.autoincrement.or(op.existing_autoincrement) == Some(true) {
        spec.push_str(" AUTO_INCREMENT");
    }
    let default = match &op.server_default {
        Change::Keep => op.existing_server_default.value(),
        Change::Drop => None,
        Change::Set(default) => Some(default),
    };
    if let Some(default) = default {
        spec.push_str(&format!(" DEFAULT {}", default_or_fail(writer, default)?));
    }
    let comment = match &op.comment {
        Change::Keep => op.existing_comment.as_deref(),
        Change::Drop => None,
        Change::Set(comment) => Some(comment.as_str()),
    };
    if let Some(comment) = comment {
        spec.push_str(&format!(
            " COMMENT {}",
            crate::literal::render_string(comment, writer.target)
        ));
    }
    Ok(spec)
}

fn mssql_alter(writer: &Writer<'_>, op: &AlterColumn, emit: &mut dyn FnMut(String)) -> Result<()> {
    let mut nullable = op.nullable;
    let mut type_ = op.type_.as_ref();
    let mut existing_type = op.existing_type.as_ref();
    if nullable.is_some() {
        if type_.is_some() {
            // Setting NULL or NOT NULL says the type again.
            existing_type = type_.take();
        } else if existing_type.is_none() {
            return Err(command_error(
                "MS-SQL ALTER COLUMN operations with NULL or NOT NULL require the existing_type or a new type_ be passed.",
            ));
        }
    } else if op.existing_nullable.is_some() && type_.is_some() {
        nullable = op.existing_nullable;
        existing_type = type_.take();
    } else if type_.is_some() {
        writer.warn(
            "MS-SQL ALTER COLUMN operations that specify type_= should also specify a nullable= or existing_nullable= argument to avoid implicit conversion of NOT NULL columns to NULL.",
        );
    }
    let special = special_default(op);
    let default_known = op.existing_server_default.is_change() || op.server_default == Change::Drop;
    if op.server_default.is_change() && !special && default_known {
        emit(drop_column_constraint(
            writer,
            &op.table,
            &op.column,
            "sys.default_constraints",
        ));
    }
    warn_autoincrement(writer, op);
    if let (Some(nullable), Some(existing_type)) = (nullable, existing_type) {
        emit(format!(
            "{} {} {}",
            alter_start(writer, op),
            render_type(existing_type, writer.target)?,
            if nullable { "NULL" } else { "NOT NULL" }
        ));
    }
    if special && op.server_default.is_change() {
        emit(default_statement(writer, op)?);
    }
    if let Some(type_) = type_ {
        emit(type_statement(writer, op, type_)?);
    }
    comment_statement(writer, op, emit)?;
    if !special && op.server_default.value().is_some() {
        emit(default_statement(writer, op)?);
    }
    if let Some(name) = &op.new_name {
        emit(rename_text(writer, op, name));
    }
    Ok(())
}

/// Drops what hangs on a column of SQL Server, whose name only the server knows.
pub(crate) fn drop_column_constraint(
    writer: &Writer<'_>,
    table: &limbeck_schema::TableName,
    column: &Name,
    catalogue: &str,
) -> String {
    let (dotted, quoted) = mssql_names(writer, table);
    format!(
        "declare @const_name varchar(256)\n\
         select @const_name = QUOTENAME([name]) from {catalogue}\n\
         where parent_object_id = object_id('{dotted}')\n\
         and col_name(parent_object_id, parent_column_id) = '{column}'\n\
         exec('alter table {quoted} drop constraint ' + @const_name)"
    )
}

/// The same for the foreign key of a column.
pub(crate) fn drop_column_foreign_key(
    writer: &Writer<'_>,
    table: &limbeck_schema::TableName,
    column: &Name,
) -> String {
    let (dotted, quoted) = mssql_names(writer, table);
    format!(
        "declare @const_name varchar(256)\n\
         select @const_name = QUOTENAME([name]) from\n\
         sys.foreign_keys fk join sys.foreign_key_columns fkc\n\
         on fk.object_id=fkc.constraint_object_id\n\
         where fkc.parent_object_id = object_id('{dotted}')\n\
         and col_name(fkc.parent_object_id, fkc.parent_column_id) = '{column}'\n\
         exec('alter table {quoted} drop constraint ' + @const_name)"
    )
}

fn mssql_names(writer: &Writer<'_>, table: &limbeck_schema::TableName) -> (String, String) {
    let dotted = match &table.schema {
        Some(schema) if !schema.text.is_empty() => format!("{schema}.{}", table.name),
        Some(_) | None => table.name.text.clone(),
    };
    (dotted, writer.target.format_table_dotted(table))
}
