//! SELECT, INSERT, UPDATE, DELETE and text.

use indexmap::IndexMap;
use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{Literal, Statement};

use crate::dialect::Target;

/// How parameters reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementMode {
    /// `--sql` with `literal_binds`: written into the text.
    LiteralBinds,
    /// `--sql` without: placeholders, and the values are lost.
    Placeholders,
    /// On a connection: placeholders, and the values go along.
    Online,
}

/// A statement as text, and what goes into its placeholders.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rendered {
    /// The SQL, without a terminator.
    pub sql: String,
    /// Values of the placeholders, in their order.
    pub params: Vec<Literal>,
}

/// The text of a statement. `params` are one parameter set of its execution.
///
/// # Errors
/// What the dialect cannot say, in SQLAlchemy's words.
pub fn render_statement(
    statement: &Statement,
    params: &IndexMap<String, Literal>,
    target: &Target,
    mode: StatementMode,
) -> Result<Rendered> {
    let _ = (statement, params, target, mode);
    Err(Error::message(
        ErrorKind::Internal,
        "not-written",
        "statements are not written yet",
    ))
}
