//! `op.batch_alter_table`: plain ALTERs where the database can, a rebuild of the table where it cannot or where one is asked for.

mod apply;
mod order;
mod rebuild;
mod sqlite_copy;
pub(crate) mod sqlite_ddl;
mod sqlite_options;
mod sqlite_plan;

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{
    AddColumn, AlterColumn, BatchAlterTable, Computed, ConstraintBody, Op, Recreate, ServerDefault,
    SourcedOp,
};

use crate::compile::{Emitter, run_op};
use crate::ddl::bound::{check_convention, constraint_name};
use crate::ddl::{command_error, python_error};
use crate::dialect::{Compat, Dialect};
use apply::ApplyBatch;
pub use sqlite_plan::FOREIGN_KEYS_ENFORCED;

/// Writes a batch. Statements that a script executes inside the block come first, as under Alembic, which collects the
/// rest until the block ends.
pub(crate) fn run(op: &BatchAlterTable, emitter: &mut Emitter<'_, '_>) -> Result<()> {
    let mut queue: Vec<&SourcedOp> = Vec::with_capacity(op.ops.len());
    for inner in &op.ops {
        match &inner.op {
            Op::Execute(_) | Op::BeginAutocommit | Op::EndAutocommit => run_inner(inner, emitter)?,
            Op::AddColumn(add) => {
                let positioned = add.position.before.is_some() || add.position.after.is_some();
                if positioned && !recreates(op, &queue, emitter) {
                    return Err(command_error(
                        "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'",
                    ));
                }
                queue.push(inner);
            }
            Op::AlterColumn(_)
            | Op::DropColumn(_)
            | Op::CreateIndex(_)
            | Op::DropIndex(_)
            | Op::AddConstraint(_)
            | Op::DropConstraint(_)
            | Op::CreateTableComment(_)
            | Op::DropTableComment(_) => queue.push(inner),
            Op::CreateTable(_)
            | Op::DropTable(_)
            | Op::RenameTable(_)
            | Op::BulkInsert(_)
            | Op::BatchAlterTable(_)
            | Op::CreateSequence(_)
            | Op::DropSequence(_)
            | Op::CreateEnum(_)
            | Op::DropEnum(_)
            | Op::CreateSchema(_)
            | Op::DropSchema(_) => {
                return Err(python_error(format!(
                    "'BatchOperations' object has no attribute '{}'",
                    inner.op.directive()
                )));
            }
        }
    }
    if !recreates(op, &queue, emitter) {
        check_names(&queue, emitter)?;
        for inner in queue {
            run_inner(inner, emitter)?;
        }
        return Ok(());
    }
    if emitter.writer.target.dialect == Dialect::Sqlite
        && !emitter.context.offline
        && emitter.writer.target.compat == Compat::Limbeck
        && let Some(read) = emitter.context.sqlite_master
    {
        let master = read(op.table.schema.as_ref().map(|schema| schema.text.as_str()))?;
        return sqlite_plan::run(op, &queue, &master, emitter);
    }
    let (table, reflected) = match &op.copy_from {
        Some(table) => ((**table).clone(), false),
        None if emitter.context.offline => {
            return Err(Error::message(
                ErrorKind::NeedsDatabase,
                "batch-needs-database",
                format!(
                    "This operation cannot proceed in --sql mode; batch mode with dialect {} requires a live database connection with which to reflect the table \"{}\". To generate a batch SQL migration script using table \"move and copy\", a complete Table object should be passed to the \"copy_from\" argument of the batch_alter_table() method so that table reflection can be skipped.",
                    emitter.writer.target.dialect, op.table.name
                ),
            ));
        }
        None => match emitter.context.reflect {
            Some(reflect) => (reflect(&op.table)?, true),
            None => {
                return Err(Error::message(
                    ErrorKind::NeedsDatabase,
                    "batch-needs-database",
                    format!(
                        "the table {} must be read from the database before it is rebuilt",
                        op.table
                    ),
                ));
            }
        },
    };
    let mut apply = ApplyBatch::new(op, table, reflected, emitter)?;
    for inner in queue {
        apply.add(&inner.op, emitter)?;
    }
    apply.create(emitter)
}

/// Alembic makes the objects of all operations before it writes the first: where a name cannot be made, nothing is written.
fn check_names(queue: &[&SourcedOp], emitter: &Emitter<'_, '_>) -> Result<()> {
    for inner in queue {
        let table = match &inner.op {
            Op::AddColumn(op) => &op.table,
            Op::DropColumn(op) => &op.table,
            Op::CreateIndex(op) => &op.table,
            Op::AddConstraint(op) => {
                let convention = &emitter.context.naming_convention;
                if !matches!(op.constraint.body, ConstraintBody::ForeignKey(_)) {
                    constraint_name(convention, &op.table, &op.constraint)?;
                }
                &op.table
            }
            _ => continue,
        };
        check_convention(&emitter.context.naming_convention, table)?;
    }
    Ok(())
}

/// An operation of the batch, with its own place in the script.
fn run_inner(inner: &SourcedOp, emitter: &mut Emitter<'_, '_>) -> Result<()> {
    let outer = emitter.origin;
    let first = emitter.out.len();
    let result = run_op(&inner.op, emitter);
    emitter.origin = outer;
    if inner.origin.is_some() {
        for statement in emitter.out.iter_mut().skip(first) {
            statement.origin.clone_from(&inner.origin);
        }
    }
    result.map_err(|error| match &inner.origin {
        Some(origin) if error.diagnostic.location().is_none() => {
            error.map_diagnostic(|diagnostic| diagnostic.at(origin.clone(), ""))
        }
        Some(_) | None => error,
    })
}

/// Whether the table is rebuilt for the operations collected so far.
fn recreates(op: &BatchAlterTable, queue: &[&SourcedOp], emitter: &Emitter<'_, '_>) -> bool {
    match op.recreate {
        Recreate::Always => true,
        Recreate::Never => false,
        Recreate::Auto => {
            emitter.writer.target.dialect == Dialect::Sqlite
                && queue.iter().any(|inner| needs_rebuild(&inner.op))
        }
    }
}

/// `SQLiteImpl.requires_recreate_in_batch`
fn needs_rebuild(op: &Op) -> bool {
    match op {
        Op::CreateIndex(_) | Op::DropIndex(_) => false,
        Op::AddColumn(add) => add_needs_rebuild(add),
        _ => true,
    }
}

fn add_needs_rebuild(add: &AddColumn) -> bool {
    let column = &add.column;
    let default = match &column.server_default {
        Some(ServerDefault::Expr(_)) => true,
        Some(ServerDefault::Computed(Computed { persisted, .. })) => *persisted == Some(true),
        Some(ServerDefault::Text(_) | ServerDefault::Identity(_) | ServerDefault::Fetched)
        | None => false,
    };
    let inlined = add.inline_references && column.foreign_keys.len() == 1;
    let constrained = column
        .type_
        .as_ref()
        .is_some_and(|type_| type_.create_constraint);
    let unique = column.unique == Some(true) && column.index != Some(true);
    default || unique || constrained || (!column.foreign_keys.is_empty() && !inlined)
}

/// Whether an `alter_column` only gives a new name.
pub(crate) fn is_pure_rename(op: &AlterColumn) -> bool {
    op.new_name.is_some()
        && op.nullable.is_none()
        && op.type_.is_none()
        && op.autoincrement.is_none()
        && !op.comment.is_change()
        && !op.server_default.is_change()
}

/// Alembic's name of the table that takes the place of another.
pub(crate) fn temp_name(table: &str) -> String {
    format!("_alembic_tmp_{table}").chars().take(50).collect()
}
