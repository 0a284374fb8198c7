//! Operations to SQL: the way in.

use std::collections::BTreeSet;
use std::fmt;

use limbeck_diag::{Error, ErrorKind, Location, Result};
use limbeck_schema::{Literal, NamingConvention, SourcedOp, Table, TableName};

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
        }
    }
}

/// Reads one table of the live database.
pub type Reflect<'a> = dyn Fn(&TableName) -> Result<Table> + 'a;

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
            warnings: Vec::new(),
        }
    }
}

/// What an operation says in SQL, appended to `out`: an error leaves there what stands before it, as Alembic prints it.
///
/// # Errors
/// What the dialect cannot say ([`ErrorKind::Compile`]), or what only a live database knows ([`ErrorKind::NeedsDatabase`]).
pub fn compile_into(
    op: &SourcedOp,
    target: &Target,
    context: &mut CompileContext<'_>,
    out: &mut Vec<SqlStatement>,
) -> Result<()> {
    let _ = (op, target, context, out);
    Err(Error::message(
        ErrorKind::Internal,
        "not-written",
        "operations are not written yet",
    ))
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
