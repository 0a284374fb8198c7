//! What env.py itself executes on the connection of a run.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_python::env::{EnvSql, EnvStatement};
use limbeck_schema::SourcedOp;
use limbeck_sql::{Dialect, SqlStatement, compile_ops};

use super::online::Online;

/// A statement of env.py, ready to be sent.
pub(super) enum Ready {
    Sql(SqlStatement),
    /// `_ensure_version_table()`
    VersionTable,
}

impl Online<'_> {
    /// Compiles statements of env.py.
    ///
    /// # Errors
    /// One of them could not be read.
    pub(super) fn statements_of_env(&self, statements: &[EnvStatement]) -> Result<Vec<Ready>> {
        let mut ready = Vec::new();
        let mut context = self.context(None);
        for statement in statements {
            let op = match &statement.statement {
                EnvSql::Op(op) => SourcedOp {
                    op: (**op).clone(),
                    origin: statement.location.clone(),
                },
                EnvSql::EnsureVersionTable => {
                    ready.push(Ready::VersionTable);
                    continue;
                }
                EnvSql::Unknown(why) => return Err(unread(statement, why)),
            };
            let mut compiled = Vec::new();
            compile_ops(&[op], &self.target, &mut context, &mut compiled)?;
            ready.extend(compiled.into_iter().map(Ready::Sql));
        }
        Ok(ready)
    }

    /// Sends a statement of env.py.
    ///
    /// # Errors
    /// The server refuses it.
    pub(super) fn send_of_env(&self, statement: &Ready) -> Result<()> {
        match statement {
            Ready::Sql(statement) => self.send(statement).map(|_| ()),
            Ready::VersionTable => self.ensure_version_table(),
        }
    }

    /// Sends what env.py executes before the migrations. What holds for a transaction only opens the one that the
    /// migrations run in, as a connection of SQLAlchemy has opened it.
    ///
    /// # Errors
    /// The server refuses a statement, or each migration has a transaction of its own.
    pub(super) fn send_before(&self, before: &[Ready]) -> Result<()> {
        for statement in before {
            if let Ready::Sql(sql) = statement
                && self.target.dialect == Dialect::Postgres
                && !self.connection.borrow().in_transaction()
                && ends_with_transaction(&sql.sql)
            {
                if self.run.options.transaction_per_migration || !self.target.caps.transactional_ddl
                {
                    return Err(one_transaction(sql));
                }
                self.connection.borrow_mut().begin()?;
            }
            self.send_of_env(statement)?;
        }
        Ok(())
    }
}

/// True for a statement of PostgreSQL whose effect ends with its transaction.
fn ends_with_transaction(sql: &str) -> bool {
    let words: Vec<String> = sql
        .split_whitespace()
        .take(2)
        .map(str::to_uppercase)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let lower = sql.to_lowercase();
    matches!(words.as_slice(), ["LOCK", ..])
        || matches!(
            words.as_slice(),
            ["SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS"]
        )
        || lower.contains("advisory_xact_lock")
        || (lower.contains("set_config(") && lower.contains("true"))
}

fn one_transaction(statement: &SqlStatement) -> Error {
    Error::new(
        ErrorKind::Unreadable,
        Diagnostic::error(
            "env-statement",
            "env.py executes a statement that ends with its transaction, and each migration has a transaction of its own",
        )
        .at_maybe(statement.origin.clone(), "")
        .help("let it hold for the session, or run the migrations in one transaction"),
    )
}

fn unread(statement: &EnvStatement, why: &str) -> Error {
    Error::new(
        ErrorKind::Unreadable,
        Diagnostic::error(
            "env-statement",
            "env.py executes a statement that cannot be read",
        )
        .at_maybe(statement.location.clone(), "")
        .note(why.to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::ends_with_transaction;

    #[test]
    fn statements_that_hold_for_a_transaction() {
        for sql in [
            "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE",
            " set local search_path to tenant",
            "SELECT pg_advisory_xact_lock(10000)",
            "SELECT set_config('search_path', 'tenant', true)",
        ] {
            assert!(ends_with_transaction(sql), "{sql}");
        }
        for sql in [
            "SET search_path TO tenant",
            "CREATE SCHEMA IF NOT EXISTS locks",
            "SELECT pg_advisory_lock(1)",
            "SELECT set_config('search_path', 'tenant', false)",
        ] {
            assert!(!ends_with_transaction(sql), "{sql}");
        }
    }
}
