//! Scripts that read the database: evaluated on the connection, their effects as they happen.

use limbeck_db::inspect::{Detail, sequence_names};
use limbeck_db::{Scope, inspect, lock};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result};
use limbeck_graph::RevisionStep;
use limbeck_python::{Found, Host, LogLevel, LogSource, Look, LookAt, Refusal, Rows, Transact};
use limbeck_schema::{Execute, Op, SourcedOp, Statement, TableName};
use limbeck_sql::{CompileContext, Dialect, SqlStatement, compile_ops};

use super::evaluate::Evaluation;
use super::online::Online;
use super::refusal::{Driver, Shown, driver_of, refusal};
use super::use_alter::KeysToDrop;
use crate::Reporter;

/// The savepoint before a script that is evaluated on the connection.
const LIVE: &str = "limbeck_live";

/// How an evaluation on the connection ended without being carried out.
pub(super) enum Unread {
    /// Nothing is left of it: something else may run the revision.
    Undone(Error),
    /// It failed, or what it did before cannot be undone.
    Failed(Error),
}

/// Evaluates a script on the connection, inside its transaction.
pub(super) fn run(
    online: &Online<'_>,
    evaluation: &Evaluation<'_>,
    step: &RevisionStep,
    context: &mut CompileContext<'_>,
    reporter: &mut dyn Reporter,
) -> Result<(), Unread> {
    let mut told = 0;
    if online.can_undo() && mark(online).map_err(Unread::Failed)? {
        let (result, done) = evaluate(online, evaluation, step, context, reporter, How::Undoable);
        let error = match result {
            // The savepoint ends with the transaction.
            Ok(()) => return Ok(()),
            Err(error) if is_unread(&error) => error,
            Err(error) => return Err(Unread::Failed(error)),
        };
        let undone = online.connection.borrow_mut().rollback_to_savepoint(LIVE);
        undone.map_err(Unread::Failed)?;
        if !done.commits {
            return Err(Unread::Undone(error));
        }
        told = done.told;
    }
    // What cannot be undone must be known to be readable to its end before any of it is done.
    let script = online.project.script(step.revision);
    evaluation
        .probe(script, step.direction)
        .map_err(Unread::Undone)?;
    let (result, done) = evaluate(
        online,
        evaluation,
        step,
        context,
        reporter,
        How::Final { told },
    );
    match result {
        Err(error) if is_unread(&error) && !done.wrote => Err(Unread::Undone(error)),
        Err(error) if is_unread(&error) => {
            Err(Unread::Failed(error.map_diagnostic(|it| {
                it.note("what this revision did before stays done")
            })))
        }
        other => other.map_err(Unread::Failed),
    }
}

/// Makes the savepoint that a script is undone to. False where there is no transaction: an earlier script has ended it with a `COMMIT`
/// of its own, behind the driver's back.
fn mark(online: &Online<'_>) -> Result<bool> {
    let mut connection = online.connection.borrow_mut();
    match connection.savepoint(LIVE) {
        Ok(()) => Ok(true),
        Err(error) => {
            let state = connection
                .last_error()
                .and_then(|it| it.sqlstate.as_deref());
            if state != Some("25P01") {
                return Err(error);
            }
            connection.take_error();
            Ok(false)
        }
    }
}

fn is_unread(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unreadable | ErrorKind::NeedsDatabase)
}

/// What an evaluation may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// All that a savepoint can undo.
    Undoable,
    /// Everything; so many lines of its log have been told before.
    Final { told: usize },
}

/// What an evaluation did.
struct Done {
    commits: bool,
    wrote: bool,
    told: usize,
}

fn evaluate(
    online: &Online<'_>,
    evaluation: &Evaluation<'_>,
    step: &RevisionStep,
    context: &mut CompileContext<'_>,
    reporter: &mut dyn Reporter,
    how: How,
) -> (Result<()>, Done) {
    let created_enums = context.created_enums.clone();
    let script = online.project.script(step.revision);
    let mut live = Live {
        undoable: how == How::Undoable,
        to_skip: match how {
            How::Undoable => 0,
            How::Final { told } => told,
        },
        keys: online.keys_to_drop(script, step.direction),
        ..Live::new(online, context, reporter)
    };
    let result = evaluation
        .run(script, step.direction, &mut live)
        .and_then(|()| live.online.end_revision(live.context));
    let done = Done {
        commits: live.commits,
        wrote: live.wrote,
        told: live.told,
    };
    if result.is_err() {
        context.created_enums = created_enums;
        context.use_alter.clear();
    }
    (result, done)
}

/// Where a script that reads the database has its effects.
struct Live<'l, 'c, 'o> {
    online: &'l Online<'o>,
    context: &'l mut CompileContext<'c>,
    reporter: &'l mut dyn Reporter,
    /// True while only what a savepoint can undo is done; a commit stops the evaluation then.
    undoable: bool,
    /// Lines of the log so far, and how many of them are not told again.
    told: usize,
    to_skip: usize,
    /// True when the evaluation was stopped because the script commits.
    commits: bool,
    /// True when something was done.
    wrote: bool,
    /// True between a commit of the script and its next statement.
    idle: bool,
    /// True while what is sent is what a directive says, not text of the script.
    is_directive: bool,
    /// Foreign keys that the way down does not know of.
    keys: KeysToDrop,
}

