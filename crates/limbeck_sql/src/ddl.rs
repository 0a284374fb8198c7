//! DDL as SQLAlchemy's and Alembic's compilers write it.

pub(crate) mod alter;
pub(crate) mod bound;
pub(crate) mod column;
pub(crate) mod comment;
pub(crate) mod constraint;
pub(crate) mod index;
pub(crate) mod named_type;
pub(crate) mod options;
pub(crate) mod sequence;
pub(crate) mod table;
pub(crate) mod type_check;

use std::cell::RefCell;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::{ConventionError, Expr, ServerDefault};

use crate::dialect::Target;
use crate::expr::{ExprContext, render_expr};
use crate::literal::render_string;

/// What every piece of DDL needs: the target, the indent of a column's line, and a place for warnings.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) target: &'a Target,
    /// What stands before each line inside `CREATE TABLE`: Alembic turns tabs into blanks in scripts.
    pub(crate) indent: &'static str,
    pub(crate) warnings: RefCell<Vec<String>>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(target: &'a Target, offline: bool) -> Writer<'a> {
        Writer {
            target,
            indent: if offline { "    " } else { "\t" },
            warnings: RefCell::default(),
        }
    }

    pub(crate) fn warn(&self, message: impl Into<String>) {
        self.warnings.borrow_mut().push(message.into());
    }

    /// An expression inside DDL: values written in, columns without their table.
    pub(crate) fn expr(&self, expr: &Expr) -> Result<String> {
        render_expr(expr, self.target, &ExprContext::ddl())
    }

    /// An expression as an element of an index, in the parentheses that PostgreSQL needs.
    pub(crate) fn grouped_expr(&self, expr: &Expr) -> Result<String> {
        let context = ExprContext {
            self_group: true,
            ..ExprContext::ddl()
        };
        render_expr(expr, self.target, &context)
    }

    /// What stands after `DEFAULT`; `None` for what is not written there (computed, identity, fetched).
    pub(crate) fn default_text(&self, default: &ServerDefault) -> Result<Option<String>> {
        match default {
            ServerDefault::Text(text) => Ok(Some(render_string(text, self.target))),
            ServerDefault::Expr(expr) => {
                let context = ExprContext {
                    include_table: true,
                    ..ExprContext::ddl()
                };
                render_expr(expr, self.target, &context).map(Some)
            }
            ServerDefault::Computed(_) | ServerDefault::Identity(_) | ServerDefault::Fetched => {
                Ok(None)
            }
        }
    }
}

/// SQLAlchemy's `CompileError`.
pub(crate) fn compile_error(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Compile, "compile-error", message)
}

/// Alembic's `CommandError`.
pub(crate) fn command_error(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Command, "command-error", message)
}

/// What Python code of Alembic or SQLAlchemy raises for a call that makes no sense.
pub(crate) fn python_error(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Compile, "bad-operation", message)
}

/// A construct that the dialect has no words for.
pub(crate) fn unsupported_construct(what: &str, target: &Target) -> Error {
    Error::new(
        ErrorKind::Compile,
        Diagnostic::error(
            "unsupported-construct",
            format!("Compiler <compiler> can't render element of type <class '{what}'>"),
        )
        .note(format!("{} has no words for it", target.dialect)),
    )
}

/// A naming convention that asks for what a constraint does not have.
pub(crate) fn convention_error(error: &ConventionError) -> Error {
    match error {
        ConventionError::NeedsName { .. } => python_error(
            "Naming convention including %(constraint_name)s token requires that constraint is explicitly named.",
        ),
        ConventionError::UnknownToken { token } => Error::message(
            ErrorKind::Compile,
            "naming-convention",
            format!("the naming convention has a token that is not known: %({token})s"),
        ),
        ConventionError::NoColumn { token } => Error::message(
            ErrorKind::Compile,
            "naming-convention",
            format!(
                "the naming convention asks for %({token})s, which the constraint does not have"
            ),
        ),
    }
}

/// SQLAlchemy's `validate_sql_phrase` for a sequence of keywords.
pub(crate) fn sql_phrase(phrase: &str) -> Result<&str> {
    let mut words = 0;
    let mut word = false;
    let mut legal = true;
    for c in phrase.chars() {
        if c.is_alphanumeric() || c == '_' {
            if !word {
                words += 1;
            }
            word = true;
        } else if c.is_whitespace() && words > 0 {
            word = false;
        } else {
            legal = false;
        }
    }
    if legal && word {
        return Ok(phrase);
    }
    Err(bad_phrase(phrase, r"^\\w+(?:\\s+\\w+)*$"))
}

/// SQLAlchemy's refusal of a phrase that is not made of keywords.
pub(crate) fn bad_phrase(phrase: &str, pattern: &str) -> Error {
    compile_error(format!(
        "Unexpected SQL phrase: {} (matching against '{pattern}')",
        crate::ddl::options::python_repr(phrase)
    ))
}
