//! What most dialects write the same way (SQLAlchemy's `GenericTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeClass};

use super::{compile_error, length_word, render_visit, unsupported};
use crate::dialect::{SqlAlchemyVersion, Target};

pub(super) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Result<String> {
    let again = |visit: &str| render_visit(visit, type_, target);
    Ok(match visit {
        "string" | "unicode" | "enum" => return again("VARCHAR"),
        "text" | "unicode_text" => return again("TEXT"),
        "integer" => return again("INTEGER"),
        "small_integer" => return again("SMALLINT"),
        "big_integer" => return again("BIGINT"),
        "numeric" => return again("NUMERIC"),
        "float" => return again("FLOAT"),
        "double" => return again("DOUBLE"),
        "boolean" => return again("BOOLEAN"),
        "date" => return again("DATE"),
        "datetime" => return again("DATETIME"),
        "time" => return again("TIME"),
        "large_binary" => return again("BLOB"),
        "uuid" => {
            if type_.native == Some(false) || !target.caps.native_uuid {
                return render_visit(
                    "CHAR",
                    &ColumnType {
                        length: Some(32),
                        ..ColumnType::new(TypeClass::SqlChar)
                    },
                    target,
                );
            }
            return again("UUID");
        }
        "CHAR" | "NCHAR" | "VARCHAR" | "NVARCHAR" | "TEXT" => {
            render_string_type(visit, type_, target)
        }
        "NUMERIC" | "DECIMAL" => render_precision_scale(visit, type_),
        "BINARY" | "VARBINARY" => match length_word(type_) {
            Some(word) if word.parse::<u64>().is_err() => {
                return Err(compile_error(format!(
                    "{visit} takes a number of bytes, not '{word}'"
                )));
            }
            Some(length) => format!("{visit}({length})"),
            None => visit.to_owned(),
        },
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".to_owned(),
        "INTEGER" | "SMALLINT" | "BIGINT" | "FLOAT" | "DOUBLE" | "REAL" | "TIMESTAMP"
        | "DATETIME" | "DATE" | "TIME" | "CLOB" | "NCLOB" | "BLOB" | "UUID" | "BOOLEAN" => {
            visit.to_owned()
        }
        "null" => {
            return Err(compile_error(
                "Can't generate DDL for NullType(); did you forget to specify a type on this Column?",
            ));
        }
        _ => return Err(unsupported(type_, target)),
    })
}

/// `NAME(length) COLLATE "collation"`.
pub(crate) fn render_string_type(name: &str, type_: &ColumnType, target: &Target) -> String {
    let mut text = name.to_owned();
    if let Some(length) = length_word(type_) {
        text.push_str(&format!("({length})"));
    }
    if let Some(collation) = type_.collation.as_deref().filter(|it| !it.is_empty()) {
        text.push_str(" COLLATE ");
        text.push_str(&render_collation(collation, target));
    }
    text
}

/// The name of a collation.
pub(crate) fn render_collation(collation: &str, target: &Target) -> String {
    match target.sqlalchemy {
        SqlAlchemyVersion::V2_0 => format!("\"{collation}\""),
        SqlAlchemyVersion::V2_1 => target.quote_text(collation),
    }
}

/// `NAME(precision, scale)`, as far as they are given.
pub(crate) fn render_precision_scale(name: &str, type_: &ColumnType) -> String {
    match (type_.precision, type_.scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}
