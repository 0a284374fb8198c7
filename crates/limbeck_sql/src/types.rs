//! Column types as DDL text.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::ColumnType;

use crate::dialect::Target;

/// The DDL text of a type (`VARCHAR(30)`), as SQLAlchemy's type compiler of the dialect writes it.
///
/// # Errors
/// A type that the dialect cannot write, in SQLAlchemy's words.
pub fn render_type(type_: &ColumnType, target: &Target) -> Result<String> {
    let _ = (type_, target);
    Err(Error::message(
        ErrorKind::Internal,
        "not-written",
        "types are not written yet",
    ))
}
