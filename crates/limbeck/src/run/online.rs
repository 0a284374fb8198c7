//! The steps on a connection.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use limbeck_db::lock::{self, Waiting};
use limbeck_db::{Connection, ResultSet, Scope, Server, inspect, read_sqlite_master};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_graph::{Direction, HeadMaintainer, RevisionStep, Step, VersionChange};
use limbeck_python::World;
use limbeck_python::env::EnvRun;
use limbeck_schema::{Literal, NamingConvention, Op, SourcedOp, TableName};
use limbeck_sql::{
    Caps, CompileContext, Dialect, ServerVersion, SqlKind, SqlStatement, StatementKind, Target,
    VersionTable, classify, compile_part,
};

use super::applied::Listeners;
use super::blame::at_call;
use super::delegate::Delegate;
use super::evaluate::Evaluation;
use super::live::{self, Unread};
use super::prepare::{Work, prepare};
use super::use_alter::KeysToDrop;
use super::{Env, LOGGER, PlanSteps, log_context, naming_convention, render_change, version_table};
use crate::{Event, Level, Project, Reporter, Script};

/// A migration context on a live database.
pub(crate) struct Online<'a> {
    pub(crate) project: &'a Project,
    pub(crate) world: &'a Rc<World>,
    pub(crate) run: &'a EnvRun,
    pub(crate) connection: RefCell<Box<dyn Connection>>,
    pub(crate) target: Target,
    pub(crate) version: VersionTable,
    /// The URL without its password.
    pub(crate) url: String,
    convention: NamingConvention,
    /// The statement that was refused last.
    pub(super) refused: RefCell<Option<SqlStatement>>,
    /// The statements of the revision that is being run, as far as they are done.
    done: RefCell<Vec<SqlStatement>>,
}

