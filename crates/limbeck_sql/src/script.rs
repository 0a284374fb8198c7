//! The text of a `--sql` script: terminators, separators, BEGIN and COMMIT.

use crate::compile::{SqlStatement, StatementKind};
use crate::dialect::{Dialect, Target};

/// Separators that `env.py` may change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScriptOptions {
    /// `mssql_batch_separator=` or `oracle_batch_separator=`; `None` is the dialect's own.
    pub batch_separator: Option<String>,
}

/// The chunks of a statement. The script is every chunk followed by two line breaks.
#[must_use]
pub fn render_chunks(
    statement: &SqlStatement,
    target: &Target,
    options: &ScriptOptions,
) -> Vec<String> {
    match statement.kind {
        StatementKind::Sql => statement_chunks(&statement.sql, target, options),
        StatementKind::BeginAutocommit => render_commit(target, options),
        StatementKind::EndAutocommit => render_begin(target, options),
    }
}

fn separator<'a>(target: &'a Target, options: &'a ScriptOptions) -> Option<&'a str> {
    target
        .caps
        .batch_separator
        .map(|own| options.batch_separator.as_deref().unwrap_or(own))
        .filter(|separator| !separator.is_empty())
}

fn statement_chunks(sql: &str, target: &Target, options: &ScriptOptions) -> Vec<String> {
    let mut chunks = vec![format!("{sql}{}", target.caps.terminator)];
    chunks.extend(separator(target, options).map(str::to_owned));
    chunks
}

/// What begins a transaction; nothing where the database has no transactional DDL (`transactional_ddl` of the caps, which
/// `env.py` may force).
#[must_use]
pub fn render_begin(target: &Target, options: &ScriptOptions) -> Vec<String> {
    if !target.caps.transactional_ddl {
        return Vec::new();
    }
    match target.dialect {
        Dialect::MsSql => vec![format!("BEGIN TRANSACTION{}", target.caps.terminator)],
        Dialect::Oracle => statement_chunks("SET TRANSACTION READ WRITE", target, options),
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
            vec![format!("BEGIN{}", target.caps.terminator)]
        }
    }
}

/// What ends a transaction; nothing where the database has no transactional DDL.
#[must_use]
pub fn render_commit(target: &Target, options: &ScriptOptions) -> Vec<String> {
    if !target.caps.transactional_ddl {
        return Vec::new();
    }
    match target.dialect {
        Dialect::MsSql | Dialect::Oracle => statement_chunks("COMMIT", target, options),
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
            vec![format!("COMMIT{}", target.caps.terminator)]
        }
    }
}

/// The comment before the statements of a step: `-- Running upgrade a -> b`. `log` is the text after "Running ".
#[must_use]
pub fn render_running(log: &str) -> String {
    format!("-- Running {log}")
}

/// Chunks as the text of a script: each is followed by an empty line.
#[must_use]
pub fn join_chunks(chunks: &[String]) -> String {
    let mut out = String::new();
    for chunk in chunks {
        out.push_str(chunk);
        out.push_str("\n\n");
    }
    out
}
