//! Effects of a migration.

use limbeck_diag::{Diagnostic, Error, ErrorKind};
use limbeck_schema::{Op, SourcedOp, Statement};

use crate::alchemy::live::failure::failed;
use crate::eval::Interp;
use crate::flow::{Flow, R};

/// Hands an operation to the host.
pub(crate) fn emit(ev: &mut Interp<'_>, op: Op) -> R<()> {
    let origin = ev.location();
    emit_at(ev, SourcedOp { op, origin })
}

/// Hands an operation to the host that was called elsewhere.
pub(crate) fn emit_at(ev: &mut Interp<'_>, op: SourcedOp) -> R<()> {
    if !ev.is_running() {
        return Err(ev.unreadable("an operation stands outside of `upgrade()` and `downgrade()`"));
    }
    if ev.is_guarded() && ev.host().defers() && !ev.is_probing() {
        return Err(no_database(
            ev,
            "an operation that may fail stands inside `try`, and what the script does then",
        ));
    }
    crate::alchemy::sql::compiles::check_operation(ev, &op.op)?;
    crate::alchemy::imported::check_operation(ev, &op.op)?;
    let is_of_parts = matches!(
        op.op,
        Op::CreateTable(_)
            | Op::AddColumn(_)
            | Op::CreateIndex(_)
            | Op::AddConstraint(_)
            | Op::BatchAlterTable(_)
    );
    if is_of_parts {
        crate::models::event::check_parts(ev)?;
    }
    ev.effects += 1;
    // What is to be executed is kept, or written at once.
    if let Op::Execute(execute) = &op.op
        && let Statement::Text(text) = &execute.statement
    {
        ev.charge(text.sql.len() / 8);
    }
    if ev.is_guarded() {
        ev.host().check(&op).map_err(|error| failed(ev, error))?;
    }
    ev.host().emit(op).map_err(|error| failed(ev, error))
}

/// Fails where there is no database to ask: the migration can only be evaluated while it runs.
pub(crate) fn needs_database(ev: &mut Interp<'_>, why: &str) -> R<()> {
    if ev.host().is_live() {
        return Ok(());
    }
    Err(no_database(ev, why))
}

/// The failure "this depends on what the database holds".
pub(crate) fn no_database(ev: &mut Interp<'_>, why: &str) -> Flow {
    let diagnostic = Diagnostic::error(
        "data-dependent",
        format!("{why}, which depends on what the database holds"),
    )
    .at_maybe(ev.location(), "")
    .help("run it against the database; `--sql` cannot know the answer");
    Flow::fatal(Error::new(ErrorKind::NeedsDatabase, diagnostic))
}