impl<'a> Online<'a> {
    /// Connects for one run of env.py and does `work`, between what env.py executes on the connection before and after.
    pub(crate) fn with<T>(
        project: &'a Project,
        env: &'a Env,
        run: &'a EnvRun,
        reporter: &mut dyn Reporter,
        work: impl FnOnce(&Online<'a>, &mut dyn Reporter) -> Result<T>,
    ) -> Result<T> {
        let (url, dialect) = env.url(project, run)?;
        let connection = super::connect::connect_to(&url, &project.environment.cwd)
            .map_err(|error| env.tell_origin(project, run, error))?;
        let version = connection.version();
        let version = ServerVersion::new(version.major, version.minor, version.patch);
        let mut target = Target::online(dialect, version, project.packages().sqlalchemy());
        target.compat = project.options.compat;
        target.driver = url.driver_name().unwrap_or_default().to_owned();
        target.default_schema = connection.default_schema().map(str::to_owned);
        // What the server can do is the server's affair, whatever it is called.
        if dialect == Dialect::MySql && connection.server() == Server::MariaDb {
            target.caps = Caps::of(Dialect::MariaDb, target.version, target.sqlalchemy);
        }
        if let Some(transactional) = run.options.transactional_ddl {
            target.caps.transactional_ddl = transactional;
        }
        log_context(dialect, false, target.caps.transactional_ddl, reporter);
        let mut online = Online {
            project,
            world: &env.world,
            run,
            connection: RefCell::new(connection),
            target,
            version: version_table(run),
            url: url.to_string(),
            convention: naming_convention(project, &env.world, run)?,
            refused: RefCell::new(None),
            done: RefCell::default(),
        };
        // What cannot be read must be found before anything is done.
        let on_connect = online.statements_of_env(&run.on_connect)?;
        let before = online.statements_of_env(&run.before)?;
        let after = online.statements_of_env(&run.after)?;
        for (nth, statement) in on_connect.iter().enumerate() {
            online.send_of_env(statement)?;
            if nth + 1 == run.on_connect_early {
                online.ask_default_schema()?;
            }
        }
        online.send_before(&before)?;
        let done = work(&online, reporter)?;
        for statement in &after {
            online.send_of_env(statement)?;
        }
        if online.connection.borrow().in_transaction() {
            online.connection.borrow_mut().commit()?;
        }
        Ok(done)
    }

    /// As SQLAlchemy does on its first connection.
    fn ask_default_schema(&mut self) -> Result<()> {
        let mut connection = self.connection.borrow_mut();
        connection.ask_default_schema()?;
        self.target.default_schema = connection.default_schema().map(str::to_owned);
        Ok(())
    }

    /// True if the version table is there.
    fn has_version_table(&self) -> Result<bool> {
        let found = self.keep_book(&self.version.render_exists(&self.target))?;
        Ok(matches!(found.scalar(), Some(Literal::Int(count)) if *count > 0.into()))
    }

    /// The rows of the version table; none if it is not there.
    pub(crate) fn heads(&self) -> Result<Vec<String>> {
        if !self.has_version_table()? {
            return Ok(Vec::new());
        }
        let rows = self.keep_book(&self.version.render_select(&self.target))?;
        let text = |row: Vec<Literal>| match row.into_iter().next() {
            Some(Literal::Str(text)) => Ok(text),
            _ => Err(Error::message(
                ErrorKind::State,
                "version-row",
                format!(
                    "a row of the table {} holds no revision",
                    self.target.format_table(&self.version.name)
                ),
            )),
        };
        rows.rows.into_iter().map(text).collect()
    }

    /// Creates the version table if it is not there.
    pub(crate) fn ensure_version_table(&self) -> Result<()> {
        if !self.has_version_table()? {
            let create = self.version.render_create(&self.target, false)?;
            self.keep_book(create.trim())?;
        }
        Ok(())
    }

    /// A statement about the version table, which no script has sent.
    pub(super) fn keep_book(&self, sql: &str) -> Result<ResultSet> {
        let done = self.connection.borrow_mut().execute(sql);
        done.map_err(|error| error.map_diagnostic(|it| it.note(format!("the statement: {sql}"))))
    }

    /// Runs the steps that `plan` chooses, alone on the database.
    pub(crate) fn run_steps(
        &self,
        plan: &PlanSteps<'_>,
        purge: bool,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        let is_sqlite = self.target.dialect == Dialect::Sqlite;
        let transactional = self.target.caps.transactional_ddl;
        let whole = transactional && !self.run.options.transaction_per_migration;
        let wait = self.project.options.lock_timeout;
        let held = {
            let mut on_wait = waiting(reporter);
            let key = self.target.format_table(&self.version.name);
            lock::acquire(
                &mut **self.connection.borrow_mut(),
                &key,
                wait,
                &mut on_wait,
            )?
        };
        let is_begun = self.connection.borrow().in_transaction();
        // The version table is made in the transaction of the first migration, however many there are.
        if transactional && !is_sqlite && !is_begun {
            self.connection.borrow_mut().begin()?;
        }
        let result = self.run_locked(plan, purge, whole, reporter);
        let in_transaction = self.connection.borrow().in_transaction();
        match &result {
            // With a transaction for each migration, none commits what comes before the first.
            Ok(0) if transactional && !whole && !is_sqlite && !is_begun => {
                self.connection.borrow_mut().rollback()?;
            }
            Ok(_) => self.connection.borrow_mut().commit()?,
            Err(_) if in_transaction => self.connection.borrow_mut().rollback()?,
            Err(_) => {}
        }
        let released = held.release(&mut **self.connection.borrow_mut());
        result?;
        released
    }

    fn run_locked(
        &self,
        plan: &PlanSteps<'_>,
        purge: bool,
        whole: bool,
        reporter: &mut dyn Reporter,
    ) -> Result<usize> {
        let is_sqlite = self.target.dialect == Dialect::Sqlite;
        let rows = if purge {
            self.ensure_version_table()?;
            let table = self.target.format_table(&self.version.name);
            self.keep_book(&format!("DELETE FROM {table}"))?;
            Vec::new()
        } else {
            let rows = self.heads()?;
            if rows.is_empty() {
                self.ensure_version_table()?;
            }
            rows
        };
        let mut heads = HeadMaintainer::new(self.project.map(), rows.iter().cloned());
        let steps = plan(&rows)?;
        steps
            .warnings
            .iter()
            .for_each(|warning| reporter.report(Event::Warning(warning)));
        let evaluation = self.evaluation();
        let steps = prepare(
            self.project,
            &evaluation,
            steps.steps,
            self.has_transactional_ddl(),
        )?;
        let dialect = self.target.dialect.name();
        let listeners = self.listeners();
        listeners.rehearse(steps.iter().map(|(step, _)| step), dialect, false)?;
        let mut context = self.context(None);
        let mut is_interrupted = false;
        for (nth, (step, work)) in steps.iter().enumerate() {
            if is_sqlite {
                if nth > 0 && !whole {
                    is_interrupted |= self.lock_again(&mut heads, reporter)?;
                }
                if is_interrupted && self.is_done(step, &heads)? {
                    self.connection.borrow_mut().commit()?;
                    continue;
                }
            } else if !whole && (nth > 0 || !self.connection.borrow().in_transaction()) {
                self.connection.borrow_mut().begin()?;
            }
            self.run_step_or_unenforced(step, work, whole, &mut heads, &mut context, reporter)?;
            if !whole {
                self.connection.borrow_mut().commit()?;
            }
        }
        Ok(steps.len())
    }

    /// SQLite's lock ends with each transaction: another run may have come in between. True if one has.
    pub(super) fn lock_again(
        &self,
        heads: &mut HeadMaintainer<'a>,
        reporter: &mut dyn Reporter,
    ) -> Result<bool> {
        self.lock_sqlite(reporter)?;
        let rows: BTreeSet<String> = self.heads()?.into_iter().collect();
        let has_changed = rows != *heads.heads();
        if has_changed {
            *heads = HeadMaintainer::new(self.project.map(), rows);
        }
        Ok(has_changed)
    }

    fn lock_sqlite(&self, reporter: &mut dyn Reporter) -> Result<()> {
        let mut on_wait = waiting(reporter);
        lock::begin_immediate(
            &mut **self.connection.borrow_mut(),
            self.project.options.lock_timeout,
            &mut on_wait,
        )
    }

    /// True if another run, which came in between, has done what `step` does.
    ///
    /// # Errors
    /// It has gone another way.
    fn is_done(&self, step: &Step, heads: &HeadMaintainer<'_>) -> Result<bool> {
        let Step::Revision(step) = step else {
            return Ok(false);
        };
        let map = self.project.map();
        let node = map.node(step.revision);
        let applied = map.applied(heads.heads().iter().map(String::as_str));
        let is_applied = applied.contains(&step.revision);
        let (is_done, is_next) = match step.direction {
            Direction::Upgrade => {
                let mut before = node.normalized_down_revisions().iter();
                (is_applied, before.all(|id| applied.contains(id)))
            }
            Direction::Downgrade => {
                let mut after = node.all_nextrev().iter();
                (!is_applied, !after.any(|id| applied.contains(id)))
            }
        };
        if is_done || is_next {
            return Ok(is_done);
        }
        Err(version_changed())
    }

    fn has_transactional_ddl(&self) -> bool {
        super::can_undo(self.target.dialect, self.run)
    }

    /// True where what a half-run script did can be undone.
    pub(super) fn can_undo(&self) -> bool {
        self.has_transactional_ddl() && self.connection.borrow().in_transaction()
    }

    fn evaluation(&self) -> Evaluation<'_> {
        Evaluation {
            project: self.project,
            world: self.world,
            dialect: self.target.dialect.name(),
            is_offline: false,
            kwargs: &self.run.run_kwargs,
        }
    }