/// Lets `work` have its effects on the connection.
pub(super) fn with_host<T>(
    online: &Online<'_>,
    context: &mut CompileContext<'_>,
    reporter: &mut dyn Reporter,
    work: impl FnOnce(&mut dyn Host) -> Result<T>,
) -> Result<T> {
    let result = work(&mut Live::new(online, context, reporter))?;
    online.end_revision(context)?;
    Ok(result)
}

impl<'l, 'c, 'o> Live<'l, 'c, 'o> {
    fn new(
        online: &'l Online<'o>,
        context: &'l mut CompileContext<'c>,
        reporter: &'l mut dyn Reporter,
    ) -> Live<'l, 'c, 'o> {
        Live {
            online,
            context,
            reporter,
            undoable: false,
            to_skip: 0,
            told: 0,
            commits: false,
            wrote: false,
            idle: false,
            is_directive: false,
            keys: KeysToDrop::default(),
        }
    }

    /// Ends the transaction, or stops where that is not wanted.
    fn commit(&mut self, begins: bool) -> Result<()> {
        if self.undoable {
            self.commits = true;
            return Err(Error::new(
                ErrorKind::Unreadable,
                Diagnostic::error("commits", "the script commits"),
            ));
        }
        self.idle = begins;
        self.wrote = true;
        self.online.connection.borrow_mut().commit()?;
        if begins { self.begin() } else { Ok(()) }
    }

    fn begin(&mut self) -> Result<()> {
        let connection = &mut **self.online.connection.borrow_mut();
        if self.online.target.dialect == Dialect::Sqlite {
            let mut wait = |_| lock::Waiting::GoOn;
            let patience = self.online.project.options.lock_timeout;
            return lock::begin_immediate(connection, patience, &mut wait);
        }
        connection.begin()
    }
}

/// True for a statement that is nothing but the end of the transaction.
fn is_commit(statement: &Statement) -> bool {
    let sql = match statement {
        Statement::Text(text) => &text.sql,
        Statement::Driver { sql, .. } => sql,
        _ => return false,
    };
    let word = sql.trim().trim_end_matches(';').trim_end();
    ["commit", "end", "commit transaction"]
        .iter()
        .any(|it| word.eq_ignore_ascii_case(it))
}

/// True if the driver's `lastrowid` is about this statement.
fn says_lastrowid(sql: &str, driver: Driver) -> bool {
    let word = sql.split_whitespace().next().unwrap_or_default();
    let inserts = ["INSERT", "REPLACE"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(word));
    inserts && matches!(driver, Driver::PyMySql | Driver::Sqlite3)
}

/// The types of columns whose values the driver makes objects of that have no place among values of SQL.
fn foreign(columns: &[limbeck_db::Column], driver: Driver) -> Vec<Option<String>> {
    let is_foreign = |name: &str| {
        let element = name.strip_prefix('_').unwrap_or(name);
        match driver {
            Driver::Psycopg | Driver::Asyncpg => {
                matches!(element, "inet" | "cidr")
                    || element.ends_with("range")
                    || (driver == Driver::Asyncpg
                        && !matches!(
                            element,
                            "int2"
                                | "int4"
                                | "int8"
                                | "oid"
                                | "text"
                                | "varchar"
                                | "bpchar"
                                | "name"
                                | "bool"
                                | "float4"
                                | "float8"
                                | "numeric"
                                | "date"
                                | "time"
                                | "timestamp"
                                | "timestamptz"
                                | "json"
                                | "jsonb"
                                | "bytea"
                                | "uuid"
                                | "timetz"
                                | "interval"
                                | "money"
                                | "xml"
                                | "tsvector"
                                | "macaddr"
                                | ""
                        ))
            }
            Driver::Psycopg2 => element.ends_with("range"),
            Driver::PyMySql | Driver::Sqlite3 | Driver::Other => false,
        }
    };
    let name = |column: &limbeck_db::Column| {
        let is_foreign = !column.is_enum && is_foreign(&column.type_name);
        is_foreign.then(|| column.type_name.clone())
    };
    columns.iter().map(name).collect()
}

