//! Operations to SQL: the way in.

mod bulk_insert;
mod op;

use std::collections::BTreeSet;
use std::fmt;

use limbeck_diag::{Location, Result};
use limbeck_schema::{
    Constraint, ConstraintBody, Literal, NamingConvention, Op, SourcedOp, Table, TableName,
};

use crate::ddl::Writer;
use crate::ddl::constraint::is_use_alter;
use crate::dialect::Target;

/// One statement, without a terminator.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlStatement {
    /// The SQL.
    pub sql: String,
    /// Values of its placeholders; empty offline.
    pub params: Vec<Literal>,
    /// The call in the script it comes from.
    pub origin: Option<Location>,
    /// What it is, where a script or the runner treats it differently.
    pub kind: StatementKind,
    /// What takes away, where the database cannot undo it, what was made for this statement if it fails: Alembic drops the new table
    /// of a rebuild whose rows cannot be copied.
    pub on_failure: Option<String>,
}

/// What a statement is to those who frame or run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum StatementKind {
    /// Runs as it stands.
    #[default]
    Sql,
    /// The start of an autocommit block: what is open is committed.
    BeginAutocommit,
    /// The end of an autocommit block: a transaction begins again.
    EndAutocommit,
}

impl SqlStatement {
    /// A statement without parameters or a script.
    pub fn new(sql: impl Into<String>) -> SqlStatement {
        SqlStatement {
            sql: sql.into(),
            params: Vec::new(),
            origin: None,
            kind: StatementKind::Sql,
            on_failure: None,
        }
    }
}

/// Reads one table of the live database.
pub type Reflect<'a> = dyn Fn(&TableName) -> Result<Table> + 'a;

/// One row of SQLite's `sqlite_master`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteObject {
    /// `table`, `index`, `trigger` or `view`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table it belongs to.
    pub table: String,
    /// The statement that made it; `None` for the indexes that SQLite makes by itself.
    pub sql: Option<String>,
}

/// What a rebuild on SQLite must know: every object of one attached database, and whether keys are enforced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqliteMaster {
    /// `SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid`
    pub objects: Vec<SqliteObject>,
    /// `PRAGMA foreign_keys`
    pub foreign_keys: bool,
}

/// Reads `sqlite_master` of an attached database (`None`: the main one).
pub type ReadSqliteMaster<'a> = dyn Fn(Option<&str>) -> Result<SqliteMaster> + 'a;

/// What compiling an operation depends on besides the operation and the target.
pub struct CompileContext<'a> {
    /// Of the target metadata (`op.*` names its constraints by it).
    pub naming_convention: NamingConvention,
    /// Enumerated types that this run has created already, as they are written (`s.en`).
    pub created_enums: BTreeSet<String>,
    /// `--sql`: nothing can be asked.
    pub offline: bool,
    /// Values are written into the text.
    pub literal_binds: bool,
    /// Reads one table of the live database; `None` offline.
    pub reflect: Option<&'a Reflect<'a>>,
    /// Reads what a rebuild on SQLite must keep; without it a rebuild keeps what Alembic keeps.
    pub sqlite_master: Option<&'a ReadSqliteMaster<'a>>,
    /// Python warnings that SQLAlchemy or Alembic would have given, in order.
    pub warnings: Vec<String>,
}

impl fmt::Debug for CompileContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompileContext")
            .field("naming_convention", &self.naming_convention)
            .field("created_enums", &self.created_enums)
            .field("offline", &self.offline)
            .field("literal_binds", &self.literal_binds)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

impl CompileContext<'static> {
    /// `--sql` as the stock `env.py` configures it.
    #[must_use]
    pub fn offline(naming_convention: NamingConvention) -> CompileContext<'static> {
        CompileContext {
            naming_convention,
            created_enums: BTreeSet::new(),
            offline: true,
            literal_binds: true,
            reflect: None,
            sqlite_master: None,
            warnings: Vec::new(),
        }
    }
}

impl<'a> CompileContext<'a> {
    /// On a connection: values go as parameters, and tables can be read.
    #[must_use]
    pub fn online(
        naming_convention: NamingConvention,
        reflect: Option<&'a Reflect<'a>>,
    ) -> CompileContext<'a> {
        CompileContext {
            naming_convention,
            created_enums: BTreeSet::new(),
            offline: false,
            literal_binds: false,
            reflect,
            sqlite_master: None,
            warnings: Vec::new(),
        }
    }
}

/// Collects the statements of one operation.
pub(crate) struct Emitter<'e, 'c> {
    pub(crate) writer: Writer<'e>,
    pub(crate) context: &'e mut CompileContext<'c>,
    pub(crate) origin: Option<&'e Location>,
    pub(crate) out: &'e mut Vec<SqlStatement>,
    /// `use_alter` keys wait for the rest of the script instead of following their table at once.
    pub(crate) deferred: Option<&'e mut Vec<Deferred>>,
}

/// A foreign key that is created once its target is there.
pub(crate) struct Deferred {
    table: TableName,
    constraint: Constraint,
    origin: Option<Location>,
}

/// Writes one operation into the statements of another.
pub(crate) fn run_op(op: &Op, emitter: &mut Emitter<'_, '_>) -> Result<()> {
    op::run(op, emitter)
}

impl Emitter<'_, '_> {
    /// One statement; what Alembic strips is stripped.
    pub(crate) fn emit(&mut self, sql: impl Into<String>) {
        self.push(sql.into(), Vec::new(), StatementKind::Sql);
    }