    pub(super) fn run_step(
        &self,
        step: &Step,
        work: &Work,
        heads: &mut HeadMaintainer<'a>,
        context: &mut CompileContext<'_>,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        self.done.borrow_mut().clear();
        let doc = step.revision().map(|id| self.project.script(id).doc());
        let message = format!("Running {}", step.log(doc));
        reporter.report(Event::Log {
            level: Level::Info,
            logger: LOGGER,
            message: &message,
        });
        if let Step::Revision(step) = step {
            match work {
                Work::Nothing => {}
                Work::Operations(outcome) => {
                    let script = self.project.script(step.revision);
                    let mut keys = self.keys_to_drop(script, step.direction);
                    let mut done = 0;
                    // What is said between two operations is said between them.
                    for log in &outcome.logs {
                        let ops = outcome.ops.get(done..log.after).unwrap_or_default();
                        self.run_ops(&keys.dropped_among(ops), context)?;
                        done = log.after;
                        super::report_log(log.level, &log.source, &log.text, reporter);
                    }
                    let ops = outcome.ops.get(done..).unwrap_or_default();
                    self.run_ops(&keys.dropped_among(ops), context)?;
                    self.end_revision(context)?;
                }
                Work::Live => {
                    let evaluation = self.evaluation();
                    match live::run(self, &evaluation, step, context, reporter) {
                        Ok(()) => {}
                        Err(Unread::Undone(error)) => {
                            return self.delegate(step, &error, heads, reporter);
                        }
                        Err(Unread::Failed(error)) => return Err(error),
                    }
                }
                Work::Delegate(reason) => return self.delegate(step, reason, heads, reporter),
                Work::Fail(error) => return Err(error.clone()),
            }
        }
        for change in heads.update_to_step(step)? {
            self.change_version(&change)?;
        }
        let listeners = self.listeners();
        if listeners.is_empty() {
            return Ok(());
        }
        live::with_host(self, context, reporter, |host| {
            listeners.call(step, heads.heads(), host)
        })
    }

