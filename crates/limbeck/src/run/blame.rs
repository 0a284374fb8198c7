//! A statement that the server rejects, told at the words of the script that sent it.

use limbeck_db::DatabaseError;
use limbeck_diag::{Diagnostic, Error, Location, Span};
use limbeck_sql::{Dialect, SqlStatement, classify, locate_token};

/// How many statements are listed one by one.
const LISTED: usize = 5;

/// The server's words at the call, or at the very word where the server says which, with the statement. `before` are the statements of
/// the revision that were run.
pub(super) fn at_call(
    error: Error,
    told: Option<&DatabaseError>,
    statement: &SqlStatement,
    before: &[SqlStatement],
    dialect: Dialect,
) -> Error {
    let word = told
        .and_then(|told| told.offset)
        .zip(statement.origin.as_ref())
        .and_then(|(offset, origin)| word_at(&statement.sql, offset, origin));
    let call = statement.origin.clone();
    error.map_diagnostic(|diagnostic| {
        let diagnostic = match word {
            Some(word) => diagnostic.at(word, "the server points here"),
            None => diagnostic.at_maybe(call, "this sent the statement"),
        };
        let diagnostic = diagnostic.note(format!("the statement: {}", statement.sql));
        if dialect.is_mysql_family() {
            tell_what_stays(diagnostic, statement, before, dialect)
        } else {
            diagnostic
        }
    })
}

/// The word of a statement in the call that made it.
fn word_at(sql: &str, offset: usize, origin: &Location) -> Option<Location> {
    let span = origin.span.start as usize..origin.span.end as usize;
    let found = locate_token(sql, offset, origin.file.text(), span)?;
    let place = |at: usize| u32::try_from(at).ok();
    let span = Span::new(place(found.start)?, place(found.end)?);
    Some(Location {
        span,
        ..origin.clone()
    })
}

/// MySQL commits before and after DDL: what of the revision cannot be undone.
fn tell_what_stays(
    diagnostic: Diagnostic,
    failed: &SqlStatement,
    before: &[SqlStatement],
    dialect: Dialect,
) -> Diagnostic {
    let commits = |statement: &SqlStatement| classify(&statement.sql, dialect).implicit_commit;
    let kept = if commits(failed) {
        before.len()
    } else {
        before.iter().rposition(commits).map_or(0, |at| at + 1)
    };
    if kept == 0 {
        return diagnostic.note("nothing of this revision is left in the database");
    }
    let mut text = format!(
        "{dialect} cannot undo DDL: of this revision, which is not marked as applied, stays done:"
    );
    for statement in before.iter().take(kept.min(LISTED)) {
        let sql = statement
            .sql
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let cut: String = sql.chars().take(70).collect();
        let dots = if cut.len() < sql.len() { "…" } else { "" };
        let line = statement
            .origin
            .as_ref()
            .map_or_else(String::new, |origin| {
                format!(" (line {})", origin.file.line_column(origin.span.start).0)
            });
        text.push_str(&format!("\n  {cut}{dots}{line}"));
    }
    if kept > LISTED {
        text.push_str(&format!("\n  and {} more", kept - LISTED));
    }
    let diagnostic = diagnostic.note(text);
    if kept < before.len() {
        diagnostic.note("the statements after these are undone")
    } else {
        diagnostic
    }
    .help("undo these by hand before the revision is run again: it begins at its first statement")
}