    /// One statement with values for its placeholders.
    pub(crate) fn emit_with(&mut self, sql: String, params: Vec<Literal>) {
        self.push(sql, params, StatementKind::Sql);
    }

    pub(crate) fn mark(&mut self, kind: StatementKind) {
        self.push(String::new(), Vec::new(), kind);
    }

    fn push(&mut self, sql: String, params: Vec<Literal>, kind: StatementKind) {
        let sql = if self.context.offline {
            sql.trim().to_owned()
        } else {
            sql
        };
        self.out.push(SqlStatement {
            sql,
            params,
            origin: self.origin.cloned(),
            kind,
            on_failure: None,
        });
    }
}

/// What an operation says in SQL, appended to `out`: an error leaves there what stands before it, as Alembic prints it.
///
/// A foreign key with `use_alter=True` follows its table at once, which fails where its target is created later in the script:
/// [`compile_ops`] looks ahead.
///
/// # Errors
/// What the dialect cannot say ([`limbeck_diag::ErrorKind::Compile`]), what makes no sense
/// ([`limbeck_diag::ErrorKind::Command`]), or what only a live database knows ([`limbeck_diag::ErrorKind::NeedsDatabase`]).
pub fn compile_into(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    compile_one(op, target, context, out, None)
}

/// What an operation says in SQL.
///
/// # Errors
/// See [`compile_into`].
pub fn compile(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
) -> Result<Vec<SqlStatement>> {
    let mut out = Vec::new();
    compile_into(op, target, context, &mut out)?;
    Ok(out)
}

/// A column as it stands inside `CREATE TABLE t (…)`, where it is the only one.
///
/// # Errors
/// What the dialect cannot say.
pub fn render_column(column: &limbeck_schema::Column, target: &Target) -> Result<String> {
    if column.system {
        let message = "a system column stands in no CREATE TABLE";
        return Err(crate::ddl::python_error(message));
    }
    let writer = Writer::new(target, true);
    let mut table = Table::new(TableName::new("t"));
    table.columns.push(column.clone());
    let bound = crate::ddl::bound::bind_table(&table, &NamingConvention::default(), &writer)?;
    match bound.columns.first() {
        Some(column) => {
            let mut spec = crate::ddl::column::column_spec(&writer, &bound, column)?;
            for check in &column.checks {
                spec.push(' ');
                spec.push_str(&crate::ddl::constraint::column_check(&writer, check)?);
            }
            Ok(spec)
        }
        None => Ok(String::new()),
    }
}

/// What the operations of one revision say in SQL, appended to `out`. Foreign keys with `use_alter=True` come after the
/// table they point to, if the same list creates it.
///
/// # Errors
/// See [`compile_into`].
pub fn compile_ops(
    ops: &[SourcedOp],
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    let mut waiting: Vec<Deferred> = Vec::new();
    for (at, op) in ops.iter().enumerate() {
        compile_one(op, target, context, out, Some(&mut waiting))?;
        if waiting.is_empty() {
            continue;
        }
        let later = ops.get(at + 1..).unwrap_or_default();
        let (still, ready): (Vec<Deferred>, Vec<Deferred>) =
            waiting.into_iter().partition(|deferred| {
                matches!(&deferred.constraint.body, ConstraintBody::ForeignKey(body)
                    if creates(later, &body.referred_table))
            });
        waiting = still;
        for deferred in ready {
            add_deferred(deferred, target, context, out)?;
        }
    }
    Ok(())
}

/// Whether one of the operations creates a table.
fn creates(ops: &[SourcedOp], table: &TableName) -> bool {
    ops.iter().any(|op| match &op.op {
        Op::CreateTable(create) => create.table.name == *table,
        _ => false,
    })
}

fn add_deferred(
    deferred: Deferred,
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    let op = SourcedOp {
        op: Op::AddConstraint(Box::new(limbeck_schema::AddConstraint {
            table: deferred.table,
            constraint: deferred.constraint,
        })),
        origin: deferred.origin,
    };
    compile_one(&op, target, context, out, None)
}

fn compile_one(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
    deferred: Option<&mut Vec<Deferred>>,
) -> Result<()> {
    let mut emitter = Emitter {
        writer: Writer::new(target, context.offline),
        context,
        origin: op.origin.as_ref(),
        out,
        deferred,
    };
    let result = op::run(&op.op, &mut emitter);
    let warnings = emitter.writer.warnings.take();
    emitter.context.warnings.extend(warnings);
    result.map_err(|error| match &op.origin {
        Some(origin) if error.diagnostic.location().is_none() => {
            error.map_diagnostic(|diagnostic| diagnostic.at(origin.clone(), ""))
        }
        Some(_) | None => error,
    })
}

impl Emitter<'_, '_> {
    /// A foreign key that SQLAlchemy leaves out of `CREATE TABLE` (`use_alter=True`); Alembic forgets it.
    pub(crate) fn add_use_alter(
        &mut self,
        table: &TableName,
        constraint: &Constraint,
    ) -> Result<()> {
        debug_assert!(is_use_alter(constraint));
        match &mut self.deferred {
            Some(waiting) => {
                waiting.push(Deferred {
                    table: table.clone(),
                    constraint: constraint.clone(),
                    origin: self.origin.cloned(),
                });
                Ok(())
            }
            None => self.add_plain_constraint(table, constraint, &[]),
        }
    }
}