    pub(super) fn keys_to_drop(&self, script: &Script, direction: Direction) -> KeysToDrop {
        KeysToDrop::of(
            &self.evaluation(),
            script,
            direction,
            &self.target,
            &self.convention,
        )
    }

    /// The functions of env.py that are called after every step.
    fn listeners(&self) -> Listeners<'_> {
        Listeners::new(self.project, self.world, self.run)
    }

    /// Lets the project's own Python run one revision. What was done before is committed first:
    /// Alembic has a connection of its own.
    fn delegate(
        &self,
        step: &RevisionStep,
        reason: &Error,
        heads: &mut HeadMaintainer<'a>,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        let delegate = Delegate::find(self.project, reason)?;
        reporter.report(Event::Delegating {
            revision: self.project.map().node(step.revision).revision(),
            reason: &reason.diagnostic,
        });
        self.connection.borrow_mut().commit()?;
        let doc = self.project.script(step.revision).doc();
        let announced = format!("Running {}", Step::Revision(step.clone()).log(Some(doc)));
        let before = heads.heads().clone();
        delegate.run(self.project, step, &announced, reporter)?;
        heads.update_to_step(&Step::Revision(step.clone()))?;
        match self.target.dialect {
            Dialect::Sqlite => self.lock_sqlite(reporter)?,
            _ => self.connection.borrow_mut().begin()?,
        }
        let rows: BTreeSet<String> = self.heads()?.into_iter().collect();
        if rows == *heads.heads() {
            Ok(())
        } else if rows == before {
            Err(forgotten(self.project.map().node(step.revision).revision()))
        } else {
            Err(version_changed())
        }
    }

    pub(super) fn context<'c>(
        &self,
        reflect: Option<&'c limbeck_sql::compile::Reflect<'c>>,
    ) -> CompileContext<'c> {
        CompileContext::online(self.convention.clone(), reflect)
    }

    /// Runs what waits for the end of a revision.
    pub(super) fn end_revision(&self, shared: &mut CompileContext<'_>) -> Result<()> {
        let last = std::mem::take(&mut shared.use_alter);
        self.run_ops(&last, shared)
    }

    /// Runs operations. A batch looks at the table as the operations before it have left it.
    pub(super) fn run_ops(&self, ops: &[SourcedOp], shared: &mut CompileContext<'_>) -> Result<()> {
        let reflect = |table: &TableName| self.reflect(table);
        let master =
            |schema: Option<&str>| read_sqlite_master(&mut **self.connection.borrow_mut(), schema);
        let mut context = self.context(Some(&reflect));
        if self.target.dialect == Dialect::Sqlite {
            context.sqlite_master = Some(&master);
        }
        context.created_enums = std::mem::take(&mut shared.created_enums);
        context.use_alter = std::mem::take(&mut shared.use_alter);
        let is_batch = |op: &SourcedOp| matches!(op.op, Op::BatchAlterTable(_));
        let mut result = Ok(());
        for group in ops.chunk_by(|left, right| !is_batch(left) && !is_batch(right)) {
            let mut statements = Vec::new();
            let compiled = compile_part(group, &self.target, &mut context, &mut statements);
            result = statements
                .iter()
                .try_for_each(|statement| self.send(statement).map(drop))
                .and(compiled);
            if result.is_err() {
                break;
            }
        }
        shared.created_enums = context.created_enums;
        shared.use_alter = context.use_alter;
        result
    }

    /// Reads one table as SQLAlchemy would reflect it.
    fn reflect(&self, table: &TableName) -> Result<limbeck_schema::Table> {
        let scope = Scope {
            dialect_name: Some(self.target.dialect.name().to_owned()),
            ..Scope::table(table)
        };
        let found = inspect(&mut **self.connection.borrow_mut(), &scope)?;
        found.schema.tables.into_iter().next().ok_or_else(|| {
            let name = &table.name.text;
            let diagnostic = Diagnostic::error(
                "no-such-table",
                format!("there is no table `{name}` in the database"),
            );
            Error::new(ErrorKind::Database, diagnostic)
        })
    }

    fn change_version(&self, change: &VersionChange) -> Result<()> {
        let sql = render_change(change, &self.version, &self.target, false);
        let done = self.keep_book(&sql)?;
        let found = done.row_count.unwrap_or(1);
        let table = &self.version.name.name.text;
        let message = match change {
            VersionChange::Update { from, to } if found != 1 => format!(
                "Online migration expected to match one row when updating '{from}' to '{to}' in '{table}'; {found} found"
            ),
            VersionChange::Delete(revision) if found != 1 => format!(
                "Online migration expected to match one row when deleting '{revision}' in '{table}'; {found} found"
            ),
            _ => return Ok(()),
        };
        Err(Error::message(ErrorKind::Command, "version-rows", message))
    }

    /// Executes one statement; a failure is told at the call that it comes from.
    pub(super) fn send(&self, statement: &SqlStatement) -> Result<ResultSet> {
        let mut connection = self.connection.borrow_mut();
        match statement.kind {
            StatementKind::Sql => {}
            StatementKind::BeginAutocommit => {
                return connection.commit().map(|()| ResultSet::default());
            }
            StatementKind::EndAutocommit => {
                return connection.begin().map(|()| ResultSet::default());
            }
        }
        let done = if statement.params.is_empty() {
            connection.execute(&statement.sql)
        } else {
            connection.execute_params(&statement.sql, &statement.params)
        };
        match done {
            Ok(found) => {
                // Elsewhere all of it is undone.
                let dialect = self.target.dialect;
                if dialect.is_mysql_family()
                    && classify(&statement.sql, dialect).kind != SqlKind::Query
                {
                    self.done.borrow_mut().push(statement.clone());
                }
                Ok(found)
            }
            Err(error) => {
                *self.refused.borrow_mut() = Some(statement.clone());
                let told = connection.last_error().cloned();
                if self.target.dialect.is_mysql_family()
                    && let Some(undo) = &statement.on_failure
                {
                    // The error that is told is the first one.
                    if connection.execute(undo).is_ok() {
                        let mut done = self.done.borrow_mut();
                        while done.pop().is_some_and(|it| it.on_failure.is_some()) {}
                    }
                }
                let (before, dialect) = (self.done.borrow(), self.target.dialect);
                Err(at_call(error, told.as_ref(), statement, &before, dialect))
            }
        }
    }
}

/// A script that commits by itself leaves Alembic without a transaction: what comes afterwards, the version too, is undone.
fn forgotten(revision: &str) -> Error {
    let message = format!(
        "the project's Python has run revision {revision}, but the version table does not say so"
    );
    let diagnostic = Diagnostic::error("version-forgotten", message)
        .note("a script that commits leaves Alembic without a transaction, and what it does afterwards is undone without a word when the run ends")
        .help(format!(
            "look at what of the script is in the database; do the rest by hand, then `limbeck stamp {revision}`"
        ));
    Error::new(ErrorKind::State, diagnostic)
}

pub(super) fn version_changed() -> Error {
    Error::new(
        ErrorKind::State,
        Diagnostic::error(
            "version-changed",
            "another run has changed the version table in the meantime",
        )
        .help("look at `limbeck current`, then run the command again"),
    )
}

/// Tells, once, that another run is waited for.
fn waiting(reporter: &mut dyn Reporter) -> impl FnMut(Duration) -> Waiting + '_ {
    let mut told = false;
    move |_| {
        if !told {
            told = true;
            reporter.report(Event::Waiting {
                holder: "another migration run",
            });
        }
        Waiting::GoOn
    }
}
