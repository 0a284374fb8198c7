//! SQL expressions as SQLAlchemy's compiler writes them.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::Expr;

use crate::dialect::Target;

/// Where an expression stands: it decides what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExprContext {
    /// Values are written into the text; else they become placeholders.
    pub literal_binds: bool,
    /// Columns are written with their table (`t.a`).
    pub include_table: bool,
    /// `:name` of `sa.text` is a parameter even when it has no value (`op.execute`); in DDL it is plain text.
    pub ddl: bool,
    /// Parentheses are put around operators, as SQLAlchemy's `self_group()` does for an operand or index element.
    pub self_group: bool,
}

impl ExprContext {
    /// Server defaults, CHECK conditions, index expressions, computed columns.
    #[must_use]
    pub fn ddl() -> ExprContext {
        ExprContext {
            literal_binds: true,
            include_table: false,
            ddl: true,
            self_group: false,
        }
    }
}

/// The text of an expression.
///
/// # Errors
/// What the dialect cannot say, in SQLAlchemy's words.
pub fn render_expr(expr: &Expr, target: &Target, context: &ExprContext) -> Result<String> {
    let _ = (expr, target, context);
    Err(Error::message(
        ErrorKind::Internal,
        "not-written",
        "expressions are not written yet",
    ))
}