impl Host for Live<'_, '_, '_> {
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str) {
        self.told += 1;
        if self.told > self.to_skip {
            super::report_log(level, &source, text, self.reporter);
        }
    }

    fn dialect_name(&self) -> &str {
        self.online.target.dialect.name()
    }

    fn server_version(&self) -> Option<[u32; 3]> {
        let version = self.online.target.version?;
        Some([version.major, version.minor, version.patch])
    }

    fn driver_name(&self) -> &str {
        self.online.target.driver_name()
    }

    fn quote(&self, name: &str) -> Option<String> {
        Some(self.online.target.quote_text(name))
    }

    fn is_offline(&self) -> bool {
        false
    }

    fn is_live(&self) -> bool {
        true
    }

    fn emit(&mut self, op: SourcedOp) -> Result<()> {
        match &op.op {
            Op::BeginAutocommit => return self.commit(false),
            Op::EndAutocommit => return self.begin(),
            Op::Execute(execute) if is_commit(&execute.statement) => return self.commit(true),
            _ => {}
        }
        self.wrote = true;
        self.idle = false;
        self.is_directive = !matches!(op.op, Op::Execute(_));
        let keys = self.keys.before(&op);
        self.online.run_ops(&keys, self.context)?;
        self.online.run_ops(&[op], self.context)
    }

    fn query(&mut self, statement: Execute, origin: Option<Location>) -> Result<Option<Rows>> {
        if is_commit(&statement.statement) {
            self.commit(true)?;
            return Ok(Some(Rows::default()));
        }
        self.idle = false;
        self.is_directive = false;
        self.wrote = true;
        let is_many = statement.params.len() > 1;
        let op = SourcedOp {
            op: Op::Execute(Box::new(statement)),
            origin,
        };
        let mut statements = Vec::new();
        compile_ops(&[op], &self.online.target, self.context, &mut statements)?;
        let server = self.online.connection.borrow().server();
        let driver = driver_of(server, &self.online.target);
        let mut rows = Rows::default();
        let mut total = 0;
        for statement in &statements {
            let found = self.online.send(statement)?;
            total += found.row_count.unwrap_or_default();
            let foreign = foreign(&found.columns, driver);
            let names = found.columns.into_iter().map(|column| column.name);
            // Of several sets of parameters, each gives its rows.
            let mut all = match is_many {
                true => std::mem::take(&mut rows.rows),
                false => Vec::new(),
            };
            all.extend(found.rows);
            rows = Rows {
                foreign,
                bytes_are_views: driver == Driver::Psycopg2,
                moments_in_utc: driver == Driver::Asyncpg,
                columns: names.collect(),
                rows: all,
                rowcount: found.row_count,
                lastrowid: found
                    .counted_key
                    .filter(|_| !is_many && says_lastrowid(&statement.sql, driver)),
                returns_rows: found.returns_rows,
            };
        }
        if is_many {
            rows.rowcount = (driver != Driver::Asyncpg).then_some(total);
        }
        Ok(Some(rows))
    }

    fn inspect(&mut self, look: &Look<'_>) -> Result<Option<Found>> {
        self.idle = false;
        let connection = &mut **self.online.connection.borrow_mut();
        if look.what == LookAt::Sequences {
            return Ok(Some(Found {
                sequences: sequence_names(connection, look.schema)?,
                ..Found::default()
            }));
        }
        let scope = Scope {
            schemas: vec![look.schema.map(str::to_owned)],
            tables: look.table.map(|table| vec![table.to_owned()]),
            detail: match look.what {
                LookAt::Names => Detail::Names,
                LookAt::Tables | LookAt::Sequences => Detail::Full,
            },
            dialect_name: Some(self.online.target.dialect.name().to_owned()),
        };
        let found = inspect(connection, &scope)?;
        let names = |list: Vec<TableName>| list.into_iter().map(|name| name.name.text).collect();
        Ok(Some(Found {
            schema: found.schema,
            views: names(found.views),
            materialized_views: names(found.materialized_views),
            schema_names: found.schema_names,
            sequences: Vec::new(),
        }))
    }

    fn take_refusal(&mut self) -> Option<Refusal> {
        let error = self.online.connection.borrow_mut().take_error()?;
        let server = self.online.connection.borrow().server();
        let statement = self.online.refused.borrow_mut().take();
        let statement = statement.filter(|it: &SqlStatement| it.sql == error.statement);
        let statement = statement.map(|statement| Shown {
            statement,
            is_directive: self.is_directive,
        });
        Some(refusal(
            &error,
            server,
            &self.online.target,
            statement.as_ref(),
        ))
    }

    fn transact(&mut self, step: Transact, origin: Option<Location>) -> Result<()> {
        let name = |number: usize| format!("sa_savepoint_{number}");
        let sql = match step {
            Transact::Commit => return self.commit(true),
            Transact::Begin if self.idle => {
                self.idle = false;
                return Ok(());
            }
            Transact::Begin => {
                let words = "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; can't call begin() here unless rollback() or commit() is called first.";
                return Err(Error::new(
                    ErrorKind::State,
                    Diagnostic::error("begun", words).at_maybe(origin, ""),
                ));
            }
            Transact::Savepoint(number) => format!("SAVEPOINT {}", name(number)),
            Transact::Release(number) => format!("RELEASE SAVEPOINT {}", name(number)),
            Transact::RollbackTo(number) => format!("ROLLBACK TO SAVEPOINT {}", name(number)),
        };
        let statement = SqlStatement {
            origin,
            ..SqlStatement::new(sql)
        };
        self.is_directive = false;
        self.online.send(&statement).map(drop)
    }
}
