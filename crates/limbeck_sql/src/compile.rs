//! Operations to SQL: the way in.

mod bulk_insert;
mod op;

use std::collections::BTreeSet;
use std::fmt;

use limbeck_diag::{Location, Result};
use limbeck_schema::{
    Constraint, ConstraintBody, ConstraintName, Literal, NamingConvention, Op, SourcedOp, Table,
    TableName,
};

use crate::ddl::Writer;
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
    /// Foreign keys with `use_alter=True` that the tables of this revision were created without: what adds them
    /// ([`Op::AddConstraint`]) once the revision has done everything else. Alembic forgets them.
    pub use_alter: Vec<SourcedOp>,
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
            use_alter: Vec::new(),
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
            use_alter: Vec::new(),
        }
    }
}

/// Collects the statements of one operation.
pub(crate) struct Emitter<'e, 'c> {
    pub(crate) writer: Writer<'e>,
    pub(crate) context: &'e mut CompileContext<'c>,
    pub(crate) origin: Option<&'e Location>,
    pub(crate) out: &'e mut Vec<SqlStatement>,
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

/// What an operation says in SQL.
///
/// # Errors
/// See [`compile_ops`].
pub fn compile(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
) -> Result<Vec<SqlStatement>> {
    let mut out = Vec::new();
    compile_ops(std::slice::from_ref(op), target, context, &mut out)?;
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

/// What the operations of one revision say in SQL, appended to `out`: an error leaves there what stands before it, as
/// Alembic prints it. Foreign keys with `use_alter=True` come last, when all tables and rows are there.
///
/// # Errors
/// What the dialect cannot say ([`limbeck_diag::ErrorKind::Compile`]), what makes no sense
/// ([`limbeck_diag::ErrorKind::Command`]), or what only a live database knows ([`limbeck_diag::ErrorKind::NeedsDatabase`]).
pub fn compile_ops(
    ops: &[SourcedOp],
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    compile_part(ops, target, context, out)?;
    let last = std::mem::take(&mut context.use_alter);
    compile_part(&last, target, context, out)
}

/// As [`compile_ops`], of operations after which the revision goes on: keys with `use_alter=True` stay in the context.
///
/// # Errors
/// See [`compile_ops`].
pub fn compile_part(
    ops: &[SourcedOp],
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    for op in ops {
        forget_use_alter(&op.op, &mut context.use_alter);
        compile_one(op, target, context, out)?;
    }
    Ok(())
}

/// A script that adds or drops such a key by itself, as Alembic makes it do, or drops its table, has the last word.
fn forget_use_alter(op: &Op, use_alter: &mut Vec<SourcedOp>) {
    if use_alter.is_empty() {
        return;
    }
    use_alter.retain(|waiting| match (&waiting.op, op) {
        (Op::AddConstraint(key), Op::AddConstraint(added)) => {
            key.table != added.table
                || (!is_same_name(&key.constraint.name, &added.constraint.name)
                    && !is_same_key(&key.constraint, &added.constraint))
        }
        (Op::AddConstraint(key), Op::DropConstraint(dropped)) => {
            key.table != dropped.table || !is_same_name(&key.constraint.name, &dropped.name)
        }
        (Op::AddConstraint(key), Op::DropTable(dropped)) => key.table != dropped.table,
        _ => true,
    });
}

fn is_same_name(left: &ConstraintName, right: &ConstraintName) -> bool {
    left.as_str().is_some() && left.as_str() == right.as_str()
}

/// Whether two foreign keys lead from the same columns to the same columns.
fn is_same_key(left: &Constraint, right: &Constraint) -> bool {
    match (&left.body, &right.body) {
        (ConstraintBody::ForeignKey(left), ConstraintBody::ForeignKey(right)) => {
            left.columns == right.columns
                && left.referred_table == right.referred_table
                && left.referred_columns == right.referred_columns
        }
        _ => false,
    }
}

fn compile_one(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    let mut emitter = Emitter {
        writer: Writer::new(target, context.offline),
        context,
        origin: op.origin.as_ref(),
        out,
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
