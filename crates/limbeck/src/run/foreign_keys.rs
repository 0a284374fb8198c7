//! A rebuild on SQLite where foreign keys are enforced.
//!
//! Dropping the old table would delete the rows of tables that point to it, or fail. SQLite's own procedure is to switch enforcement
//! off before the transaction (inside one the switch does nothing), to look for dangling keys before the commit, and to switch it on
//! again. Enforcement stays on for every revision that does without: what its statements cascade to is theirs.

use std::collections::BTreeMap;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_graph::{HeadMaintainer, Step};
use limbeck_schema::Literal;
use limbeck_sql::{CompileContext, Dialect, FOREIGN_KEYS_ENFORCED};

use super::online::{Online, version_changed};
use super::prepare::Work;
use crate::{Event, Reporter};

impl<'a> Online<'a> {
    /// Runs one step; on SQLite again without enforced keys, if it is a rebuild that needs that. `whole` is true where the transaction
    /// holds more than this step and cannot be begun again.
    pub(super) fn run_step_or_unenforced(
        &self,
        step: &Step,
        work: &Work,
        whole: bool,
        heads: &mut HeadMaintainer<'a>,
        context: &mut CompileContext<'_>,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        if self.target.dialect != Dialect::Sqlite || whole || !self.enforces_keys()? {
            return self.run_step(step, work, heads, context, reporter);
        }
        self.connection.borrow_mut().savepoint(STEP)?;
        let mut counting = Counting {
            inner: reporter,
            told: 0,
            skip: 0,
        };
        let created_enums = context.created_enums.clone();
        let result = self.run_step(step, work, heads, context, &mut counting);
        let is_enforced = |error: &Error| error.diagnostic.code == FOREIGN_KEYS_ENFORCED;
        match result {
            Err(error) if is_enforced(&error) && self.is_whole() => {
                context.created_enums = created_enums;
                counting.skip = counting.told;
                let rebuild = error.diagnostic.location().cloned();
                let result = self.run_unenforced(step, work, heads, context, &mut counting);
                let result = result.map_err(|error| match error.diagnostic.code {
                    BROKEN => error.map_diagnostic(|it| {
                        it.at_maybe(rebuild, "while this rebuilds a table, no key is enforced")
                    }),
                    _ => error,
                });
                if result.is_err() && self.connection.borrow().in_transaction() {
                    self.connection.borrow_mut().rollback()?;
                }
                self.keep_book("PRAGMA foreign_keys=ON")?;
                result
            }
            other => other,
        }
    }

    fn enforces_keys(&self) -> Result<bool> {
        let found = self.keep_book("PRAGMA foreign_keys")?;
        Ok(found.scalar() == Some(&Literal::int(1)))
    }

    /// Whether all that the step has done can still be undone: a script may commit.
    fn is_whole(&self) -> bool {
        let mut connection = self.connection.borrow_mut();
        connection.in_transaction() && connection.rollback_to_savepoint(STEP).is_ok()
    }

    /// The step in a transaction of its own, without enforced keys; commits.
    fn run_unenforced(
        &self,
        step: &Step,
        work: &Work,
        heads: &mut HeadMaintainer<'a>,
        context: &mut CompileContext<'_>,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        self.connection.borrow_mut().rollback()?;
        self.keep_book("PRAGMA foreign_keys=OFF")?;
        if self.lock_again(heads, reporter)? {
            return Err(version_changed());
        }
        self.ensure_version_table()?;
        let before = self.dangling_keys()?;
        self.run_step(step, work, heads, context, reporter)?;
        for ((table, parent), count) in self.dangling_keys()? {
            let known = before.get(&(table.clone(), parent.clone())).copied();
            if count > known.unwrap_or_default() {
                return Err(dangling(&table, &parent, count - known.unwrap_or_default()));
            }
        }
        self.connection.borrow_mut().commit()
    }

    /// How many rows of which table point to nothing in which table.
    fn dangling_keys(&self) -> Result<BTreeMap<(String, String), u64>> {
        let found = self.keep_book("PRAGMA foreign_key_check")?;
        let mut counts = BTreeMap::new();
        for row in found.rows {
            let text = |at: usize| match row.get(at) {
                Some(Literal::Str(text)) => text.clone(),
                _ => String::new(),
            };
            *counts.entry((text(0), text(2))).or_default() += 1;
        }
        Ok(counts)
    }
}

/// The savepoint before a step.
const STEP: &str = "limbeck_step";

/// The code of the error that rows point to nothing at the end.
const BROKEN: &str = "foreign-keys-broken";

fn dangling(table: &str, parent: &str, count: u64) -> Error {
    Error::new(
        ErrorKind::Database,
        Diagnostic::error(
            BROKEN,
            format!("FOREIGN KEY constraint failed: {count} rows of {table} would point to no row of {parent}"),
        )
        .note("foreign keys are enforced on this connection; they are switched off while a table is rebuilt, and looked at afterwards")
        .help(format!("let the revision delete or change these rows of {table} itself")),
    )
}

/// Lets a step that runs a second time tell nothing twice.
struct Counting<'r> {
    inner: &'r mut dyn Reporter,
    told: usize,
    skip: usize,
}

impl Reporter for Counting<'_> {
    fn report(&mut self, event: Event<'_>) {
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.told += 1;
            self.inner.report(event);
        }
    }
}
