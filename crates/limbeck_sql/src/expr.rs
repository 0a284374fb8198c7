//! SQL expressions as SQLAlchemy's compiler writes them.

pub(crate) mod affinity;
pub(crate) mod build;
pub(crate) mod context;
pub(crate) mod element;
mod function;
mod json;
pub(crate) mod op;
mod operator;
mod text;
mod write;

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::Expr;

use crate::bind::{Fragment, finish};
use crate::dialect::Target;
use crate::statement::StatementMode;
use build::build_plain;
use context::{Compiler, Place};

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
    let given = IndexMap::new();
    let mode = if context.literal_binds {
        StatementMode::LiteralBinds
    } else {
        StatementMode::Placeholders
    };
    let mut compiler = Compiler::new(target, mode, &given);
    compiler.ddl = context.ddl;
    let mut element = build_plain(expr);
    if context.self_group {
        element = element.self_group(None);
    }
    let place = Place {
        include_table: context.include_table,
        ..Place::PLAIN
    };
    let mut out = Fragment::new();
    compiler.write(&element, place, &mut out)?;
    Ok(finish(out, &compiler.params, target).0)
}
